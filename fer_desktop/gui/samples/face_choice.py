"""Which face is meant: one that a person clicked, or none in particular."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from fer_desktop.core.types import Track
from fer_desktop.gui.samples import subject

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow

FORGET_S: Final = 1.0
"""A chosen face that is out of view for so long is not chosen any more: it comes back under another id."""


class FaceChoice(QObject):
    """`chosen`: the id of a track, or None. `changed`: it is another now."""

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.chosen: int | None = None
        self._seen_s = 0.0
        window.view.face_clicked.connect(self.choose)
        window.panel.face_clicked.connect(self.choose)
        window.feed.source_shown.connect(lambda: self.choose(None))

    @property
    def track(self) -> Track | None:
        """The face that is meant now."""
        return subject.subject(self._window.page_control.shown_analysis, self._meant)

    @property
    def why_not(self) -> str:
        """Why it cannot be kept, in words; empty where it can."""
        pages = self._window.page_control
        if pages.shown_photos is not None and not pages.shown_photos.is_large:
            return self.tr("Open a photo to correct the face in it.")
        return subject.why_not(pages.shown_analysis, self.track)

    @property
    def _meant(self) -> int | None:
        """On photos it is their page's choice."""
        photos = self._window.page_control.shown_photos
        return self.chosen if photos is None else photos.chosen

    def choose(self, track_id: int | None) -> None:
        """The same face once more releases it."""
        self.chosen = None if track_id == self.chosen else track_id
        self._seen_s = time.monotonic()
        self._window.view.set_chosen(self.chosen)
        self._window.panel.set_chosen(self.chosen)
        self.changed.emit()

    def choose_next(self) -> None:
        self.choose(subject.next_after(self._window.feed.analysis, self.chosen))

    def turn(self) -> None:
        """With each turn of the window's timer: let go of a face that is gone."""
        if self.chosen is not None:
            now = time.monotonic()
            if self.track is not None:
                self._seen_s = now
            elif now - self._seen_s > FORGET_S:
                self.choose(None)
