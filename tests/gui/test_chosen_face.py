"""Following one face: clicked or by key, kept while it is away, told when it has left; nobody else stands for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from fer_desktop.core.types import Analysis, Box, Frame
from fer_desktop.gui import chosen_face, dialogs
from fer_desktop.gui.chosen_face import ChosenFace
from fer_desktop.live.events import Event, Kind
from fer_desktop.overlay.layout import TEXT_SMALLEST, Placed
from fer_desktop.overlay.words import NO_BREAK
from tests.gui.conftest import Desk
from tests.gui.fakes import FakePipeline, FakeWorld, track

WAIT_MS = 10_000
LEFT = Qt.MouseButton.LeftButton
PLACES = {1: Box(20, 70, 150, 180), 2: Box(440, 80, 160, 190)}
PLACES |= {number: Box(60 * number - 100, 280, 44, 50) for number in range(3, 10)}
HAS_LEFT = "The face you followed has left."


@dataclass
class Crowd(FakePipeline):
    """Who is in the picture, and who is away from it for a moment."""

    there: tuple[int, ...] = (1, 2)
    away: tuple[int, ...] = ()

    def analyse(self, of: Frame) -> Analysis:
        there, away = self.there, self.away
        self.tracks = lambda _: tuple(track(one, PLACES[one], "happy") for one in there)
        return replace(super().analyse(of), away=away)


@pytest.fixture
def crowd(world: FakeWorld) -> Crowd:
    world.pipeline = crowd = Crowd()
    return crowd


@pytest.fixture
def following(desk: Desk, crowd: Crowd, qtbot: Any) -> ChosenFace:
    """Two faces in view, the first followed by a click on it."""
    desk.start()
    desk.window.activateWindow()
    qtbot.waitUntil(lambda: len(desk.window.view.placed) == 2, timeout=WAIT_MS)
    click(desk, 1, qtbot)
    assert desk.window.chosen_face.chosen == 1
    return desk.window.chosen_face


def place(desk: Desk, face: int) -> Placed:
    return next(item for item in desk.window.view.placed if item.key == face)


def middle(desk: Desk, face: int) -> QPoint:
    box = place(desk, face).box
    return QPoint(round(box.x + box.width / 2), round(box.y + box.height / 2))


def click(desk: Desk, face: int, qtbot: Any) -> None:
    qtbot.mouseClick(desk.window.view, LEFT, pos=middle(desk, face))


def titles(desk: Desk) -> list[str]:
    return [card.title().replace(NO_BREAK, " ") for card in desk.window.panel.cards]


def steps_back(desk: Desk, face: int) -> bool:
    item = place(desk, face)
    return item.bars is None and item.text_px == TEXT_SMALLEST


def test_the_picture_speaks_of_the_face_that_was_clicked_until_it_is_clicked_again(
    desk: Desk, following: ChosenFace, qtbot: Any
) -> None:
    view, action = desk.window.view, desk.window.actions_.next_face
    qtbot.waitUntil(lambda: steps_back(desk, 2) and place(desk, 1).bars is not None, timeout=WAIT_MS)
    assert action.isChecked() and view.accessibleDescription() == "Following face 1"
    assert view.message == "Following face 1. Click it again or press Esc to let it go."
    (card,) = (one for one in desk.window.panel.cards if "chosen" in one.accessibleDescription())
    assert card.face is not None and card.face.track_id == 1
    click(desk, 1, qtbot)
    assert following.chosen is None and not action.isChecked() and view.message == ""
    qtbot.waitUntil(lambda: not steps_back(desk, 2), timeout=WAIT_MS)
    assert view.accessibleDescription() == ""


def test_the_keys_follow_the_next_face_and_let_it_go(desk: Desk, following: ChosenFace, qtbot: Any) -> None:
    for wanted in (2, None, 1):
        qtbot.keyClick(desk.window, Qt.Key.Key_G)
        assert following.chosen == wanted and desk.window.actions_.next_face.isChecked() == (wanted is not None)
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert following.chosen is None
    dialog = dialogs.keys(desk.window, desk.window.actions_)
    qtbot.addWidget(dialog)
    shown = {label.text() for label in dialog.findChildren(dialogs.QLabel)}
    assert {"G", "Follow a face, then the next", "Esc", "Let go of the face, leave full screen"} <= shown
    menus = [action.menu() for action in desk.window.menuBar().actions()]
    assert any(desk.window.actions_.next_face in menu.actions() for menu in menus if menu is not None)


def test_in_full_screen_esc_lets_go_first_as_is_told(desk: Desk, following: ChosenFace, qtbot: Any) -> None:
    full_screen = desk.window.actions_.full_screen
    qtbot.keyClick(desk.window, Qt.Key.Key_F)
    assert full_screen.isChecked() and "press Esc to let it go" in desk.window.view.message
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert following.chosen is None and full_screen.isChecked()
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not full_screen.isChecked()


def test_the_line_of_a_face_that_is_away_moves_on(
    desk: Desk, following: ChosenFace, crowd: Crowd, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chosen_face, "TOLD_S", 0.0)
    crowd.there, crowd.away = (2,), (1,)
    qtbot.waitUntil(lambda: titles(desk)[0] == "Face 1: out of view", timeout=WAIT_MS)
    card = desk.window.panel.cards[0]
    assert card.lately is not None
    before_s = card.lately.until_s
    qtbot.waitUntil(lambda: card.lately is not None and card.lately.until_s > before_s + 0.2, timeout=WAIT_MS)
    assert titles(desk)[0] == "Face 1: out of view"


def test_with_no_face_in_view_the_key_says_so(desk: Desk, crowd: Crowd, qtbot: Any) -> None:
    crowd.there = ()
    desk.start()
    qtbot.waitUntil(lambda: desk.window.feed.analysis is not None, timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_G)
    assert desk.window.info.text.text() == "No face in view."
    assert not desk.window.actions_.next_face.isChecked()


def test_a_followed_face_that_is_away_is_kept_and_comes_back(
    desk: Desk, following: ChosenFace, crowd: Crowd, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chosen_face, "TOLD_S", 0.0)
    crowd.there, crowd.away = (2,), (1,)
    view, told = desk.window.view, "The face you follow is out of view."
    qtbot.waitUntil(lambda: titles(desk) == ["Face 1: out of view", "Face 2: Happy 87 %"], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: view.message == told, timeout=WAIT_MS)
    assert following.chosen == following.followed == 1 and following.track is None
    assert steps_back(desk, 2), "nobody else stands for it"
    qtbot.keyClick(desk.window, Qt.Key.Key_3)
    assert desk.window.info.text.text() == "The chosen face is not in view. Nothing was saved."
    crowd.there, crowd.away = (1, 2), ()
    qtbot.waitUntil(lambda: titles(desk)[0] == "Face 1: Happy 87 %" and view.message == "", timeout=WAIT_MS)
    assert following.chosen == 1 and following.track is not None


def test_when_it_has_left_that_is_told_and_only_then_it_is_let_go(
    desk: Desk, following: ChosenFace, crowd: Crowd, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd.there = (2,)
    view = desk.window.view
    qtbot.waitUntil(lambda: view.message == HAS_LEFT, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not steps_back(desk, 2), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: titles(desk) == ["Face 2: Happy 87 %"], timeout=WAIT_MS)
    assert following.followed is None
    assert following.chosen == 1 and following.track is None, "the keys are not another's yet"
    monkeypatch.setattr(chosen_face, "TOLD_S", 0.0)
    qtbot.waitUntil(lambda: following.chosen is None and view.message == "", timeout=WAIT_MS)
    assert following.track is not None and following.track.id == 2
    assert not desk.window.actions_.next_face.isChecked()


def test_after_a_defect_nobody_is_followed_under_the_same_number(desk: Desk, following: ChosenFace) -> None:
    desk.window.feed.event_came.emit(Event(Kind.MODEL_READY, "fake"))
    assert following.chosen == 1
    desk.window.feed.event_came.emit(Event(Kind.SOURCE_RESUMED, "Demo"))
    assert following.chosen == 1
    following._event(Event(Kind.DEFECT, "A defect in reading faces", detail="traceback"))
    assert following.chosen is None


def test_another_picture_lets_go(desk: Desk, following: ChosenFace, qtbot: Any) -> None:
    desk.start("demo")
    qtbot.waitUntil(lambda: following.chosen is None, timeout=WAIT_MS)


def test_the_privacy_page_says_that_nobody_is_identified(desk: Desk, qtbot: Any) -> None:
    page = dialogs.privacy(desk.window)
    qtbot.addWidget(page)
    assert any(label.text().startswith("<b>Nobody is identified.</b>") for label in page.findChildren(dialogs.QLabel))


def test_a_hand_shows_what_can_be_clicked(desk: Desk, following: ChosenFace) -> None:
    def cursor_at(point: QPoint) -> Qt.CursorShape:
        kind, none = QMouseEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
        at = QPointF(point)
        desk.window.view.mouseMoveEvent(QMouseEvent(kind, at, at, Qt.MouseButton.NoButton, LEFT, none))
        return desk.window.view.cursor().shape()

    assert cursor_at(middle(desk, 2)) is Qt.CursorShape.PointingHandCursor
    assert cursor_at(QPoint(2, 2)) is Qt.CursorShape.ArrowCursor


def test_the_card_of_the_followed_face_is_brought_into_view(desk: Desk, crowd: Crowd, qtbot: Any) -> None:
    crowd.there = tuple(range(1, 10))
    desk.start()
    panel = desk.window.panel
    qtbot.waitUntil(lambda: len(panel.cards) == 9, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: panel.cards[-1].y() > panel.height(), timeout=WAIT_MS)
    assert panel.cards[-1].visibleRegion().isEmpty()
    desk.window.chosen_face.choose(9)
    qtbot.waitUntil(lambda: not panel.cards[-1].visibleRegion().isEmpty(), timeout=WAIT_MS)
