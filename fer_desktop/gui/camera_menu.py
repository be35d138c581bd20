"""The cameras that are plugged in, and the menu that lists them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from fer_desktop.gui.composition import CameraLike, Composition
from fer_desktop.live.camera_watch import CameraWatch


class PluggedCameras(QObject):
    """What the window knows of them. `listed` (sequence of CameraLike): the system was asked once more."""

    listed = Signal(object)

    def __init__(self, composition: Composition) -> None:
        super().__init__()
        self._watch: CameraWatch[CameraLike] = CameraWatch(composition.list_cameras, composition.camera_sign)
        self.known: Sequence[CameraLike] | None = None
        """Of the last listing; None before the first one."""
        self.look_now = self._watch.look_now
        self.wait_for_one = self._watch.wait_for_one
        self.stop = self._watch.stop

    def turn(self) -> None:
        """Call it with each turn of the window's timer."""
        cameras = self._watch.news()
        if cameras is not None:
            self.known = cameras
            self.listed.emit(cameras)


class CameraMenu(QMenu):
    """Lists the cameras by name. Each time it opens the system is asked once more: one may have come since."""

    def __init__(
        self,
        title: str,
        plugged: PluggedCameras,
        choose: Callable[[CameraLike], None],
        current: Callable[[], str],
        others: Sequence[QAction] = (),
    ) -> None:
        super().__init__(title)
        self._plugged, self._choose, self._current = plugged, choose, current
        self._others = list(others)
        self._shown: Sequence[CameraLike] | None = None
        self.aboutToShow.connect(self.fill)
        self.aboutToShow.connect(plugged.look_now)
        plugged.listed.connect(self._listed)

    def _listed(self) -> None:
        # A menu that is filled anew loses the entry under the pointer.
        if self._plugged.known != self._shown:
            self.fill()

    def fill(self) -> None:
        self.clear()
        cameras = self._shown = self._plugged.known
        for camera in cameras or ():
            action = self.addAction(camera.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(camera.name == self._current())
            action.triggered.connect(lambda _=False, camera=camera: self._choose(camera))
        if not cameras:
            text = self.tr("Looking for cameras…") if cameras is None else self.tr("No camera found")
            self.addAction(text).setEnabled(False)
        if self._others:
            self.addSeparator()
            self.addActions(self._others)
