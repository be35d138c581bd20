"""Writes what was read into a file, or annotated pictures into a folder, while the page goes on."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPainter

from fer_desktop.core.errors import Cancelled, FerError, InputError
from fer_desktop.core.types import Analysis
from fer_desktop.gui.photos.pictures import Read, crops_of
from fer_desktop.gui.photos.records import READ, Records
from fer_desktop.gui.photos.words import count, tr
from fer_desktop.gui.task import Task
from fer_desktop.gui.video_view import image_of
from fer_desktop.offline import formats
from fer_desktop.offline.image_result import ImageResult
from fer_desktop.offline.names import shown
from fer_desktop.offline.outputs import Outputs
from fer_desktop.overlay.layout import Rect
from fer_desktop.overlay.motion import still
from fer_desktop.overlay.painter import Look, Overlay, scale_for

TURN_MS: Final = 10
FACES_SHOWN: Final = 200
"""In a report: of so many the pictures are looked for."""
LONGEST_WAIT_S: Final = 5.0


@dataclass(eq=False, slots=True)
class _Sheet:
    """A picture on its way to the thread on which text may be painted, and back."""

    image: QImage
    analysis: Analysis
    painted: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be written: `records` (frozen), `chosen` of them, into `target`: a file of a form of `formats`, or
    with `annotated` a folder."""

    records: Records
    chosen: Sequence[int]
    target: Path
    settings: formats.Settings
    annotated: bool = False


class Exporter(QObject):
    """One at a time. `moved`: its progress. `done` (what is said of it), `failed` (why)."""

    moved = Signal()
    done = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject, read: Read, name_of: Callable[[str], str]) -> None:
        """name_of: what people call a model, by its id; called on the thread."""
        super().__init__(parent)
        self._read, self._name_of = read, name_of
        self._task: Task | None = None
        self._cancelled = threading.Event()
        self._sheets: queue.SimpleQueue[_Sheet] = queue.SimpleQueue()
        self.written = self.of = 0
        self._timer = QTimer(self)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self._turn)

    @property
    def at_work(self) -> bool:
        return self._task is not None

    def begin(self, export: Export) -> None:
        self._cancelled.clear()
        self.written, self.of = 0, len(export.chosen)
        work: Callable[[Export], str] = self._annotate if export.annotated else self._write
        self._task = task = Task(self, lambda: work(export))
        task.done.connect(self._done)
        task.failed.connect(self._failed)
        self._timer.start()
        self.moved.emit()

    def cancel(self) -> None:
        self._cancelled.set()

    def stop(self) -> None:
        """At the end. What is not whole is removed."""
        self._cancelled.set()
        self._timer.stop()
        if self._task is not None:
            self._task.finish(LONGEST_WAIT_S)
            self._task = None

    # On the thread

    def _write(self, export: Export) -> str:
        form, settings = formats.form_of(str(export.target)), export.settings
        if settings.model_id is not None:
            settings = replace(settings, model_name=self._name_of(settings.model_id))
        faces_left = FACES_SHOWN if settings.thumbnails and form in formats.REPORTS else 0
        with Outputs[ImageResult]() as outputs:
            outputs.open(str(export.target))(formats.photo_writer(form, settings))
            for record in export.chosen:
                self._check()
                result = export.records.result(record)
                if faces_left > 0 and result.analysis is not None and result.analysis.tracks:
                    faces_left -= len(result.analysis.tracks)
                    result = self._with_crops(export.records, record) or result
                outputs.add(result)
                self.written += 1
                if failures := outputs.failures():
                    raise failures[0]
            outputs.finish()
            if failures := outputs.failures():
                raise failures[0]
        return tr("Exported as {path}").format(path=export.target)

    def _with_crops(self, records: Records, record: int) -> ImageResult | None:
        """None where the photo cannot be read any more: its faces are not shown then."""
        size, faces = records.size_of(record), records.faces_of(record)
        try:
            crops = crops_of(self._read(records.paths[record], None), size, faces)
        except (FerError, OSError):
            return None
        return ImageResult(records.paths[record], *size, None, records.analysis(record, crops))

    def _annotate(self, export: Export) -> str:
        from fer_desktop.offline.annotate import MARK, AnnotatedFolder
        from fer_desktop.overlay.picture import encoded

        records = export.records
        chosen = [record for record in export.chosen if records.photos[record]["state"] == READ]
        home = os.path.realpath(export.target)
        if any(os.path.dirname(records.paths[record]) == home for record in chosen):  # noqa: PTH120
            raise InputError(f"{shown(export.target)} holds the photos themselves", "Choose another folder")
        folder = AnnotatedFolder(str(export.target), [records.paths[record] for record in chosen])
        self.of, left_out = len(chosen), 0
        for record in chosen:
            self._check()
            path, analysis = records.paths[record], records.analysis(record)
            try:
                frame = self._read(path, None)
            except InputError:
                left_out += 1  # it has gone since it was read
                continue
            assert analysis is not None
            if frame.size == analysis.size:
                sheet = _Sheet(image_of(frame), analysis)
                self._sheets.put(sheet)
                while not sheet.painted.wait(0.1):
                    self._check()
                folder.put(path, lambda form, sheet=sheet: encoded(sheet.image, form, MARK))  # type: ignore[misc]
                self.written += 1
            else:
                left_out += 1
        text = tr("{n} pictures written into {path}").format(n=count(self.written), path=export.target)
        if left_out:
            text += ". " + tr("{n} could not be read any more, or have changed.").format(n=count(left_out))
        return text

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled("cancelled")

    # On the GUI thread

    def _turn(self) -> None:
        """Text is painted here alone: fonts are not to be used by two threads at once."""
        try:
            sheet = self._sheets.get_nowait()
        except queue.Empty:
            sheet = None
        if sheet is not None:
            size = (sheet.image.width(), sheet.image.height())
            painter = QPainter(sheet.image)
            look = Look(scale=scale_for(size))
            Overlay().paint(painter, still(sheet.analysis), size, Rect(0, 0, *size), look)
            painter.end()
            sheet.painted.set()
        self.moved.emit()

    def _end(self) -> None:
        self._timer.stop()
        self._task = None
        self.moved.emit()

    def _done(self, text: str) -> None:
        self._end()
        self.done.emit(text)

    def _failed(self, why: str) -> None:
        self._end()
        if self._cancelled.is_set():
            self.done.emit(tr("The export was cancelled."))
        else:
            self.failed.emit(tr("The export failed: {why}").format(why=why))
