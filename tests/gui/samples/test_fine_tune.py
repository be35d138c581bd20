"""Fine-tune… from the plan to a model that is used, over a child that only acts as if it learnt."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from fer_desktop import resources
from fer_desktop.gui.samples.fine_tune_window import FineTuneWindow
from fer_desktop.gui.samples.fine_tuning import State
from fer_desktop.gui.samples.outcome_page import RED
from fer_desktop.gui.theme import DARK, LIGHT
from fer_desktop.gui.training import component
from fer_desktop.modelstore import places
from fer_desktop.modelstore.store import ModelStore
from fer_desktop.overlay import palette
from tests.gui.conftest import Desk
from tests.gui.samples.steps import CLICK, WAIT_MS, give, opened_fine_tuning

pytestmark = pytest.mark.usefixtures("fake_program")


def begin(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch, outcome: str) -> FineTuneWindow:
    monkeypatch.setenv("FAKE_OUTCOME", outcome)
    window = opened_fine_tuning(desk, qtbot)
    qtbot.mouseClick(window.forward, CLICK)
    assert window.page is window.run_page
    return window


def done(window: FineTuneWindow, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: window.page is window.result_page, timeout=WAIT_MS)


def leftovers() -> list[str]:
    folder = resources.user_models_dir()
    return [path.name for path in folder.iterdir() if path.name != places.LOCK_FILE] if folder.exists() else []


def test_the_plan_says_what_will_happen_and_remembers_the_base_data(
    desk: Desk, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened_fine_tuning(desk, qtbot)
    page = window.plan_page
    assert "24 samples: happy 12, sad 12." in page.what.text() and "angry" in page.more.text()
    assert page.start_from.text() == "default" and page.path.text() == "None"
    assert "not measured" in page.base_note.text()
    base, noted = tmp_path / "fer2013.csv", tmp_path / "arguments.json"
    base.write_text("emotion,pixels,Usage\n", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(base), ""))
    qtbot.mouseClick(page.choose_file, CLICK)
    assert page.path.text() == str(base) and desk.saved().base_data == str(base)
    monkeypatch.setenv("FAKE_ARGUMENTS", str(noted))
    qtbot.mouseClick(window.forward, CLICK)
    done(window, qtbot)
    given = json.loads(noted.read_text(encoding="utf-8"))
    assert given["data"] == [str(base)] and given["samples"] == str(resources.user_samples_dir())
    assert Path(given["model"]).name == "default" and given["events"] == "-" and given["background"]
    assert Path(given["out"]).parent == resources.user_models_dir()
    window.close()
    desk.window.samples.open_fine_tuning()
    again = desk.window.samples.tune_window
    assert again is not None and again.plan_page.path.text() == str(base), "prefilled"
    qtbot.mouseClick(again.plan_page.none, CLICK)
    assert desk.saved().base_data == "" and again.plan_page.path.text() == "None"


def test_base_data_that_is_gone_is_told_before_it_starts(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    give("happy", 3)
    give("sad", 3)
    desk.window.settings.base_data = str(tmp_path / "gone.csv")
    desk.window.samples.open_fine_tuning()
    window = desk.window.samples.tune_window
    assert window is not None
    qtbot.waitUntil(lambda: window.plan_page.model is not None, timeout=WAIT_MS)
    assert "gone.csv is not there any more" in window.plan_page.warning.text.text()
    assert not window.forward.isEnabled()
    qtbot.mouseClick(window.plan_page.none, CLICK)
    qtbot.waitUntil(window.forward.isEnabled, timeout=WAIT_MS)


def test_a_model_that_cannot_learn_more_is_told_before_it_starts(desk: Desk, qtbot: Any) -> None:
    window = opened_fine_tuning(desk, qtbot)
    page = window.plan_page
    assert page.model is not None
    files = {name: known for name, known in page.model.manifest.files.items() if name != "model.keras"}
    page.show_model(replace(page.model, manifest=replace(page.model.manifest, files=files)))
    assert "cannot learn more" in page.warning.text.text() and not window.forward.isEnabled()


def test_without_samples_there_is_nothing_to_start(desk: Desk, qtbot: Any) -> None:
    desk.window.samples.open_fine_tuning()
    window = desk.window.samples.tune_window
    assert window is not None
    qtbot.waitUntil(lambda: window.plan_page.model is not None, timeout=WAIT_MS)
    assert "no samples yet" in window.plan_page.what.text() and not window.forward.isEnabled()


def test_by_keyboard_to_a_better_model_that_is_used_and_left_again(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.world.active_model = "default"
    desk.start()
    qtbot.waitUntil(lambda: desk.window.session.model is not None, timeout=WAIT_MS)
    window = opened_fine_tuning(desk, qtbot)
    window.activateWindow()
    qtbot.waitUntil(lambda: window.focusWidget() is window.forward, timeout=WAIT_MS)
    qtbot.keyClick(window.forward, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.run_page.note.text().startswith("Learning: round"), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.run_page.bar.value() > 0, timeout=WAIT_MS)
    done(window, qtbot)
    page = window.result_page
    assert page.headline.text() == "It reads your face better" and page.headline.styleSheet() == ""
    assert page.own.text() == "50.0\u00a0% → 83.3\u00a0% read right (+33.3 points)"
    assert page.own_note.text().startswith("6 samples held out")
    assert "They come from the same hold as learnt ones: another day's may be read less well." in page.own_note.text()
    assert "default, my face" in page.name.text()
    assert page.base.text() == "68.2\u00a0% → 67.9\u00a0% read right (−0.3 points)"
    assert "3,589 faces" in page.base_note.text() and page.base.styleSheet() == ""
    assert window.forward.isDefault() and window.focusWidget() is window.forward
    new = window.run.target.name
    desk.world.models[str(window.run.target)] = desk.world.make_classifier(new)
    qtbot.keyClick(window.forward, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.window.samples.tune_window is None, timeout=WAIT_MS)
    assert ModelStore.default().active().id == new
    assert "Now using" in desk.window.info.text.text() and desk.window.info.action.text() == "Go back"
    qtbot.mouseClick(desk.window.info.action, CLICK)
    qtbot.waitUntil(lambda: ModelStore.default().active().id == "default", timeout=WAIT_MS)


@pytest.mark.parametrize(
    ("outcome", "headline", "red"),
    [
        ("worse", "It reads your face better, and other faces worse", "base"),
        ("nothing", "It has gained nothing", "own"),
    ],
)
def test_a_model_that_is_not_better_is_said_in_red_and_not_the_default(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch, outcome: str, headline: str, red: str
) -> None:
    window = begin(desk, qtbot, monkeypatch, outcome)
    done(window, qtbot)
    page = window.result_page
    assert page.headline.text() == headline
    for preference, theme in (("dark", DARK), ("light", LIGHT)):
        desk.window._themes.prefer(preference)
        for text in (page.headline, getattr(page, red)):
            assert RED[theme.dark] in text.styleSheet()
        assert palette.contrast(RED[theme.dark], theme.card) >= 4.5
        assert palette.contrast(RED[theme.dark], theme.window) >= 4.5
    assert window.keep.isDefault() and not window.forward.isDefault()
    qtbot.mouseClick(window.keep, CLICK)
    assert desk.window.samples.tune_window is None and ModelStore.default().active().id == "default"


def test_what_was_not_measured_is_not_made_up(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window = begin(desk, qtbot, monkeypatch, "unmeasured")
    done(window, qtbot)
    page = window.result_page
    assert page.base.text() == "Not measured" and "No base data set was given" in page.base_note.text()
    assert window.forward.isDefault()


def test_base_data_that_was_not_used_is_told(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk.window.settings.base_data = str(tmp_path)
    window = begin(desk, qtbot, monkeypatch, "unmeasured")
    done(window, qtbot)
    page = window.result_page
    assert page.base.text() == "Not measured" and "was not used" in page.base_note.text()
    assert page.remarks.text() == "The data takes too long to read." and page.remarks.isVisible()


@pytest.mark.parametrize(("outcome", "why"), [("error", "There are 3 samples."), ("silent", "no memory left")])
def test_an_error_is_told_in_its_own_words(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch, outcome: str, why: str
) -> None:
    window = begin(desk, qtbot, monkeypatch, outcome)
    qtbot.waitUntil(lambda: window.run.state is State.FAILED, timeout=WAIT_MS)
    assert why in window.run_page.warning.text.text() and leftovers() == []
    qtbot.mouseClick(window.back, CLICK)
    assert window.page is window.plan_page and window.forward.isEnabled()


def test_stop_leaves_nothing(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window = begin(desk, qtbot, monkeypatch, "slow")
    qtbot.waitUntil(lambda: window.run.share > 0.2, timeout=WAIT_MS)
    qtbot.mouseClick(window.stop, CLICK)
    qtbot.waitUntil(lambda: window.run.state is State.STOPPED, timeout=WAIT_MS)
    assert window.run_page.headline.text() == "Stopped" and leftovers() == []


def test_what_does_not_heed_is_stopped_at_once(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window = begin(desk, qtbot, monkeypatch, "deaf")
    qtbot.waitUntil(lambda: window.run.share > 0.2, timeout=WAIT_MS)
    qtbot.mouseClick(window.stop, CLICK)
    assert window.stop.text().replace("&", "") == "Stop at once"
    qtbot.mouseClick(window.stop, CLICK)
    qtbot.waitUntil(lambda: window.run.state is State.STOPPED, timeout=WAIT_MS)
    assert leftovers() == []


def test_closing_the_window_asks(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window = begin(desk, qtbot, monkeypatch, "slow")
    qtbot.waitUntil(lambda: window.run.share > 0.2, timeout=WAIT_MS)
    child = psutil.Process(window.run._child.pid)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.question is not None and window.isVisible()
    qtbot.mouseClick(window.question.leaving, CLICK)
    assert window.isVisible() and window.run.active
    qtbot.mouseClick(window.close_button, CLICK)
    assert window.question is not None
    qtbot.mouseClick(window.question.doing, CLICK)
    assert not window.isVisible()
    qtbot.waitUntil(lambda: desk.window.samples.tune_window is None, timeout=WAIT_MS)
    assert leftovers() == [] and (not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_without_the_training_component_there_is_a_way_to_it(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(component, "missing", lambda: ["keras"])
    monkeypatch.setattr(component, "too_new", lambda: False)
    give("happy", 3)
    desk.window.samples.open_fine_tuning()
    window = desk.window.samples.tune_window
    assert window is not None and window.page is window.install_page
    assert "about 2 GB" in window.install_page.text.text() and window.install_page.install.isVisible()
    assert not window.forward.isEnabled()


def test_a_model_that_cannot_be_used_is_told(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window = begin(desk, qtbot, monkeypatch, "better")
    done(window, qtbot)
    (window.run.target / "model.onnx").write_bytes(b"damaged")
    qtbot.mouseClick(window.forward, CLICK)
    qtbot.waitUntil(window.result_page.warning.isVisible, timeout=WAIT_MS)
    assert "is not in use" in window.result_page.warning.text.text() and window.isEnabled()
    assert ModelStore.default().active().id == "default"
