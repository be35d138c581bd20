"""Teaches the shipped model a drawn face on the backend that KERAS_BACKEND names. Run by test_finetune.py."""

from __future__ import annotations

import json

import lit_faces
import numpy as np
import training_data

from fer_desktop import resources
from fer_desktop.core import emotions
from fer_desktop.modelstore.store import ModelFolder
from fer_desktop.training import backends, finetune, finetune_learning
from fer_desktop.training.datasets.face_set import FaceSet
from fer_desktop.training.parents import Parent


def main() -> None:
    shipped = ModelFolder.open(resources.models_dir() / "default")
    network = finetune.network_of(Parent.of(shipped), shipped.manifest)
    before = network.get_weights()
    rng = np.random.default_rng(1)
    labels = np.arange(150) % emotions.COUNT
    faces = FaceSet(
        np.stack([training_data.draw(emotions.NAMES[label], rng) for label in labels]),
        labels,
        np.array(["Training"] * 100 + ["PublicTest"] * 50),
    )
    images, shown = lit_faces.faces("side", 6, 1)
    learnt = np.arange(len(shown)) % 6 > 1
    own, held = (
        finetune_learning.Own(images[learnt], shown[learnt]),
        finetune_learning.Own(images[~learnt], shown[~learnt]),
    )
    result = finetune_learning.learn(
        network, shipped.manifest.temperature, own, held, finetune_learning.Base.of(faces, 1), 1
    )
    after = network.get_weights()
    print(
        json.dumps(
            {
                "device": backends.device().text,
                "own": result.own,
                "base": result.base,
                "network_changed": max(float(np.abs(a - b).max()) for a, b in zip(before, after, strict=True)),
            }
        )
    )


if __name__ == "__main__":
    main()
