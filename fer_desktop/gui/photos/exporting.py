"""Writes what was read into a file, or annotated pictures into a folder, while the page goes on."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from fer_desktop.core.errors import Cancelled, FerError, InputError
from fer_desktop.gui.photos.pictures import Read, crops_of
from fer_desktop.gui.photos.records import READ, Records
from fer_desktop.gui.photos.words import count, pictures_written, tr
from fer_desktop.gui.task import Task
from fer_desktop.offline import formats
from fer_desktop.offline.image_result import ImageResult
from fer_desktop.offline.names import shown
from fer_desktop.offline.outputs import Outputs

ANNOTATED: Final = "annotated"
"""In the place of a form: a picture of each photo, into a folder."""
TELL_MS: Final = 100
LONGEST_WAIT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be written: `records` (frozen), `chosen` of them, into `target`, as `form`: one of `formats`, whatever
    the target's name, or ANNOTATED."""

    records: Records
    chosen: Sequence[int]
    target: Path
    form: str
    settings: formats.Settings


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
        self.target = Path()
        self.written = self.of = 0
        self._timer = QTimer(self)
        self._timer.setInterval(TELL_MS)
        self._timer.timeout.connect(self.moved)

    @property
    def at_work(self) -> bool:
        return self._task is not None

    def begin(self, export: Export) -> None:
        self._cancelled.clear()
        self.target, self.written, self.of = export.target, 0, len(export.chosen)
        work: Callable[[Export], str] = self._annotate if export.form == ANNOTATED else self._write
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
        form, settings = export.form, export.settings
        if settings.model_id is not None:
            settings = replace(settings, model_name=self._name_of(settings.model_id))
        faces_left = most_faces() if settings.thumbnails and form in formats.REPORTS else 0
        with Outputs[ImageResult]() as outputs:
            outputs.open(str(export.target))(formats.photo_writer(form, settings))
            for record in export.chosen:
                self._check()
                result = export.records.result(record)
                if faces_left > 0 and result.analysis is not None and result.analysis.tracks:
                    with_crops = self._with_crops(export.records, record)
                    if with_crops is not None:
                        faces_left -= len(result.analysis.tracks)
                        result = with_crops
                outputs.add(result)
                self.written += 1
                if failures := outputs.failures():
                    raise failures[0]
            outputs.finish()
            if failures := outputs.failures():
                raise failures[0]
        return tr("Exported as {path}").format(path=export.target)

    def _with_crops(self, records: Records, record: int) -> ImageResult | None:
        """None where the photo is not there any more, or is another: the crops stay black then, and a report shows
        none of them."""
        size, faces = records.size_of(record), records.faces_of(record)
        try:
            frame = self._read(records.paths[record], None)
        except (FerError, OSError):
            return None
        if frame.size != size:
            return None
        crops = crops_of(frame, size, faces)
        return ImageResult(records.paths[record], *size, None, records.analysis(record, crops))

    def _annotate(self, export: Export) -> str:
        from fer_desktop.offline.annotate import AnnotatedFolder

        records = export.records
        chosen = [record for record in export.chosen if records.photos[record]["state"] == READ]
        home = os.path.realpath(export.target)
        if any(os.path.dirname(records.paths[record]) == home for record in chosen):  # noqa: PTH120
            raise InputError(f"{shown(export.target)} holds the photos themselves", "Choose another folder")
        folder = AnnotatedFolder(str(export.target), [records.paths[record] for record in chosen])
        self.of, left_out = len(chosen), 0
        for record in chosen:
            self._check()
            analysis = records.analysis(record)
            try:
                frame = self._read(records.paths[record], None)
            except InputError:
                left_out += 1  # it has gone since it was read
                continue
            assert analysis is not None
            if frame.size == analysis.size:
                try:
                    folder.write(frame, analysis)
                except InputError as error:  # it advises to name another file
                    raise InputError(error.what, "Choose another folder") from error
                self.written += 1
            else:
                left_out += 1
        text = pictures_written(self.written, export.target)
        if left_out:
            text += ". " + tr("{n} could not be read any more, or have changed.").format(n=count(left_out))
        return text

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled("cancelled")

    # On the GUI thread

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


def most_faces() -> int:
    """So many faces a report shows."""
    from fer_desktop.offline import report

    return report.MOST_FACES
