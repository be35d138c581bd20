"""One fine-tuning: the command, what it tells, and its end."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from fer_desktop import resources
from fer_desktop.core.errors import ModelError
from fer_desktop.gui.samples.words import samples, tr
from fer_desktop.gui.training import commands
from fer_desktop.gui.training.child import Child
from fer_desktop.modelstore import places
from fer_desktop.modelstore.folder import ModelFolder

GENTLE_S: Final = 2.0
"""How long it may take to heed a cancel when the program closes; then it is killed."""


class State(Enum):
    NONE = "none"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Measured:
    """Accuracies 0 to 1 on the same `n` faces. same_hold: so many come from the same hold as faces that were learnt.
    sure: the gain is more than chance."""

    n: int
    before: float
    after: float
    same_hold: int = 0
    sure: bool = False

    @property
    def points(self) -> float:
        return 100 * (self.after - self.before)


@dataclass(frozen=True, slots=True)
class Outcome:
    """own: on samples that it did not learn from; base: on the base data's validation faces. None: not measured.

    worse: the command's own judgement of the figures. name: what people call the new model.
    """

    path: Path
    name: str
    own: Measured | None
    base: Measured | None
    worse: bool

    @property
    def useless(self) -> bool:
        """Nothing speaks for it: it has gained nothing, or others lose by it and the person does not surely gain."""
        own = self.own
        return (self.worse and (own is None or not own.sure)) or (own is not None and own.points == 0)

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Outcome:
        own, base = event.get("samples"), event.get("base")
        path = Path(event["path"])
        return cls(
            path,
            _name(path),
            _measured(own, "held_out"),
            _measured(base, "n"),
            bool(event.get("worse")),
        )


def _name(path: Path) -> str:
    try:
        return ModelFolder.open(path).name
    except ModelError:
        return path.name


def _measured(found: Mapping[str, Any] | None, count: str) -> Measured | None:
    if not found or not found.get(count) or found.get("before") is None or found.get("after") is None:
        return None
    before, after = float(found["before"]), float(found["after"])
    return Measured(int(found[count]), before, after, int(found.get("same_hold", 0)), bool(found.get("sure")))


def command(folder: Path, base: Path | None, model: str, target: Path) -> list[str]:
    words = [*commands.program(), "fine-tune", "--samples", str(folder)]
    if base is not None:
        words += ["--data", str(base)]
    return [*words, "--model", model, "--out", str(target), "--background", "--events", "-"]


def free_target(now: datetime.datetime) -> Path:
    """A model folder that is not there yet."""
    models = resources.user_models_dir()
    return places.free_model_folder(models, now.strftime("my-face-%Y-%m-%d-%H%M%S"))


class FineTuning(QObject):
    """`changed` after each piece of news; `outcome` is there once it is done."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._child: Child | None = None
        self._clear()

    def _clear(self) -> None:
        self.state = State.NONE
        self.target = Path()
        self.outcome: Outcome | None = None
        self.note = self.problem = ""
        self.remarks: list[str] = []
        """What it said along the way: samples that were left out, base data that was not used."""
        self.share = 0.0
        """Of the learning, 0 to 1."""
        self._left: tuple[float, float] | None = None
        self._began_s = 0.0
        self._cancelled = False

    @property
    def active(self) -> bool:
        return self.state in (State.RUNNING, State.STOPPING)

    def seconds_left(self) -> float | None:
        """None while that is not known."""
        if self._left is None:
            return None
        return max(self._left[0] - (time.monotonic() - self._left[1]), 0.0)

    def start(self, folder: Path, base: Path | None, model: str) -> None:
        self._clear()
        self.target, self.state = free_target(datetime.datetime.now()), State.RUNNING
        child = Child(self, command(folder, base, model, self.target), resources.log_dir() / "fine-tune.log")
        child.told.connect(self._told)
        child.ended.connect(self._ended)
        self._child = child
        self.changed.emit()

    def stop(self) -> None:
        """Ask it to stop; asked again, it is ended at once."""
        if self._child is None or not self.active:
            return
        if self.state is State.STOPPING:
            self._child.kill()
        else:
            self._child.say("cancel")
        self.state = State.STOPPING
        self.changed.emit()

    def shut_down(self) -> None:
        """End it now; it takes away what it has written so far."""
        child, self._child = self._child, None
        if child is not None:
            child.say("cancel")
            child.end(gently_s=GENTLE_S)
            child.deleteLater()

    def _told(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "done":
            self.outcome = Outcome.of(event)
            self.share, self.state = 1.0, State.DONE
        elif kind == "error":
            self.problem, self._cancelled = str(event["text"]), bool(event.get("cancelled"))
        elif kind in ("note", "started"):
            self.note = str(event.get("text", ""))
            if kind == "note":
                self.remarks.append(self.note)
            elif left_out := int(event.get("left_out", 0)):
                text = tr("{n} between the learnt and the held out ones left out: they look like those held out.")
                self.remarks.append(text.format(n=samples(left_out)))
        elif kind in ("step", "epoch"):
            self._on_progress(event)
        if "seconds_left" in event:
            self._left = (float(event["seconds_left"]), time.monotonic())
        self.changed.emit()

    def _on_progress(self, event: Mapping[str, Any]) -> None:
        now = time.monotonic()
        if event["epochs"] > 1:
            self.note = tr("Learning: round {n} of {all}").format(n=event["epoch"], all=event["epochs"])
        within = event["step"] / event["steps"] if event.get("steps") else 1.0
        share = min((event["epoch"] - 1 + within) / event["epochs"], 1.0)
        if not self.share:
            self._began_s = now
        elif share > self.share and "seconds_left" not in event:
            self._left = ((now - self._began_s) / share * (1 - share), now)
        self.share = max(share, self.share)

    def _ended(self, status: int) -> None:
        child, self._child = self._child, None
        if self.state is not State.DONE:
            asked = self._cancelled or self.state is State.STOPPING
            if not asked and not self.problem:
                said = child.reason() if child is not None else ""
                self.problem = said or tr("The fine-tuning ended without a word (exit status {n}).").format(n=status)
            self.state = State.STOPPED if asked else State.FAILED
        if child is not None:
            child.deleteLater()
        self.changed.emit()
