"""Dialogs on a small screen: their buttons are within it, and what does not fit is scrolled to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel

from fer_desktop.gui import dialogs, fitting
from fer_desktop.gui.fitting import Fitting
from tests.gui.conftest import Desk

LOW_PX = 460
"""Of a screen of 1600×1000 at 200 %, without the frame around a window."""
OPEN = ("keys", "privacy", "about", "preferences")


@pytest.fixture
def set_room(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Make the screen as if it had so much height for a dialog."""
    height = qapp.primaryScreen().availableSize().height()
    return lambda room: monkeypatch.setattr(fitting, "FRAME_PX", height - room)


def opened(desk: Desk, name: str) -> QDialog:
    if name == "notice":
        dialog = desk.window.dialogs.first_run_notice()
    else:
        getattr(desk.window.actions_, name).trigger()
        (dialog,) = [one for one in desk.window.findChildren(QDialog) if one.isVisible()]
    QApplication.processEvents()
    return dialog


@pytest.mark.parametrize("name", [*OPEN, "notice"])
def test_on_a_low_screen_the_buttons_are_in_sight_and_all_can_be_scrolled_to(
    desk: Desk, set_room: Callable[[int], None], name: str
) -> None:
    set_room(LOW_PX)
    dialog = opened(desk, name)
    assert dialog.height() <= LOW_PX and dialog.width() <= dialogs.KEYS_WIDTH
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons.isVisible() and dialog.rect().contains(buttons.geometry())
    body = dialog.findChild(Fitting)
    hidden_px = body.widget().height() - body.viewport().height()
    assert body.verticalScrollBar().maximum() == max(hidden_px, 0)
    assert (hidden_px > 0) == (name in ("keys", "privacy", "preferences"))
    assert body.horizontalScrollBar().maximum() == 0, "nothing is cut at the side"
    for label in body.findChildren(QLabel):
        assert not label.wordWrap() or label.heightForWidth(label.width()) <= label.height(), label.text()
    dialog.close()


@pytest.mark.parametrize("name", [*OPEN, "notice"])
def test_where_there_is_room_nothing_scrolls(desk: Desk, set_room: Callable[[int], None], name: str) -> None:
    set_room(2000)
    dialog = opened(desk, name)
    body = dialog.findChild(Fitting)
    assert body.verticalScrollBar().maximum() == body.horizontalScrollBar().maximum() == 0
    assert dialog.height() == dialog.sizeHint().height()
    dialog.close()


def test_the_keys_of_the_timeline_are_told(desk: Desk) -> None:
    dialog = opened(desk, "keys")
    told = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"Timeline, reached by Tab", "Home End", "To its beginning, to now"} <= told
    dialog.close()
