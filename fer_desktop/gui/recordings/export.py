"""Export…: what was read of the recording, as edited, into a file that the person names."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QMenu, QWidget

from fer_desktop.core.errors import Cancelled, FerError
from fer_desktop.gui import save_file
from fer_desktop.gui.recordings.document import Document
from fer_desktop.gui.recordings.words import tr
from fer_desktop.gui.snapshot import write_png
from fer_desktop.gui.task import Task
from fer_desktop.offline import formats, recording_files
from fer_desktop.offline.edits import Edits

if TYPE_CHECKING:
    from fer_desktop.gui.composition import Composition
    from fer_desktop.gui.dialog_host import DialogHost
    from fer_desktop.offline.playback import OpenedRecording

POLL_MS: Final = 50
JOIN_S: Final = 10.0
COPY: Final = "mp4"
PICTURE: Final = "png"


class Job:
    """A file that is being written: how far it is, and whether it is still wanted. Seen by two threads."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.part = 0.0
        self._began_s = time.monotonic()
        self._unwanted = threading.Event()

    @property
    def spent_s(self) -> float:
        return time.monotonic() - self._began_s

    def stop(self) -> None:
        """Nothing is left of the file."""
        self._unwanted.set()

    def stopped(self) -> bool:
        return self._unwanted.is_set()

    def say(self, part: float) -> None:
        self.part = part


Work = Callable[[Job], list[str]]
"""Done on a thread; gives remarks. Raises FerErrors and OSErrors, Cancelled where the job was stopped."""


class Export(QObject):
    """Asks for a name, then writes. `changed`: a file is begun, went on, or is over. `over` (whether it is whole), last
    of all. `told` (text, warning). One file at a time."""

    changed = Signal()
    over = Signal(bool)
    told = Signal(str, bool)

    def __init__(self, page: QWidget, dialogs: DialogHost, composition: Composition) -> None:
        super().__init__(page)
        self._page, self._dialogs, self._composition = page, dialogs, composition
        self.document: Document | None = None
        self.opened: OpenedRecording | None = None
        """What the document was read from."""
        self.whole = True
        """Whether the recording was read to its end."""
        self.painted = False
        """Whether the readings are on its pictures already."""
        self.make_picture: Callable[[], QImage | None] = lambda: None
        """What is on the picture now, with its overlays."""
        self.faces = QAction(tr("Show the faces in reports"), self)
        self.faces.setCheckable(True)
        self.job: Job | None = None
        self._task: Task | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.changed)

    def menu(self) -> QMenu:
        menu = QMenu(self._page)
        for form in ("csv", "parquet", "json"):
            if formats.available(form):
                self._add(menu, form, tr(formats.FORMS[form]))
        menu.addSeparator()
        for form in formats.REPORTS:
            self._add(menu, form, tr(formats.FORMS[form]))
        menu.addAction(self.faces)
        menu.addSeparator()
        self._add(menu, COPY, tr("Annotated video (MP4)"))
        self._add(menu, PICTURE, tr("This picture (PNG)"))
        return menu

    def _add(self, menu: QMenu, form: str, text: str) -> None:
        menu.addAction(f"{text}…").triggered.connect(partial(self.ask, form))

    def ask(self, form: str, *_: object) -> None:
        """Ask for the file's name, and before an existing file is replaced."""
        if self.document is None or self.job is not None:
            return
        path = self.document.path
        kind = {COPY: tr("Video"), PICTURE: tr("Picture")}.get(form) or tr(formats.FORMS[form])
        addition = tr(" annotated") if form == COPY else ""
        beginning = path.with_name(f"{path.stem}{addition}.{form}")
        save_file.ask(self._page, self._dialogs, kind, form, beginning, lambda target: self.write(form, target))

    def write(self, form: str, target: Path) -> None:
        """Replace or make the file, in the background."""
        document = self.document
        if document is None or self.job is not None:
            return
        document.refresh()
        work = self._work(form, target, document)
        if work is None:
            return
        # A picture shows a moment, and no picture has names in it.
        safe = document.edits if form != PICTURE and not (form == COPY and document.edits.names) else None
        self.job = job = Job(target)
        self._task = task = Task(self, partial(_run, work, job))
        task.done.connect(lambda remarks: self._done(document, safe, target, remarks))
        task.failed.connect(self._failed)
        self._timer.start()
        self.changed.emit()

    def cancel(self) -> None:
        if self.job is not None:
            self.job.stop()

    def stop(self) -> None:
        """End the thread, bounded; nothing is left of a file that is not whole."""
        self.cancel()
        if self._task is not None:
            self._task.finish(JOIN_S)
        self._end()

    def _work(self, form: str, target: Path, document: Document) -> Work | None:
        faces, names = document.faces, {face.id: face.name for face in document.faces if face.name}
        path, readings, composition = os.fspath(document.path), document.readings, self._composition
        whole, painted = self.whole, self.painted
        if form == PICTURE:
            image = self.make_picture()
            return None if image is None else partial(_write_picture, image, target)
        if form == COPY:

            def copy(job: Job) -> list[str]:
                recording = composition.make_recording(document.path).recording
                return recording_files.write_copy(
                    str(target), path, recording, whole, readings, faces, job.say, job.stopped, painted
                )

            return copy
        shown = self.opened if form in formats.REPORTS and self.faces.isChecked() else None

        def write(job: Job) -> list[str]:
            name = composition.model_name(readings.beginning.model_id)
            pictures = None if shown is None else shown.pictures()
            recording_files.write_results(
                str(target), form, path, readings, faces, names, job.say, job.stopped, name, pictures
            )
            return []

        return write

    def _end(self) -> None:
        self._timer.stop()
        self.job = self._task = None

    def _done(self, document: Document, safe: Edits | None, target: Path, remarks: list[str] | None) -> None:
        self._end()
        self.changed.emit()
        if remarks is None:
            self.over.emit(False)
            return
        if safe is not None:
            document.saved = safe
        text = tr("Exported as {path}.").format(path=target)
        self.told.emit(" ".join([text, *(f"{remark}." for remark in remarks)]), bool(remarks))
        self.over.emit(True)

    def _failed(self, why: str) -> None:
        self._end()
        self.changed.emit()
        self.told.emit(why, True)
        self.over.emit(False)


def _run(work: Work, job: Job) -> list[str] | None:
    """None where a person stopped it."""
    try:
        return work(job)
    except Cancelled:
        return None
    except (FerError, OSError):
        raise
    except Exception as error:
        why = str(error) or type(error).__name__
        raise RuntimeError(tr("{name} could not be written: {why}").format(name=job.target.name, why=why)) from error


def _write_picture(image: QImage, target: Path, _: Job) -> list[str]:
    problem = write_png(image, target)
    if problem:
        raise OSError(tr("The picture was not saved as {path}: {why}.").format(path=target, why=problem))
    return []
