"""What to export, and as what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QComboBox, QFileDialog, QRadioButton, QWidget

from fer_desktop.gui.parts import Button, Text
from fer_desktop.gui.photos.exporting import ANNOTATED, most_faces
from fer_desktop.gui.photos.words import all_photos, count, not_in_it, shown_photos, tr
from fer_desktop.gui.question import Question
from fer_desktop.offline import formats

if TYPE_CHECKING:
    from fer_desktop.gui.dialog_host import DialogHost


def form_names() -> dict[str, str]:
    """What can be written here, by the forms of `formats`, and annotated pictures."""
    known = {form: tr(name) for form, name in formats.FORMS.items() if formats.available(form)}
    return known | {ANNOTATED: tr("Annotated pictures")}


class ExportDialog(Question):
    """`wanted`: a person pressed the button that goes on; the choice is in `form`, `all_of_them`, `with_faces`."""

    wanted = Signal()

    def __init__(self, parent: QWidget, everything: int, filtered: int | None, waiting: int, again: str) -> None:
        """everything: how many photos were read; filtered: how many of them are shown, None where all are; waiting: how
        many are not read yet; again: the model they are to be read with, where another one has read them."""
        super().__init__(parent, tr("Export"))
        self.forms = QComboBox()
        self.forms.setAccessibleName(tr("Export as"))
        for form, name in form_names().items():
            self.forms.addItem(name, form)
        self.every, self.shown = QRadioButton(all_photos(everything)), QRadioButton(shown_photos(filtered or 0))
        self._group = QButtonGroup(self)
        for choice in (self.every, self.shown):
            self._group.addButton(choice)
        (self.every if not filtered else self.shown).setChecked(True)
        self.shown.setEnabled(filtered != 0)
        self.faces = QCheckBox(tr("Show the faces, the first {n}").format(n=count(most_faces())))
        self.note = Text(muted=True)
        self.column.addWidget(Text(tr("Which photos")))
        self.column.addWidget(self.every)
        self.column.addWidget(self.shown)
        self.shown.setVisible(filtered is not None)
        if waiting:
            self.column.addWidget(Text(not_in_it(waiting, again), muted=True))
        self.column.addSpacing(8)
        self.column.addWidget(Text(tr("As")))
        self.column.addWidget(self.forms)
        self.column.addWidget(self.faces)
        self.column.addWidget(self.note)
        self.choose, self.leave = Button(""), Button(tr("Cancel"))
        self.add_buttons(self.leave, self.choose, default=self.choose)
        self.leave.clicked.connect(self.reject)
        self.choose.clicked.connect(self._go_on)
        self.forms.currentIndexChanged.connect(self._form_changed)
        self._form_changed()
        self.forms.setFocus()

    @property
    def form(self) -> str:
        return str(self.forms.currentData())

    @property
    def all_of_them(self) -> bool:
        return self.every.isChecked()

    @property
    def with_faces(self) -> bool:
        return self.form in formats.REPORTS and self.faces.isChecked()

    def _form_changed(self) -> None:
        notes = {
            "csv": tr("A line for each face. Spreadsheets and pandas read it."),
            "json": tr("All figures, as fer-desktop classify writes them."),
            "parquet": tr("The table with the types of its columns. pandas, Polars and DuckDB read it."),
            "html": tr("One page with plots, for any browser. It needs nothing else."),
            "pdf": tr("The same report, for print."),
            ANNOTATED: tr("A copy of each photo with its faces and readings painted on. The photos stay as they are."),
        }
        self.note.say(notes.get(self.form, ""))
        self.faces.setVisible(self.form in formats.REPORTS)
        self.choose.setText(tr("Choose folder…") if self.form == ANNOTATED else tr("Choose file…"))
        self.adjustSize()

    def _go_on(self) -> None:
        self.accept()
        self.wanted.emit()


def ask_for_folder(parent: QWidget, dialogs: DialogHost, folder: Path, chosen: Callable[[Path], object]) -> None:
    """For annotated pictures."""
    dialog = QFileDialog(parent.window(), tr("Folder for the annotated pictures"), str(folder))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialogs.open(dialog)
