"""The page over a real file: reads, shows exactly what is asked for, plays; picture, time and moments are linked."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from fer_desktop.core import emotions
from fer_desktop.gui.recordings.scale import Scale
from fer_desktop.gui.recordings.side import MOMENTS, PICTURE
from fer_desktop.gui.recordings.timeline_painting import NAMES_PX
from fer_desktop.gui.theme import LIGHT
from tests.gui.recordings.conftest import COUNT, Desk
from tests.numbered_videos import number_of

CLICK = Qt.MouseButton.LeftButton


def shown_number(desk: Desk) -> int:
    """The number that the picture on the screen carries."""
    image = desk.page.display._frame
    assert image is not None
    return number_of(image.bgr)


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


def test_keys(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    page, bot = desk.page, desk.bot
    page.display.view.setFocus()

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> int:
        bot.keyClick(page.display.view, key, modifier)
        return page.player.number

    assert press(Qt.Key.Key_Period) == 1
    assert press(Qt.Key.Key_Period) == 2
    assert press(Qt.Key.Key_Comma) == 1
    assert press(Qt.Key.Key_End) == COUNT - 1
    assert press(Qt.Key.Key_Home) == 0
    assert press(Qt.Key.Key_Right) == COUNT - 1, "five seconds on is the end"
    assert press(Qt.Key.Key_Left) == 0
    desk.until(lambda: page.side.moments.moments.rowCount() > 3)
    frames = sorted({one.frame for one in page.document.moments})
    visited = [press(Qt.Key.Key_BracketRight) for _ in frames[1:]]
    assert visited == frames[1:]
    assert press(Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier) == frames[-2]
    press(Qt.Key.Key_Space)
    assert page.player.playing
    press(Qt.Key.Key_Space)
    assert not page.player.playing
    press(Qt.Key.Key_Plus)
    assert not page.timeline.scale.is_whole
    press(Qt.Key.Key_0)
    assert page.timeline.scale.is_whole


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


def test_what_is_there_can_be_watched_while_the_rest_is_read(desk: Desk, recording: Path) -> None:
    desk.gate.let(40)
    page = desk.page
    page.open(recording)
    desk.until(lambda: page.document is not None and page.document.readings.count == 40)
    assert page.header.cancel.isVisible()
    assert not page.header.export.isEnabled()
    page.player.go_to(35)
    desk.at(35)
    assert shown_number(desk) == 35
    page.player.play()
    desk.until(lambda: page.player.number == 39)
    assert page.player.playing, "it waits for more"
    desk.gate.let(COUNT)
    desk.until(lambda: page.player.number > 45)
    desk.until(lambda: not page.reader.running)
    assert page.header.export.isEnabled()


def test_cancel_keeps_what_is_done(desk: Desk, recording: Path) -> None:
    desk.gate.let(30)
    page = desk.page
    page.open(recording)
    desk.until(lambda: page.document is not None and page.document.readings.count == 30)
    desk.bot.mouseClick(page.header.cancel, CLICK)
    desk.gate.let(COUNT)
    desk.until(lambda: not page.reader.running)
    count = page.document.readings.count
    assert 30 <= count < COUNT
    assert page.timeline.scale.whole_s == pytest.approx(count * 0.04)
    page.player.go_to(29)
    desk.at(29)
    assert not page.header.cancel.isVisible()
    assert desk.told == []


def test_what_is_no_video_says_one_line(desk: Desk, recording: Path, tmp_path: Path) -> None:
    for name, content in (("empty.mp4", b""), ("text.mp4", b"hello " * 50), ("noise.mp4", bytes(range(256)) * 9)):
        path = tmp_path / name
        path.write_bytes(content)
        desk.page.open(path)
        desk.until(lambda: len(desk.refused) == 1)
        assert "\n" not in desk.refused[0]
        assert name in desk.refused.pop()
        assert desk.page.stack.currentIndex() == 0
    desk.open(recording)
    assert desk.page.document is not None


def test_another_recording_takes_its_place(desk: Desk, recording: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(recording.read_bytes())
    desk.gate.let(20)
    desk.page.open(recording)
    desk.until(lambda: desk.page.document is not None and desk.page.document.readings.count == 20)
    desk.gate.let(COUNT)
    desk.open(other)
    assert desk.page.document.path == other
    assert desk.page.document.readings.count == COUNT


def test_a_model_that_is_loading_holds_nothing_up(desk: Desk, recording: Path) -> None:
    desk.gate.let(0)
    page = desk.page
    for _ in range(3):
        page.open(recording)
        desk.until(lambda: page.document is not None)
        began_s = time.monotonic()
    # The analysis of each still waits at the gate.
    page.open(recording)
    assert time.monotonic() - began_s < 3, "it is left, not waited for"
    desk.gate.let(COUNT)
    desk.until(lambda: page.document is not None and page.document.readings.count == COUNT)


def test_out_of_sight_it_does_not_play_on(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    desk.page.player.play()
    desk.page.hide()
    assert not desk.page.player.playing


def test_every_control_has_a_name_and_is_reached_by_tab(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    page = desk.page
    page.side.show_tab(MOMENTS)
    buttons = [page.transport.play, page.transport.back, page.header.open, page.header.export, page.side.faces.undo]
    assert all(button.accessibleName() or button.text() for button in buttons)
    page.display.view.setFocus()
    reached = []
    for _ in range(40):
        desk.bot.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    for wanted in (page.transport.play, page.timeline, page.side.faces.list, page.side.moments, page.header.open):
        assert wanted in reached
