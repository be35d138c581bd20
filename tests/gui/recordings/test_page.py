"""The page over a real file: shows exactly what is asked for, plays; picture, time and moments are linked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetrics, QWheelEvent
from PySide6.QtWidgets import QApplication

from fer_desktop.core import emotions
from fer_desktop.core.types import Frame
from fer_desktop.gui.recordings.scale import Scale
from fer_desktop.gui.recordings.side import MOMENTS, PICTURE
from fer_desktop.gui.recordings.timeline_painting import NAMES_PX
from fer_desktop.gui.theme import LIGHT
from tests.gui.recordings.conftest import COUNT, Desk, shown_number

CLICK = Qt.MouseButton.LeftButton


def test_reads_every_picture_and_tells_what_it_showed(desk: Desk, recording: Path) -> None:
    assert desk.page.stack.currentIndex() == 0, "an empty page says what can be opened"
    desk.open(recording)
    document = desk.page.document
    assert document is not None
    assert document.readings.count == COUNT
    assert [face.id for face in document.faces] == [1, 2]
    assert document.chosen == 1, "seen longest"
    shares = desk.page.side.shares
    assert shares.seconds == pytest.approx({"sad": 38 * 0.04, "happy": 25 * 0.04})
    assert shares.share("sad") == pytest.approx(38 / 63)
    document.choose(2)
    assert shares.unlabelled_s == pytest.approx(20 * 0.04)
    desk.until(lambda: document.moments)
    changed = [(one.face, one.before, one.emotion, one.frame) for one in document.moments if one.confidence is None]
    assert changed == [(1, None, "sad", 0), (2, None, "neutral", 25), (1, "sad", "happy", 38)]
    assert desk.told == []


def test_shows_exactly_the_picture_asked_for(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    for number in (40, 7, 74, 0, 41, 40, 39, 30):
        desk.page.player.go_to(number)
        desk.at(number)
        assert shown_number(desk) == number
        labels = {face.track_id: face.label for face in desk.page.display.faces}
        assert labels.get(1) == (None if number >= 63 else "sad" if number < 38 else "happy")
        assert (2 in labels) == (number >= 25)


def test_the_newest_wish_wins(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    for number in np.random.default_rng(2).integers(0, COUNT, 60):
        desk.page.player.go_to(int(number))
    desk.page.player.go_to(33)
    desk.at(33)
    assert shown_number(desk) == 33


def test_a_fault_with_pictures_is_reported_once_and_the_rest_is_shown(
    desk: Desk, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open(recording)
    decoder = desk.page.player._decoder
    assert decoder is not None
    real = decoder._pictures.frame

    def faulty(number: int, *rest: Any) -> Frame | None:
        if number > 30:
            raise ZeroDivisionError(number)
        return real(number, *rest)

    monkeypatch.setattr(decoder._pictures, "frame", faulty)
    with desk.bot.capture_exceptions() as reported:
        for number in (40, 50):
            desk.page.player.go_to(number)
            desk.until(lambda: not desk.page.player.waits)
            assert desk.page.display.view.message == "This picture cannot be shown"
    assert [(kind, str(error)) for kind, error, _ in reported] == [(ZeroDivisionError, "40")]
    desk.page.player.go_to(7)
    desk.at(7)
    assert shown_number(desk) == 7 and desk.page.display.view.message == ""


def test_plays_to_the_end_and_again_from_the_beginning(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    player, seen = desk.page.player, []
    player.shown.connect(lambda picture: seen.append(picture.number))
    player.set_speed(4.0)
    player.play()
    desk.until(lambda: not player.playing)
    assert player.number == COUNT - 1
    assert seen == sorted(seen)
    assert len(set(seen)) > 5
    player.toggle()
    desk.until(lambda: 0 < player.number < COUNT - 1)
    player.pause()
    assert not player.playing


def test_a_click_on_the_time_goes_there(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    page, timeline = desk.page, desk.page.timeline
    for at_s in (0.42, 1.9, 2.5):
        x = round(timeline.x_at(at_s))
        desk.bot.mouseClick(timeline.viewport(), CLICK, pos=QPoint(x, 60))
        wanted = page.document.readings.frame_at(timeline.time_at(x))
        assert abs(page.player.at_s - at_s) < 0.06
        desk.at(wanted)
    # The lane of the second face, by its name.
    desk.bot.mouseClick(timeline.viewport(), CLICK, pos=QPoint(20, timeline.lane_top(1) + 8))
    assert page.document.chosen == 2
    desk.bot.mousePress(timeline.viewport(), CLICK, pos=QPoint(NAMES_PX + 10, 60))
    desk.bot.mouseMove(timeline.viewport(), QPoint(NAMES_PX + 500, 60))
    desk.bot.mouseRelease(timeline.viewport(), CLICK, pos=QPoint(NAMES_PX + 500, 60))
    desk.at(page.document.readings.frame_at(timeline.time_at(NAMES_PX + 500)))


def test_the_wheel_zooms_at_the_pointer(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    timeline = desk.page.timeline
    x = NAMES_PX + 300
    before = timeline.time_at(x)
    for _ in range(5):
        event = QWheelEvent(
            QPointF(x, 60),
            QPointF(timeline.mapToGlobal(QPoint(x, 60))),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(timeline.viewport(), event)
    assert timeline.time_at(x) == pytest.approx(before, abs=0.02)
    assert timeline.scale.span_s < 1.2
    desk.page.player.go_to(COUNT - 1)
    assert timeline.scale.from_s <= desk.page.player.at_s <= timeline.scale.to_s, "the page is turned"
    desk.bot.mouseClick(desk.page.transport.whole, CLICK)
    assert timeline.scale == Scale.whole(timeline.scale.width, timeline.scale.whole_s)


def test_moments_and_playhead_are_linked_both_ways(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    page = desk.page
    page.side.show_tab(MOMENTS)
    moments = page.side.moments
    desk.until(lambda: moments.moments.rowCount() > 3)
    row = next(row for row in range(moments.moments.rowCount()) if moments.moments.moment(row).frame == 38)
    desk.bot.mouseClick(moments.viewport(), CLICK, pos=moments.visualRect(moments.moments.index(row)).center())
    desk.at(38)
    assert page.timeline.mark_s == pytest.approx(38 * 0.04)
    assert page.document.chosen == 1
    page.player.go_to(30)
    assert moments.current is not None
    assert moments.current.at_s == max(one.at_s for one in page.document.moments if one.at_s <= 30 * 0.04)
    page.player.go_to(74)
    assert moments.currentIndex().row() == moments.moments.rowCount() - 1


def test_moments_say_whose_they_are(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    page = desk.page
    page.side.show_tab(MOMENTS)
    moments = page.side.moments
    desk.until(lambda: moments.moments.rowCount() > 3)
    page.document.name(1, "Ada")
    index = moments.moments.index(0)
    assert index.data().splitlines()[-1].endswith("Ada")
    lines = QFontMetrics(index.data(Qt.ItemDataRole.FontRole)).height() * len(index.data().splitlines())
    assert moments.visualRect(index).height() >= lines
    page.document.remove([2])
    desk.until(lambda: all(one.face == 1 for one in page.document.moments))
    assert "Ada" not in moments.moments.index(0).data(), "there is no other"


def test_words_fit_in_a_small_window(desk: Desk, recording: Path) -> None:
    desk.page.resize(800, 560)
    desk.open(recording)
    faces = desk.page.side.faces
    for button in (faces.name, faces.merge, faces.remove, *desk.page.side.tabs):
        assert button.width() >= button.sizeHint().width(), button.text()


def test_told_at_a_time(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    timeline, lanes = desk.page.timeline, desk.page.document.lanes
    assert timeline.told_at(1.0, lanes[0]).endswith("Face 1: Sad\u00a087\u00a0%")
    assert timeline.told_at(2.6, lanes[0]).endswith("Face 1: not seen")
    assert timeline.told_at(2.8, lanes[1]).endswith("Face 2: too small")


def test_the_lanes_are_painted_in_their_colours(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    for theme in (None, LIGHT):
        if theme is not None:
            desk.page.set_theme(theme)
        timeline = desk.page.timeline
        image = timeline.viewport().grab().toImage()
        y = timeline.lane_top(0) + 22
        colours = timeline.theme.rows.bars
        for at_s, label in ((0.8, "sad"), (2.0, "happy")):
            colour = image.pixelColor(round(timeline.x_at(at_s)) + 30, y).name().upper()
            assert colour == colours[emotions.NAMES.index(label)].upper()
        assert image.pixelColor(round(timeline.x_at(2.8)), y).name().upper() == timeline.theme.field.upper()


def test_faces_on_the_picture_have_their_cards(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    desk.page.side.show_tab(PICTURE)
    desk.page.player.go_to(50)
    desk.at(50)
    cards = desk.page.side.panel.cards
    assert [card.face.track_id for card in cards if card.face] == [1, 2]
    assert cards[0].face is not None and cards[0].face.crop.any(), "cut from the picture anew"
    desk.bot.mouseClick(cards[1], CLICK)
    assert desk.page.document.chosen == 2
    desk.page.document.name(2, "Ada")
    desk.until(lambda: cards[1].accessibleName().startswith("Ada: "))
    assert cards[0].accessibleName().startswith("Face 1: ")
