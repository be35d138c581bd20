"""A run's folder: what it is to do, written down so that it can be resumed from the folder alone."""

from __future__ import annotations

import json
from pathlib import Path

from fer_desktop.core.errors import InputError
from fer_desktop.training.config import TrainingConfig

RUN_FILE = "run.json"


def start(run: Path, config: TrainingConfig, data: Path) -> None:
    """Make a run's folder and write down what it is to do, so that it can be resumed from that alone."""
    run.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"schema": 1, "data": str(data.resolve()), "config": config.to_dict()}, indent=2)
    beside = run / (RUN_FILE + ".tmp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(run / RUN_FILE)


def read(run: Path) -> tuple[TrainingConfig, Path]:
    """What a run was to do. Raises InputError where the folder is no run."""
    try:
        values = json.loads((run / RUN_FILE).read_text(encoding="utf-8"))
        return TrainingConfig.from_dict(values["config"]), Path(values["data"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{run} is not a training run that can be resumed", "Give the folder named .partial."
        ) from error
