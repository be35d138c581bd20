"""What the page asks: which recording, and whether to leave one whose edits are in no file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from fer_desktop.gui import sources
from fer_desktop.gui.question import YesNo
from fer_desktop.gui.recordings.words import tr


class DialogHostLike(Protocol):
    """Shows a dialog without stopping the window."""

    def open(self, dialog: QDialog) -> None: ...


def choose_recording(parent: QWidget, chosen: Callable[[Path], object]) -> QDialog:
    dialog = QFileDialog(parent, tr("Open recording"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    patterns = " ".join(f"*{suffix}" for suffix in sources.VIDEO_SUFFIXES)
    dialog.setNameFilters([f"{tr('Videos')} ({patterns})", tr("All files (*)")])
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    return dialog


def unsaved_question(parent: QWidget, recording: str) -> QDialog:
    """Accepted where the person leaves the recording without its edits."""
    text = tr("The names you gave and the faces you merged or removed are in no file yet. They are lost without one.")
    title = tr("Leave {name}?").format(name=recording)
    return YesNo(parent, title, text, tr("&Leave without them"), tr("&Stay"))


def unfinished_question(parent: QWidget, target: str) -> QDialog:
    """Accepted where the person goes although a file is being written."""
    title = tr("{name} is not finished").format(name=target)
    return YesNo(parent, title, tr("Nothing is left of it if you go now."), tr("&Leave without it"), tr("&Stay"))
