"""Drive the real window with clicks through retrainings and changes of the model, and tell what that cost it.

python packaging/drive_retrain.py --data PATH [--retrains N] [--switches N] [--source demo|FILE] [--network NAME]
                                  [--preset quick|standard|thorough] [--epochs N] [--settle SECONDS]

One JSON object a line on stdout: "ready", a "training" and a "retrained" for each run, a "switched" every ten changes,
"done". Each holds the window's own memory in MB and the longest 1 % of the gaps between two turns of its timer.
Settings and models are those of the home folder it runs in: give it an empty one.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import psutil
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from fer_desktop import app, opencv_environment, resources
from fer_desktop.gui import display
from fer_desktop.gui.main_window import MainWindow
from fer_desktop.gui.retrain.training_run import State
from fer_desktop.gui.sources import Choice
from fer_desktop.gui.theme import ThemeKeeper
from fer_desktop.live.memory import share_heaps
from fer_desktop.modelstore.store import ModelStore
from fer_desktop.settings.store import SettingsStore

CLICK: Final = Qt.MouseButton.LeftButton
SOON_S: Final = 300.0


def until(condition: Callable[[], object], within_s: float = SOON_S) -> None:
    """Let the window live until then. Ends the program where it never comes."""
    deadline_s = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline_s:
            raise SystemExit(f"waited {within_s:.0f} s in vain")
        QTest.qWait(20)


class Driver:
    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self._started_s = time.monotonic()

    def tell(self, event: str, **values: Any) -> None:
        counted = self.window.session.statistics()
        memory = psutil.Process().memory_info().rss / 1e6
        line = {
            "event": event,
            "seconds": round(time.monotonic() - self._started_s, 1),
            "rss_mb": round(memory, 1),
            "gui_gap_p99_ms": counted.gui_gap.p99,
            "model": self.window.toolbar.model_name,
            **values,
        }
        print(json.dumps(line), flush=True)

    def retrain(self, data: Path, preset: str, network: str | None, epochs: int | None, number: int) -> None:
        """From the menu to a model that reads the live picture."""
        self.window.actions_.retrain.trigger()
        control = self.window.retraining
        dialog = control.dialog
        assert dialog is not None
        until(dialog.isVisible)
        # A file dialog of the system cannot be clicked from here.
        if data.is_dir():
            QFileDialog.getExistingDirectory = staticmethod(lambda *_, **__: str(data))  # type: ignore[method-assign]
            QTest.mouseClick(dialog.data_page.add_folder, CLICK)
        else:
            QFileDialog.getOpenFileName = staticmethod(lambda *_, **__: (str(data), ""))  # type: ignore[method-assign]
            QTest.mouseClick(dialog.data_page.add_file, CLICK)
        until(dialog.forward.isEnabled)
        QTest.mouseClick(dialog.forward, CLICK)
        plan = dialog.plan_page
        plan.presets[preset].click()
        QTest.mouseClick(plan.more, CLICK)
        if network is not None:
            plan.network.setCurrentIndex(plan.network.findData(network))
        if epochs is not None:
            plan.epochs.setValue(epochs)
        QTest.mouseClick(dialog.forward, CLICK)
        run = control.run
        self.tell("training", number=number, pid=run._child.pid if run._child is not None else None)
        until(lambda: not run.active, within_s=7200)
        if run.state is not State.DONE:
            raise SystemExit(f"the training ended with {run.state}: {run.problem}")
        figures = run.history[-1]
        until(lambda: dialog.forward.isEnabled() and dialog.result_page.result is not None)
        result = dialog.result_page.result
        assert result is not None
        new = run.target.name
        QTest.mouseClick(dialog.forward, CLICK)
        until(lambda: ModelStore.default().active().id == new)
        until(lambda: f"model {new}" in self.window.status.text)
        until(lambda: control.dialog is None)
        compared = {name: result[name] for name in ("n", "accuracy")} | {"before": result["against"]["accuracy"]}
        self.tell("retrained", number=number, id=new, epochs=figures["epoch"], **compared)

    def switch(self, times: int) -> None:
        """From one of the models to the next, as a person would who tries them."""
        store = ModelStore.default()
        names = [folder.id for folder in store.models()]
        for number in range(1, times + 1):
            name = store.activate(names[number % len(names)]).id
            self.window.live.change_model(None)
            self._wait_for(name)
            QTest.qWait(200)
            if number % 10 == 0:
                self.tell("switched", number=number)

    def _wait_for(self, model: str) -> None:
        session = self.window.session
        until(lambda: session.model is not None and session.model.id == model)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--source", default="demo")
    parser.add_argument("--retrains", type=int, default=1)
    parser.add_argument("--switches", type=int, default=0)
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--network")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--settle", type=float, default=5.0, help="SECONDS at work before its memory is told")
    args = parser.parse_args()
    share_heaps()
    opencv_environment.prepare()
    display.prepare(timed_run=True)
    application = QApplication(sys.argv[:1])
    store = SettingsStore(resources.settings_file())
    window = MainWindow(app.composition(), store, ThemeKeeper(application, store.settings.theme))
    window.show()
    driver = Driver(window)
    window.start(Choice.parse(args.source))
    until(lambda: window.session.model is not None)
    QTest.qWait(round(args.settle * 1000))
    driver.tell("ready")
    for number in range(1, args.retrains + 1):
        driver.retrain(args.data.resolve(), args.preset, args.network, args.epochs, number)
    driver.switch(args.switches)
    QTest.qWait(3000)
    driver.tell("done")
    window.close()


if __name__ == "__main__":
    main()
