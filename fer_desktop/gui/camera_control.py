"""What becomes of a camera while it is shown or waited for, and what a person is told of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from fer_desktop.core.errors import Fault
from fer_desktop.gui.camera_menu import PluggedCameras
from fer_desktop.gui.composition import CameraLike
from fer_desktop.gui.sources import CAMERA, Choice, Own, SourceBook

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow

FEW: Final = 0.5
"""A camera that says it has less than this part of the rate it is asked for is told of."""
_SLOW: Final = "slow"
"""What a line in the window is about."""


class CameraControl(QObject):
    """Waits for cameras that are away, asks for size and rate, and finds the words."""

    def __init__(self, window: MainWindow, book: SourceBook) -> None:
        super().__init__(window)
        self._window, self._book = window, book
        self._session = window.session
        self.plugged = PluggedCameras(window.composition)
        self.plugged.listed.connect(self._listed)
        window.feed.turned.connect(self.plugged.turn)
        self._asked_for = book.wish
        self._listed_before: tuple[CameraLike, ...] = ()
        self._stands_in = False
        """The demo is shown because a camera is away."""
        self._any_will_do = False
        """None in particular was wanted, and none was there."""
        self._lost = False
        self._slow_told = False

    # What the live control tells

    def opened(self, kind: str) -> None:
        self._lost = self._stands_in = self._slow_told = False
        self._wait()
        source, wish = self._session.source, self._asked_for
        if kind == CAMERA and source is not None and source.fps is not None and source.fps < FEW * wish.fps:
            self._tell_slow(source.fps, self.tr("A smaller size may help."))

    def demo_stands_in(self, wanted: Choice) -> None:
        """There is no camera, or the one that is wanted does not open: it takes the demo's place once it does."""
        if wanted.spec is None and self._book.tried:
            wanted = Choice(CAMERA, f"camera:{self._book.tried}")
        self._stands_in, self._any_will_do = True, wanted.spec is None
        self._listed_before = ()
        if wanted.spec is not None:
            self._session.switch(self._book.factory(wanted), patient=True)
        self._wait()

    def demo_chosen(self) -> None:
        """The person wants it: it stands in for nothing, whatever is plugged in before it is there."""
        self._stands_in = False
        self._wait()

    def lost(self, on: bool) -> None:
        """Whether the camera that was shown gives no more pictures."""
        self._lost = on
        self._wait()

    def picture_changed(self) -> None:
        slow = self._session.picture.slow_fps if self._window.live.kind == CAMERA else None
        if slow is None:
            self._window.info.settle(_SLOW)
        elif not self._slow_told:
            self._tell_slow(slow, self.tr("More light may help."))

    def ask_as_set(self) -> None:
        """The camera that is open is asked for another size or rate where the settings are others than before."""
        if self._book.wish == self._asked_for:
            return
        self._asked_for = self._book.wish
        camera = self._window.live.camera_in_use
        if camera:
            self._session.exchange(self._book.again(camera))

    # Words

    def of_fault(self, fault: Fault) -> str:
        """What stands over the last picture of a camera that gives no more."""
        if fault is Fault.GONE:
            return self.tr("Camera unplugged. Waiting for it to come back…")
        if fault is Fault.IN_USE:
            return self.tr("Another program is using this camera. Waiting for it…")
        if fault is Fault.FORBIDDEN:
            return self.tr("This camera may not be used. Allow it in the system's settings.")
        if fault is Fault.SILENT:
            return self.tr("The camera gives no pictures. Waiting…")
        return self.tr("The camera failed. Trying again…")

    def of_picture(self) -> str:
        """What is wrong with the pictures that come; empty: nothing."""
        picture = self._session.picture
        if picture.black:
            return self.tr("The picture is black. Is the camera covered?")
        if picture.still_since is None:
            return ""
        seconds = max(int(time.monotonic() - picture.still_since), 1)
        if seconds < 60:
            return self.tr("The picture has not changed for {count} s").format(count=seconds)
        return self.tr("The picture has not changed for {count} min").format(count=seconds // 60)

    def _tell_slow(self, fps: float, remedy: str) -> None:
        self._slow_told = True
        count = max(round(fps), 1)
        text = self.tr("The camera gives {count} pictures a second.").format(count=count)
        if count == 1:
            text = self.tr("The camera gives one picture a second.")
        self._window.info.say(f"{text} {remedy}", key=_SLOW, passing=True)

    # What is plugged in

    def _wait(self) -> None:
        self.plugged.wait_for_one(self._lost or self._stands_in)

    def _listed(self, cameras: Sequence[CameraLike]) -> None:
        if not (self._lost or self._stands_in) or tuple(cameras) == self._listed_before:
            return
        self._listed_before = tuple(cameras)
        self._session.retry_now()
        if self._stands_in and self._any_will_do:
            self._offer(cameras)

    def _offer(self, cameras: Sequence[CameraLike]) -> None:
        """The person's own camera is taken without a question."""
        live, settings = self._window.live, self._window.settings
        if not cameras:
            live.tell_no_camera()
        elif own := Own(settings.camera_name, settings.camera_path).among(cameras):
            self._session.switch(self._book.factory(Choice(CAMERA, f"camera:{own.name}")), patient=True)
        else:
            text = self.tr("{name} is plugged in.").format(name=cameras[0].name)
            self._window.info.say(text, self.tr("Use it"), lambda: live.choose_camera(cameras[0]), key="source")
