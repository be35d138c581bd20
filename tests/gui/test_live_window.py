"""The window over a living source: what it shows, says and counts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_desktop.core.errors import Fault, InputError, ModelError
from fer_desktop.core.types import Box
from fer_desktop.gui import feed as feed_module
from fer_desktop.gui.main_window import MainWindow
from fer_desktop.gui.sources import Choice
from fer_desktop.live.events import Event, Kind
from fer_desktop.live.pairing import View
from fer_desktop.overlay import palette
from fer_desktop.settings.store import SettingsStore
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeCamera, FakeSource, FakeWorld, analysis, frame, track

WAIT_MS = 5000


def shows_faces(desk: Desk, count: int = 1) -> Callable[[], bool]:
    return lambda: len(desk.window.feed.faces) == count and len(desk.window.panel.cards) == count


def test_a_face_has_a_box_on_the_picture_and_a_card_in_the_panel(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(shows_faces(desk), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(desk.window.view.placed), timeout=WAIT_MS)
    assert desk.window.panel.cards[0].title() == "Face 1: Happy\u00a087\u00a0%"
    assert desk.window.panel.cards[0].accessibleName() == "Face 1: Happy\u00a087\u00a0%"
    box = desk.window.view.placed[0].box
    image = desk.window.view.grab().toImage()
    colour = image.pixelColor(round(box.x), round(box.y + box.height / 2))
    wanted = palette.rgb(palette.of_label("happy"))
    assert np.allclose((colour.redF(), colour.greenF(), colour.blueF()), wanted, atol=0.12)


def test_the_status_line_tells_source_size_rates_device_and_model(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(lambda: "analysed" in desk.window.status.text, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: " ms" in desk.window.status.text, timeout=WAIT_MS)
    for part in ("Demo", "640×360", "fps", "dropped", "CPU, 2 threads", "model fake"):
        assert part in desk.window.status.text


def test_the_picture_is_painted_only_when_there_is_something_new(desk: Desk, qtbot: Any) -> None:
    painted: list[float] = []
    desk.window.view.painted.connect(painted.append)
    desk.start()
    qtbot.waitUntil(lambda: len(painted) > 3, timeout=WAIT_MS)
    desk.window.actions_.pause.setChecked(True)
    qtbot.wait(150)
    count = len(painted)
    qtbot.wait(300)
    assert len(painted) == count


def test_analysis_runs_off_the_gui_thread(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(shows_faces(desk), timeout=WAIT_MS)
    assert desk.world.pipeline.thread not in ("", "MainThread")


def test_no_camera_gives_the_demo_and_a_line_that_says_so(desk: Desk, qtbot: Any) -> None:
    desk.start(None)
    qtbot.waitUntil(desk.window.info.isVisible, timeout=WAIT_MS)
    assert desk.window.info.text.text() == "No camera found. This is the demo."
    assert desk.window.info.action.text() == "Choose a camera…"
    assert desk.world.made == ["demo"]
    desk.window.info.action.click()
    menu = desk.window.toolbar.source.menu()
    assert menu.isVisible()
    qtbot.waitUntil(lambda: menu.actions()[0].text() == "No camera found", timeout=WAIT_MS)
    menu.close()


def test_the_camera_of_last_time_is_opened_by_name(make_desk: Callable[[], Desk], world: FakeWorld, qtbot: Any) -> None:
    world.cameras = [FakeCamera("Built-in"), FakeCamera("Desk")]
    desk = make_desk()
    desk.window.live.choose_camera(world.cameras[1])
    desk.window.close()
    world.made.clear()
    again = make_desk()
    again.start(None)
    qtbot.waitUntil(lambda: again.window.feed.view is not None, timeout=WAIT_MS)
    assert world.made == ["camera:Desk"]
    assert again.window.live.camera_in_use == "Desk"


def test_a_camera_in_use_is_told_in_words_and_the_demo_takes_its_place(desk: Desk, qtbot: Any) -> None:
    desk.world.cameras, desk.world.busy = [FakeCamera("Desk")], ("Desk",)
    desk.start("camera:Desk")
    qtbot.waitUntil(desk.window.info.isVisible, timeout=WAIT_MS)
    assert desk.window.info.text.text().startswith("Another program is using this camera.")
    qtbot.waitUntil(lambda: desk.window.live.source_name == "Demo", timeout=WAIT_MS)


def test_a_switch_that_fails_leaves_the_old_source_running(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(shows_faces(desk), timeout=WAIT_MS)
    desk.world.cameras, desk.world.busy = [FakeCamera("Desk")], ("Desk",)
    desk.window.live.choose_camera(desk.world.cameras[0])
    qtbot.waitUntil(desk.window.info.isVisible, timeout=WAIT_MS)
    index = desk.window.feed.view.frame.index
    qtbot.waitUntil(lambda: desk.window.feed.view.frame.index > index, timeout=WAIT_MS)
    assert desk.window.live.source_name == "Demo"


def test_the_model_that_loads_is_told_over_the_living_picture(desk: Desk, qtbot: Any) -> None:
    desk.world.model_is_there.clear()
    desk.start()
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: desk.window.view.message == "Loading the model…", timeout=WAIT_MS)
    desk.world.model_is_there.set()
    qtbot.waitUntil(lambda: desk.window.view.message == "", timeout=WAIT_MS)
    qtbot.waitUntil(shows_faces(desk), timeout=WAIT_MS)


def test_no_face_is_said_after_a_while_and_taken_back(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fer_desktop.gui.live_control.NO_FACE_AFTER_S", 0.4)
    assert feed_module.NO_FACE_AFTER_S == 3.0
    desk.world.pipeline.tracks = lambda _: ()
    desk.start()
    qtbot.waitUntil(lambda: desk.window.view.message == "No face in view", timeout=WAIT_MS)
    desk.world.pipeline.tracks = lambda _: (track(),)
    qtbot.waitUntil(lambda: desk.window.view.message == "", timeout=WAIT_MS)


def test_only_cameras_are_mirrored(desk: Desk, qtbot: Any) -> None:
    desk.world.cameras = [FakeCamera("Desk")]
    box = Box(40, 120, 160, 200)
    desk.world.pipeline.tracks = lambda _: (track(box=box),)
    desk.start()
    qtbot.waitUntil(lambda: bool(desk.window.view.placed), timeout=WAIT_MS)

    def left_edge() -> tuple[float, float]:
        picture = desk.window.view.picture_rect()
        image = desk.window.view.grab().toImage()
        white = image.pixelColor(picture.x() + 10, picture.center().y() - 100).lightness()
        return (desk.window.view.placed[0].box.x - picture.x()) / picture.width(), white

    x, white = left_edge()
    assert x == pytest.approx(40 / 640, abs=0.01) and white > 240
    desk.window.live.choose_camera(desk.world.cameras[0])
    qtbot.waitUntil(lambda: desk.window.live.source_name == "Desk", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: desk.window.view.look.mirror and bool(desk.window.view.placed), timeout=WAIT_MS)
    x, white = left_edge()
    assert x == pytest.approx((640 - 40 - 160) / 640, abs=0.01) and white < 120
    desk.window.actions_.mirror.trigger()
    assert not desk.window.view.look.mirror


def test_the_window_can_be_as_small_as_promised(desk: Desk, qtbot: Any) -> None:
    desk.start()
    desk.window.resize(800, 560)
    qtbot.waitUntil(shows_faces(desk), timeout=WAIT_MS)
    window = desk.window
    assert (window.width(), window.height()) == (800, 560)
    for part in (window.toolbar.source, window.toolbar.pause, window.toolbar.preferences, window.panel, window.status):
        corner = part.mapTo(window, part.rect().bottomRight())
        assert window.rect().contains(corner), part.objectName() or part.accessibleName()
    assert window.view.width() >= 500


def test_a_stale_reading_is_faded(desk: Desk, qtbot: Any) -> None:
    old, new = frame(index=0), frame(index=20)
    late = analysis(old, [track()])
    late = type(late)(late.frame_index, new.captured_at - 0.5, late.size, late.tracks, late.model_id)
    desk.window.feed._show(View(new, late), new.captured_at)
    assert desk.window.view.look.faded


def test_a_camera_that_is_lost_is_told_over_the_picture_until_it_is_back(desk: Desk, qtbot: Any) -> None:
    desk.world.cameras = [FakeCamera("Desk")]
    desk.start("camera:Desk")
    qtbot.waitUntil(lambda: desk.window.live.camera_in_use == "Desk", timeout=WAIT_MS)
    desk.window.feed.event_came.emit(Event(Kind.SOURCE_STALLED, "Desk delivers no pictures", fault=Fault.GONE))
    assert desk.window.view.message == "Camera unplugged. Waiting for it to come back…"
    desk.window.feed.event_came.emit(Event(Kind.SOURCE_RESUMED, "Desk"))
    assert desk.window.view.message != "Camera unplugged. Waiting for it to come back…"


def test_a_camera_that_is_unplugged_is_waited_for_and_not_replaced(desk: Desk, qtbot: Any) -> None:
    desk.world.cameras = [FakeCamera("Desk"), FakeCamera("Other")]
    desk.start(None)
    qtbot.waitUntil(lambda: desk.window.live.camera_in_use == "Desk", timeout=WAIT_MS)
    desk.world.cameras = [FakeCamera("Other")]
    desk.world.sources[-1].unplug()
    lost = "Camera unplugged. Waiting for it to come back…"
    qtbot.waitUntil(lambda: desk.window.view.message == lost, timeout=WAIT_MS)
    desk.world.cameras = [FakeCamera("Other"), FakeCamera("Desk")]
    qtbot.waitUntil(lambda: desk.window.view.message == "", timeout=2 * WAIT_MS)
    assert desk.window.live.camera_in_use == "Desk" and set(desk.world.made) == {"camera:Desk"}


def test_the_motion_of_faces_starts_anew_with_a_source_of_the_same_name(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(shows_faces(desk), timeout=WAIT_MS)
    desk.world.pipeline.tracks = lambda _: ()
    qtbot.waitUntil(lambda: desk.window.feed.no_face_since is not None, timeout=WAIT_MS)
    desk.window.feed.no_face_since = before = -100.0
    desk.window.actions_.demo.trigger()
    qtbot.waitUntil(lambda: desk.window.feed.no_face_since != before, timeout=WAIT_MS)


def test_eight_faces_on_a_4k_picture_each_have_a_pill_and_a_card(desk: Desk, qtbot: Any) -> None:
    desk.world.make_source = lambda _: FakeSource("Demo", (3840, 2160))
    faces = [track(n, Box(100 + 900 * (n % 4), 200 + 1000 * (n // 4), 420, 480)) for n in range(8)]
    desk.world.pipeline.tracks = lambda _: faces
    window = MainWindow(desk.world.composition(), SettingsStore(desk.settings_path), desk.window._themes)
    qtbot.addWidget(window)
    window.show()
    try:
        window.start(Choice.parse("demo"))
        qtbot.waitUntil(lambda: len(window.panel.cards) == 8, timeout=2 * WAIT_MS)
        qtbot.waitUntil(lambda: len(window.view.placed) == 8, timeout=WAIT_MS)
        picture = window.view.picture_rect()
        for item in window.view.placed:
            assert item.pill is not None and item.pill.right <= picture.right() + 1
    finally:
        window.close()


def printed_at_200_percent(program: str) -> list[str]:
    """The words that a program prints which runs in a process of its own, offscreen, at twice the size."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_at_200_percent_the_picture_has_every_pixel_of_the_screen() -> None:
    program = (
        "from PySide6.QtWidgets import QApplication; app = QApplication([])\n"
        "from fer_desktop.gui.video_view import VideoView\n"
        "from tests.gui.fakes import frame\n"
        "view = VideoView(); view.resize(640, 360); view.show(); view.set_frame(frame(1280, 720))\n"
        "image = view.grab().toImage(); print(image.width(), image.height(), view._scaled.width())"
    )
    assert printed_at_200_percent(program) == ["1280", "720", "1280"]


def test_the_window_opens_no_larger_than_the_screen() -> None:
    program = (
        "from PySide6.QtWidgets import QApplication; app = QApplication([])\n"
        "from fer_desktop.gui.main_window import MainWindow\n"
        "from fer_desktop.gui.theme import ThemeKeeper\n"
        "from fer_desktop.settings.store import SettingsStore\n"
        "from pathlib import Path\n"
        "from tests.gui.fakes import FakeWorld\n"
        "store, themes = SettingsStore(Path('none.json')), ThemeKeeper(app, 'dark')\n"
        "window = MainWindow(FakeWorld().composition(), store, themes, save=False)\n"
        "window.show(); app.processEvents(); room = window.screen().availableSize()\n"
        "print(window.width() <= room.width() < 800, window.height() <= room.height() - 40 < 560)"
    )
    assert printed_at_200_percent(program) == ["True", "True"]


def test_a_bad_video_offers_another_video(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(desk.window.files, "ask_for_video", lambda: asked.append(True))
    make = desk.world.make_source

    def bad(spec: str) -> FakeSource:
        if spec.endswith(".mp4"):
            raise InputError("bad.mp4 is not a video", "Choose another file")
        return make(spec)

    desk.world.make_source = bad  # type: ignore[method-assign]
    desk.start("bad.mp4")
    qtbot.waitUntil(lambda: "bad.mp4" in desk.window.info.text.text(), timeout=WAIT_MS)
    assert desk.window.info.action.text() == "Play video…"
    desk.window.info.action.click()
    assert asked == [True]


def test_a_model_that_fails_stays_told_over_what_else_is_told_at_the_start(
    make_desk: Callable[[], Desk], qtbot: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def damaged(_: FakeWorld) -> Any:
        raise ModelError("The model's file is damaged", "Install the program again")

    monkeypatch.setattr(FakeWorld, "make_live_pipeline", damaged)
    desk = make_desk()
    desk.start(None)
    qtbot.waitUntil(lambda: desk.window.view.message == "Faces cannot be read", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: desk.world.made == ["demo"] and desk.window.feed.view is not None, timeout=WAIT_MS)
    qtbot.wait(300)
    assert "damaged" in desk.window.info.text.text()
    assert any("damaged" in record.getMessage() for record in caplog.records)


def test_the_key_for_live_leads_back_from_a_video_too(desk: Desk, qtbot: Any) -> None:
    desk.start("film.mp4")
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    assert desk.window.actions_.back_to_live.isEnabled()
    desk.window.actions_.back_to_live.trigger()
    qtbot.waitUntil(lambda: desk.world.made[-1] == "demo", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not desk.window.actions_.back_to_live.isEnabled(), timeout=WAIT_MS)
