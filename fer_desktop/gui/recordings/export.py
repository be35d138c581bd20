"""Export…: what was read of the recording, as edited, into a file that the person names."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from fer_desktop.core.errors import Cancelled, FerError
from fer_desktop.gui.recordings.document import Document
from fer_desktop.gui.recordings.words import tr
from fer_desktop.gui.snapshot import write_png
from fer_desktop.offline import formats, recording_files
from fer_desktop.offline.video import Recording

if TYPE_CHECKING:
    from fer_desktop.gui.recordings.page import DialogHostLike

POLL_MS: Final = 50
JOIN_S: Final = 10.0
COPY: Final = "mp4"
PICTURE: Final = "png"

Work = Callable[[Callable[[float], None], Callable[[], bool]], list[str]]
"""Told how to say the part that is done, and how to ask whether to stop; gives remarks."""


class Job(QObject):
    """One file being written on a thread. `over` (remarks, problem, report): problem is empty where the file is whole,
    and None where a person stopped it; report is a traceback where the program is at fault."""

    progressed = Signal()
    over = Signal(object, object, str)

    def __init__(self, parent: QObject, target: Path, work: Work) -> None:
        super().__init__(parent)
        self.target = target
        self.part = 0.0
        self._began_s = time.monotonic()
        self._stop = threading.Event()
        self._parts: list[float] = [0.0]
        self._results: queue.SimpleQueue[tuple[list[str], str | None, str]] = queue.SimpleQueue()
        arguments = (work, self._parts, self._stop, self._results)
        # The thread knows nothing of this object, which may go before it.
        self._thread = threading.Thread(target=_run, args=arguments, name="recording export", daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)
        self._thread.start()
        self._timer.start()

    @property
    def spent_s(self) -> float:
        return time.monotonic() - self._began_s

    def cancel(self) -> None:
        """Nothing is left of the file."""
        self._stop.set()

    def stop(self) -> None:
        self.cancel()
        self._timer.stop()
        self._thread.join(JOIN_S)

    def _look(self) -> None:
        self.part = self._parts[0]
        try:
            remarks, problem, report = self._results.get_nowait()
        except queue.Empty:
            self.progressed.emit()
            return
        self._timer.stop()
        self._thread.join()
        self.over.emit(remarks, problem, report)
        self.deleteLater()


def _run(
    work: Work, parts: list[float], stop: threading.Event, results: queue.SimpleQueue[tuple[list[str], str | None, str]]
) -> None:
    import traceback

    def say(part: float) -> None:
        parts[0] = part

    try:
        results.put((work(say, stop.is_set), "", ""))
    except Cancelled:
        results.put(([], None, ""))
    except (FerError, OSError) as error:
        results.put(([], str(error), ""))
    except Exception as error:
        results.put(([], str(error) or type(error).__name__, traceback.format_exc()))


class Export(QObject):
    """Asks for a name, then writes. `changed`: a file is begun, went on, or is over. `told` (text, warning).
    `defect` (text, traceback). One file at a time."""

    changed = Signal()
    told = Signal(str, bool)
    defect = Signal(str, str)

    def __init__(self, parent: QWidget, dialogs: DialogHostLike, make_recording: Callable[[Path], Recording]) -> None:
        super().__init__(parent)
        self._parent, self._dialogs, self._make_recording = parent, dialogs, make_recording
        self.document: Document | None = None
        self.whole = True
        """Whether the recording was read to its end."""
        self.make_picture: Callable[[], QImage | None] = lambda: None
        """What is on the picture now, with its overlays."""
        self.job: Job | None = None

    def menu(self) -> QMenu:
        menu = QMenu(self._parent)
        for form, text in (
            ("csv", tr("Table, CSV…")),
            ("parquet", tr("Table, Parquet…")),
            ("json", tr("JSON…")),
            ("html", tr("Report, HTML…")),
            ("pdf", tr("Report, PDF…")),
            (COPY, tr("Annotated video, MP4…")),
            (PICTURE, tr("This picture, PNG…")),
        ):
            if form == "csv" or form not in formats.FORMS or formats.available(form):
                menu.addAction(text).triggered.connect(partial(self.ask, form))
            if form in ("json", "pdf"):
                menu.addSeparator()
        return menu

    def ask(self, form: str, *_: object) -> None:
        """Ask for the file's name; the dialog asks before an existing one is replaced."""
        if self.document is None or self.job is not None:
            return
        path = self.document.path
        kind = {COPY: tr("Video"), PICTURE: tr("Picture")}.get(form) or tr(formats.FORMS[form])
        dialog = QFileDialog(self._parent.window(), tr("Export"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilters([f"{kind} (*.{form})"])
        dialog.setDefaultSuffix(form)
        dialog.setDirectory(str(path.parent))
        addition = tr(" annotated") if form == COPY else ""
        dialog.selectFile(f"{path.stem}{addition}.{form}")
        dialog.fileSelected.connect(lambda target: self.write(form, Path(target)))
        self._dialogs.open(dialog)

    def write(self, form: str, target: Path) -> None:
        """Replace or make the file, in the background."""
        document = self.document
        if document is None or self.job is not None:
            return
        document.refresh()
        faces, names = document.faces, {face.id: face.name for face in document.faces if face.name}
        path, readings = os.fspath(document.path), document.readings
        work: Work
        if form == PICTURE:
            image = self.make_picture()
            if image is None:
                return
            work = partial(_write_picture, image, target)
        elif form == COPY:
            recording = partial(self._make_recording, document.path)

            def work(say: Callable[[float], None], stopped: Callable[[], bool]) -> list[str]:
                whole = self.whole
                return recording_files.write_copy(str(target), path, recording(), whole, readings, faces, say, stopped)
        else:

            def work(say: Callable[[float], None], stopped: Callable[[], bool]) -> list[str]:
                recording_files.write_results(str(target), form, path, readings, faces, names, say, stopped)
                return []

        edits = document.edits
        self.job = Job(self, target, work)
        self.job.progressed.connect(self.changed)
        self.job.over.connect(lambda *came: self._over(document, None if form == PICTURE else edits, target, *came))
        self.changed.emit()

    def cancel(self) -> None:
        if self.job is not None:
            self.job.cancel()

    def stop(self) -> None:
        """End the thread, bounded; nothing is left of a file that is not whole."""
        if self.job is not None:
            self.job.stop()
            self.job = None

    def _over(
        self, document: Document, edits: Any, target: Path, remarks: list[str], problem: str | None, report: str
    ) -> None:
        self.job = None
        self.changed.emit()
        if report:
            self.defect.emit(tr("{name} could not be written.").format(name=target.name), report)
        elif problem:
            self.told.emit(problem, True)
        elif problem == "":
            if edits is not None:
                document.saved = edits
            text = tr("Exported as {path}.").format(path=target)
            self.told.emit(" ".join([text, *(f"{remark}." for remark in remarks)]), bool(remarks))


def _write_picture(image: QImage, target: Path, *_: object) -> list[str]:
    problem = write_png(image, target)
    if problem:
        raise OSError(tr("The picture was not saved as {path}: {why}.").format(path=target, why=problem))
    return []
