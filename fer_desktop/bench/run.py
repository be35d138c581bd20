"""Measures what was asked for, in order. To add a part: a function of a Plan that gives Figures, named in `bench.PARTS`
and `_MEASURES`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fer_desktop.bench import PARTS, machine
from fer_desktop.bench.comparison import SCHEMA, Baseline, Change, change, told
from fer_desktop.bench.figures import Figure
from fer_desktop.bench.plan import QUICK, WHOLE, Amount, Plan


def _start_up(plan: Plan) -> Iterable[Figure]:
    from fer_desktop.bench import windows

    return windows.start_up(plan)


def _stages(plan: Plan) -> Iterable[Figure]:
    from fer_desktop.bench import stages

    return stages.stages(plan)


def _pipelines(plan: Plan) -> Iterable[Figure]:
    from fer_desktop.bench import pipelines

    return pipelines.pipelines(plan)


def _live(plan: Plan) -> Iterable[Figure]:
    from fer_desktop.bench import windows

    return windows.live(plan)


def _idle(plan: Plan) -> Iterable[Figure]:
    from fer_desktop.bench import windows

    return windows.idle(plan)


def _batch(plan: Plan) -> Iterable[Figure]:
    from fer_desktop.bench import photos

    return photos.batch(plan)


_MEASURES: Final[dict[str, Callable[[Plan], Iterable[Figure]]]] = {
    "startup": _start_up,
    "stages": _stages,
    "pipeline": _pipelines,
    "live": _live,
    "idle": _idle,
    "batch": _batch,
}
"""Each imports what it needs when its turn comes: a part that is not asked for loads no library."""


@dataclass(frozen=True, slots=True)
class Result:
    """changes: by key, of the figures that a baseline has too. warnings: what speaks against the figures."""

    quick: bool
    environment: dict[str, Any]
    figures: Sequence[Figure]
    warnings: Sequence[str]
    changes: dict[str, Change] = field(default_factory=dict)
    compared: bool = False

    def to_json(self) -> dict[str, object]:
        value: dict[str, object] = {
            "schema": SCHEMA,
            "quick": self.quick,
            "environment": self.environment,
            "warnings": list(self.warnings),
            "figures": [figure.to_json() for figure in self.figures],
        }
        if self.compared:
            value["comparison"] = {key: one.to_json() for key, one in self.changes.items()}
        return value


def measure(
    tell: Callable[[str], None],
    only: Sequence[str] = (),
    quick: bool = False,
    baseline: Baseline | None = None,
    amount: Amount | None = None,
) -> Result:
    """only: names of bench.PARTS, all where it is empty. amount: other than `quick` says. Raises FerError."""
    environment = machine.environment(_model())
    with tempfile.TemporaryDirectory(prefix="fer-bench-", ignore_cleanup_errors=True) as folder:
        plan = Plan(amount or (QUICK if quick else WHOLE), Path(folder), tell, machine.warnings(environment))
        for warning in plan.warnings:
            tell(warning)
        figures = [figure for name in PARTS if not only or name in only for figure in _MEASURES[name](plan)]
    if baseline is None:
        return Result(quick, environment, figures, plan.warnings)
    changes = {
        figure.key: change(figure, baseline.figures[figure.key]) for figure in figures if figure.key in baseline.figures
    }
    return Result(quick, environment, figures, plan.warnings + told(environment, baseline, quick), changes, True)


def _model() -> str:
    """The id of the active model: what the window reads with. Raises ModelError."""
    from fer_desktop.modelstore.store import ModelStore

    return ModelStore.default().active().id
