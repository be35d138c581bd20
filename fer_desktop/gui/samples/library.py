"""The samples as the window knows them. All that touches the disk happens in order, on a thread of its own."""

from __future__ import annotations

import queue
import secrets
import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from fer_desktop import resources
from fer_desktop.core import emotions
from fer_desktop.core.errors import FerError
from fer_desktop.core.types import UInt8Array

if TYPE_CHECKING:
    from fer_desktop.samples import Sample, SampleStore

COLLECTED: Final = "collected"
CORRECTED: Final = "corrected"
"""As fer_desktop.samples has them, whose import would load OpenCV before the window is on the screen."""
POLL_MS: Final = 30
JOIN_S: Final = 10.0


@dataclass(eq=False)
class Kept:
    """A face uint8[48, 48] that a person asked to keep. `sample`: its file, once it is written; None again when gone.

    `sample` belongs to the thread that writes until `Library.saved` tells of it.
    """

    crop: UInt8Array
    emotion: str
    burst: str
    origin: str
    sample: Sample | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A sample under its new emotion, and the one that it had."""

    sample: Sample
    before: str


def new_burst() -> str:
    """Names one hold of an expression, or one sitting of corrections."""
    return secrets.token_hex(4)


class Library(QObject):
    """`samples`: the newest first; None until `read` was answered. `counts`: how many an emotion, as far as known.

    `changed`: either is another now. `saved` (Kept): it is on the disk. `refused` (why, Kept or None): the disk would
    not. `exported` (Path): all of them, in one archive. `gone` (list of Kept): what was kept just now is deleted again.
    `relabelled` (list of Moved, whether that was undoing). `emptied` (files that are no samples): all are deleted.
    """

    changed = Signal()
    saved = Signal(object)
    refused = Signal(str, object)
    exported = Signal(object)
    gone = Signal(object)
    relabelled = Signal(object, bool)
    emptied = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.samples: list[Sample] | None = None
        self.counts = dict.fromkeys(emotions.NAMES, 0)
        self._asked: queue.SimpleQueue[tuple[Callable[[SampleStore], Any], Callable[[Any], None], Kept | None] | None]
        self._asked = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[tuple[Callable[[Any], None], Any, BaseException | None, Kept | None]]
        self._answers = queue.SimpleQueue()
        self._open = 0
        self._thread: threading.Thread | None = None
        # Only as long as somebody can take it back: a crop is a picture of a face.
        self._kept: weakref.WeakValueDictionary[Path, Kept] = weakref.WeakValueDictionary()
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)

    @property
    def folder(self) -> Path:
        return resources.user_samples_dir()

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def busy(self) -> bool:
        """Something asked for is not done yet."""
        return self._open > 0

    # What a person asks for; each returns at once

    def read(self) -> None:
        """Look again at what lies on the disk."""
        self._do(lambda store: store.samples(), self._found)

    def keep(self, crop: UInt8Array, emotion: str, burst: str, origin: str) -> Kept:
        kept = Kept(crop, emotion, burst, origin)

        def write(store: SampleStore) -> tuple[Kept, Sample]:
            kept.sample = sample = store.add(crop, emotion, burst, origin)
            self._kept[sample.path] = kept
            return kept, sample

        self._do(write, self._written, kept)
        return kept

    def take_back(self, several: Sequence[Kept]) -> None:
        """Delete what was kept just now, wherever it has been moved since."""

        def delete(store: SampleStore) -> None:
            store.delete([kept.sample for kept in several if kept.sample is not None])
            for kept in several:
                kept.sample = None

        self._do(delete, lambda _: None)
        self.read()

    def correct(self, kept: Kept, emotion: str) -> None:
        """What was kept just now shows another emotion; `saved` tells of it again."""

        def move(store: SampleStore) -> Kept | None:
            if kept.sample is None:
                return None
            self._move(store, [kept.sample], emotion)
            return kept if kept.sample is not None else None

        def moved(kept: Kept | None) -> None:
            if kept is not None:
                self.saved.emit(kept)

        self._do(move, moved, kept)
        self.read()

    def relabel(self, samples: Sequence[Sample], emotion: str) -> None:
        def told(moved: list[Moved]) -> None:
            self.relabelled.emit(moved, False)

        self._do(lambda store: self._move(store, samples, emotion), told)
        self.read()

    def put_back(self, moved: Sequence[Moved]) -> None:
        """Undo a relabelling: each under the emotion that it had."""

        def move(store: SampleStore) -> list[Moved]:
            return [back for one in moved for back in self._move(store, [one.sample], one.before)]

        self._do(move, lambda back: self.relabelled.emit(back, True))
        self.read()

    def delete(self, samples: Sequence[Sample]) -> None:
        def delete(store: SampleStore) -> list[Kept]:
            store.delete(samples)
            return self._forget([sample.path for sample in samples])

        self._do(delete, self.gone.emit)
        self.read()

    def delete_all(self) -> None:
        def delete(store: SampleStore) -> tuple[list[Kept], int]:
            left = store.delete_all()
            return self._forget(list(self._kept)), left

        def deleted(found: tuple[list[Kept], int]) -> None:
            self.gone.emit(found[0])
            self.emptied.emit(found[1])

        self._do(delete, deleted)
        self.read()

    def export(self, path: Path) -> None:
        self._do(lambda store: store.export(path), self.exported.emit)

    def finish(self) -> None:
        """Do all that was asked for, bounded; nothing is told any more."""
        self._timer.stop()
        if self._thread is not None:
            self._asked.put(None)
            self._thread.join(JOIN_S)
            self._thread = None

    # On the thread

    def _run(self) -> None:
        # Here, since it loads OpenCV, which the window does without until it is on the screen.
        from fer_desktop import opencv_environment
        from fer_desktop.samples import SampleStore

        opencv_environment.forget_qt_paths()
        store = SampleStore(self.folder)
        while (asked := self._asked.get()) is not None:
            work, then, kept = asked
            try:
                self._answers.put((then, work(store), None, kept))
            except BaseException as error:  # raised again on the GUI thread
                self._answers.put((then, None, error, kept))

    def _move(self, store: SampleStore, samples: Sequence[Sample], emotion: str) -> list[Moved]:
        """Those that were still there."""
        all_moved = []
        for sample in samples:
            moved = store.relabel([sample], emotion)
            all_moved += [Moved(one, sample.emotion) for one in moved]
            kept = self._kept.pop(sample.path, None)
            if kept is not None:
                kept.sample = moved[0] if moved else None
                kept.emotion = emotion
                if moved:
                    self._kept[moved[0].path] = kept
        return all_moved

    def _forget(self, paths: Sequence[Path]) -> list[Kept]:
        """What was kept under these paths."""
        found = [kept for path in paths if (kept := self._kept.pop(path, None)) is not None]
        for kept in found:
            kept.sample = None
        return found

    # On the GUI thread

    def _do(self, work: Callable[[SampleStore], Any], then: Callable[[Any], None], kept: Kept | None = None) -> None:
        self._open += 1
        self._asked.put((work, then, kept))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="samples", daemon=True)
            self._thread.start()
        self._timer.start()

    def _look(self) -> None:
        while True:
            try:
                then, result, error, kept = self._answers.get_nowait()
            except queue.Empty:
                break
            self._open -= 1
            if error is None:
                then(result)
            elif isinstance(error, (FerError, OSError)):
                self.refused.emit(str(error), kept)
            else:
                raise error
        if not self._open:
            self._timer.stop()

    def _found(self, samples: list[Sample]) -> None:
        self.samples = samples
        self._count(samples)

    def _written(self, written: tuple[Kept, Sample]) -> None:
        kept, sample = written
        if self.samples is not None:
            self.samples.insert(0, sample)
        self.counts[sample.emotion] += 1
        self.saved.emit(kept)
        self.changed.emit()

    def _count(self, samples: Sequence[Sample]) -> None:
        self.counts = dict.fromkeys(emotions.NAMES, 0)
        for sample in samples:
            self.counts[sample.emotion] += 1
        self.changed.emit()
