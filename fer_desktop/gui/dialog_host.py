"""Opens the window's dialogs, one at a time, without stopping the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QShortcut
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
        actions.keys.triggered.connect(lambda: self.open(dialogs.keys(window, actions)))
        actions.about.triggered.connect(lambda: self.open(dialogs.about(window, window.toolbar.model_name)))
        actions.privacy.triggered.connect(lambda: self.open(dialogs.privacy(window)))

    def open(self, dialog: QDialog) -> None:
        """Show a dialog in the place of the one that may be open."""
        self._take_in(dialog)
        dialog.open()

    def close(self) -> None:
        """Close the dialog that may be open, as a person who closes it would."""
        if self._dialog is not None:
            self._dialog.close()

    def first_run_notice(self) -> QDialog:
        """`accepted` where the person agreed; `rejected` where not, in whichever way it was closed."""
        dialog = dialogs.first_run_notice(self._window)
        dialog.accepted.connect(self._notice_seen)
        dialog.finished.connect(self._notice_closed)
        self._take_in(dialog)
        # Behind a modal dialog Qt does not let a window be closed by its frame; this one must be, and do nothing else.
        self._window.setEnabled(False)
        # Qt disables a window's dialogs with it.
        dialog.setEnabled(True)
        dialog.show()
        dialog.activateWindow()
        return dialog

    def _take_in(self, dialog: QDialog) -> None:
        self.close()
        self._dialog = dialog
        dialog.finished.connect(self._closed)
        quit_too = QShortcut(self._window.actions_.quit.shortcut(), dialog)
        quit_too.activated.connect(self._window.close)

    def _closed(self) -> None:
        self._dialog = None

    def _notice_closed(self) -> None:
        self._window.setEnabled(True)
        self._window.view.setFocus()

    def _notice_seen(self) -> None:
        self._window.settings.first_run_notice_seen = True
        self._window.view_settings.save()

    def _preferences(self) -> None:
        dialog = Preferences(self._window, self._window.settings)
        dialog.changed.connect(self._window.view_settings.apply)
        dialog.changed.connect(self._window.view_settings.save)
        dialog.set_recording(self._window.recording.active)
        self._window.recording.ended.connect(dialog.recording_ended)
        self.open(dialog)
