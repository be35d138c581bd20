"""A whole run: first-run notice, timed runs, damaged settings, defects, no display."""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from fer_desktop import resources
from fer_desktop.core.errors import Cancelled, InputError, MissingComponentError, ModelError
from fer_desktop.gui import display
from fer_desktop.gui.app import run
from fer_desktop.gui.composition import LiveOptions
from fer_desktop.gui.crash import CrashReporter, ReportDialog, log_to_file
from fer_desktop.gui.main_window import MainWindow
from fer_desktop.gui.page_control import PageControl
from fer_desktop.settings.store import SettingsStore
from tests.gui.fakes import FakeCamera, FakeWorld

pytestmark = pytest.mark.usefixtures("qapp")


def when(ready: Callable[[], object], then: Callable[[], object], after_ms: int = 100) -> None:
    """Call `then` that long after `ready` says so, from inside the program's event loop."""

    def look() -> None:
        if ready():
            QTimer.singleShot(after_ms, then)
        else:
            QTimer.singleShot(30, look)

    QTimer.singleShot(0, look)


def a_dialog_is_open() -> bool:
    return any(widget.isVisible() and isinstance(widget, QDialog) for widget in QApplication.topLevelWidgets())


def a_window_is_open() -> bool:
    return any(widget.isVisible() and isinstance(widget, MainWindow) for widget in QApplication.topLevelWidgets())


class Visitor:
    """Looks at the running program from inside its event loop, and closes it."""

    def __init__(self) -> None:
        self.dialogs: list[str] = []
        self.made: list[list[str]] = []
        self._timer = QTimer()

    def visit(self, world: FakeWorld, after_ms: int = 600, accept: bool = False) -> None:
        def look() -> None:
            shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
            for dialog in (widget for widget in shown if isinstance(widget, QDialog)):
                self.dialogs.append(dialog.windowTitle())
                self.made.append(list(world.made))
                if accept:
                    dialog.accept()
            QTimer.singleShot(300, QApplication.closeAllWindows)

        QTimer.singleShot(after_ms, look)


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    before = set(threading.enumerate())
    yield Visitor()
    left = [thread.name for thread in set(threading.enumerate()) - before if thread.is_alive()]
    assert not left, f"threads left running: {left}"


def test_the_notice_is_shown_once_and_before_any_camera_is_opened(visitor: Visitor) -> None:
    world = FakeWorld(cameras=[FakeCamera("Desk")])
    visitor.visit(world, accept=True)
    assert run(LiveOptions(), world.composition()) == 0
    assert visitor.dialogs == ["Before you start"]
    assert visitor.made == [[]]
    assert world.made == ["camera:Desk"]
    second = Visitor()
    second.visit(world)
    assert run(LiveOptions(), world.composition()) == 0
    assert second.dialogs == []


def test_a_notice_that_was_not_accepted_comes_again(visitor: Visitor) -> None:
    for _ in range(2):
        again = Visitor()
        again.visit(FakeWorld())
        run(LiveOptions(source="demo"), FakeWorld().composition())
        assert again.dialogs == ["Before you start"]


def notice() -> QDialog:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible())


def main_window() -> MainWindow:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible())


def close_by_its_frame(window: MainWindow) -> None:
    """Qt gives no way to send what a window manager sends; this is the test it makes of it."""
    modal = QApplication.activeModalWidget()
    assert modal is None, "Qt would not pass it on"
    window.close()


def quit_button() -> None:
    next(button for button in notice().findChildren(QPushButton) if button.text() == "Quit").click()


ENDINGS: dict[str, Callable[[], object]] = {
    "Esc": lambda: QTest.keyClick(notice(), Qt.Key.Key_Escape),
    "its frame": lambda: notice().close(),
    "Quit": quit_button,
    "Ctrl+Q": lambda: QTest.keyClick(notice(), Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier),
    # As the window manager asks for it: refused by Qt where a modal dialog stands before the window.
    "the window's frame": lambda: close_by_its_frame(main_window()),
    "a signal": lambda: os.kill(os.getpid(), signal.SIGTERM),
}


@pytest.mark.parametrize("source", [None, "demo", "camera:Desk", "face.jpg"])
def test_nothing_is_opened_or_read_behind_the_notice_nor_after_it_was_refused(
    source: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = FakeWorld(cameras=[FakeCamera("Desk")])
    read: list[Path] = []
    monkeypatch.setattr(PageControl, "open_photos", lambda self, paths: read.extend(paths))
    when(a_dialog_is_open, lambda: notice().reject(), after_ms=400)
    assert run(LiveOptions(source), world.composition()) == 0
    assert world.made == [] and read == []
    assert not SettingsStore(resources.settings_file()).settings.first_run_notice_seen


@pytest.mark.parametrize("how", ENDINGS)
def test_the_program_ends_with_the_notice_open(visitor: Visitor, how: str, capsys: Any) -> None:
    if how == "a signal" and sys.platform == "win32":
        pytest.skip("Windows has no such signals")
    late: list[bool] = []
    guard = QTimer()
    guard.setSingleShot(True)
    guard.timeout.connect(lambda: (late.append(True), QApplication.exit(9)))
    guard.start(20_000)
    when(a_dialog_is_open, ENDINGS[how])
    world = FakeWorld(cameras=[FakeCamera("Desk")])
    assert run(LiveOptions(), world.composition()) == 0
    guard.stop()
    assert not late and world.made == []
    assert not [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert capsys.readouterr().err == ""


def test_a_source_asked_for_after_the_end_is_left_alone(visitor: Visitor) -> None:
    def close_and_ask() -> None:
        window = main_window()
        window.close()
        window.live.choose_demo()

    QTimer.singleShot(500, close_and_ask)
    assert run(LiveOptions(), FakeWorld().composition()) == 0


def test_after_the_notice_the_window_takes_keys(visitor: Visitor) -> None:
    seen = []

    def agree() -> None:
        seen.append(main_window().isEnabled())
        notice().accept()
        when(lambda: main_window().feed.view is not None, look)

    def look() -> None:
        window = main_window()
        seen.extend([window.isEnabled(), window.focusWidget() is window.view, window.feed.view is not None])
        window.close()

    when(a_dialog_is_open, agree)
    assert run(LiveOptions("demo"), FakeWorld().composition()) == 0
    assert seen == [False, True, True, True]


def test_a_log_that_cannot_be_written_says_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with log_to_file():
        monkeypatch.setattr(logging.FileHandler, "_open", full)
        logging.getLogger("fer_desktop").warning("anything")
    assert "Logging error" not in capsys.readouterr().err


def test_a_timed_run_opens_no_dialog_ends_with_0_and_leaves_its_files(visitor: Visitor, tmp_path: Path) -> None:
    world = FakeWorld()
    seen = Visitor()
    QTimer.singleShot(500, lambda: seen.dialogs.extend(
        widget.windowTitle() for widget in QApplication.topLevelWidgets()
        if isinstance(widget, QDialog) and widget.isVisible()
    ))  # fmt: skip
    picture, stats = tmp_path / "s.png", tmp_path / "s.json"
    assert run(LiveOptions("demo", 1.0, picture, stats), world.composition()) == 0
    assert seen.dialogs == []
    assert QImage(str(picture)).width() >= 800
    values = json.loads(stats.read_text())
    assert values["schema"] == 1 and values["source"] == "Demo" and values["model"] == "fake"
    assert 0 < values["time_to_window"] <= values["time_to_first_frame"] <= values["time_to_first_label"]
    assert values["frames"]["displayed"] > 10
    assert values["labels"]["happy"] > 0
    assert values["gui_gap_ms"]["p50"] is not None and values["latency_ms"]["p95"] is not None
    assert not resources.settings_file().exists(), "a timed run leaves the settings alone"


def test_a_timed_run_that_cannot_show_its_source_says_why(visitor: Visitor) -> None:
    world = FakeWorld(cameras=[FakeCamera("Desk")], busy=("Desk",))
    with pytest.raises(InputError, match="Another program is using this camera"):
        run(LiveOptions("camera:Desk", 20.0), world.composition())
    assert world.made == ["camera:Desk"]


def test_a_timed_run_without_a_model_says_why(visitor: Visitor) -> None:
    world = FakeWorld()

    def broken() -> Any:
        raise ModelError("The model is damaged", "Fetch it again")

    composition = world.composition()
    composition = type(composition)(
        **{
            **{name: getattr(composition, name) for name in composition.__slots__},
            "make_live_pipeline": broken,
            "active_model": broken,
        }
    )
    with pytest.raises(InputError, match=r"The model is damaged\. Fetch it again"):
        run(LiveOptions("demo", 20.0), composition)


def test_each_run_leaves_the_log_as_it_found_it(visitor: Visitor) -> None:
    before = list(logging.getLogger().handlers)
    for _ in range(2):
        assert run(LiveOptions("demo", 0.2), FakeWorld().composition()) == 0
    assert logging.getLogger().handlers == before


def test_damaged_settings_are_told_once(visitor: Visitor, qtbot: Any) -> None:
    path = resources.settings_file()
    path.parent.mkdir(parents=True)
    path.write_text("{broken")
    said = []

    def look() -> None:
        shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
        window = next(widget for widget in shown if isinstance(widget, MainWindow))
        said.append(window.info.text.text())
        window.info.dismiss.click()
        said.append(window.info.text.text())
        QApplication.closeAllWindows()

    def accept_the_notice() -> None:
        next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog)).accept()
        when(lambda: main_window().feed.view is not None, look, after_ms=300)

    when(a_dialog_is_open, accept_the_notice)
    assert run(LiveOptions(), FakeWorld().composition()) == 0
    assert said[0].startswith("The settings could not be read, so the defaults are used.")
    assert "settings.damaged-1.json" in said[0]
    assert said[1] == "No camera found. This is the demo.", "what came meanwhile is shown after it"
    assert SettingsStore(path).damage is None


def test_a_defect_in_the_pipeline_ends_a_timed_run_with_1(visitor: Visitor) -> None:
    world = FakeWorld()

    def broken(_: Any) -> Any:
        raise ZeroDivisionError("a defect")

    world.pipeline.tracks = broken
    assert run(LiveOptions("demo", 0.8), world.composition()) == 1


def test_an_uncaught_exception_is_shown_once_and_can_be_copied(qtbot: Any, qapp: QApplication, capsys: Any) -> None:
    hooks = sys.excepthook, threading.excepthook
    reporter = CrashReporter(qapp, dialogs=True)
    try:
        for _ in range(3):
            try:
                raise RuntimeError("something unexpected")
            except RuntimeError as error:
                sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=lambda: 1 / 0, name="worker")
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: "ZeroDivisionError" in capsys.readouterr().err, timeout=3000)
        shown = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ReportDialog)]
        assert len(shown) == 1 and reporter.count == 4
        assert "RuntimeError: something unexpected" in shown[0].text.toPlainText()
        copy = next(button for button in shown[0].findChildren(QPushButton) if "Copy" in button.text())
        copy.click()
        assert "RuntimeError: something unexpected" in QGuiApplication.clipboard().text()
        shown[0].accept()
    finally:
        reporter.restore()
    assert (sys.excepthook, threading.excepthook) == hooks


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can be without a display")
def test_without_a_display_a_timed_run_is_offscreen_and_another_says_what_is_missing() -> None:
    environment: dict[str, str] = {}
    with pytest.raises(MissingComponentError, match=r"neither DISPLAY nor WAYLAND_DISPLAY.*--for SECONDS"):
        display.prepare(timed_run=False, environment=environment)
    display.prepare(timed_run=True, environment=environment)
    assert environment["QT_QPA_PLATFORM"] == "offscreen"
    with pytest.raises(MissingComponentError, match=":9731 does not answer"):
        display.prepare(timed_run=False, environment={"DISPLAY": ":9731"})
    kept = {"QT_QPA_PLATFORM": "minimal"}
    display.prepare(timed_run=False, environment=kept)
    assert kept == {"QT_QPA_PLATFORM": "minimal"}
    display.prepare(timed_run=False, environment={"WAYLAND_DISPLAY": "wayland-0"})


@pytest.mark.parametrize("value", ["bogus", "bogus;rubbish", ":", "xcbx"])
def test_a_platform_that_qt_does_not_have_is_told_and_not_tried(value: str) -> None:
    with pytest.raises(InputError, match=r"Unset it, or choose one of: .*offscreen") as told:
        display.prepare(timed_run=True, environment={"QT_QPA_PLATFORM": value})
    assert repr(value) in str(told.value)


@pytest.mark.parametrize("value", ["offscreen", "bogus;offscreen", "Offscreen:configfile=x", "wayland-egl", "minimal"])
def test_a_platform_that_qt_has_is_left_to_qt(value: str) -> None:
    if value.startswith("wayland") and not sys.platform.startswith("linux"):
        pytest.skip("Wayland is on Linux")
    environment = {"QT_QPA_PLATFORM": value}
    display.prepare(timed_run=True, environment=environment)
    assert environment == {"QT_QPA_PLATFORM": value}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_closes_the_window_in_order(visitor: Visitor, number: int) -> None:
    before = signal.getsignal(number)
    QTimer.singleShot(500, lambda: os.kill(os.getpid(), number))
    assert run(LiveOptions("demo"), FakeWorld().composition()) == 0
    assert signal.getsignal(number) is before


def test_an_interrupted_timed_run_is_a_cancelled_one(visitor: Visitor) -> None:
    QTimer.singleShot(500, lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(Cancelled):
        run(LiveOptions("demo", 20.0), FakeWorld().composition())


def test_the_window_is_there_before_anything_slow_is_imported() -> None:
    program = """
import sys
from PySide6.QtWidgets import QApplication
import fer_desktop.cli.live, fer_desktop.gui.app
from fer_desktop import app, resources
from fer_desktop.gui.main_window import MainWindow
from fer_desktop.gui.page_control import PageControl
from fer_desktop.gui.theme import ThemeKeeper
from fer_desktop.settings.store import SettingsStore
application = QApplication([])
window = MainWindow(app.composition(), SettingsStore(resources.settings_file()), ThemeKeeper(application, "dark"))
window.first_painted.connect(application.quit)
window.show()
application.exec()
slow = {"cv2", "mediapipe", "onnxruntime", "av", "PIL", "tensorflow", "keras", "pandas", "matplotlib"}
print(window.shown_at is not None, sorted(slow & set(sys.modules)))
window.close()
"""
    root = Path(resources.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "True []"
