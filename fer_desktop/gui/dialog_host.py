"""Opens the window's dialogs, one at a time, without stopping the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from fer_desktop.gui import dialogs
from fer_desktop.gui.preferences import Preferences

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow


class DialogHost(QObject):
    """`open` is asynchronous: it returns at once, and what a person decides comes as the dialog's signals."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._dialog: QDialog | None = None
        actions = window.actions_
        actions.preferences.triggered.connect(self._preferences)
        actions.retrain.triggered.connect(lambda: self.open(dialogs.retrain(window)))
        actions.keys.triggered.connect(lambda: self.open(dialogs.keys(window, actions)))
        actions.about.triggered.connect(lambda: self.open(dialogs.about(window, window.toolbar.model_name)))
        actions.privacy.triggered.connect(lambda: self.open(dialogs.privacy(window)))

    def open(self, dialog: QDialog) -> None:
        """Show a dialog in the place of the one that may be open."""
        if self._dialog is not None:
            self._dialog.close()
        self._dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def first_run_notice(self) -> QDialog:
        dialog = dialogs.first_run_notice(self._window)
        dialog.accepted.connect(self._notice_seen)
        self.open(dialog)
        return dialog

    def _closed(self) -> None:
        self._dialog = None

    def _notice_seen(self) -> None:
        self._window.settings.first_run_notice_seen = True
        self._window.save_settings()

    def _preferences(self) -> None:
        dialog = Preferences(self._window, self._window.settings)
        dialog.changed.connect(self._window.apply_settings)
        dialog.changed.connect(self._window.save_settings)
        self.open(dialog)
