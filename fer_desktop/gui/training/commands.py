"""The command lines of the child processes, and what they are given."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HELD_OUT: Final = "PublicTest"
"""The split that compares models; a data set's own validation or test split stands in for it."""

DONE: Final = (0, 4)
"""Exit statuses of a command that did its work; with the second it left something out, and said so."""


@dataclass(frozen=True, slots=True)
class Data:
    """Where the faces are: CSV, .npz or folders, at least one; FER+ votes on the faces of the first."""

    paths: tuple[Path, ...] = ()
    ferplus: Path | None = None

    def arguments(self) -> list[str]:
        result = [word for path in self.paths for word in ("--data", str(path))]
        return result + (["--ferplus", str(self.ferplus)] if self.ferplus is not None else [])


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train. None leaves it to the preset. start_from: a model's folder."""

    preset: str
    architecture: str | None = None
    epochs: int | None = None
    seed: int | None = None
    start_from: Path | None = None

    def arguments(self) -> list[str]:
        result = ["--preset", self.preset]
        for name in ("architecture", "epochs", "seed", "start_from"):
            value = getattr(self, name)
            if value is not None:
                result += [f"--{name.replace('_', '-')}", str(value)]
        return result


def program() -> list[str]:
    """How this very program is started, in the same Python."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, *(["-I"] if sys.flags.isolated else []), "-m", "fer_desktop"]


_EVENTS: Final = ["--background", "--events", "-"]


def inspect(data: Data) -> list[str]:
    return [*program(), "train", *data.arguments(), "--inspect", *_EVENTS]


def probe() -> list[str]:
    return [*program(), "train", "--probe", *_EVENTS]


def run(data: Data, plan: Plan, target: Path) -> list[str]:
    return [*program(), "train", *data.arguments(), *plan.arguments(), "--out", str(target), *_EVENTS]


def resume(folder: Path) -> list[str]:
    return [*program(), "train", "--resume", str(folder), *_EVENTS]


def compare(data: Data, model: Path, against: Path) -> list[str]:
    paths = Data(data.paths).arguments()
    names = ["--model", str(model), "--against", str(against)]
    return [*program(), "evaluate", *paths, "--split", HELD_OUT, *names, "--json", "-"]
