"""Files that a person chooses or drops on the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtWidgets import QFileDialog

from fer_desktop.gui import sources
from fer_desktop.gui.sources import Choice

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow


def dropped_files(data: QMimeData) -> list[Path]:
    """Files of this computer in what is dragged; links to elsewhere are left alone."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class OpenFiles(QObject):
    """Asks for a file, and hands it to whoever shows it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask_for_image(self) -> None:
        self._ask(self.tr("Open image"), self.tr("Images"), sources.IMAGE_SUFFIXES)

    def ask_for_video(self) -> None:
        self._ask(self.tr("Open video"), self.tr("Videos"), sources.VIDEO_SUFFIXES)

    def open(self, path: Path) -> None:
        """A photo is read; anything else is tried as a video, and the capture says what is wrong with it."""
        if sources.is_image(path):
            self._window.photos.open(path)
        else:
            self._window.live.open(Choice(sources.FILE, str(path)))

    def open_dropped(self, paths: list[Path]) -> None:
        """The first one; that the others are not opened is said."""
        self.open(paths[0])
        if len(paths) > 1:
            text = self.tr("One file at a time: {name} was opened, {count} more were not.")
            text = text.format(name=paths[0].name, count=len(paths) - 1)
            self._window.info.say(text, key="files", passing=True)

    def _ask(self, title: str, kind: str, suffixes: tuple[str, ...]) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in suffixes)
        dialog = QFileDialog(self._window, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([f"{kind} ({patterns})", self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: self.open(Path(path)))
        self._window.dialogs.open(dialog)
