"""Asks what to export and where to, and shows how far it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from fer_desktop import resources
from fer_desktop.gui import save_file
from fer_desktop.gui.leaving import unfinished_question
from fer_desktop.gui.photos import choice
from fer_desktop.gui.photos.choice import Wanted
from fer_desktop.gui.photos.collection import Collection
from fer_desktop.gui.photos.export_dialog import ExportDialog, ask_for_folder, form_names
from fer_desktop.gui.photos.exporting import ANNOTATED, Export, Exporter
from fer_desktop.gui.photos.progress import ProgressRow
from fer_desktop.gui.photos.words import count, tr
from fer_desktop.offline import formats

if TYPE_CHECKING:
    from fer_desktop.gui.dialog_host import DialogHost


class PhotoExport(QObject):
    """`problem`, `said` (text). `moved`: it is another time at work or not, or further."""

    moved = Signal()
    problem = Signal(str)
    said = Signal(str)

    def __init__(self, page: QWidget, collection: Collection, dialogs: DialogHost) -> None:
        super().__init__(page)
        self._page, self._collection, self._dialogs = page, collection, dialogs
        self.exporter = Exporter(self, collection.picture, collection.model_name)
        self.row = ProgressRow()
        self.row.cancelled.connect(self.exporter.cancel)
        self.exporter.moved.connect(self._moved)
        self.exporter.done.connect(self.said)
        self.exporter.failed.connect(self.problem)
        self._folder: Path | None = None
        self._given_up = False

    @property
    def at_work(self) -> bool:
        return self.exporter.at_work

    def ask(self, wanted: Wanted) -> None:
        """What to export; wanted: what is shown now."""
        counts, records = self._collection.counts(), self._collection.records
        filtered = None if wanted.everything else len(choice.ready(records, choice.select(records, wanted)))
        again = self._collection.again
        dialog = ExportDialog(self._page, counts.done, filtered, counts.there - counts.done, again)
        dialog.wanted.connect(lambda: self._ask_where(dialog, wanted))
        self._dialogs.open(dialog)

    def begin(self, target: Path, form: str, wanted: Wanted, with_faces: bool = False) -> None:
        """form: one of `formats`, or ANNOTATED. What another model has read is not in it: a document tells of one."""
        records = self._collection.records
        chosen = choice.ready(records, choice.select(records, wanted))
        if not len(chosen):
            self.problem.emit(tr("There is no photo to export: none of these is read yet."))
            return
        self._given_up = False
        sources = self._collection.sources
        settings = formats.Settings(records.main_model(chosen), thumbnails=with_faces, sources=sources)
        self.exporter.begin(Export(records.frozen(), chosen.tolist(), target, form, settings))

    def may_be_left(self, go_on: Callable[[], object]) -> bool:
        """Whether nothing is lost if the program ends now. If not, the person is asked, and go_on called where it may
        be lost."""
        if not self.at_work or self._given_up:
            return True

        def leave() -> None:
            self._given_up = True
            go_on()
            # Where the person stays after all, for another question's sake, the file is asked about again.
            self._given_up = not self._page.window().isVisible()

        question = unfinished_question(self._page.window(), self.exporter.target.name)
        question.accepted.connect(leave)
        # There is nothing to ask any more once the file is whole; where it failed, the person is to see that.
        self.exporter.done.connect(question.accept)
        self.exporter.failed.connect(question.reject)
        self._dialogs.open(question)
        return False

    def stop(self) -> None:
        self.exporter.stop()

    def _ask_where(self, dialog: ExportDialog, wanted: Wanted) -> None:
        form, with_faces = dialog.form, dialog.with_faces
        # In the order in which they are shown, as far as they are.
        what = Wanted(order=wanted.order, backwards=wanted.backwards) if dialog.all_of_them else wanted
        folder = self._folder or resources.pictures_dir().parent

        def chosen(path: Path) -> None:
            self._folder = path.parent
            self.begin(path, form, what, with_faces)

        if form == ANNOTATED:
            ask_for_folder(self._page, self._dialogs, folder, chosen)
        else:
            beginning = folder / f"{tr('Photos')}.{form}"
            save_file.ask(self._page, self._dialogs, form_names()[form], form, beginning, chosen)

    def _moved(self) -> None:
        exporter = self.exporter
        done, of = (exporter.written, exporter.of) if exporter.at_work else (0, 0)
        text = tr("Exporting: {done} of {of}").format(done=count(done), of=count(of))
        self.row.tell(exporter.at_work, done, of, [text])
        self.moved.emit()
