"""Models that a run learns from: those that teach, and the one it starts from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fer_desktop.core.errors import InputError
from fer_desktop.modelstore.manifest import sha256
from fer_desktop.modelstore.store import KERAS_FILE, ModelFolder
from fer_desktop.training import architectures

OUTPUT_NAME = "logits"
"""Name of the last layer of every network."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A model folder, and the hash of its weights when the run began."""

    path: Path
    sha256: str

    @classmethod
    def of(cls, folder: ModelFolder) -> Parent:
        """Raises InputError where nothing can be learnt from the model."""
        problems = folder.verify()
        if not problems and KERAS_FILE not in folder.manifest.files:
            problems = [f"it has no {KERAS_FILE}"]
        if not problems and folder.manifest.architecture.get("name") not in architectures.ARCHITECTURES:
            problems = ["its network is not one of this program's"]
        if problems:
            raise InputError(f"Nothing can be learnt from {folder.path}: {problems[0]}", "Give another model.")
        return cls(folder.path.resolve(), folder.manifest.files[KERAS_FILE])

    @property
    def name(self) -> str:
        return self.path.name

    def network(self) -> Any:
        """The keras.Model as it was trained: without the biases that the validation faces chose for it.

        Raises InputError where the model is no longer what it was. Only weights are read from its file, no code.
        """
        folder = ModelFolder.open(self.path)
        try:
            changed = sha256(self.path / KERAS_FILE) != self.sha256
        except OSError:
            changed = True
        if changed:
            raise InputError(f"The model {self.path} is no longer what the run began with", "Start a new run.")
        network = architectures.build(folder.manifest.architecture["name"])
        network.load_weights(self.path / KERAS_FILE)
        biases = folder.manifest.training.get("biases")
        if biases is not None:
            last = network.get_layer(OUTPUT_NAME)
            last.bias.assign(last.bias - np.asarray(biases, np.float32))
        return network
