"""What a training run does: one flat, typed record, presets as data. It travels with every checkpoint and model."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """A run's settings. Shares and probabilities are 0 to 1, angles degrees, sizes shares of the crop's side."""

    preset: str = "standard"
    architecture: str = "resnet-32"
    epochs: int = 40
    batch_size: int = 128
    seed: int = 1
    peak_learning_rate: float = 0.1
    warm_up_epochs: float = 2.0
    weight_decay: float = 5e-4
    label_smoothing: float = 0.1
    class_balance: float = 0.25
    """Weight of a face in the loss: its class's share to the power of minus this. 0: faces alike; 1: classes alike."""
    vote_share: float = 0.3
    """Share of FER+'s votes in what a face is taught to be, where the data has votes; the rest is its label."""
    self_teaching: float = 0.6
    """Share of the network's own average answer in what a face is taught to be, at the end of training."""
    distillation: float = 0.7
    """Share of what teachers say in what a face is taught to be, where there are teachers."""
    ema_steps: int = 1000
    """The weights that are kept are an average over about so many steps, at most a tenth of the run."""
    mixed_precision: bool | None = None
    """bfloat16 within the network; None: where the device is faster with it."""
    deterministic: bool = False

    # Augmentation. Scatter as packaging/measure_crop.py found it in real detections, and a little more.
    scene_share: float = 0.5
    """Share of faces shown as detector and crop deliver them out of a scene, instead of as stored."""
    scene_sets: int = 2
    """So many scenes are made of each face while the first epoch trains; 4 ms each."""
    scale_scatter: float = 0.12
    shift_scatter: float = 0.05
    roll_scatter: float = 8.0
    shear_scatter: float = 0.05
    contrast_scatter: float = 0.2
    brightness_scatter: float = 0.1
    low_resolution_share: float = 0.15
    blur_share: float = 0.1
    noise_share: float = 0.2
    erase_share: float = 0.25
    mix_share: float = 0.0
    """Share of faces shown mixed with another, by CutMix or mixup."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainingConfig:
        """Unknown names are left out: they are from a newer version and do not touch what this one does."""
        known = {name: value for name, value in values.items() if name in cls.__dataclass_fields__}
        return cls(**known)


GENTLE_LEARNING_RATE: Final = 0.02
"""Peak for a run that starts from a trained network: it is to learn more, not to begin again."""
PRESETS: Final[dict[str, TrainingConfig]] = {
    "quick": TrainingConfig(preset="quick", epochs=8, warm_up_epochs=1.0, erase_share=0.0, scene_sets=0),
    "standard": TrainingConfig(),
    "thorough": TrainingConfig(
        preset="thorough",
        architecture="resnet-64",
        epochs=100,
        warm_up_epochs=3.0,
        label_smoothing=0.05,
        scene_share=0.35,
        erase_share=0.15,
    ),
}


def preset(name: str, **changes: Any) -> TrainingConfig:
    """A preset with some settings changed; None leaves a setting as it is."""
    return replace(PRESETS[name], **{key: value for key, value in changes.items() if value is not None})
