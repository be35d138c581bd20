"""All photos: what can be done with them, which are shown, and the gallery; and the page before there are any."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from fer_desktop.gui.drop_here import DropHere
from fer_desktop.gui.parts import Button, Text
from fer_desktop.gui.photos.filters import Filters
from fer_desktop.gui.photos.gallery import Gallery
from fer_desktop.gui.photos.gallery_model import GalleryModel
from fer_desktop.gui.photos.words import tr


class NoPhotos(DropHere):
    """Before anything is opened."""

    def __init__(self) -> None:
        open_photos, open_folder = Button(tr("Open photos…")), Button(tr("Open folder…"))
        words = tr(
            "JPEG, PNG, WebP, AVIF, HEIC, TIFF, BMP and GIF, with all that is in subfolders. "
            "A copied picture can be pasted."
        )
        promise = tr("Photos and what is read of them stay on this computer, and no photo is changed.")
        super().__init__("image", tr("Drop photos or folders here"), words, promise, [open_photos, open_folder])
        self.open_photos, self.open_folder = open_photos, open_folder


class _Nothing(QWidget):
    """Where no photo is as a person wants it."""

    def __init__(self) -> None:
        super().__init__()
        self.show_all = Button(tr("Show all"))
        text = Text(tr("No photo matches"), muted=True)
        text.setWordWrap(False)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        for part in (text, self.show_all):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)


class Overview(QWidget):
    def __init__(self, model: GalleryModel) -> None:
        super().__init__()
        self.filters, self.gallery = Filters(), Gallery(model)
        self.open_photos, self.open_folder = Button(tr("Open photos…")), Button(tr("Open folder…"))
        self.export, self.clear = Button(tr("Export…")), Button(tr("Clear"))
        self.clear.setToolTip(tr("Take all photos out of the list. The files stay where they are."))
        row = QHBoxLayout()
        row.setContentsMargins(8, 8, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.open_photos)
        row.addWidget(self.open_folder)
        row.addStretch(1)
        row.addWidget(self.filters.shown)
        row.addWidget(self.filters.reset)
        row.addSpacing(8)
        row.addWidget(self.export)
        row.addWidget(self.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.filters)
        self.nothing = _Nothing()
        self.nothing.hide()
        self.nothing.show_all.clicked.connect(self.filters.show_all)
        over = QGridLayout()
        over.addWidget(self.gallery, 0, 0)
        over.addWidget(self.nothing, 0, 0, Qt.AlignmentFlag.AlignCenter)
        column.addLayout(over, 1)
        filters = self.filters
        in_order: list[QWidget] = [self.open_photos, self.open_folder, filters.reset, self.export, self.clear]
        in_order += [filters.emotion, filters.at_least, filters.kind, filters.text, filters.order, filters.backwards]
        for before, after in pairwise([*in_order, self.nothing.show_all, self.gallery]):
            self.setTabOrder(before, after)
