"""Trains a tiny network on the backend that KERAS_BACKEND names, and says what came of it. Run by test_backends.py.

--short: that it learns; --all: once more on all devices; else that it resumes and exports as well; --half: in bfloat16.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import training_data

from fer_desktop.core import emotions
from fer_desktop.core.errors import Cancelled
from fer_desktop.core.probability import softmax
from fer_desktop.training import backends, export, loop
from fer_desktop.training.batches import Batches
from fer_desktop.training.config import TrainingConfig
from fer_desktop.training.control import Control

BATCH = 16


def main(folder: Path) -> None:
    backends.make_deterministic()
    rng = np.random.default_rng(1)
    labels = np.arange(96) % emotions.COUNT
    images = np.stack([training_data.draw(emotions.NAMES[label], rng) for label in labels])
    config = TrainingConfig(
        architecture="resnet-16", epochs=1 if "--all" in sys.argv else 4, batch_size=BATCH, warm_up_epochs=1,
        mixed_precision="--half" in sys.argv, mix_share=0.2, deterministic=True, peak_learning_rate=0.05,
    )  # fmt: skip

    def run(name: str, emit: Any = lambda *_, **__: None) -> loop.TrainingRun:
        targets, weights = np.eye(emotions.COUNT, dtype=np.float32)[labels], np.ones(len(labels), np.float32)
        batches = Batches(images, targets, weights, config)
        return loop.TrainingRun(config, batches, folder / name, emit)

    unbroken = run("unbroken")
    unbroken.train(images, labels, Control())
    result: dict[str, Any] = {
        "device": backends.device().text,
        "losses": [line["loss"] for line in unbroken.progress.history],
    }
    if "--all" in sys.argv:
        result["devices"] = backends.share_batches(BATCH)
        shared = run("shared")
        shared.train(images, labels, Control())
        result["losses_shared"] = [line["loss"] for line in shared.progress.history]
    elif "--short" not in sys.argv:
        result["devices"] = backends.share_batches(BATCH)
        control = Control()
        broken = run("broken", lambda event, **values: control.cancel.set() if event == "checkpoint" else None)
        with contextlib.suppress(Cancelled):
            broken.train(images, labels, control)
        resumed = run("broken")
        result["resumed_after"] = resumed.progress.epoch
        resumed.train(images, labels, Control())
        same = zip(unbroken.network.get_weights(), resumed.network.get_weights(), strict=True)
        result["largest_difference_resumed"] = max(float(np.abs(one - other).max()) for one, other in same)

        model = unbroken.best_model()
        export.export_onnx(model, folder / "model.onnx")
        said = softmax(export.onnx_logits(folder / "model.onnx", images[..., None].astype(np.float32)))
        result["largest_difference_exported"] = float(np.abs(said - softmax(loop.predict(model, images))).max())
    print(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
