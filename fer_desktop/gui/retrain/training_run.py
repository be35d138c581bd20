"""One training, whoever looks at it: started here, resumed, or watched while it goes on without a window."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from fer_desktop import resources
from fer_desktop.gui.composition import Training
from fer_desktop.gui.retrain import pending
from fer_desktop.gui.retrain.pending import SUFFIX, Stored
from fer_desktop.gui.training import commands
from fer_desktop.gui.training.child import Child
from fer_desktop.gui.training.commands import Data, Plan
from fer_desktop.gui.training.words import tr
from fer_desktop.modelstore import places
from fer_desktop.modelstore.manifest import FILE_NAME as MANIFEST

WATCH_MS: Final = 2000


class State(Enum):
    NONE = "none"
    STARTING = "starting"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"
    DONE = "done"


ACTIVE: Final = (State.STARTING, State.TRAINING, State.PAUSED, State.STOPPING)


class TrainingRun(QObject):
    """`changed` after each piece of news; `ended` when it is done, stopped or failed."""

    changed = Signal()
    ended = Signal()

    def __init__(self, parent: QObject, training: Callable[[], Training]) -> None:
        super().__init__(parent)
        self._training = training
        self._child: Child | None = None
        self._watch = QTimer(self)
        self._watch.setInterval(WATCH_MS)
        self._watch.timeout.connect(self._look)
        self._clear()

    def _clear(self) -> None:
        self.state = State.NONE
        self.target = Path()
        self.data = Data()
        self.epoch = self.epochs = self.step = self.steps = 0
        self.images_per_second: float | None = None
        self.history: list[dict[str, float]] = []
        """A line of figures for each whole epoch: epoch, loss, accuracy, training_accuracy, validation_loss."""
        self.losses: list[tuple[float, float]] = []
        """Within the epochs: (epochs done, mean training loss of the one under way)."""
        self.device = self.note = self.problem = ""
        self.scenes: tuple[int, int] | None = None
        self._left: tuple[float, float] | None = None
        self._cancelled = False

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def folder(self) -> Path:
        """Where it works until it is a model."""
        return self.target.with_name(self.target.name + SUFFIX)

    @property
    def watched(self) -> bool:
        """It goes on without a window: it can be stopped and not be paused."""
        return self.active and self._child is None

    @property
    def share(self) -> float:
        """Of the whole run, 0 to 1."""
        if not self.epochs:
            return 0.0
        within = self.step / self.steps if self.steps else 0.0
        return min((len(self.history) + within * (self.epoch > len(self.history))) / self.epochs, 1.0)

    def seconds_left(self) -> float | None:
        """None while that is not known."""
        if self._left is None:
            return None
        seconds, said_s = self._left
        passed_s = 0.0 if self.state is State.PAUSED else time.monotonic() - said_s
        return max(seconds - passed_s, 0.0)

    def memory_mb(self) -> float | None:
        return None if self._child is None else self._child.memory_mb()

    # What a person asks for

    def start(self, data: Data, plan: Plan) -> None:
        self._clear()
        self.data = data
        name = datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S")
        self.target = places.free_model_folder(resources.user_models_dir(), name)
        self._begin(commands.run(data, plan, self.target))

    def resume(self, stored: Stored) -> None:
        self._take(stored)
        self._begin(commands.resume(stored.folder))

    def watch(self, stored: Stored) -> None:
        """Follow a run that another process started."""
        self._take(stored)
        self.state = State.TRAINING
        self._estimate(stored)
        self._watch.start()
        self.changed.emit()

    def show_done(self, target: Path, data: Data) -> None:
        """A run that ended while no window looked."""
        self._clear()
        self.target, self.data, self.state = target, data, State.DONE
        self.changed.emit()

    def pause(self) -> None:
        if self._child is not None:
            self._child.say("pause")

    def go_on(self) -> None:
        if self._child is not None:
            self._child.say("resume")

    def stop(self) -> None:
        """Ask it to stop; asked again, it is ended at once. Its last whole epoch is kept either way."""
        if not self.active:
            return
        if self._child is None:
            pending.stop(self.folder, self._training().is_running)
        elif self.state is State.STOPPING:
            self._child.kill()
        else:
            self._child.say("cancel")
        self.state = State.STOPPING
        self.changed.emit()

    def leave(self) -> None:
        """Let it go on without this program."""
        self._watch.stop()
        if self._child is not None:
            self._child.leave()
            self._child = None

    def let_go(self) -> None:
        """Nobody looks any more: forget a run that has ended."""
        if not self.active and self.state is not State.NONE:
            self._clear()
            self.changed.emit()

    def discard(self) -> str:
        """Delete what is left of a run that stopped. Returns why that failed, or an empty text."""
        stored = self.stored()
        problem = "" if stored is None else pending.discard(stored)
        if not problem:
            pending.forget()
            self._clear()
            self.changed.emit()
        return problem

    def stored(self) -> Stored | None:
        return pending.read(self.folder, self._training().is_running)

    # Within

    def _take(self, stored: Stored) -> None:
        self._clear()
        self.target, self.data = stored.target, stored.data
        self.epoch, self.epochs, self.history = stored.epoch, stored.epochs, list(stored.history)

    def _begin(self, command: list[str]) -> None:
        self.state = State.STARTING
        pending.remember(self.target, self.data)
        child = Child(self, command, resources.log_dir() / "retrain.log")
        child.told.connect(self._told)
        child.ended.connect(lambda status: self._child_ended(child, status))
        self._child = child
        self.changed.emit()

    def _told(self, event: dict[str, Any]) -> None:
        handler = getattr(self, f"_on_{event.get('event')}", None)
        if handler is not None:
            handler(event)
            self.changed.emit()

    def _on_started(self, event: dict[str, Any]) -> None:
        where = f"{event['gpus']} × {event['device']}" if event["gpus"] > 1 else event["device"]
        self.device = f"{where}, {event['backend']}"
        self.epochs, self.epoch = event["epochs"], event["epoch"]
        self._working()

    def _on_note(self, event: dict[str, Any]) -> None:
        self.note = event["text"]
        if "seconds_left" in event:
            self._left = (float(event["seconds_left"]), time.monotonic())

    def _on_scenes(self, event: dict[str, Any]) -> None:
        self.scenes = (event["done"], event["total"])

    def _on_step(self, event: dict[str, Any]) -> None:
        self.scenes = None
        self.epoch, self.epochs = event["epoch"], event["epochs"]
        self.step, self.steps = event["step"], event["steps"]
        self.images_per_second = event["images_per_second"]
        self.losses.append((self.epoch - 1 + self.step / self.steps, event["loss"]))
        self._working()

    def _working(self) -> None:
        if self.state in (State.STARTING, State.PAUSED):
            self.state = State.TRAINING

    def _on_paused(self, event: dict[str, Any]) -> None:
        self._left = None if (seconds := self.seconds_left()) is None else (seconds, time.monotonic())
        if self.state is not State.STOPPING:
            self.state = State.PAUSED

    def _on_resumed(self, event: dict[str, Any]) -> None:
        if self._left is not None:
            self._left = (self._left[0], time.monotonic())
        if self.state is State.PAUSED:
            self.state = State.TRAINING

    def _on_epoch(self, event: dict[str, Any]) -> None:
        names = ("epoch", "loss", "accuracy", "training_accuracy", "validation_loss")
        self.history.append({name: event[name] for name in names})
        self.epoch, self.epochs = event["epoch"], event["epochs"]
        self.step = self.steps
        self.images_per_second = event["images_per_second"]
        self._left = (float(event["seconds_left"]), time.monotonic())

    def _on_done(self, event: dict[str, Any]) -> None:
        self.target = Path(event["path"])
        self.state = State.DONE
        self.ended.emit()

    def _on_error(self, event: dict[str, Any]) -> None:
        self.problem, self._cancelled = event["text"], bool(event.get("cancelled"))

    def _child_ended(self, child: Child, status: int) -> None:
        child.deleteLater()
        if child is not self._child:
            return  # of a run that was done, while another has begun
        self._child = None
        # Done already, and perhaps forgotten since: a process ends a moment after its last word.
        if self.active:
            asked = self._cancelled or self.state is State.STOPPING
            if not asked and not self.problem:
                unknown = tr("The training ended without a word (exit status {n}).").format(n=status)
                self.problem = child.reason() or unknown
            self.state = State.STOPPED if asked else State.FAILED
            if not self.folder.exists():
                pending.forget()
            self.ended.emit()
        self.changed.emit()

    def _look(self) -> None:
        """News of a run that is only watched, from its folder."""
        stored = self.stored()
        if stored is not None and stored.running:
            self.epoch, self.history = stored.epoch, list(stored.history)
            self._estimate(stored)
            self.changed.emit()
            return
        self._watch.stop()
        if (self.target / MANIFEST).is_file():
            self.state = State.DONE
        else:
            asked = self.state is State.STOPPING
            self.state = State.STOPPED if asked else State.FAILED
            self.problem = "" if asked else tr("The training ended before it was done.")
        self.changed.emit()
        self.ended.emit()

    def _estimate(self, stored: Stored) -> None:
        if stored.epoch:
            seconds = stored.seconds / stored.epoch * (stored.epochs - stored.epoch)
            if self._left is None or abs(self._left[0] - seconds) > 1:
                self._left = (seconds, time.monotonic())
