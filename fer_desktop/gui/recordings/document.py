"""The recording that is open: what was read of it, what a person changed, and what follows from both."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from fer_desktop.core.types import Analysis
from fer_desktop.gui.recordings.words import face_name
from fer_desktop.gui.task import Task
from fer_desktop.offline.edits import Edits
from fer_desktop.offline.lanes import Lane
from fer_desktop.offline.moments import Moment, marker, moments
from fer_desktop.offline.readings import Readings, SeenFace
from fer_desktop.offline.video import Beginning, FrameResult

EVERY_S: Final = 0.4
"""What is seen along the time follows the reading so often …"""
SHARE: Final = 0.05
"""… or less often, where bringing it up to date would take more than this part of the time."""
MOST_FACES: Final = 200
"""Along the time; those seen longest. Files have all."""


class _Change(QUndoCommand):
    def __init__(self, document: Document, before: Edits, after: Edits, text: str) -> None:
        super().__init__(text)
        self._document, self._before, self._after = document, before, after

    def redo(self) -> None:
        self._document.use(self._after)

    def undo(self) -> None:
        self._document.use(self._before)


class Document(QObject):
    """`changed`: the faces and their lanes are others; `moments_changed`: so are the moments, a little later.
    `chosen_changed`: another face is looked at. All on the GUI thread."""

    changed = Signal()
    moments_changed = Signal()
    chosen_changed = Signal()

    def __init__(self, parent: QObject, path: Path, beginning: Beginning) -> None:
        super().__init__(parent)
        self.path = path
        self.readings = Readings(beginning)
        self.undo = QUndoStack(self)
        self.edits = Edits()
        self.faces: tuple[SeenFace, ...] = ()
        self.lanes: tuple[Lane, ...] = ()
        self.moments: list[Moment] = []
        self.markers: tuple[tuple[float, str], ...] = ()
        """Set while it was recorded: seconds since the first picture, and text."""
        self.chosen: int | None = None
        self.complete = False
        """Nothing more is read."""
        self.saved: Edits = self.edits
        """The edits as they were when results were written last."""
        self._due_s = 0.0
        self._behind = False
        self._looking: Task | None = None
        self._look_again = False

    @property
    def unsaved(self) -> bool:
        return self.edits != self.saved

    def add(self, results: Iterable[FrameResult]) -> None:
        """What was read next; what follows from it is brought up to date now and then."""
        for result in results:
            self.readings.add(result)
            self._behind = True
        if self._behind and time.monotonic() >= self._due_s:
            self.refresh()

    def refresh(self) -> None:
        """Bring what is seen along the time up to date."""
        began_s = time.monotonic()
        self._behind = False
        readings = self.readings
        self.faces = readings.faces(self.edits)
        shown = self.faces
        if len(shown) > MOST_FACES:
            longest = {face.id for face in sorted(shown, key=lambda face: -len(face.frames))[:MOST_FACES]}
            shown = tuple(face for face in shown if face.id in longest)
        self.lanes = tuple(Lane(readings, face) for face in shown)
        self._choose_anew()
        self.changed.emit()
        self._look_for_moments()
        now_s = time.monotonic()
        self._due_s = now_s + max(EVERY_S, (now_s - began_s) / SHARE)

    def _look_for_moments(self) -> None:
        """In an hour of a lively conversation there are thousands: on a thread, and the newest lanes are next."""
        if self._looking is not None:
            self._look_again = True
            return
        lanes, readings = self.lanes, self.readings
        markers = [marker(at_s, readings.frame_at(at_s), text) for at_s, text in self.markers if readings.count]
        self._look_again, self._looking = False, Task(self, lambda: moments(lanes, markers))
        self._looking.done.connect(self._found)
        self._looking.failed.connect(lambda _: self._looked())

    def _found(self, found: list[Moment]) -> None:
        self.moments = found
        self.moments_changed.emit()
        self._looked()

    def _looked(self) -> None:
        self._looking = None
        if self._look_again:
            self._look_for_moments()

    def close(self) -> None:
        """Nothing is told any more."""
        if self._looking is not None:
            self._looking.finish()
            self._looking = None

    def choose(self, face: int | None) -> None:
        if face != self.chosen:
            self.chosen = face
            self.chosen_changed.emit()

    @property
    def chosen_lane(self) -> Lane | None:
        return next((lane for lane in self.lanes if lane.face.id == self.chosen), None)

    def name_of(self, face: int) -> str:
        return face_name(face, self.given_name(face))

    def given_name(self, face: int) -> str:
        """Empty where nobody named it."""
        return self.edits.name(self.edits.tracks(face))

    @property
    def faceless(self) -> bool:
        """Read to its end, and no face in it."""
        return self.complete and not self.readings.faces(Edits())

    # What a person changes

    def name(self, face: int, name: str) -> None:
        edits = self.edits.with_name(face, " ".join(name.split()))
        text = self.tr("naming {face}").format(face=face_name(face, ""))
        if edits != self.edits:
            self.undo.push(_Change(self, self.edits, edits, text))

    def merge(self, faces: Iterable[int]) -> None:
        """The face seen longest stands first: it gives its number, and its reading where two are in one picture."""
        sizes = {face.id: len(face.frames) for face in self.faces}
        order = sorted(faces, key=lambda face: -sizes.get(face, 0))
        if len(order) > 1:
            self.undo.push(_Change(self, self.edits, self.edits.with_merged(order), self.tr("merging faces")))

    def remove(self, faces: Iterable[int]) -> None:
        gone = list(faces)
        if gone:
            text = self.tr("removing {n} faces") if len(gone) > 1 else self.tr("removing a face")
            self.undo.push(_Change(self, self.edits, self.edits.without(gone), text.format(n=len(gone))))

    def use(self, edits: Edits) -> None:
        self.edits = edits
        self.refresh()

    # A picture's readings

    def analysis(self, number: int) -> Analysis | None:
        """Of picture `number`, as edited, without crops. None where the picture could not be analysed."""
        readings = self.readings
        if number >= readings.count or number in readings.errors:
            return None
        faces = readings.faces(self.edits) if self._behind else self.faces
        places = [(face, face.place(number)) for face in faces]
        tracks = [readings.track(face, place) for face, place in places if place is not None]
        return readings.analysis(tracks, number)

    def _choose_anew(self) -> None:
        """The chosen face may be gone, or be another's now; at first it is the one seen longest."""
        ids = {face.id for face in self.faces}
        if self.chosen in ids:
            return
        together = next((face.id for face in self.faces if self.chosen in face.tracks), None)
        longest = max(self.faces, key=lambda face: len(face.frames), default=None)
        self.choose(together if together is not None else longest.id if longest is not None else None)
