"""How fast this machine trains: a few steps of each preset's network, so that a plan can say how long it will take."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.types import CROP_SIDE
from fer_desktop.training import backends, loop
from fer_desktop.training.batches import Batches
from fer_desktop.training.config import PRESETS, TrainingConfig
from fer_desktop.training.control import Control
from fer_desktop.training.events import Emit
from fer_desktop.training.weight_average import AVERAGE_EVERY

STEPS = 3 * AVERAGE_EVERY
"""The first call compiles the network and does not count; where steps are fused, a call is AVERAGE_EVERY of them."""


def probe(emit: Emit, control: Control) -> None:
    """Emit `probe`: the device, and each preset's epochs, network and faces a second. Raises Cancelled."""
    device = backends.device()
    speeds: dict[str, float] = {}
    presets = {}
    for name, config in PRESETS.items():
        if config.architecture not in speeds:
            emit("note", text=f"Measuring {config.architecture} on {device.text}…")
            speeds[config.architecture] = faces_per_second(
                replace(config, mixed_precision=device.half_precision), control
            )
        presets[name] = {
            "architecture": config.architecture,
            "epochs": config.epochs,
            "faces_per_second": round(speeds[config.architecture], 1),
        }
    emit("probe", device=device.name, gpus=device.count, backend=device.backend, presets=presets)


def faces_per_second(config: TrainingConfig, control: Control) -> float:
    """Of training with this configuration here, measured over a few steps on noise."""
    count = config.batch_size * STEPS
    rng = np.random.default_rng(config.seed)
    images = rng.integers(0, 255, (count, CROP_SIDE, CROP_SIDE), np.uint8)
    labels = rng.integers(0, emotions.COUNT, count)
    short = replace(config, epochs=1, scene_sets=0)
    batches = Batches(images, np.eye(emotions.COUNT, dtype=np.float32)[labels], np.ones(count, np.float32), short)
    told: list[tuple[int, float]] = []

    def note(event: str, **values: Any) -> None:
        if event == "step":
            told.append((values["step"], time.monotonic()))

    with tempfile.TemporaryDirectory() as folder:
        run = loop.TrainingRun(short, batches, Path(folder), note)
        run.train(images[:1], labels[:1], control)
    (first, first_s), (last, last_s) = told[0], told[-1]
    return (last - first) * batches.size / max(last_s - first_s, 1e-9)
