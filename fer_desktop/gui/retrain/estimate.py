"""How long a plan takes on this machine, from what the probe measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fer_desktop.gui.composition import Preset
from fer_desktop.gui.training.words import tr

SCENE_S: Final = 0.008
"""For all scenes of a face: each puts it into a picture, finds it and cuts it out again."""
SLOW_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Measured:
    """device: as people know it; gpus: 0 for the processor; speeds: faces a second by network."""

    device: str
    gpus: int
    backend: str
    speeds: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Measured:
        speeds = {one["architecture"]: float(one["faces_per_second"]) for one in event["presets"].values()}
        return cls(event["device"], event["gpus"], event["backend"], speeds)

    def seconds(self, preset: Preset, faces: int, architecture: str | None, epochs: int | None) -> float | None:
        """None where the network was not measured."""
        speed = self.speeds.get(architecture or preset.architecture)
        if not speed:
            return None
        trained = epochs or preset.epochs
        # The first epoch goes without scenes; a run of one epoch makes none.
        scenes_s = faces * SCENE_S if preset.scene_sets and trained > 1 else 0.0
        return trained * faces / speed + scenes_s

    @property
    def where(self) -> str:
        device = f"{self.gpus} × {self.device}" if self.gpus > 1 else self.device
        return tr("{device}, computed with {backend}").format(device=device, backend=self.backend)

    def advice(self, seconds: float | None) -> str:
        """Whether a plan of so many seconds is slow here, and what would help."""
        if self.gpus:
            return tr("The graphics card does the work: this is as fast as it gets here.")
        advice = []
        if seconds is not None and seconds >= SLOW_S:
            advice.append(tr("This will be slow. It can go on in the background, and be stopped and resumed."))
        advice.append(tr("A graphics card would help most: install torch or jax[cuda12] beside the rest."))
        if self.backend == "tensorflow":
            advice.append(tr("On the processor torch takes two thirds of the time: pip install torch"))
        return " ".join(advice)
