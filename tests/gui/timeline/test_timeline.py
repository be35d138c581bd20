"""View ▸ Timeline: opened by key, it shows what was read, stands still in a pause, can be moved back, and exported."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from fer_desktop.core import emotions
from fer_desktop.core.band import ABSENT
from fer_desktop.core.types import Box
from fer_desktop.gui import pages
from fer_desktop.gui.lately import Lately
from fer_desktop.gui.sources import FILE, Choice
from fer_desktop.gui.theme import DARK, LIGHT
from fer_desktop.gui.timeline.control import LEAST_HEIGHT
from fer_desktop.gui.timeline.dock import Dock
from fer_desktop.gui.timeline.export import COLUMNS, write_csv
from fer_desktop.gui.timeline.plot import line_colour
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeClassifier, FakeWorld, probabilities, track
from tests.gui.timeline.conftest import WAIT_MS, opened, told

HAPPY = emotions.NAMES.index("happy")


def test_t_opens_it_and_folds_it_away(desk: Desk, qtbot: Any) -> None:
    window = desk.window
    assert window.timeline.frame is None and not window.actions_.timeline.isChecked()
    dock = opened(desk, qtbot)
    assert dock.isVisible() and dock.height() >= LEAST_HEIGHT and window.view.isVisible()
    assert window.live_parts.sizes()[0] > dock.height() / 2
    assert desk.saved().show_timeline
    qtbot.keyClick(window, Qt.Key.Key_T)
    assert not dock.isVisible() and not desk.saved().show_timeline
    qtbot.keyClick(window, Qt.Key.Key_T)
    assert dock.isVisible() and window.timeline.dock is dock


def test_it_is_there_again_after_a_restart(make_desk: Callable[[], Desk], qtbot: Any) -> None:
    first = make_desk()
    first.window.actions_.timeline.setChecked(True)
    assert first.window.timeline.frame is not None and first.window.timeline.frame.loading.text() == "Loading…"
    first.window.close()
    second = make_desk()
    second.start()
    qtbot.waitUntil(lambda: second.window.timeline.dock is not None, timeout=WAIT_MS)


def test_pyqtgraph_is_not_imported_before_it_is_opened() -> None:
    code = (
        "import sys; from fer_desktop.gui import main_window, lately; import fer_desktop.gui.timeline.control;"
        "print([name for name in ('pyqtgraph', 'cv2', 'fer_desktop.gui.timeline.dock') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_curves_and_lanes_hold_what_was_read(still: Dock) -> None:
    seconds, happy = still.plot.values("happy")
    surprise = still.plot.values("surprise")[1]
    there = ~np.isnan(happy)
    assert there.mean() > 0.98 and seconds[0] >= 0 and seconds[-1] <= 60
    of = dict.fromkeys(emotions.NAMES, 0.0)
    for name in of:
        of[name] = float(np.interp(5.0, seconds[there], still.plot.values(name)[1][there]))
    assert of["happy"] == pytest.approx(0.87, abs=1e-3) and sum(of.values()) == pytest.approx(1, abs=1e-3)
    assert surprise[there][-3] == pytest.approx(0.87, abs=1e-3) and happy[there][-3] < 0.05
    (row,) = still.lanes.rows
    assert row.number == 3 and still.header.name.text() == "Face 3"
    assert set(row.band.seconds) == {"happy", "sad", "surprise"}
    assert row.band.seconds["sad"] == pytest.approx(12, abs=0.1)


def test_shares_are_of_the_time_in_sight_and_sum_to_one(still: Dock) -> None:
    shares = still.shares
    assert sum(shares.share(name) for name in emotions.NAMES) == pytest.approx(1)
    assert sum(shares.percents.values()) == 100
    assert shares.seconds["sad"] == pytest.approx(12, abs=0.1) and shares.unlabelled_s == pytest.approx(8, abs=0.1)
    # The right edge is that of a whole column.
    assert shares.seconds["happy"] == pytest.approx(30, abs=0.1 + 60 / still.plot.columns)
    still.show_span(300)
    assert shares.seconds["happy"] == pytest.approx(150, abs=0.3)
    assert "Sad" in still.plot.accessibleDescription()


def test_shares_of_one_face_and_of_all(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    world.pipeline.tracks = lambda of: (
        track(1, Box(20, 50, 90, 100), "happy"),
        track(2, Box(300, 60, 200, 220), "sad"),
    )
    dock = opened(desk, qtbot)
    qtbot.waitUntil(lambda: len(dock.lanes.rows) == 2 and dock.shares.seconds.get("sad", 0) > 0.3, timeout=WAIT_MS)
    assert dock.shown == 2, "the largest"
    assert set(dock.shares.seconds) == {"sad"} and dock.side.whose.currentText() == "Face 2"
    dock.side.set_of_all(True)
    assert set(dock.shares.seconds) == {"happy", "sad"}
    assert dock.shares.share("happy") == pytest.approx(0.5, abs=0.1)
    assert dock.side.whose.currentText() == "All faces"


def test_the_chosen_face_is_shown_and_a_lane_can_be_picked(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    world.pipeline.tracks = lambda of: (track(1, Box(20, 50, 90, 100)), track(2, Box(300, 60, 200, 220), "sad"))
    dock = opened(desk, qtbot)
    desk.window.chosen_face.choose(1)
    qtbot.waitUntil(lambda: dock.shown == 1, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(dock.lanes.rows) == 2 and dock.lanes.rows[1].band.seconds["sad"] > 0.3, timeout=WAIT_MS)
    x = round(dock.plot.area.right()) - 1
    qtbot.mouseClick(dock.lanes, Qt.MouseButton.LeftButton, pos=QPoint(x - 1, 45))
    assert dock.shown == 2 and dock.header.name.text() == "Face 2"
    assert desk.window.chosen_face.chosen == 1, "looking at another's past chooses nobody"
    dock.pick(2)
    assert dock.shown == 1


def test_a_face_that_was_away_leaves_a_gap(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    dock = opened(desk, qtbot)
    history = desk.window.timeline.history
    world.pipeline.tracks = lambda of: ()
    qtbot.waitUntil(lambda: not desk.window.feed.faces, timeout=WAIT_MS)
    gone_s = history.until_s
    qtbot.waitUntil(lambda: history.until_s - gone_s > 1.2, timeout=WAIT_MS)
    world.pipeline.tracks = lambda of: (track(),)
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(history.stretches(0, 0, history.until_s)) == 2, timeout=WAIT_MS)
    dock.refresh(again=True)
    values = dock.plot.values("happy")[1]
    there = np.flatnonzero(~np.isnan(values))
    assert np.isnan(values[there[0] : there[-1]]).sum() >= 2


def test_a_pause_holds_it(desk: Desk, qtbot: Any) -> None:
    dock = opened(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: desk.window.session.paused, timeout=WAIT_MS)
    history, turned = desk.window.timeline.history, []
    qtbot.wait(150)
    before = history.until_s
    desk.window.feed.turned.connect(lambda: turned.append(1))
    qtbot.waitUntil(lambda: len(turned) > 30, timeout=WAIT_MS)
    assert history.until_s == before and dock.sight.goes_on


def test_out_of_sight_it_draws_nothing_and_the_history_goes_on(desk: Desk, qtbot: Any) -> None:
    dock = opened(desk, qtbot)
    drawn: list[int] = []
    show = dock.plot.show_band
    dock.plot.show_band = lambda *args: (drawn.append(1), show(*args))  # type: ignore[method-assign]
    qtbot.waitUntil(lambda: len(drawn) > 2, timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_T)
    drawn.clear()
    until_s = desk.window.timeline.history.until_s
    qtbot.waitUntil(lambda: desk.window.timeline.history.until_s > until_s + 0.3, timeout=WAIT_MS)
    assert not drawn
    qtbot.keyClick(desk.window, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: len(drawn) > 0, timeout=WAIT_MS)
    desk.window.pages.show_page(pages.PHOTOS)
    assert not dock.isVisible()
    drawn.clear()
    qtbot.wait(250)
    assert not drawn


def test_full_screen_leaves_the_picture_alone(desk: Desk, qtbot: Any) -> None:
    dock = opened(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_F)
    assert not dock.isVisible() and desk.window.settings.show_timeline
    qtbot.keyClick(desk.window, Qt.Key.Key_F)
    assert dock.isVisible()


def test_by_mouse_wheel_and_key_it_is_moved_back_and_on(still: Dock, qtbot: Any) -> None:
    ended_s = still.sight.stretch(still.history, still.plot.columns)[1]
    canvas = still.plot.widget.viewport()
    area = still.plot.area
    begin, end = QPoint(200, 40), QPoint(200 + round(area.width() / 4), 40)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=begin)
    qtbot.mouseMove(canvas, end)
    QApplication.processEvents()
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
    assert still.sight.end_s == pytest.approx(ended_s - 15, abs=0.5) and still.header.now.isEnabled()
    assert set(still.shares.seconds) == {"happy", "sad"}
    at = QPointF(200, 40)
    turn = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, turn)
    assert still.sight.end_s == pytest.approx(ended_s - 21, abs=0.5)
    qtbot.keyClick(still, Qt.Key.Key_Right)
    assert still.sight.end_s == pytest.approx(ended_s - 15, abs=0.5)
    qtbot.keyClick(still, Qt.Key.Key_Home)
    assert still.sight.end_s == pytest.approx(still.history.from_s + 60)
    still.header.now.click()
    assert still.sight.goes_on and not still.header.now.isEnabled()


def test_a_drag_over_the_lanes_picks_nobody(still: Dock, qtbot: Any) -> None:
    begin, end = QPoint(300, 10), QPoint(400, 10)
    qtbot.mousePress(still.lanes, Qt.MouseButton.LeftButton, pos=begin)
    qtbot.mouseMove(still.lanes, end)
    QApplication.processEvents()
    qtbot.mouseRelease(still.lanes, Qt.MouseButton.LeftButton, pos=end)
    assert not still.sight.goes_on and still._picked is None


def test_valence_is_the_rule_of_the_program(still: Dock) -> None:
    still.header.valence.click()
    seconds, values = still.plot.values("valence")
    there = ~np.isnan(values)
    for label, at_s in (("happy", 5.0), ("sad", 36.0), ("surprise", 56.0)):
        want = emotions.valence(probabilities(label))
        assert float(np.interp(at_s, seconds[there], values[there])) == pytest.approx(want, abs=1e-3)
    still.header.valence.click()
    assert len(still.plot.values("happy")[1])


def test_another_model_and_source_are_lines(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    world.models["second"] = FakeClassifier("second")
    dock = opened(desk, qtbot)
    desk.window.live.change_model("second")
    qtbot.waitUntil(lambda: "model: second" in dock.plot.lines.texts, timeout=WAIT_MS)
    desk.window.live.open(Choice(FILE, "film.mp4"))
    qtbot.waitUntil(lambda: "source: film.mp4" in dock.plot.lines.texts, timeout=WAIT_MS)


def test_a_marker_of_a_recording_is_a_line(desk: Desk, qtbot: Any) -> None:
    dock = opened(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: desk.window.actions_.marker.isEnabled(), timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: dock.plot.lines.texts == ["Marker 1"], timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: not desk.window.recording.active, timeout=WAIT_MS)


def test_the_table_is_the_history(still: Dock, tmp_path: Path) -> None:
    history = still.history
    history.clear()
    told(history, [("happy", 150), ("sad", 12), (None, 8)], number=3, shown=7)
    history.mark("laughs")
    history.mark("'=1+1")
    target = tmp_path / "out.csv"
    assert write_csv(str(target), history) == (history.rows["label"] != ABSENT).sum()
    with target.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert tuple(lines[0]) == COLUMNS and COLUMNS[-1] == "clock"
    rows = history.rows[history.rows["label"] != ABSENT]
    assert len(lines) == len(rows) > 1500
    for line, row in zip(lines, rows, strict=True):
        assert int(line["track"]) == 3 and int(line["frame"]) == row["frame"]
        assert float(line["time"]) == pytest.approx(row["time"] - rows["time"][0], abs=1e-5)
        label = int(row["label"])
        assert line["label"] == ("" if label < 0 else emotions.NAMES[label])
        assert line["reason"] == ("too small" if label < 0 else "")
        smoothed = [float(line[f"smoothed_{name}"]) for name in emotions.NAMES]
        np.testing.assert_allclose(smoothed, row["smoothed"], atol=6e-5)
        assert float(line["valence"]) == pytest.approx(emotions.valence(row["probabilities"]), abs=6e-5)
        assert (line["model"], line["source"]) == ("fake", "Demo")
        assert line["face"] == "7", "as on the card"
        clock = datetime.fromisoformat(line["clock"])
        assert clock.utcoffset() is not None and clock.timestamp() == pytest.approx(row["time"], abs=2e-3)
        assert float(line["smoothed_valence"]) == pytest.approx(emotions.valence(row["smoothed"]), abs=6e-5)
    marked = [(number, line["marker"]) for number, line in enumerate(lines) if line["marker"]]
    assert marked == [(len(lines) - 1, "laughs; '=1+1")], "after the last reading, and harmless to a spreadsheet"


def export(desk: Desk, dock: Dock, entry: int, target: Path, qtbot: Any) -> None:
    dock.header.export.menu().actions()[entry].trigger()
    (dialog,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog) and one.isVisible()]
    dialog.fileSelected.emit(str(target))
    dialog.close()
    qtbot.waitUntil(target.exists, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: desk.window.timeline._export is None, timeout=WAIT_MS)


def test_export_by_the_button(desk: Desk, still: Dock, tmp_path: Path, qtbot: Any) -> None:
    table, picture = tmp_path / "table.csv", tmp_path / "picture.png"
    export(desk, still, 0, table, qtbot)
    assert table.read_bytes().count(b"\n") > 1500
    assert desk.window.info.text.text() == f"Exported as {table}."
    export(desk, still, 1, picture, qtbot)
    image = QImage(str(picture))
    assert image.width() == still.body.width() * 2
    colours = {image.pixelColor(x, image.height() - 40).name() for x in range(200, image.width() - 700, 3)}
    assert DARK.rows.bars[HAPPY].lower() in colours or LIGHT.rows.bars[HAPPY].lower() in colours
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix in (".csv", ".png", ".partial")) == [
        "picture.png",
        "table.csv",
    ]


def test_an_export_that_fails_says_why(desk: Desk, still: Dock, tmp_path: Path, qtbot: Any) -> None:
    for form in ("csv", "png"):
        desk.window.info.put_away()
        blocked = tmp_path / "a file"
        blocked.write_text("")
        desk.window.timeline.write(form, blocked / f"out.{form}")
        qtbot.waitUntil(lambda: desk.window.timeline._export is None, timeout=WAIT_MS)
        assert "out." in desk.window.info.text.text() and desk.window.info.isVisible()


def test_clear_forgets_all(desk: Desk, still: Dock) -> None:
    still.header.clear.click()
    assert not len(desk.window.timeline.history.rows) and still.shown is None
    assert not still.shares.seconds and still.lanes.rows == [] and still.empty.isVisible()
    assert still.header.time.text() == "", "nothing is known of any time"
    assert desk.window.info.text.text() == "Timeline cleared." and desk.window.info.action.text() == "Undo"
    desk.window.timeline.ask("csv")
    assert desk.window.info.text.text() == "There is nothing to export yet."
    still.header.clear.click()
    assert desk.window.info.text.text() == "There is nothing to clear."


def test_what_was_cleared_comes_back_with_undo(desk: Desk, still: Dock) -> None:
    history, info = desk.window.timeline.history, desk.window.info
    rows = len(history.rows)
    still.header.clear.click()
    told(history, [("angry", 2)], number=5, after_s=3)
    assert history.until_s > 0
    still.header.clear.click()
    assert not len(history.rows)
    told(history, [("fear", 1)], number=6, after_s=5)
    info.action.click()
    assert info.isHidden() and len(history.rows) > rows + 20, "both, and what was read since"
    assert {"happy", "angry", "fear"} <= {name for row in still.lanes.rows for name in row.band.seconds}
    assert np.all(np.diff(history.rows["time"]) >= 0)


def test_in_a_moment_what_was_cleared_is_forgotten(desk: Desk, still: Dock) -> None:
    timeline, info = desk.window.timeline, desk.window.info
    still.header.clear.click()
    assert timeline._taken is not None and timeline._forget.isActive()
    timeline._forget.timeout.emit()
    assert timeline._taken is None and info.isHidden()
    assert not len(timeline.history.rows)


def test_l_leads_back_to_now(desk: Desk, still: Dock, qtbot: Any) -> None:
    action, source = desk.window.actions_.back_to_live, desk.window.live.source_name
    assert not action.isEnabled()
    still.look_back(20)
    assert action.isEnabled() and still.header.now.isEnabled()
    qtbot.keyClick(desk.window, Qt.Key.Key_T)
    assert not action.isEnabled(), "nobody sees that it looks back"
    qtbot.keyClick(desk.window, Qt.Key.Key_T)
    assert action.isEnabled()
    qtbot.keyClick(desk.window, Qt.Key.Key_L)
    assert still.sight.goes_on and not action.isEnabled()
    assert desk.window.live.source_name == source and desk.window.pages.current == pages.LIVE


def test_in_a_video_l_leads_to_now_and_only_then_to_the_camera(desk: Desk, qtbot: Any) -> None:
    dock = opened(desk, qtbot)
    desk.window.timeline.history.clear()
    told(desk.window.timeline.history, [("happy", 100)])
    desk.window.live.open(Choice(FILE, "film.mp4"))
    qtbot.waitUntil(lambda: "source: film.mp4" in dock.plot.lines.texts, timeout=WAIT_MS)
    dock.look_back(20)
    assert desk.window.timeline.looks_back
    qtbot.keyClick(desk.window, Qt.Key.Key_L)
    assert dock.sight.goes_on and desk.window.live.kind == FILE
    qtbot.keyClick(desk.window, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: desk.window.live.kind != FILE, timeout=WAIT_MS)


def test_what_stands_under_the_mouse_is_told(still: Dock) -> None:
    x = round(still.plot.area.right()) - 30
    found = still.lanes.face_at(QPointF(x, 10))
    assert found is not None and found[1].track == 3
    text = still.lanes.told_at(*found)
    assert text.startswith("Face 3 at ") and text.endswith("Surprise\u00a087\u00a0%")


def test_light_and_dark(still: Dock) -> None:
    for theme in (LIGHT, DARK):
        still.set_theme(theme)
        image = still.plot.grab().toImage()
        area = still.plot.area.toRect()
        assert image.pixelColor(area.left() + 3, area.top() + 2).lightness() > 200 if not theme.dark else True
        assert [curve.dashed for curve in still.plot.curves.curves].index(True) == emotions.NAMES.index("surprise")
        assert line_colour(theme, HAPPY).lower() in {
            image.pixelColor(area.left() + 20, y).name() for y in range(area.top(), area.bottom())
        }


def seconds_of_last(lately: Lately | None) -> float:
    assert lately is not None
    return lately.stretches[-1].to_s - lately.stretches[-1].from_s


def test_a_card_has_its_last_ten_seconds(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(lambda: bool(desk.window.panel.cards), timeout=WAIT_MS)
    (card,) = desk.window.panel.cards
    qtbot.waitUntil(lambda: "in the last 10 seconds happy 100" in card.accessibleDescription(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: seconds_of_last(card.lately) > 0.4, timeout=WAIT_MS)
    world.pipeline.tracks = lambda of: (track(label="sad"),)
    qtbot.waitUntil(lambda: "sad" in card.accessibleDescription().partition("seconds")[2], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: seconds_of_last(card.lately) > 0.4, timeout=WAIT_MS)
    assert card.lately is not None and len(card.lately.stretches) == 2
    image = card.grab().toImage()
    line = {image.pixelColor(x, 59).name() for x in range(75, card.width() - 14)}
    bars = desk.window.panel._theme.rows.bars
    assert {bars[HAPPY].lower(), bars[emotions.NAMES.index("sad")].lower()} <= line
