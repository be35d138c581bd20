"""What is asked before something is lost: a file that is being written, names and merged faces that are in no file."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from fer_desktop.gui.question import YesNo


def tr(text: str) -> str:
    return QCoreApplication.translate("Leaving", text)


def unsaved_question(parent: QWidget, recording: str) -> YesNo:
    """Accepted where the person leaves the recording without its edits."""
    text = tr("The names you gave and the faces you merged or removed are in no file yet. They are lost without one.")
    title = tr("Leave {name}?").format(name=recording)
    return YesNo(parent, title, text, tr("&Leave without them"), tr("&Stay"))


def unfinished_question(parent: QWidget, target: str, unsaved: bool = False) -> YesNo:
    """Accepted where the person goes although a file is being written. unsaved: edits of a recording go with it."""
    title = tr("{name} is not finished").format(name=target)
    text, leave = tr("Nothing is left of it if you go now."), tr("&Leave without it")
    if unsaved:
        text += " " + tr("The names you gave and the faces you merged or removed are in no file: they are lost too.")
        leave = tr("&Leave without all that")
    return YesNo(parent, title, text, leave, tr("&Stay"))
