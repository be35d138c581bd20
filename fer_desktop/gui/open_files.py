"""Files that a person chooses, drops on the window or pastes into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from fer_desktop.gui import sources
from fer_desktop.gui.sources import Choice

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow


def dropped_files(data: QMimeData | None) -> list[Path]:
    """Files of this computer in what is dragged or copied; links to elsewhere are left alone. None: nothing."""
    if data is None:  # as an empty clipboard may be, whatever Qt's signature says
        return []
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class OpenFiles(QObject):
    """Asks for files, and hands them to the page that shows them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask_for_photos(self) -> None:
        mode, suffixes = QFileDialog.FileMode.ExistingFiles, sources.IMAGE_SUFFIXES
        self._ask(self.tr("Open photos"), mode, self.open, self.tr("Photos"), suffixes)

    def ask_for_folder(self) -> None:
        self._ask(self.tr("Open a folder of photos"), QFileDialog.FileMode.Directory, self.open)

    def ask_for_recording(self) -> None:
        mode, suffixes = QFileDialog.FileMode.ExistingFile, sources.VIDEO_SUFFIXES
        self._ask(self.tr("Open recording"), mode, self.open, self.tr("Recordings"), suffixes)

    def ask_for_video(self) -> None:
        mode, suffixes = QFileDialog.FileMode.ExistingFile, sources.VIDEO_SUFFIXES
        self._ask(self.tr("Play video"), mode, self._play, self.tr("Videos"), suffixes)

    def open(self, paths: Sequence[Path]) -> None:
        """Photos and folders are read; anything else is taken for a recording, of which one is shown at a time."""
        photos = [path for path in paths if path.is_dir() or sources.is_image(path)]
        others = [path for path in paths if path not in photos]
        if photos:
            self._window.page_control.open_photos(photos)
        elif others:
            self._window.page_control.open_recording(others[0])
            del others[0]
        if others:
            text = self.tr("One recording at a time, and not with photos: {n} files were not opened.")
            self._window.info.say(text.format(n=len(others)), key="files", passing=True)

    def paste(self) -> None:
        """Files that were copied in a file manager, or a picture that was copied anywhere."""
        clipboard = QGuiApplication.clipboard()
        if files := dropped_files(clipboard.mimeData()):
            self.open(files)
        elif not (image := clipboard.image()).isNull():
            self._window.page_control.paste(image)
        else:
            text = self.tr("There is no picture on the clipboard. Copy one, then paste it here.")
            self._window.info.say(text, key="files", passing=True)

    def _play(self, paths: Sequence[Path]) -> None:
        self._window.live.open(Choice(sources.FILE, str(paths[0])))

    def _ask(
        self,
        title: str,
        mode: QFileDialog.FileMode,
        then: Callable[[Sequence[Path]], None],
        kind: str = "",
        suffixes: Sequence[str] = (),
    ) -> None:
        dialog = QFileDialog(self._window, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        if suffixes:
            patterns = " ".join(f"*{suffix}" for suffix in suffixes)
            dialog.setNameFilters([f"{kind} ({patterns})", self.tr("All files (*)")])
        dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
        self._window.dialogs.open(dialog)
