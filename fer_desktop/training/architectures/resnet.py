"""A small residual network (He et al., "Deep Residual Learning", 2015) for 48×48 faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fer_desktop.core import emotions
from fer_desktop.core.types import CROP_SIDE

if TYPE_CHECKING:
    import keras


def _convolution(x: Any, width: int, stride: int = 1, relu: bool = True) -> Any:
    from keras import layers

    x = layers.Conv2D(width, 3, stride, "same", use_bias=False, kernel_initializer="he_normal")(x)
    x = layers.BatchNormalization(momentum=0.95, epsilon=1e-4)(x)
    return layers.ReLU()(x) if relu else x


FEATURES = "features"
"""Name of the last feature maps. Their mean over the picture goes through one dense layer, "logits", so that what each
place of the face adds to each emotion can be told: the class activation map (Zhou et al., 2016)."""


def build(widths: Sequence[int], blocks: Sequence[int], dropout: float) -> keras.Model:
    """Stages of `widths` channels at 24×24, 12×12, 6×6 and 3×3 pixels, each a strided convolution and `blocks` blocks.

    The first layers bring each face to mean 0 and deviation 1, so that light and contrast matter less.
    """
    import keras
    from keras import layers

    faces = keras.Input((CROP_SIDE, CROP_SIDE, 1), name="faces")
    x = layers.Rescaling(1 / 255, dtype="float32")(faces)
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False, epsilon=1e-4, dtype="float32")(x)
    for width, count in zip(widths, blocks, strict=True):
        x = _convolution(x, width, stride=2)
        for _ in range(count):
            y = _convolution(_convolution(x, width), width, relu=False)
            x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.Activation("linear", name=FEATURES)(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(dropout, seed=0)(x)  # without a seed, torch takes chance from outside the run
    logits = layers.Dense(emotions.COUNT, dtype="float32", name="logits")(x)
    return keras.Model(faces, logits, name="resnet")
