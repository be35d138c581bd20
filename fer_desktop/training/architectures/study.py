"""The networks of "Facial Emotion Recognition", a class project of 2021 on FER2013 from which this program descends.

Each is written as a string of layers, in order:

    c96    96 convolutions of 3×3, same padding       p     2×2 max pooling     f768  dense; a flatten before the first
    v96    the same, valid padding (2 pixels less)     d.4   dropout of 40 %     bn    batch normalisation

Convolutions and dense layers end in the network's activation. Two things differ from the originals: they repeated the
grey plane three times, here one plane does; and the last seven numbers are logits, their softmax is taken outside.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from fer_desktop.core import emotions
from fer_desktop.core.types import CROP_SIDE

if TYPE_CHECKING:
    import keras

DEFAULT: Final = "c48 v48 p d.25 c96 v96 p d.25 f768 d.5"
IMPROVED: Final = "c48 v96 p bn c192 c384 c192 v96 p bn v48 p v48 p d.2 f768 d.2"
DROPOUT: Final = "c48 v96 p d.4 bn c192 c384 p d.4 bn c192 v96 p bn v48 p f768 d.2"
# The study says "after c192"; there are two of them, and each gets it.
MORE_DROPOUT: Final = "c48 v96 p d.4 bn c192 d.4 c384 p d.4 bn c192 d.4 v96 p d.4 bn v48 p f768 d.2"

_WORD: Final = re.compile(r"(?P<kind>[cvf])(?P<width>[1-9]\d*)|d(?P<share>0?\.\d+)|(?P<plain>p|bn)")


def parse(text: str) -> list[tuple[str, float]]:
    """Each word as (kind, number): ("c", 48), ("d", 0.4), ("p", 0). Raises ValueError, naming the word it cannot read.

    What needs a picture (c, v, p) cannot come after f, which needs a flat list.
    """
    words: list[tuple[str, float]] = []
    flat = False
    for word in text.split():
        match = _WORD.fullmatch(word)
        if match is None:
            raise ValueError(f"{word!r} is no layer: c96, v96, p, d.4, bn or f768")
        if match["kind"]:
            words.append((match["kind"], int(match["width"])))
        elif match["share"]:
            words.append(("d", float(match["share"])))
        else:
            words.append((match["plain"], 0))
        kind = words[-1][0]
        if flat and kind in ("c", "v", "p"):
            raise ValueError(f"{word!r} comes after a dense layer, where there is no picture left")
        flat = flat or kind == "f"
    return words


def _layer(kind: str, number: float, activation: str) -> Any:
    from keras import layers

    if kind in ("c", "v"):
        return layers.Conv2D(int(number), 3, padding="same" if kind == "c" else "valid", activation=activation)
    if kind == "f":
        return layers.Dense(int(number), activation=activation)
    if kind == "d":
        return layers.Dropout(number, seed=0)  # as in resnet
    return layers.MaxPooling2D(2) if kind == "p" else layers.BatchNormalization()


def build(text: str, activation: str = "relu", scale: float = 1 / 255) -> keras.Model:
    """The network of a layer string, for float32[n, 48, 48, 1] (0 to 255), giving logits float32[n, 7].

    scale: what the input is multiplied by first; 1 for pixels that are standardised already. Raises ValueError as
    `parse` does.
    """
    import keras
    from keras import layers

    faces = keras.Input((CROP_SIDE, CROP_SIDE, 1), name="faces")
    x = layers.Rescaling(scale, dtype="float32")(faces)
    flat = False
    for kind, number in parse(text):
        if kind == "f" and not flat:
            x, flat = layers.Flatten()(x), True
        x = _layer(kind, number, activation)(x)
    if not flat:
        x = layers.Flatten()(x)
    logits = layers.Dense(emotions.COUNT, dtype="float32", name="logits")(x)
    return keras.Model(faces, logits, name="study")
