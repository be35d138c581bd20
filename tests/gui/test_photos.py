"""Opening a photo: read off the GUI thread, shown with the same overlays and its readings in the panel."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from fer_desktop.core.types import Box
from fer_desktop.gui.photo_worker import PhotoResult, PhotoWorker
from fer_desktop.offline.images import SUFFIXES
from tests.gui.conftest import Desk
from tests.gui.fakes import FakePipeline, FakeWorld, frame, track

WAIT_MS = 5000
PHOTO = Path("group.jpg")


def two_faces(desk: Desk) -> None:
    desk.world.photo = frame(900, 600, source=PHOTO.name)
    faces = (track(0, Box(100, 200, 150, 160), "sad", 0.6), track(1, Box(600, 200, 150, 160), "fear", 0.7))
    desk.world.photo_pipeline = FakePipeline(lambda _: faces)


def test_a_photo_is_shown_with_its_faces_and_the_live_picture_rests(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    two_faces(desk)
    desk.window.files.open(PHOTO)
    qtbot.waitUntil(lambda: len(desk.window.panel.cards) == 2, timeout=WAIT_MS)
    titles = [card.title() for card in desk.window.panel.cards]
    assert titles == ["Face 1: Sad\u00a060\u00a0%", "Face 2: Fear\u00a070\u00a0%"]
    assert desk.world.photo_pipeline.thread not in ("", "MainThread")
    assert desk.window.session.held and not desk.window.session.paused
    assert not desk.window.view.look.mirror
    qtbot.waitUntil(lambda: len(desk.window.view.placed) == 2, timeout=WAIT_MS)
    assert desk.window.toolbar.back.isVisible()
    assert "900×600" in desk.window.status.text and "fps" not in desk.window.status.text


def test_back_to_live_goes_on_where_it_was(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    two_faces(desk)
    desk.window.files.open(PHOTO)
    qtbot.waitUntil(lambda: len(desk.window.panel.cards) == 2, timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_L)
    assert not desk.window.toolbar.back.isVisible()
    assert not desk.window.photos.open_now and not desk.window.session.held
    index = desk.window.feed.view.frame.index
    qtbot.waitUntil(lambda: desk.window.feed.view.frame.index > index, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(desk.window.panel.cards) == 1, timeout=WAIT_MS)
    assert "Demo" in desk.window.toolbar.source.text()


def test_another_source_leaves_the_photo(desk: Desk, qtbot: Any) -> None:
    desk.start()
    two_faces(desk)
    desk.window.files.open(PHOTO)
    qtbot.waitUntil(lambda: desk.window.photos.open_now, timeout=WAIT_MS)
    desk.window.files.open(Path("film.mp4"))
    assert not desk.window.photos.open_now
    qtbot.waitUntil(lambda: desk.window.live.source_name == "film.mp4", timeout=WAIT_MS)


def test_the_window_does_not_wait_for_a_photo(desk: Desk, qtbot: Any) -> None:
    desk.start()
    gate = threading.Event()
    two_faces(desk)
    pipeline = desk.world.photo_pipeline
    faces = pipeline.tracks

    def slow(of: Any) -> Any:
        gate.wait(WAIT_MS / 1000)
        return faces(of)

    pipeline.tracks = slow
    desk.window.files.open(PHOTO)
    assert desk.window.view.message == "Reading group.jpg…"
    # The picture comes first, its readings when they are there.
    qtbot.waitUntil(lambda: desk.window.photos.open_now, timeout=WAIT_MS)
    assert desk.window.view.message == "Reading group.jpg…" and desk.window.panel.cards == ()
    gate.set()
    qtbot.waitUntil(lambda: len(desk.window.panel.cards) == 2, timeout=WAIT_MS)
    assert desk.window.view.message == ""


def test_a_file_that_is_no_image_is_told_and_the_live_picture_stays(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    desk.window.files.open(Path("text.jpg"))
    qtbot.waitUntil(desk.window.info.isVisible, timeout=WAIT_MS)
    assert desk.window.info.text.text() == "text.jpg is not an image. Choose a JPEG or PNG file"
    assert not desk.window.photos.open_now and not desk.window.session.held


def test_a_photo_without_faces_says_so(desk: Desk, qtbot: Any) -> None:
    desk.start()
    desk.world.photo = frame(300, 300)
    desk.world.photo_pipeline = FakePipeline(lambda _: ())
    desk.window.files.open(PHOTO)
    qtbot.waitUntil(lambda: desk.window.view.message == "No face found in this photo", timeout=WAIT_MS)


def test_a_snapshot_of_a_photo_has_the_photos_size(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    desk.start()
    two_faces(desk)
    desk.window.files.open(PHOTO)
    qtbot.waitUntil(lambda: len(desk.window.feed.faces) == 2, timeout=WAIT_MS)
    desk.window.actions_.snapshot.trigger()
    qtbot.waitUntil(lambda: any((tmp_path / "pictures").glob("*.png")), timeout=WAIT_MS)
    image = QImage(str(next((tmp_path / "pictures").glob("*.png"))))
    assert (image.width(), image.height()) == (900, 600)


def test_a_photo_opened_before_the_first_live_frame_stops_capture_too(desk: Desk, qtbot: Any) -> None:
    two_faces(desk)
    may_open = threading.Event()
    make = desk.world.make_source

    def slow(spec: str) -> Any:
        may_open.wait(WAIT_MS / 1000)
        return make(spec)

    desk.world.make_source = slow
    desk.start()
    desk.window.files.open(PHOTO)
    qtbot.waitUntil(lambda: desk.window.photos.open_now, timeout=WAIT_MS)
    may_open.set()
    qtbot.waitUntil(lambda: desk.window.live.source_name == "Demo", timeout=WAIT_MS)
    qtbot.wait(200)
    captured = desk.window.session.statistics().captured
    qtbot.wait(200)
    assert desk.window.session.statistics().captured == captured == 0
    assert "group.jpg" in desk.window.toolbar.source.text() and desk.window.toolbar.back.isVisible()
    assert len(desk.window.feed.faces) == 2
    qtbot.keyClick(desk.window, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    assert "Demo" in desk.window.toolbar.source.text()


def test_a_pause_goes_on_behind_a_photo(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    desk.window.actions_.pause.trigger()
    two_faces(desk)
    desk.window.files.open(PHOTO)
    qtbot.waitUntil(lambda: desk.window.photos.open_now, timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_L)
    assert desk.window.session.paused and desk.window.actions_.pause.isChecked()
    assert desk.window.view.message == "Paused"


def test_of_photos_asked_for_meanwhile_only_the_newest_is_read(world: FakeWorld, qtbot: Any) -> None:
    world.photo = frame(300, 300)
    read: list[Path] = []
    first_is_read, gate = threading.Event(), threading.Event()

    def read_image(path: Path) -> Any:
        read.append(path)
        first_is_read.set()
        gate.wait(WAIT_MS / 1000)
        return world.photo

    worker = PhotoWorker(replace(world.composition(), read_image=read_image))
    try:
        worker.read(Path("1.jpg"))
        assert first_is_read.wait(WAIT_MS / 1000)
        for number in (2, 3, 4):
            worker.read(Path(f"{number}.jpg"))
        gate.set()
        results: list[PhotoResult] = []

        def last_is_analysed() -> bool:
            results.extend(worker.results())
            return any(result.path.name == "4.jpg" and result.analysis is not None for result in results)

        qtbot.waitUntil(last_is_analysed, timeout=WAIT_MS)
        assert [path.name for path in read] == ["1.jpg", "4.jpg"]
    finally:
        assert worker.stop()


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_every_ending_that_is_read_elsewhere_is_an_image_here(desk: Desk, suffix: str) -> None:
    desk.window.files.open(Path(f"photo{suffix.upper()}"))
    assert desk.window.photos.wanted == Path(f"photo{suffix.upper()}")


def test_a_run_that_begins_with_a_photo_goes_on_live(desk: Desk, qtbot: Any) -> None:
    desk.world.photo = frame(320, 240)
    desk.start("face.png")
    qtbot.waitUntil(lambda: len(desk.window.feed.faces) == 1, timeout=WAIT_MS)
    assert desk.world.made == [] and desk.window.feed.photo is not None
    desk.window.actions_.back_to_live.trigger()
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    assert desk.window.feed.photo is None and desk.world.made == ["demo"]


def test_a_bad_photo_at_the_start_gives_the_demo_and_says_why(desk: Desk, qtbot: Any) -> None:
    desk.start("face.png")
    qtbot.waitUntil(lambda: desk.window.live.source_name == "Demo", timeout=WAIT_MS)
    assert "face.png is not an image" in desk.window.info.text.text()
    assert desk.window.info.text.text().endswith("This is the demo.")
    assert desk.window.info.action.text() == "Open image…"
