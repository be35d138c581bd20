"""The face that a person follows: clicked, or reached by key. One choice for all that speaks of one face."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from fer_desktop.core.types import Track
from fer_desktop.gui.samples import subject
from fer_desktop.live.events import Event, Kind
from fer_desktop.overlay import words
from fer_desktop.overlay.motion import Shown

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow

TOLD_S: Final = 3.0
"""How long it stands over the picture that a face is followed now, or has left."""
AWAY_TOLD_AFTER_S: Final = 0.5
"""A face that the detector misses for a moment is not worth a word."""
_KEY: Final = "follow"


class ChosenFace(QObject):
    """`chosen`: the id of a track, or None. `changed`: it is another now, or it has left.

    A face that is away stays chosen for as long as its track would know it again. When the track has ended that is
    told, and only then is it let go: until then nobody else stands for it.
    """

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.chosen: int | None = None
        self.left = False
        """Its track has ended."""
        self._seen: Shown | None = None
        """How it was shown last."""
        self._away_since_s: float | None = None
        self._told_s = 0.0
        """Since when something of it is told: that it is followed, or that it has left."""
        self._action = window.actions_.next_face
        self._action.triggered.connect(self.choose_next)
        window.view.face_clicked.connect(self.choose)
        window.panel.face_clicked.connect(self.choose)
        window.feed.source_shown.connect(lambda: self.choose(None))
        window.feed.event_came.connect(self._event)
        window.feed.turned.connect(self._turn)

    @property
    def followed(self) -> int | None:
        """Whom the picture speaks of: the chosen face until its track has ended; None: of all."""
        return None if self.left else self.chosen

    @property
    def track(self) -> Track | None:
        """The face that is meant now: the chosen one, else the only or the largest."""
        return subject.subject(self._window.page_control.shown_analysis, self._meant)

    @property
    def why_not(self) -> str:
        """Why it cannot be kept, in words; empty where it can."""
        pages = self._window.page_control
        if pages.shown_photos is not None and not pages.shown_photos.is_large:
            return self.tr("Open a photo to correct the face in it.")
        return subject.why_not(pages.shown_analysis, self.track)

    @property
    def message(self) -> str:
        """What stands over the picture of it now; else empty."""
        if self.chosen is None:
            return ""
        now = time.monotonic()
        if self.left:
            return self.tr("The face you followed has left.")
        if self._away_since_s is not None and now - self._away_since_s >= AWAY_TOLD_AFTER_S:
            return self.tr("The face you follow is out of view.")
        if now - self._told_s < TOLD_S and self._seen is not None:
            return self.tr("Following face {n}. Click it again or press Esc to let it go.").format(n=self._seen.number)
        return ""

    @property
    def _meant(self) -> int | None:
        """On photos it is their page's choice."""
        photos = self._window.page_control.shown_photos
        return self.chosen if photos is None else photos.chosen

    def choose(self, track_id: int | None) -> None:
        """The same face once more releases it."""
        self.chosen = None if track_id == self.chosen else track_id
        self.left, self._away_since_s, self._told_s = False, None, time.monotonic()
        self._seen = next((face for face in self._window.feed.faces if face.track_id == self.chosen), None)
        self._window.info.settle(_KEY)
        self._tell()

    def choose_next(self) -> None:
        """The next face in the order of their ids; after the last one none."""
        self.choose(subject.next_after(self._window.feed.analysis, self.chosen))
        if self.track is None:
            self._window.info.say(self.why_not, key=_KEY, passing=True, at_once=True)

    def _turn(self) -> None:
        """With each turn of the window's timer."""
        analysis = self._window.feed.analysis
        if self.chosen is None or self._window.session.held or analysis is None:
            return
        now = time.monotonic()
        if self.left:
            if now - self._told_s >= TOLD_S:
                self.choose(None)
        elif any(track.id == self.chosen for track in analysis.tracks):
            faces = self._window.feed.faces
            self._seen = next((face for face in faces if face.track_id == self.chosen), self._seen)
            if self._away_since_s is not None:
                self._away_since_s = None
                self._show()
        elif self.chosen not in analysis.away:
            self.left, self._told_s = True, now
            self._tell()
        elif self._away_since_s is None:
            self._away_since_s = now
            self._show()

    def _event(self, event: Event) -> None:
        """After a defect faces are counted anew: another would come under the same id."""
        if event.kind is Kind.DEFECT and self.chosen is not None:
            self.choose(None)

    def _tell(self) -> None:
        self._action.setChecked(self.followed is not None)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        """On the picture and among the cards."""
        window, away = self._window, None
        if self._away_since_s is not None and not self.left and self._seen is not None:
            away = replace(self._seen, label=None, reason=words.OUT_OF_VIEW)
        window.view.set_chosen(self.followed)
        window.panel.set_chosen(self.followed, away)
        number = None if self.followed is None or self._seen is None else self._seen.number
        window.view.setAccessibleDescription("" if number is None else self.tr("Following face {n}").format(n=number))
        window.view.set_message(window.live.message())
