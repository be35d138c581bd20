"""One photo large: zoom, pan, and which face is meant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from fer_desktop.core.types import Box
from fer_desktop.gui.photos.photo_view import PhotoView
from fer_desktop.gui.photos.pictures import levels_of
from fer_desktop.overlay.motion import still
from fer_desktop.overlay.painter import Look
from tests.gui.fakes import analysis, frame, track

SIZE = (1600, 1200)


def picture() -> QImage:
    """Red, with a blue square from (800, 600) to (840, 640)."""
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    for y in range(600, 640):
        for x in range(800, 840):
            image.setPixelColor(x, y, QColor("blue"))
    return image


@pytest.fixture
def view(qtbot: Any) -> PhotoView:
    view = PhotoView()
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show_picture(levels_of(picture()), SIZE, anew=True)
    view.show()
    qtbot.waitExposed(view)
    return view


def faces(*boxes: Box) -> tuple[Any, ...]:
    return still(analysis(frame(*SIZE), [track(number + 1, box) for number, box in enumerate(boxes)]))


def wheel(view: PhotoView, at: QPointF, notches: float) -> None:
    turn = QPoint(0, round(120 * notches))
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        at, view.mapToGlobal(at), QPoint(), turn, Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(view, event)


def test_the_wheel_zooms_where_the_pointer_is(view: PhotoView) -> None:
    at = QPointF(410.0, 310.0)
    assert view.percent == 50
    before = view.port.to_picture(at.x(), at.y())
    wheel(view, at, 4)
    assert view.port.now == pytest.approx(0.5 * 1.25**4)
    assert view.port.to_picture(at.x(), at.y()) == pytest.approx(before)
    wheel(view, at, -40)
    assert view.percent == 50


def test_what_is_painted_is_where_the_sums_say(view: PhotoView) -> None:
    view.set_faces((), Look())
    view.whole_pixels(QPointF(400, 300))
    assert view.percent == 100
    image = view.grab().toImage()
    for x, y in ((10, 10), (820, 620), (790, 620), (850, 645), (830, 605)):
        left, top, _, _ = view.port.rect
        where = QPoint(round(x + left), round(y + top))
        if view.rect().contains(where):
            blue = 800 <= x < 840 and 600 <= y < 640
            assert image.pixelColor(where) == QColor("blue" if blue else "red"), (x, y)


def test_drag_pans_and_a_click_chooses(view: PhotoView, qtbot: Any) -> None:
    view.set_faces(faces(Box(700, 500, 200, 200), Box(760, 560, 60, 60)), Look(bars=False))
    view.grab()
    chosen: list[Any] = []
    view.face_chosen.connect(chosen.append)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(395, 295))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(355, 255))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert chosen == [2, 1, None], "of two, the smaller one"
    view.zoom_by(2)
    before = view.port.rect[:2]
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    qtbot.mouseMove(view, QPoint(340, 310))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(340, 310))
    assert view.port.rect[:2] == pytest.approx((before[0] + 40, before[1] + 10))
    assert len(chosen) == 3, "a drag is no click"


def test_double_click_and_keys(view: PhotoView, qtbot: Any) -> None:
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert view.percent == 100
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert view.port.scale is None
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.port.now == pytest.approx(0.625)
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.port.scale is None
    steps: list[int] = []
    view.stepped.connect(steps.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(view, key)
    assert steps == [1, -1]


def test_shift_and_arrows_pan_where_it_does_not_fit(view: PhotoView, qtbot: Any) -> None:
    steps: list[int] = []
    view.stepped.connect(steps.append)
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(view, Qt.Key.Key_Right, shift)
    assert view.port.scale is None
    view.whole_pixels()
    for key, by in (
        (Qt.Key.Key_Right, (100, 0)),
        (Qt.Key.Key_Down, (0, 75)),
        (Qt.Key.Key_Left, (-100, 0)),
        (Qt.Key.Key_Up, (0, -75)),
    ):
        before = view.port.to_picture(0, 0)
        qtbot.keyClick(view, key, shift)
        after = view.port.to_picture(0, 0)
        assert (after[0] - before[0], after[1] - before[1]) == pytest.approx(by), key
    assert steps == []


def test_up_and_down_go_round_the_faces_and_bring_them_into_view(view: PhotoView, qtbot: Any) -> None:
    view.set_faces(faces(Box(50, 50, 80, 80), Box(1500, 1100, 80, 80)), Look())
    view.face_chosen.connect(view.choose)
    view.whole_pixels()
    for key, expected in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Down, 2), (Qt.Key.Key_Down, 1), (Qt.Key.Key_Up, 2)):
        qtbot.keyClick(view, key)
        assert view.chosen == expected
    left, top = view.port.to_picture(0, 0)
    assert left <= 1500 and left + 800 >= 1580 and top <= 1100 and top + 600 >= 1180
    assert view.accessibleDescription() == "Face 2 of 2: Happy\u00a087\u00a0%"


def test_overlays_keep_their_size_at_any_zoom(view: PhotoView) -> None:
    view.set_faces(faces(Box(700, 500, 200, 200)), Look())
    view.grab()
    small = view.placed[0]
    view.zoom_by(3)
    view.grab()
    large = view.placed[0]
    assert large.box.width == pytest.approx(3 * small.box.width)
    assert large.text_px <= 20, "text is laid out anew, not blown up"


def test_levels_halve_the_picture() -> None:
    levels = levels_of(picture())
    assert [level.width() for level in levels] == [1600, 800]
    assert np.isclose(levels[1].pixelColor(410, 310).blue(), 255)
