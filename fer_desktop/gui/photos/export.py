"""Asks what to export and where to, and shows how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from fer_desktop import resources
from fer_desktop.gui.photos import choice
from fer_desktop.gui.photos.choice import Wanted
from fer_desktop.gui.photos.collection import Collection
from fer_desktop.gui.photos.export_dialog import ANNOTATED, ExportDialog, file_dialog
from fer_desktop.gui.photos.exporting import Export, Exporter
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

    @property
    def at_work(self) -> bool:
        return self.exporter.at_work

    def ask(self, wanted: Wanted) -> None:
        """What to export; wanted: what is shown now."""
        counts = self._collection.counts()
        filtered = None if wanted.everything else len(choice.select(self._collection.records, wanted))
        dialog = ExportDialog(self._page, counts.shown, filtered, counts.there - counts.shown)
        dialog.wanted.connect(lambda: self._ask_where(dialog, wanted))
        self._dialogs.open(dialog)

    def begin(self, target: Path, form: str, wanted: Wanted, with_faces: bool = False) -> None:
        """form: one of `formats`, or ANNOTATED."""
        records = self._collection.records
        chosen = choice.select(records, wanted)
        sources = self._collection.sources
        settings = formats.Settings(records.main_model(chosen), thumbnails=with_faces, sources=sources)
        self.exporter.begin(Export(records.frozen(), chosen.tolist(), target, settings, form == ANNOTATED))

    def stop(self) -> None:
        self.exporter.stop()

    def _ask_where(self, dialog: ExportDialog, wanted: Wanted) -> None:
        form, with_faces = dialog.form, dialog.with_faces
        # In the order in which they are shown, as far as they are.
        what = Wanted(order=wanted.order, backwards=wanted.backwards) if dialog.all_of_them else wanted
        where = file_dialog(self._page, form, self._folder or resources.pictures_dir().parent)
        where.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def chosen(path: str) -> None:
            self._folder = Path(path).parent
            self.begin(Path(path), form, what, with_faces)

        where.fileSelected.connect(chosen)
        self._dialogs.open(where)

    def _moved(self) -> None:
        exporter = self.exporter
        done, of = (exporter.written, exporter.of) if exporter.at_work else (0, 0)
        text = tr("Exporting: {done} of {of}").format(done=count(done), of=count(of))
        self.row.tell(exporter.at_work, done, of, [text])
        self.moved.emit()
