"""The pages of the window: what is shown, opened, dropped and pasted where, and what rests meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QLabel

from fer_desktop import resources
from fer_desktop.core.errors import ModelError
from fer_desktop.gui import pages
from fer_desktop.gui.dialogs import TextDialog
from fer_desktop.gui.photos.page import PhotosPage
from fer_desktop.gui.sources import Choice
from tests import core_values
from tests.gui.conftest import Desk
from tests.gui.test_open_files import drop
from tests.numbered_videos import write_numbered

WAIT_MS = 8000


def photo(folder: Path, name: str = "face.jpg", size: tuple[int, int] = (300, 200)) -> Path:
    path = folder / name
    Image.fromarray(core_values.frame(*size).bgr).save(path)
    return path


def opened(desk: Desk, *paths: Path, qtbot: Any) -> PhotosPage:
    """The page of photos, once these are read."""
    desk.window.files.open(paths)
    page = desk.window.page_control.photos
    assert page is not None
    qtbot.waitUntil(lambda: not page.collection.reading and page.collection.counts().there > 0, timeout=WAIT_MS)
    return page


def shown_large(page: PhotosPage, qtbot: Any) -> None:
    """With its faces and, a moment later, their crops."""
    qtbot.waitUntil(lambda: page.shown_frame is not None and bool(page.faces), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.shown_analysis is not None, timeout=WAIT_MS)


def live(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)


@pytest.mark.parametrize(("key", "name"), [(Qt.Key.Key_2, pages.PHOTOS), (Qt.Key.Key_3, pages.RECORDINGS)])
def test_the_camera_rests_while_another_page_is_shown(desk: Desk, qtbot: Any, key: Qt.Key, name: str) -> None:
    live(desk, qtbot)
    control = Qt.KeyboardModifier.ControlModifier
    window, actions = desk.window, desk.window.actions_
    qtbot.keyClick(window, key, control)
    assert window.pages.current == name and window.session.held and not window.session.paused
    assert [action.isChecked() for action in (actions.live, actions.photos, actions.recordings)].index(True) == (
        pages.NAMES.index(name)
    )
    for action in (actions.pause, actions.snapshot, actions.collect):
        assert not action.isEnabled()
    for button in (window.toolbar.source, window.toolbar.pause, window.toolbar.snapshot):
        assert not button.isVisible()
    assert "fps" not in window.status.text
    index = window.feed.view.frame.index
    qtbot.keyClick(window, Qt.Key.Key_L)
    assert window.pages.current == pages.LIVE and not window.session.held and actions.live.isChecked()
    assert actions.pause.isEnabled() and window.toolbar.source.isVisible()
    qtbot.waitUntil(lambda: window.feed.view.frame.index > index, timeout=WAIT_MS)


def test_a_pause_goes_on_behind_photos(desk: Desk, qtbot: Any) -> None:
    live(desk, qtbot)
    desk.window.actions_.pause.trigger()
    desk.window.actions_.photos.trigger()
    desk.window.actions_.live.trigger()
    assert desk.window.session.paused and desk.window.actions_.pause.isChecked()
    assert desk.window.view.message == "Paused"


def test_a_source_that_is_chosen_brings_back_the_living_picture(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    live(desk, qtbot)
    opened(desk, photo(tmp_path), qtbot=qtbot)
    desk.window.live.open(Choice.parse("film.mp4"))
    assert desk.window.pages.current == pages.LIVE
    qtbot.waitUntil(lambda: desk.window.live.source_name == "film.mp4", timeout=WAIT_MS)


def test_a_photo_is_shown_large_with_its_faces(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    live(desk, qtbot)
    page = opened(desk, photo(tmp_path), qtbot=qtbot)
    shown_large(page, qtbot)
    assert page.is_large and [face.label for face in page.faces] == ["happy"]
    assert page.shown_frame is not None and page.shown_frame.size == (300, 200)


def test_what_is_dropped_goes_to_its_page(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    live(desk, qtbot)
    folder = tmp_path / "holiday"
    folder.mkdir()
    for number in range(3):
        photo(folder, f"{number}.PNG")
    drop(desk, folder)
    page = desk.window.page_control.photos
    assert page is not None and desk.window.pages.current == pages.PHOTOS
    qtbot.waitUntil(lambda: page.collection.counts().done == 3, timeout=WAIT_MS)
    film = tmp_path / "film ü.mp4"
    film.write_bytes(b"no film")
    drop(desk, film)
    assert desk.window.pages.current == pages.RECORDINGS
    qtbot.waitUntil(lambda: "film ü.mp4" in desk.window.info.text.text(), timeout=WAIT_MS)
    assert desk.window.info.action.text() == "Open recording…"


def test_of_several_recordings_one_is_opened_and_the_rest_is_told(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    live(desk, qtbot)
    page = opened(desk, photo(tmp_path), tmp_path / "a.mp4", tmp_path / "b.mp4", qtbot=qtbot)
    assert desk.window.page_control.recordings is None and page.collection.counts().there == 1
    assert desk.window.info.text.text().startswith("2 recordings were not opened:")


def test_a_copied_picture_is_pasted_and_copied_files_are_opened(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    live(desk, qtbot)
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    qtbot.keyClick(desk.window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "no picture on the clipboard" in desk.window.info.text.text()
    assert desk.window.pages.current == pages.LIVE
    image = QImage(320, 240, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    clipboard.setImage(image)
    qtbot.keyClick(desk.window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    page = desk.window.page_control.photos
    assert page is not None
    qtbot.waitUntil(lambda: page.collection.counts().done == 1, timeout=WAIT_MS)
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(photo(tmp_path)))])
    clipboard.setMimeData(files)
    desk.window.actions_.paste.trigger()
    qtbot.waitUntil(lambda: page.collection.counts().done == 2, timeout=WAIT_MS)
    # What Python made for the clipboard must not outlive Python: at its end the process would crash.
    clipboard.clear()


def test_a_run_that_begins_with_a_photo_opens_no_camera_until_it_goes_live(
    desk: Desk, qtbot: Any, tmp_path: Path
) -> None:
    desk.start(str(photo(tmp_path)))
    page = desk.window.page_control.photos
    assert page is not None
    shown_large(page, qtbot)
    assert desk.world.made == []
    desk.window.actions_.back_to_live.trigger()
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    assert desk.world.made == ["demo"]


def test_switches_of_the_view_hold_on_every_page(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    live(desk, qtbot)
    page = opened(desk, photo(tmp_path), qtbot=qtbot)
    shown_large(page, qtbot)
    actions = desk.window.actions_
    assert page.large.panel.isVisible() and page.look.bars and not page.look.why
    for action in (actions.bars, actions.panel, actions.why):
        action.trigger()
    assert not page.look.bars and page.look.why and not page.large.panel.isVisible()
    # A page that is made later follows them too.
    actions.recordings.trigger()
    recordings = desk.window.page_control.recordings
    assert recordings is not None and not recordings.side.isVisibleTo(recordings)
    assert not page.look.mirror


def test_photos_are_read_with_the_model_that_was_changed_to(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    live(desk, qtbot)
    page = opened(desk, photo(tmp_path), qtbot=qtbot)
    shown_large(page, qtbot)
    assert page.shown_analysis is not None and page.shown_analysis.model_id == "fake"
    desk.window.live.change_model("evening run")
    qtbot.waitUntil(
        lambda: page.shown_analysis is not None and page.shown_analysis.model_id == "evening run", timeout=WAIT_MS
    )


def test_photos_opened_after_a_change_are_read_with_that_model(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    live(desk, qtbot)
    desk.window.live.change_model("evening run")
    qtbot.waitUntil(lambda: desk.window.info.text.text() == "Now using evening run.", timeout=WAIT_MS)
    page = opened(desk, photo(tmp_path), qtbot=qtbot)
    shown_large(page, qtbot)
    assert page.shown_analysis is not None and page.shown_analysis.model_id == "evening run"


def test_a_model_that_is_gone_is_told_and_photos_wait(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    live(desk, qtbot)
    desk.world.models["fake"] = ModelError("The model is damaged", "Choose another one")
    desk.window.files.open([photo(tmp_path)])
    qtbot.waitUntil(lambda: "The model is damaged" in desk.window.info.text.text(), timeout=WAIT_MS)
    page = desk.window.page_control.photos
    assert page is not None
    desk.world.models.clear()
    page.collection.go_on()
    shown_large(page, qtbot)


def test_the_window_closes_while_photos_are_read(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    live(desk, qtbot)
    desk.window.files.open([photo(tmp_path, f"{number}.png") for number in range(60)])
    desk.window.close()
    assert not desk.window.isVisible()


def test_a_recording_read_with_another_model_can_be_read_again(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    live(desk, qtbot)
    path = tmp_path / "film.mp4"
    write_numbered(path, 20)
    desk.window.files.open([path])
    page = desk.window.page_control.recordings
    assert page is not None

    def read_with(model: str) -> bool:
        document = page.document
        return document is not None and document.readings.count == 20 and document.readings.beginning.model_id == model

    qtbot.waitUntil(lambda: read_with("fake"), timeout=WAIT_MS)
    assert not page.header.again.isVisible()
    desk.window.live.change_model("evening run")
    qtbot.waitUntil(page.header.again.isVisible, timeout=WAIT_MS)
    page.header.again.click()
    qtbot.waitUntil(lambda: read_with("evening run"), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not page.header.again.isVisible(), timeout=WAIT_MS)


def test_why_is_not_offered_where_it_is_not_shown(desk: Desk, qtbot: Any) -> None:
    live(desk, qtbot)
    actions = desk.window.actions_
    for action, possible in ((actions.recordings, False), (actions.photos, True), (actions.live, True)):
        action.trigger()
        assert actions.why.isEnabled() is possible


def test_a_face_of_the_living_picture_is_not_kept_from_another_page(desk: Desk, qtbot: Any) -> None:
    live(desk, qtbot)
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    samples = desk.window.samples
    for action in (desk.window.actions_.recordings, desk.window.actions_.photos):
        action.trigger()
        qtbot.keyClick(desk.window, Qt.Key.Key_4)
        samples.correct("happy")
        assert samples.faces.track is None and sum(samples.library.counts.values()) == 0
    samples.library.finish()
    assert not resources.user_samples_dir().exists()


@pytest.mark.parametrize("name", ["photos", "recordings"])
def test_esc_leaves_full_screen_on_every_page(desk: Desk, qtbot: Any, name: str) -> None:
    live(desk, qtbot)
    getattr(desk.window.actions_, name).trigger()
    qtbot.keyClick(desk.window, Qt.Key.Key_F)
    assert desk.window.isFullScreen()
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not desk.window.isFullScreen() and desk.window.menuBar().isVisible()


@pytest.mark.parametrize(
    ("name", "told"), [(pages.PHOTOS, "is not an image"), (pages.RECORDINGS, "is a text, not a video")]
)
def test_what_has_a_name_of_neither_is_tried_where_it_was_dropped(
    desk: Desk, qtbot: Any, tmp_path: Path, name: str, told: str
) -> None:
    live(desk, qtbot)
    notes = tmp_path / "notes.txt"
    notes.write_text("words")
    desk.window.pages.show_page(name)
    drop(desk, notes)
    assert desk.window.pages.current == name

    def said() -> bool:
        page = desk.window.page_control.photos
        tile = page is not None and page.collection.counts().there > 0
        text = (page.collection.records.result(0).error or "") if page is not None and tile else ""
        return told in desk.window.info.text.text() or told in text

    qtbot.waitUntil(said, timeout=WAIT_MS)


def test_where_nobody_answers_no_page_is_asked(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    live(desk, qtbot)
    desk.window.actions_.recordings.trigger()
    page = desk.window.page_control.recordings
    asked: list[int] = []
    monkeypatch.setattr(page, "may_close", lambda: asked.append(1) or False)
    desk.window.close()
    assert desk.window.isVisible() and asked
    desk.window.asks = False
    desk.window.close()
    assert not desk.window.isVisible() and len(asked) == 1


def test_a_page_that_fails_at_the_end_is_reported_and_keeps_no_other_from_its_end(
    desk: Desk, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(desk, photo(tmp_path), qtbot=qtbot)
    desk.window.actions_.recordings.trigger()
    control = desk.window.page_control
    assert control.recordings is not None
    reported: list[tuple[str, str]] = []
    control.defect.connect(lambda *told: reported.append(told))
    ended: list[str] = []

    def fails() -> None:
        page.__class__.shut_down(page)
        raise ZeroDivisionError

    monkeypatch.setattr(page, "shut_down", fails)
    monkeypatch.setattr(control.recordings, "shut_down", lambda: ended.append("recordings"))
    desk.window.close()
    ((text, report),) = reported
    assert text == "A page did not end as it should." and "ZeroDivisionError" in report
    assert ended == ["recordings"] and not desk.window.isVisible()


def test_why_of_another_emotion_by_a_click_on_its_row(desk: Desk, qtbot: Any) -> None:
    live(desk, qtbot)
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    panel, look = desk.window.panel, lambda: desk.window.feed.look.emotion
    desk.window.actions_.why.trigger()
    panel.emotion_clicked.emit(0, 4)
    assert look() == 4
    panel.emotion_clicked.emit(0, 4)
    assert look() is None


def test_an_empty_folder_ends_a_run_that_began_with_it(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    with qtbot.waitSignal(desk.window.page_control.failed, timeout=WAIT_MS) as failed:
        desk.window.page_control.open_photos([tmp_path])
    assert "holds no images" in failed.args[0]


def test_the_keys_of_every_page_are_told(desk: Desk) -> None:
    desk.window.actions_.keys.trigger()
    dialog = next(one for one in desk.window.findChildren(TextDialog) if one.isVisible())
    labels = [label for label in dialog.findChildren(QLabel) if label.text()]
    told = {label.text() for label in labels}
    assert {"Play or pause", "Large: move it", "Save snapshot", "[ ]"} <= told
    for label in labels:
        assert label.width() >= label.sizeHint().width(), f"{label.text()} is cut"
    dialog.close()


def test_a_row_that_asks_why_chooses_its_face_too(desk: Desk, qtbot: Any) -> None:
    live(desk, qtbot)
    qtbot.waitUntil(lambda: bool(desk.window.panel.cards), timeout=WAIT_MS)
    desk.window.actions_.why.trigger()
    for _ in range(2):
        desk.window.panel.emotion_clicked.emit(0, 3)
        assert desk.window.chosen_face.chosen == 0
    desk.window.panel.emotion_clicked.emit(0, 3)
    desk.window.actions_.why.trigger()
    assert desk.window.feed.look.emotion is None


def test_what_was_chosen_as_a_recording_is_opened_as_one(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    live(desk, qtbot)
    odd = tmp_path / "film.ts"
    odd.write_bytes(b"no film")
    desk.window.files._recording([odd])
    assert desk.window.pages.current == pages.RECORDINGS
    folder = tmp_path / "holiday.mov"
    folder.mkdir()
    photo(folder)
    desk.window.files.open([folder])
    assert desk.window.pages.current == pages.PHOTOS
    desk.window.actions_.live.trigger()
    desk.window.files.open([odd])
    assert desk.window.pages.current == pages.RECORDINGS
