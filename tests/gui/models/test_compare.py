"""Two models side by side: by their records, and read by a real child on the same faces."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import psutil
import pytest
import training_data
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from fer_desktop.gui.models import words
from fer_desktop.gui.models.compare_page import ComparePage
from fer_desktop.gui.models.window import ModelsWindow
from fer_desktop.modelstore.manifest import Manifest
from tests.gui.models.steps import CLICK, WAIT_MS, Add, Start, opened, pick


def compared(desk: Start, add: Add, qtbot: Any) -> tuple[ModelsWindow, ComparePage]:
    add("run-1", 0.61, name="Evening run", architecture={"name": "resnet-16", "parameters": 270_000})
    add("friend", 0.93, imported={"file": "friend.zip", "at": "2026-02-03T04:05:06+00:00"})
    window = opened(desk(), qtbot)
    pick(window, "friend", qtbot)
    qtbot.mouseClick(window.list_page.compare_button, CLICK)
    return window, window.compare_page


def test_the_records_stand_side_by_side_at_once(desk: Start, add: Add, qtbot: Any) -> None:
    window, page = compared(desk, add, qtbot)
    assert page.isVisible() and [title.text() for title in page.titles] == ["friend", "default"], (
        "the one in use is first"
    )
    lines = {cells[0].text(): (cells[1].text(), cells[2].text()) for cells in page.cells}
    assert lines["Accuracy"] == ("93.0\u00a0%", "68.2\u00a0%") and lines["Network"][1] == "resnet-64, 2,220,615 weights"
    assert lines["Learnt from"] == ("not known", "28,358 faces of fer2013.csv, fer2013new.csv")
    assert "friend was imported: its figures come with it" in page.note.text()
    assert "friend 90\u00a0%, default 89\u00a0%" in page.recalls.accessibleDescription()

    page.second.setFocus()
    qtbot.keyClick(page.second, Qt.Key.Key_End)
    assert page.titles[1].text() == "Evening run" and page.cells[2][2].text() == "61.0\u00a0%"
    page.second.setCurrentIndex(page.first.currentIndex())
    assert not page.file.isEnabled() and page.measure.text() == "Choose two different models."
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.isVisible() and window.list_page.isVisible(), "Esc leads back before it closes"


def test_both_are_measured_on_the_same_faces(
    desk: Start, add: Add, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, page = compared(desk, add, qtbot)
    data = training_data.write_csv(tmp_path / "fer2013.csv")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(data), ""))
    qtbot.mouseClick(page.file, CLICK)
    assert page.wait.isVisible() and page.cancel.isVisible() and not page.file.isVisible()
    qtbot.waitUntil(lambda: page._child is None, timeout=60_000)
    assert page.result is not None, page.warning.text.text()
    assert page.result["n"] == 70 and page.result["model"] == "friend" and page.result["against"]["model"] == "default"
    assert page.comparison.isVisible() and page.headline.text() and "Of 70 faces friend reads" in page.why.text()
    shown = page.comparison.cells[0][1].text()
    assert shown == f"{100 * page.result['accuracy']:.1f}\u00a0%" and page.comparison.differing.count > 0
    report = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(report), ""))
    qtbot.mouseClick(page.save, CLICK)
    assert page.saved.text() == f"Saved as {report}"
    written = report.read_text("utf-8")
    assert "<h1>friend against default</h1>" in written and page.headline.text() in written and shown in written
    assert "fer2013.csv" in written and "In use" not in written, "neither is the new one"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path), ""))
    qtbot.mouseClick(page.save, CLICK)
    assert page.saved.text().startswith(f"Not saved as {tmp_path}: ")
    page.second.setCurrentIndex(1)
    assert page.result is None and not page.comparison.isVisible(), "it was of other two"
    assert not page.save.isVisible() and not page.saved.text()


def test_measuring_is_cancelled_and_its_failure_told(
    desk: Start, add: Add, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window, page = compared(desk, add, qtbot)
    page.measure_on(tmp_path)
    child = psutil.Process(page._child.pid)  # type: ignore[union-attr]
    qtbot.mouseClick(page.cancel, CLICK)
    assert not page.wait.isVisible() and page.file.isVisible()
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "nowhere"))
    qtbot.mouseClick(page.folder, CLICK)
    qtbot.waitUntil(lambda: bool(page.warning.text.text()), timeout=WAIT_MS)
    assert "nowhere" in page.warning.text.text() and "\n" not in page.warning.text.text()
    page.measure_on(tmp_path)
    child = psutil.Process(page._child.pid)  # type: ignore[union-attr]
    window.close()
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("accuracy", ["0.9", math.nan, math.inf, -0.1, 1.5, 10**400, True, None, [0.9]])
def test_a_record_from_elsewhere_is_not_believed_blindly(accuracy: object) -> None:
    record = {"x\u202e\n" * 100: {"accuracy": accuracy}, "PublicTest": {"accuracy": 0.5, "n": -3, "recall": [1]}}
    found = words.figures(Manifest("id", "2026-01-01", {}, metrics=record))
    assert found is not None and (found.split, found.n, found.accuracy) == ("PublicTest", None, 0.5)
    assert set(found.recall.values()) == {None}


def test_odd_values_of_a_record_are_shown_as_far_as_they_go() -> None:
    manifest = Manifest(
        "id", "never", {}, architecture={"name": "a\nb" * 50, "parameters": "many"},
        data={"sources": {f"{n}.csv": "" for n in range(9)}, "trained_on": 1 << 80}, training={"minutes": math.inf},
    )  # fmt: skip
    assert words.network(manifest).startswith("a?ba?b") and words.network(manifest).endswith("…")
    assert words.learnt_from(manifest) == "0.csv, 1.csv, 2.csv, 3.csv, 5 more"
    assert words.trained_for(manifest) == "" and words.date("never") == "unknown date"
    assert words.figures(manifest) is None
