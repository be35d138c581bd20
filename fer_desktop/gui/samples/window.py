"""My samples…: look through a person's own faces, put them right, delete them, take them along."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from fer_desktop.core import emotions
from fer_desktop.gui.samples.deleting import Deleting
from fer_desktop.gui.samples.library import Library, Moved
from fer_desktop.gui.samples.view import SamplesView
from fer_desktop.gui.samples.words import samples
from fer_desktop.gui.theme import Theme
from fer_desktop.overlay import words

if TYPE_CHECKING:
    from fer_desktop.gui.retrain.control import RetrainControl

REFRESH_MS: Final = 150


class SamplesWindow(SamplesView):
    """`collect` and `tune`: what its buttons lead to."""

    collect = Signal()
    tune = Signal()

    def __init__(
        self, parent: QWidget, library: Library, retraining: RetrainControl, theme: Theme, close_key: QKeySequence
    ) -> None:
        super().__init__(parent, library.folder, close_key)
        self._library = library
        self.deleting = Deleting(self, library, retraining)
        self._seen = False
        """There were samples to look at: the focus is where the person put it."""
        self._moved: list[Moved] = []
        """What the last relabelling moved, as long as it can be undone."""
        self._select: set[Path] = set()
        """What is to be selected once it is shown: a sample that was relabelled is another file."""
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._refresh.timeout.connect(self._show)
        self._connect()
        self.set_theme(theme)
        self._show()
        library.read()

    def _connect(self) -> None:
        for number, name in enumerate(emotions.NAMES, start=1):
            action = QAction(words.label(name), self)
            action.setShortcut(QKeySequence(str(number)))
            action.triggered.connect(partial(self._relabel, name))
            self.relabel_menu.addAction(action)
            self.addAction(action)
        self.move_to.setMenu(self.relabel_menu)
        self.kinds.currentRowChanged.connect(lambda _: self._turn_to_kind())
        self.grid.selectionModel().selectionChanged.connect(lambda *_: self._show_buttons())
        self.grid.customContextMenuRequested.connect(self._offer)
        self.delete.clicked.connect(self._ask_to_delete)
        delete = QShortcut(QKeySequence.StandardKey.Delete, self)
        delete.activated.connect(self._ask_to_delete)
        self.delete_all.clicked.connect(self.deleting.ask_for_all)
        self.deleting.agreed.connect(partial(self.tell, ""))
        self.undo.clicked.connect(self._undo)
        undo = QShortcut(QKeySequence.StandardKey.Undo, self)
        undo.activated.connect(self._undo)
        self.export.clicked.connect(self._ask_where)
        self.show_folder.clicked.connect(self._open_folder)
        self.collect_button.clicked.connect(self.collect)
        self.tune_button.clicked.connect(self.tune)
        self.close_button.clicked.connect(self.close)
        self._library.changed.connect(self._changed)
        self._library.relabelled.connect(self._relabelled)
        self._library.exported.connect(self._exported)
        self._library.emptied.connect(self._emptied)

    def tell(self, text: str, moved: Sequence[Moved] = ()) -> None:
        """What has happened. moved: can be undone."""
        self._moved = list(moved)
        self.warning.say("")
        self.said.say(text)
        self.undo.setVisible(bool(moved))

    def warn(self, text: str) -> None:
        self.tell("")
        self.warning.say(text)

    def shut_down(self) -> None:
        self._refresh.stop()
        self.model.pictures.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shut_down()
        super().closeEvent(event)

    # What is shown

    def _changed(self) -> None:
        """At most some times a second: each of many new ones would lay the grid out again."""
        if not self._refresh.isActive():
            self._refresh.start()

    def _turn_to_kind(self) -> None:
        self._select = set()
        self.grid.clearSelection()
        self._show()
        self.grid.scrollToTop()

    def _show(self) -> None:
        known = self._library.samples
        self.kinds.show_counts(self._library.counts)
        shown = [sample for sample in known or [] if self.kinds.kind in ("", sample.emotion)]
        self.model.show(shown)
        if any(sample.path in self._select for sample in known or []):
            self.grid.choose(self._select)
            self._select = set()
        came = shown and self._stack.currentIndex() == 1 and self.focusWidget() in (None, self.kinds)
        self._stack.setCurrentIndex(0 if shown else 1)
        if came and not self._seen:
            self._seen = True
            self.grid.setFocus()
        self.collect_button.setVisible(known is not None and not shown)
        if known is None:
            self.empty.say(self.tr("Looking for samples…"))
        elif not known:
            self.empty.say(
                self.tr(
                    "There are no samples yet.\n\nIn Collect samples you choose an emotion, make the face, and take "
                    "it. In the live view the keys 1 to 7 correct a wrong label, and save that face too."
                )
            )
        else:
            emotion = words.label(self.kinds.kind)
            self.empty.say(self.tr("There are no samples of {emotion} yet.").format(emotion=emotion))
        self._show_buttons()

    def _show_buttons(self) -> None:
        count = len(self.grid.selectionModel().selectedIndexes())
        name = words.label(self.kinds.kind) if self.kinds.kind else self.tr("All")
        text = f"{name}: {samples(self.model.rowCount())}"
        if count:
            text += self.tr(", {n} selected").format(n=f"{count:,}")
        self.headline.say(text)
        for button in (self.move_to, self.delete):
            button.setEnabled(bool(count))
        for button in (self.delete_all, self.export, self.tune_button):
            button.setEnabled(bool(self._library.samples))

    # What a person asks for

    def _offer(self, point: QPoint) -> None:
        if not self.grid.chosen():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.relabel_menu.actions())
        menu.addSeparator()
        menu.addAction(self.tr("Delete"), self._ask_to_delete)
        menu.popup(self.grid.viewport().mapToGlobal(point))

    def _relabel(self, emotion: str) -> None:
        chosen = [sample for sample in self.grid.chosen() if sample.emotion != emotion]
        if chosen:
            self.tell("")
            self._library.relabel(chosen, emotion)

    def _relabelled(self, moved: list[Moved], undoing: bool) -> None:
        self._select = {one.sample.path for one in moved}
        if undoing:
            self.tell(self.tr("Undone: {n}.").format(n=samples(len(moved))))
        elif moved:
            emotion = words.label(moved[0].sample.emotion)
            self.tell(self.tr("{n} now under {emotion}.").format(n=samples(len(moved)), emotion=emotion), moved)

    def _undo(self) -> None:
        """Take back the last relabelling."""
        moved = self._moved
        if moved:
            self.tell("")
            self.grid.setFocus()
            self._library.put_back(moved)

    def _ask_to_delete(self) -> None:
        self.deleting.ask(self.grid.chosen())

    def _ask_where(self) -> None:
        name = self.tr("My face {date}.zip").format(date=datetime.date.today().isoformat())
        kinds = self.tr("Archives (*.zip)")
        options = QFileDialog.Option.DontConfirmOverwrite
        title = self.tr("Export all samples")
        chosen, _ = QFileDialog.getSaveFileName(self, title, str(Path.home() / name), kinds, options=options)
        if chosen:
            self.tell(self.tr("Exporting…"))
            path = Path(chosen)
            self._library.export(path if path.suffix or path.is_dir() else path.with_name(f"{path.name}.zip"))

    def _emptied(self, left: int) -> None:
        if left == 1:
            self.tell(self.tr("Deleted. One file in the folder is no sample, and was left."))
        elif left:
            self.tell(self.tr("Deleted. {n} files in the folder are no samples, and were left.").format(n=f"{left:,}"))
        else:
            self.tell(self.tr("Deleted."))

    def _exported(self, path: Path) -> None:
        self.tell(self.tr("Exported as {path}").format(path=path))

    def _open_folder(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._library.folder))):
            self.warn(self.tr("The folder could not be opened. Its path stands below the samples."))
