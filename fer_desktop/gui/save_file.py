"""Asks where a file goes. The form that was chosen decides what is written, and the name's end says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from fer_desktop.gui.question import YesNo

if TYPE_CHECKING:
    from fer_desktop.gui.dialog_host import DialogHost

_ALSO: Final = {"html": (".htm",), "parquet": (".pq",)}
"""Other suffixes that say the same."""


def tr(text: str) -> str:
    return QCoreApplication.translate("SaveFile", text)


def named(path: Path, suffix: str) -> Path:
    """With the suffix, without its dot, at its end; a name that ends otherwise keeps its end before it."""
    if path.suffix.lower() in (f".{suffix}", *_ALSO.get(suffix, ())):
        return path
    return path.with_name(f"{path.name}.{suffix}")


def ask(
    parent: QWidget, dialogs: DialogHost, kind: str, suffix: str, beginning: Path, chosen: Callable[[Path], object]
) -> QFileDialog:
    """Ask for a file of a kind, as people call it; beginning: the name to begin with. chosen: called with the name once
    it is settled, after a question where a file of that name is there."""
    dialog = QFileDialog(parent.window(), tr("Export"), str(beginning.parent))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    # Asked below: only there it is known under which name it will be written.
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.setNameFilter(f"{kind} (*.{suffix})")
    dialog.selectFile(named(beginning, suffix).name)

    def settle(target: Path) -> None:
        if not target.exists():
            chosen(target)
            return
        text = tr("{folder} holds a file of this name.").format(folder=target.parent)
        title = tr("Replace {name}?").format(name=target.name)
        question = YesNo(parent.window(), title, text, tr("&Replace"), tr("&Keep it"))
        question.accepted.connect(lambda: chosen(target))
        dialogs.open(question)

    # After the dialog has closed: another one takes its place.
    dialog.fileSelected.connect(lambda path: QTimer.singleShot(0, parent, lambda: settle(named(Path(path), suffix))))
    dialogs.open(dialog)
    return dialog
