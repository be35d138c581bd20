"""The three pages of the main window: living picture, photos, recordings. The last two are made when first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from fer_desktop.gui.theme import Theme
from fer_desktop.overlay.painter import Look

LIVE: Final = "live"
PHOTOS: Final = "photos"
RECORDINGS: Final = "recordings"
NAMES: Final = (LIVE, PHOTOS, RECORDINGS)


class Page(Protocol):
    """What the main window needs of a page; each is a QWidget."""

    def set_theme(self, theme: Theme) -> None: ...

    def set_look(self, look: Look) -> None:
        """What of the faces is to be painted, the same on every page."""

    def set_panel_visible(self, visible: bool) -> None: ...

    def may_close(self) -> bool:
        """Whether the program may close now. If not, the person is asked, and closing goes on with the answer."""

    def shut_down(self) -> None:
        """End its threads, bounded."""


class Pages(QStackedWidget):
    """`changed` (name): another page is shown."""

    changed = Signal(str)

    def __init__(self, live: QWidget, makers: dict[str, Callable[[], QWidget]]) -> None:
        super().__init__()
        self._makers = makers
        self._pages: dict[str, QWidget] = {LIVE: live}
        self.current = LIVE
        self.addWidget(live)

    @property
    def others(self) -> tuple[Page, ...]:
        """The pages beside the living picture that have been made."""
        return tuple(cast(Page, page) for name, page in self._pages.items() if name != LIVE)

    def show_page(self, name: str) -> None:
        if name not in self._pages:
            self._pages[name] = self._makers[name]()
            self.addWidget(self._pages[name])
        page = self._pages[name]
        if name != self.current:
            self.current = name
            self.setCurrentWidget(page)
            self.changed.emit(name)
        page.setFocus()
