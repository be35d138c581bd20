"""My samples…: look through them, put them right, delete, take along; thousands of them as well."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QAbstractButton, QFileDialog

from fer_desktop import resources
from fer_desktop.core import emotions
from fer_desktop.gui.retrain.data_page import DataPage
from fer_desktop.gui.samples import pictures
from fer_desktop.gui.samples.window import SamplesWindow
from fer_desktop.gui.theme import LIGHT
from fer_desktop.samples import Sample, SampleStore
from tests.gui.conftest import Desk
from tests.gui.samples.steps import (
    CLICK,
    WAIT_MS,
    at_rest,
    files,
    give,
    living_view,
    opened_samples,
    select,
    shown,
    stored,
)


def show(window: SamplesWindow, emotion: str) -> None:
    window.kinds.setCurrentRow(emotions.NAMES.index(emotion) + 1)


def picture_of(window: SamplesWindow, sample: Sample) -> QImage | None:
    return window.model.pictures.of(sample.path, sample)


def test_empty_it_says_how_to_collect(desk: Desk, qtbot: Any) -> None:
    window = opened_samples(desk, qtbot)
    assert "no samples yet" in window.empty.text() and window.empty.isVisible()
    for button in (window.delete_all, window.export, window.tune_button, window.delete, window.move_to):
        assert not button.isEnabled()
    qtbot.mouseClick(window.collect_button, CLICK)
    assert desk.window.samples.collecting.strip is not None and desk.window.samples.collecting.strip.isVisible()


def test_by_emotion_with_counts_and_pictures(desk: Desk, qtbot: Any) -> None:
    give("happy", 5)
    give("fear", 2)
    window = opened_samples(desk, qtbot)
    assert [window.kinds.item(row).text().split() for row in (0, 3, 4)] == [["All", "7"], ["Fear", "2"], ["Happy", "5"]]
    assert window.headline.text() == "All: 7 samples"
    show(window, "fear")
    assert {one.emotion for one in shown(window)} == {"fear"} and window.headline.text() == "Fear: 2 samples"
    qtbot.waitUntil(lambda: picture_of(window, shown(window)[0]) is not None, timeout=WAIT_MS)
    image = picture_of(window, shown(window)[0])
    assert image is not None and image.pixelColor(5, 5).red() in (5, 6)
    show(window, "angry")
    assert window.empty.isVisible() and "no samples of Angry" in window.empty.text()
    assert str(resources.user_samples_dir()) in window.where.text()


def test_relabel_by_key_and_by_menu(desk: Desk, qtbot: Any) -> None:
    give("happy", 4)
    window = opened_samples(desk, qtbot)
    window.activateWindow()
    select(window, [0, 2])
    names = {window.model.sample(row).path.name for row in (0, 2)}
    assert window.headline.text() == "All: 4 samples, 2 selected"
    qtbot.keyClick(window.grid, Qt.Key.Key_5)
    at_rest(desk, qtbot)
    assert {one.path.name for one in stored("sad")} == names and len(stored("happy")) == 2
    qtbot.waitUntil(lambda: len({one.emotion for one in shown(window)}) == 2, timeout=WAIT_MS)
    show(window, "happy")
    select(window, [0])
    window.relabel_menu.actions()[1].trigger()
    at_rest(desk, qtbot)
    assert len(stored("disgust")) == 1 and "1 sample now under Disgust." in window.said.text()
    qtbot.waitUntil(lambda: window.model.rowCount() == 1, timeout=WAIT_MS)


def test_export_is_one_archive_and_replaces_nothing(
    desk: Desk, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give("happy", 2)
    give("sad", 1)
    window = opened_samples(desk, qtbot)
    target = tmp_path / "mine.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(target), ""))
    qtbot.mouseClick(window.export, CLICK)
    at_rest(desk, qtbot)
    assert window.said.text() == f"Exported as {target}"
    names = zipfile.ZipFile(target).namelist()
    assert sorted(name.split("/")[0] for name in names) == ["happy", "happy", "sad"]
    before = target.read_bytes()
    qtbot.mouseClick(window.export, CLICK)
    at_rest(desk, qtbot)
    assert "mine.zip exists" in window.warning.text.text() and window.warning.isVisible()
    assert target.read_bytes() == before and window.said.text() == ""


@pytest.mark.parametrize(("given", "written"), [("mine", "mine.zip"), ("mine.ZIP", "mine.ZIP")])
def test_an_export_without_a_suffix_is_named_as_an_archive(
    desk: Desk, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, written: str
) -> None:
    give("happy", 1)
    window = opened_samples(desk, qtbot)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / given), ""))
    qtbot.mouseClick(window.export, CLICK)
    at_rest(desk, qtbot)
    assert zipfile.is_zipfile(tmp_path / written) and window.said.text() == f"Exported as {tmp_path / written}"


def test_new_samples_come_without_losing_the_selection(desk: Desk, qtbot: Any) -> None:
    give("happy", 3)
    living_view(desk, qtbot)
    window = opened_samples(desk, qtbot)
    select(window, [1])
    chosen = window.model.sample(1)
    desk.window.samples.correct("sad")
    qtbot.waitUntil(lambda: window.model.rowCount() == 4, timeout=WAIT_MS)
    assert window.model.sample(0).emotion == "sad" and window.grid.chosen() == [chosen]
    desk.window.samples.undo()
    qtbot.waitUntil(lambda: window.model.rowCount() == 3, timeout=WAIT_MS)
    assert window.grid.chosen() == [chosen]


def test_a_damaged_picture_is_shown_as_such(desk: Desk, qtbot: Any) -> None:
    give("happy", 1)
    path = files()[0]
    path.write_bytes(path.read_bytes()[:40])
    window = opened_samples(desk, qtbot)
    assert window.model.rowCount() == 1
    sample = window.model.sample(0)
    qtbot.waitUntil(lambda: picture_of(window, sample) is not None, timeout=WAIT_MS)
    image = picture_of(window, sample)
    assert image is not None and image.isNull()
    window.grid.grab()


def test_the_folder_is_opened_or_it_is_said_that_it_cannot(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    give("happy", 1)
    window = opened_samples(desk, qtbot)
    asked: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(asked.append(url.toLocalFile())))
    qtbot.mouseClick(window.show_folder, CLICK)
    assert asked == [str(resources.user_samples_dir())] and "could not be opened" in window.warning.text.text()


def test_thousands_do_not_hold_up_the_window(desk: Desk, qtbot: Any) -> None:
    """Five thousand: the longest turn of the event loop stays short, and few pictures are read."""
    give("happy", 1)
    source = files()[0]
    stem, _, _ = source.stem.rpartition("-")
    for number in range(5000):
        os.link(source, source.with_name(f"{stem}-{number:08x}.png"))
    memory_mb = psutil.Process().memory_info().rss / 1e6
    desk.window.actions_.my_samples.trigger()
    window = desk.window.samples.samples_window
    assert window is not None
    longest, until = 0.0, time.monotonic() + 20
    while window.model.rowCount() < 5001 and time.monotonic() < until:
        began = time.monotonic()
        qtbot.wait(5)
        longest = max(longest, time.monotonic() - began)
    assert window.model.rowCount() == 5001
    for place in range(0, 101, 5):
        began = time.monotonic()
        bar = window.grid.verticalScrollBar()
        bar.setValue(bar.maximum() * place // 100)
        qtbot.wait(5)
        longest = max(longest, time.monotonic() - began)
    # A turn takes 5 ms of waiting; the rest is the window's. Ten times what it takes on an idle machine.
    assert longest < 0.5, longest
    shown_at_once = (window.grid.width() // 88) * (window.grid.height() // 104 + 2)
    assert len(window.model.pictures._asked) <= pictures.MOST_ASKED
    assert len(window.model.pictures._there) <= 25 * shown_at_once
    assert psutil.Process().memory_info().rss / 1e6 - memory_mb < 60


def test_controls_have_names_and_themes(desk: Desk, qtbot: Any) -> None:
    give("happy", 2)
    window = opened_samples(desk, qtbot)
    for button in window.findChildren(QAbstractButton):
        if button.focusPolicy() & Qt.FocusPolicy.TabFocus:
            assert button.text() or button.accessibleName(), button
    assert window.grid.accessibleName() and window.kinds.accessibleName()
    desk.window._themes.prefer("light")
    assert window.grid.cell.theme is LIGHT
    window.close()
    assert desk.window.samples.samples_window is None


def test_the_retrain_window_can_add_them(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from fer_desktop.gui.training import component

    monkeypatch.setattr(component, "missing", lambda: [])
    monkeypatch.setattr(DataPage, "_read", lambda self: self._show())
    desk.window.actions_.retrain.trigger()
    dialog = desk.window.retraining.dialog
    assert dialog is not None
    button = dialog.data_page.add_samples
    qtbot.waitUntil(lambda: button._task is None, timeout=WAIT_MS)
    assert not button.isEnabled() and button.text().replace("&", "") == "Add my samples (0)"
    dialog.close()
    give("happy", 3)
    desk.window.actions_.retrain.trigger()
    dialog = desk.window.retraining.dialog
    assert dialog is not None
    button = dialog.data_page.add_samples
    qtbot.waitUntil(button.isEnabled, timeout=WAIT_MS)
    assert button.text().replace("&", "") == "Add my samples (3)"
    qtbot.mouseClick(button, CLICK)
    assert dialog.data_page.data.paths == (SampleStore.default().folder,)
    dialog.close()
