"""What is seen of photos: its widgets, where they are, and how they look. What they do is the page's."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from fer_desktop.gui.photos.large import LargePhoto
from fer_desktop.gui.photos.overview import NoPhotos, Overview
from fer_desktop.gui.photos.progress import ProgressRow
from fer_desktop.gui.photos.words import tr
from fer_desktop.gui.theme import Theme


class PhotosView(QWidget):
    """`stack` shows `empty`, the `overview` of all photos, or one of them `large`."""

    overview: Overview

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("photos")
        self.setAccessibleName(tr("Photos"))
        self.stack = QStackedWidget()
        self.empty, self.large, self.progress = NoPhotos(), LargePhoto(), ProgressRow()

    def lay_out(self, overview: Overview, export: ProgressRow) -> None:
        """export: how far a file is that is being written."""
        self.overview = overview
        for part in (self.empty, overview, self.large):
            self.stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stack, 1)
        column.addWidget(export)
        column.addWidget(self.progress)
        in_order = [overview.gallery, export.cancel, self.progress.go_on, self.progress.cancel]
        for before, after in pairwise(in_order):
            self.setTabOrder(before, after)

    @property
    def is_large(self) -> bool:
        return self.stack.currentWidget() is self.large

    def turn_to(self, part: QWidget, first: QWidget) -> None:
        """first: of its widgets the one that gets the focus, where this page has it."""
        if self.stack.currentWidget() is part:
            return
        focused = QApplication.focusWidget()
        mine = focused is not None and (focused is self or self.isAncestorOf(focused))
        self.setFocusProxy(first)
        self.stack.setCurrentWidget(part)
        if mine:
            first.setFocus()

    def set_theme(self, theme: Theme) -> None:
        for part in (self.empty, self.overview.filters, self.overview.gallery, self.large):
            part.set_theme(theme)

    def set_panel_visible(self, visible: bool) -> None:
        self.large.panel.setVisible(visible)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.large.fit_panel(self.width())
