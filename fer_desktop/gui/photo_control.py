"""Opens photos: the live picture rests, the photo is read on its own thread and shown with the same overlays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.core.types import Analysis
from fer_desktop.gui import sources
from fer_desktop.gui.photo_worker import PhotoResult, PhotoWorker

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow


class PhotoControl(QObject):
    """`defect` (text, traceback): reading a photo failed for a fault of the program's own."""

    defect = Signal(str, str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.worker = PhotoWorker(window.composition)
        self.wanted: Path | None = None
        self._reading = False
        self._shown: Path | None = None
        self._analysis: Analysis | None = None

    @property
    def open_now(self) -> bool:
        return self._window.feed.photo is not None

    def open(self, path: Path) -> None:
        self.wanted, self._reading = path, True
        self.worker.read(path)
        self._window.view.set_message(self.message())

    def change_model(self, make_classifier: Callable[[], EmotionClassifier]) -> None:
        """Read photos with another model from now on; the one that is open is read again."""
        self.worker.change_model(make_classifier)
        path = self.wanted if self._reading else self._shown if self.open_now else None
        if path is not None:
            self.open(path)

    def message(self) -> str:
        if self._reading and self.wanted is not None:
            return self.tr("Reading {name}…").format(name=self.wanted.name)
        if self._analysis is not None and not self._analysis.tracks:
            return self.tr("No face found in this photo")
        return ""

    def collect(self) -> None:
        """Take what the worker has; called with each turn of the window's timer."""
        for result in self.worker.results():
            # The person may have opened another photo, or gone back, while this one was read.
            if result.path == self.wanted:
                self._show(result)

    def leave(self) -> None:
        """Back to the live source."""
        self.wanted, self._analysis, self._reading = None, None, False
        self._window.info.settle("photo")
        if not self.open_now:
            return
        self._window.feed.release()
        self._window.session.let_go()
        self._window.photo_left()

    def _show(self, result: PhotoResult) -> None:
        if result.error:
            self._reading = False
            text = result.error
            if result.report:
                text = self.tr("{name} could not be read.").format(name=result.path.name)
                self.defect.emit(text, result.report)
            live = self._window.live
            if not live.started:
                live.failed.emit(text)
            if not self.open_now:
                self.wanted = None
                if not live.started and live.falls_back:
                    text = live.demo_instead(text)
            if result.frame is None:
                action, act = self.tr("Open image…"), self._window.files.ask_for_image
                self._window.info.say(text, action, act, warning=True, key="photo")
            else:
                # The picture is there and cannot be read for faces: another picture would not help.
                text = self.tr("Faces cannot be read. {why}").format(why=text)
                self._window.info.say(text, warning=True, key="model", must_read=True)
        elif result.frame is not None:
            first = result.analysis is None
            self._shown, self._analysis = result.path, result.analysis
            self._reading = first
            self._window.feed.hold(result.frame, result.analysis)
            if first:
                self._window.session.hold()
                self._window.photo_opened(sources.PHOTO, result.path.name)
                self._window.info.settle("photo")
                self._window.info.settle("source")
        self._window.live.refresh()
