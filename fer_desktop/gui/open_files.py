"""Files that a person chooses, drops on the window or pastes into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from fer_desktop.gui import pages, sources
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
        self._ask(self.tr("Open photos"), mode, self._window.page_control.open_photos, self.tr("Photos"), suffixes)

    def ask_for_folder(self) -> None:
        mode = QFileDialog.FileMode.Directory
        self._ask(self.tr("Open a folder of photos"), mode, self._window.page_control.open_photos)

    def ask_for_recording(self) -> None:
        mode, suffixes = QFileDialog.FileMode.ExistingFile, sources.VIDEO_SUFFIXES
        self._ask(self.tr("Open recording"), mode, self._recording, self.tr("Recordings"), suffixes)

    def ask_for_video(self) -> None:
        mode, suffixes = QFileDialog.FileMode.ExistingFile, sources.VIDEO_SUFFIXES
        self._ask(self.tr("Play video"), mode, self._play, self.tr("Videos"), suffixes)

    def open(self, paths: Sequence[Path]) -> None:
        """What was dropped or pasted: photos and folders, and recordings, of which one is shown at a time. What has a
        name of neither is taken for a recording, but on the page of photos."""
        on_photos = self._window.pages.current == pages.PHOTOS
        photos: list[Path] = []
        recordings: list[Path] = []
        for path in paths:
            photo = path.is_dir() or sources.is_image(path) or (on_photos and not sources.is_video(path))
            (photos if photo else recordings).append(path)
        if photos:
            self._window.page_control.open_photos(photos)
        elif recordings:
            self._window.page_control.open_recording(recordings.pop(0))
        if recordings:
            text = self.tr("{name} was not opened: open recordings one at a time, and without photos.")
            if len(recordings) > 1:
                text = self.tr("{n} recordings were not opened: open them one at a time, and without photos.")
            text = text.format(name=recordings[0].name, n=len(recordings))
            self._window.info.say(text, key="files", passing=True)

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

    def _recording(self, paths: Sequence[Path]) -> None:
        self._window.page_control.open_recording(paths[0])

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
