"""File ▸ Record: what is shown is kept while the red sign is there, with markers, and opens with what was read live."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from fer_desktop import resources
from fer_desktop.core.types import UInt8Array
from fer_desktop.gui import pages
from fer_desktop.gui import recording as recording_module
from fer_desktop.gui.preferences import Preferences
from fer_desktop.gui.recording import clock
from fer_desktop.gui.recording_sign import MARGIN_PX
from fer_desktop.gui.theme import DARK
from fer_desktop.live.session import LiveSession
from fer_desktop.record import clock as record_clock
from fer_desktop.record.log import LogReader
from fer_desktop.record.session_folder import Session, Sessions
from fer_desktop.record.video import GrowingVideo
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeWorld, track

WAIT_MS = 15_000


@pytest.fixture(autouse=True)
def own_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "sessions_dir", lambda: tmp_path / "sessions")


def sessions() -> list[Session]:
    return Sessions.default().sessions()


def said(desk: Desk) -> str:
    return "" if desk.window.info.isHidden() else desk.window.info.text.text()


def pictures(desk: Desk) -> int:
    """In the video so far."""
    recorder = desk.window.recording._recorder
    assert recorder is not None
    return recorder.progress.pictures


def begin(desk: Desk, qtbot: Any, count: int = 12) -> None:
    """Record, until there are so many pictures."""
    desk.start()
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_R)
    shown: list[int] = []
    desk.window.feed.frame_shown.connect(lambda: shown.append(1))
    qtbot.waitUntil(lambda: len(shown) >= count, timeout=WAIT_MS)


def end(desk: Desk, qtbot: Any) -> Session:
    qtbot.keyClick(desk.window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: not desk.window.recording.active, timeout=WAIT_MS)
    (session,) = sessions()
    assert session.about is not None and session.about.ended and session.problem == ""
    return session


def test_r_records_until_r_and_the_sign_tells(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    action, button = desk.window.actions_.record, desk.window.toolbar.record
    only_icon = Qt.ToolButtonStyle.ToolButtonIconOnly
    assert button.toolButtonStyle() is only_icon
    begin(desk, qtbot)
    assert action.isChecked() and button.text().startswith("0:0") and button.isVisible()
    assert button.accessibleName() == "Stop recording"
    qtbot.keyClick(desk.window, Qt.Key.Key_M)
    assert said(desk).startswith("Marker 1 set at 0:0")
    session = end(desk, qtbot)
    assert not action.isChecked() and button.toolButtonStyle() is only_icon
    assert session.video is not None and session.about is not None
    assert session.about.pictures >= 10 and session.about.size == (640, 360) and session.about.source == "Demo"
    assert [one.text for one in session.about.markers] == ["Marker 1"]
    assert not session.about.annotated and not session.about.blurred
    assert said(desk) == f"Recorded {clock(session.about.seconds or 0)} as {session.folder}"


def test_it_opens_with_what_was_read_live(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    world.pipeline.tracks = lambda of: (track(5, label="fear"),)
    begin(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_M)
    session = end(desk, qtbot)
    world.pipeline.tracks = lambda of: (track(6, label="sad"),)
    assert desk.window.info.action.text() == "Open"
    desk.window.info.action.click()
    page = desk.window.page_control.recordings
    assert desk.window.pages.current == pages.RECORDINGS and page is not None
    qtbot.waitUntil(lambda: page.reader is not None and not page.reader.running, timeout=WAIT_MS)
    assert page.document is not None
    qtbot.waitUntil(lambda: bool(page.display.faces), timeout=WAIT_MS)
    assert {(face.track_id, face.label) for face in page.display.faces} == {(5, "fear")}
    assert page.header.name.text() == session.folder.name and page.display.view.look.boxes
    qtbot.waitUntil(lambda: page.side.moments.moments.rowCount() > 0, timeout=WAIT_MS)
    rows = page.side.moments.moments
    (row,) = (row for row in range(rows.rowCount()) if rows.moment(row).text is not None)
    assert (
        rows.index(row).data().endswith("  Marker 1")
        and not rows.index(row).data(Qt.ItemDataRole.DecorationRole).isNull()
    )
    page.side.moments.clicked.emit(rows.index(row))
    assert page.player.number == rows.moment(row).frame > 0 and page.document.chosen == 5
    page.header.again.click()
    qtbot.waitUntil(lambda: {face.track_id for face in page.display.faces} == {6}, timeout=WAIT_MS)


def test_painted_and_blurred_as_the_settings_say_and_not_painted_twice(desk: Desk, qtbot: Any) -> None:
    desk.window.settings.record_readings = desk.window.settings.record_blurred = True
    begin(desk, qtbot)
    about = end(desk, qtbot).about
    assert about is not None and about.annotated and about.blurred
    desk.window.info.action.click()
    page = desk.window.page_control.recordings
    assert page is not None
    qtbot.waitUntil(lambda: bool(page.display.faces), timeout=WAIT_MS)
    assert not page.display.view.look.boxes and not page.display.view.look.bars


def test_what_is_set_while_it_runs_is_for_the_next_one_and_said_to_be(desk: Desk, qtbot: Any) -> None:
    def preferences() -> Preferences:
        desk.window.actions_.preferences.trigger()
        (found,) = (one for one in desk.window.findChildren(Preferences) if one.isVisible())
        return found

    def close(dialog: Preferences) -> None:
        dialog.close()
        desk.window.activateWindow()
        qtbot.waitUntil(desk.window.isActiveWindow, timeout=WAIT_MS)

    opened = preferences()
    assert opened.next_time.isHidden() and opened.blurred.accessibleDescription() == ""
    close(opened)
    begin(desk, qtbot)
    opened = preferences()
    text = "From the next recording on, not in this one."
    assert opened.next_time.isVisible() and opened.next_time.text() == text
    assert opened.blurred.accessibleDescription() == opened.readings.accessibleDescription() == text
    opened.blurred.click()
    desk.window.recording.signal_stop()
    qtbot.waitUntil(lambda: not desk.window.recording.active, timeout=WAIT_MS)
    assert opened.next_time.isHidden() and opened.blurred.accessibleDescription() == ""
    close(opened)
    (first,) = sessions()
    assert first.about is not None and not first.about.blurred
    begin(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: not desk.window.recording.active, timeout=WAIT_MS)
    assert sorted(one.about.blurred for one in sessions() if one.about is not None) == [False, True]


def test_a_marker_without_a_recording_is_told_on_every_page(desk: Desk, qtbot: Any) -> None:
    text = "Nothing is being recorded, so no marker was set. Press R in the live view to record."
    for page in (desk.window.actions_.live, desk.window.actions_.photos, desk.window.actions_.recordings):
        page.trigger()
        desk.window.info.settle("recording")
        assert said(desk) == ""
        qtbot.keyClick(desk.window, Qt.Key.Key_M)
        assert said(desk) == text
    assert sessions() == []


def test_a_folder_that_is_deleted_meanwhile_is_told_soon_and_as_it_is(desk: Desk, qtbot: Any) -> None:
    begin(desk, qtbot)
    (session,) = sessions()
    shutil.rmtree(session.folder)
    qtbot.waitUntil(lambda: not desk.window.recording.active, timeout=WAIT_MS)
    told = "The recording ended: its folder was deleted. Nothing of it is kept. Its folder: "
    assert said(desk) == f"{told}{session.folder}" and not desk.window.actions_.record.isChecked()
    assert sessions() == []


def test_what_was_recorded_last_is_chosen_when_one_comes_back_to_the_list(desk: Desk, qtbot: Any) -> None:
    """So that Enter opens it and Delete asks about it, whatever was opened before."""
    window = desk.window

    def recorded() -> Path:
        before = {one.folder for one in sessions()}
        begin(desk, qtbot, count=4)
        qtbot.keyClick(window, Qt.Key.Key_R)
        qtbot.waitUntil(lambda: not window.recording.active, timeout=WAIT_MS)
        (new,) = {one.folder for one in sessions()} - before
        return new

    def listed() -> Path | None:
        window.actions_.recordings.trigger()
        assert page is not None
        qtbot.waitUntil(lambda: page.home._looking is None and page.home.list.sessions == sessions(), timeout=WAIT_MS)
        chosen = page.home.list.chosen
        return None if chosen is None else chosen.folder

    first = recorded()
    window.actions_.recordings.trigger()
    page = window.page_control.recordings
    assert page is not None and listed() == first
    qtbot.keyClick(page.home.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.document is not None and not page.player.waits, timeout=WAIT_MS)
    qtbot.keyClick(page.display.view, Qt.Key.Key_Escape)
    assert listed() == first
    window.actions_.live.trigger()
    second = recorded()
    assert listed() == second
    page.home.list.setCurrentRow(1)
    window.actions_.live.trigger()
    assert listed() == first, "nothing new was recorded, and the choice stays"


def test_the_sign_stays_on_every_page_and_closing_ends_it_whole(desk: Desk, qtbot: Any) -> None:
    begin(desk, qtbot)
    desk.window.actions_.photos.trigger()
    assert desk.window.toolbar.record.isVisible() and desk.window.actions_.record.isEnabled()
    desk.window.close()
    (session,) = sessions()
    assert session.about is not None and session.about.ended and session.problem == "" and session.about.pictures >= 10


def test_on_another_page_it_can_be_ended_and_not_begun(desk: Desk, qtbot: Any) -> None:
    begin(desk, qtbot)
    desk.window.actions_.photos.trigger()
    end(desk, qtbot)
    assert not desk.window.actions_.record.isEnabled() and not desk.window.toolbar.record.isVisible()
    desk.window.actions_.live.trigger()
    assert desk.window.actions_.record.isEnabled() and desk.window.toolbar.record.isVisible()


def test_in_full_screen_the_sign_stands_over_every_page(desk: Desk, qtbot: Any) -> None:
    sign, full = desk.window.recording.sign, desk.window.actions_.full_screen
    full.setChecked(True)
    begin(desk, qtbot)
    assert sign.isVisible() and not desk.window.toolbar.isVisible()
    red = QColor(DARK.recording)
    image = desk.window.pages.grab(sign.geometry()).toImage()
    colours = {image.pixelColor(x, y).rgb() for x in range(image.width()) for y in range(image.height())}
    assert red.rgb() in colours
    desk.window.actions_.photos.trigger()
    assert sign.isVisible() and desk.window.pages.children()[-1] is sign
    assert sign.geometry().right() == desk.window.pages.width() - MARGIN_PX - 1
    desk.window.resize(desk.window.width() - 80, desk.window.height())
    qtbot.waitUntil(lambda: sign.geometry().right() == desk.window.pages.width() - MARGIN_PX - 1, timeout=WAIT_MS)
    full.setChecked(False)
    assert sign.isHidden() and desk.window.toolbar.isVisible()
    full.setChecked(True)
    end(desk, qtbot)
    assert sign.isHidden()


def test_the_list_of_sessions_follows_a_recording_that_ends(desk: Desk, qtbot: Any) -> None:
    begin(desk, qtbot)
    desk.window.actions_.recordings.trigger()
    page = desk.window.page_control.recordings
    assert page is not None
    qtbot.waitUntil(lambda: [one.running for one in page.home.list.sessions] == [True], timeout=WAIT_MS)
    session = end(desk, qtbot)
    qtbot.waitUntil(lambda: [one.running for one in page.home.list.sessions] == [False], timeout=WAIT_MS)
    assert page.home.list.sessions == [session]
    qtbot.waitUntil(lambda: desk.window.focusWidget() is page.home.list, timeout=WAIT_MS)
    qtbot.keyClick(page.home.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.document is not None, timeout=WAIT_MS)


def test_without_a_picture_nothing_begins(desk: Desk, qtbot: Any) -> None:
    qtbot.keyClick(desk.window, Qt.Key.Key_R)
    assert said(desk) == "There is no picture to record yet." and not desk.window.actions_.record.isChecked()
    assert sessions() == []


def test_a_folder_that_refuses_is_told_and_ends_it(desk: Desk, qtbot: Any) -> None:
    resources.sessions_dir().write_text("a file stands in the way")
    desk.start()
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: not desk.window.recording.active, timeout=WAIT_MS)
    assert "cannot be written" in said(desk) and not desk.window.actions_.record.isChecked()
    assert desk.window.toolbar.record.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly


def test_begun_in_a_pause_it_begins_with_what_comes_after_it(desk: Desk, qtbot: Any) -> None:
    window = desk.window
    desk.start()
    qtbot.waitUntil(lambda: bool(window.feed.faces), timeout=WAIT_MS)
    window.actions_.pause.setChecked(True)
    qtbot.waitUntil(lambda: window.session.paused, timeout=WAIT_MS)
    pressed_s = time.time()
    qtbot.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: window.toolbar.record.text() == "0:00, waiting", timeout=WAIT_MS)
    qtbot.keyClick(window, Qt.Key.Key_M)
    assert said(desk) == "Marker 1 set at 0:00."
    assert sessions() == [], "what stands on the picture is no part of it"
    window.actions_.pause.setChecked(False)
    qtbot.waitUntil(lambda: pictures(desk) >= 5, timeout=WAIT_MS)
    about = end(desk, qtbot).about
    assert about is not None and about.created.timestamp() >= pressed_s - 0.01
    assert about.seconds is not None and about.seconds < time.time() - pressed_s
    assert [one.time_s for one in about.markers] == [0.0]


def test_without_a_picture_after_it_nothing_is_kept(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    desk.window.actions_.pause.setChecked(True)
    qtbot.waitUntil(lambda: desk.window.session.paused, timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_R)
    qtbot.keyClick(desk.window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: not desk.window.recording.active, timeout=WAIT_MS)
    assert said(desk) == "Nothing was recorded: no picture came." and sessions() == []


def test_in_a_pause_it_waits_and_a_marker_is_told_as_it_is_kept(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_clock, "REST_S", 0.3)
    window = desk.window
    window.actions_.full_screen.setChecked(True)
    begin(desk, qtbot)
    window.actions_.pause.setChecked(True)
    qtbot.waitUntil(lambda: window.toolbar.record.text().endswith(", waiting"), timeout=WAIT_MS)
    sign = window.recording.sign
    assert sign.isVisible() and sign.accessibleName().endswith(", waiting")
    shown = window.toolbar.record.text()
    recorder = window.recording._recorder
    assert recorder is not None
    told_s = recorder.progress.seconds
    qtbot.keyClick(window, Qt.Key.Key_M)
    assert said(desk) == f"Marker 1 set at {clock(told_s)}." and shown == f"{clock(told_s)}, waiting"
    about = end(desk, qtbot).about
    assert about is not None and about.seconds is not None
    (marker,) = about.markers
    assert marker.time_s == pytest.approx(told_s) and about.seconds >= marker.time_s - 0.001


def test_what_comes_while_the_window_is_busy_is_recorded(desk: Desk, qtbot: Any) -> None:
    begin(desk, qtbot, count=3)
    before, deadline_s = pictures(desk), time.monotonic() + 10
    # Nothing of the window runs meanwhile.
    while pictures(desk) < before + 25:
        assert time.monotonic() < deadline_s, "nothing was recorded while the window was busy"
        time.sleep(0.01)
    session = end(desk, qtbot)
    assert session.log is not None and session.about is not None
    logged = list(LogReader(session.log).frames())
    assert session.about.dropped == 0
    assert len(logged) >= session.about.pictures - 3 and all(one.tracks for one in logged), "with what was read"


@pytest.fixture
def hung_encoder(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """From its third picture on the encoder takes nothing until this is set."""
    go_on, real = threading.Event(), GrowingVideo.add

    def add(video: GrowingVideo, picture: UInt8Array, at_s: float, key: bool = False) -> None:
        assert video.pictures < 2 or go_on.wait(60)
        real(video, picture, at_s, key)

    monkeypatch.setattr(GrowingVideo, "add", add)
    yield go_on
    go_on.set()


def test_while_it_is_finished_the_sign_says_so(
    desk: Desk, qtbot: Any, hung_encoder: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_module, "PATIENCE_S", 0.05)
    action, window = desk.window.actions_.record, desk.window
    begin(desk, qtbot)
    qtbot.keyClick(window, Qt.Key.Key_R)
    assert window.toolbar.record.text() == "Finishing…"
    assert not action.isChecked() and not action.isEnabled() and action.text() == "&Record"
    qtbot.waitUntil(lambda: said(desk).startswith("The recording takes long to finish"), timeout=WAIT_MS)
    qtbot.keyClick(window, Qt.Key.Key_M)
    assert said(desk) == "The marker was not kept."
    hung_encoder.set()
    qtbot.waitUntil(lambda: not window.recording.active, timeout=WAIT_MS)
    assert action.isEnabled() and window.toolbar.record.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    assert said(desk).startswith("Recorded 0:0") and "left out" not in said(desk)


def test_closing_waits_a_moment_for_an_encoder_that_hangs_and_says_so_in_the_log(
    desk: Desk, qtbot: Any, hung_encoder: threading.Event, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(recording_module, "CLOSE_S", 0.05)
    begin(desk, qtbot)
    recorder, stop = desk.window.recording._recorder, LiveSession.stop
    assert recorder is not None
    stopped: list[bool] = []

    def stop_session(session: LiveSession) -> bool:
        stopped.append(recorder.progress.running)
        return stop(session)

    monkeypatch.setattr(LiveSession, "stop", stop_session)
    with caplog.at_level(logging.ERROR):
        desk.window.close()
    assert stopped[0] is False, "asked to end before anything is waited for"
    assert any("was not finished" in message for message in caplog.messages)
    hung_encoder.set()
    assert recorder.stop()


def test_one_picture_left_out_is_one(desk: Desk, qtbot: Any) -> None:
    begin(desk, qtbot)
    recorder = desk.window.recording._recorder
    assert recorder is not None
    recorder._dropped = 1
    qtbot.keyClick(desk.window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: not desk.window.recording.active, timeout=WAIT_MS)
    assert said(desk).endswith(". 1 picture was left out: the computer was too slow.")


def test_the_clock() -> None:
    assert [clock(seconds) for seconds in (0, 7.9, 67, 3727)] == ["0:00", "0:07", "1:07", "1:02:07"]
