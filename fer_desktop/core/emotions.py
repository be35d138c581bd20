"""The seven emotions: their order, names and colours. Defined here and nowhere else.

The order is FER2013's, and every array of seven numbers in this program follows it.
The colours are Okabe and Ito's ("Color Universal Design", 2008), which colour-blind people can tell apart;
three have a second shade so that they stand out from a light window as well as from a dark one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Emotion:
    """One class of the network: `name` as in files and on the command line, colours as #RRGGBB."""

    index: int
    name: str
    colour_dark: str
    """Colour on a dark window and over a picture."""
    colour_light: str
    """Colour on a light window."""


EMOTIONS: Final[tuple[Emotion, ...]] = (
    Emotion(0, "angry", "#D55E00", "#D55E00"),
    Emotion(1, "disgust", "#009E73", "#009E73"),
    Emotion(2, "fear", "#CC79A7", "#CC79A7"),
    Emotion(3, "happy", "#F0E442", "#B8A300"),
    Emotion(4, "sad", "#4BA3E3", "#0072B2"),
    Emotion(5, "surprise", "#56B4E9", "#2E9BD6"),
    Emotion(6, "neutral", "#9AA0A6", "#9AA0A6"),
)

NAMES: Final[tuple[str, ...]] = tuple(emotion.name for emotion in EMOTIONS)
COUNT: Final = len(EMOTIONS)

_HAPPY: Final = NAMES.index("happy")
_NEGATIVE: Final = [NAMES.index(name) for name in ("angry", "disgust", "fear", "sad")]


def valence(probabilities: NDArray[np.float32]) -> float:
    """How pleasant an expression looks, -1 to 1: the probability of happy less the largest of angry, disgust, fear and
    sad. A rule of this program's, from float32[7]; no network was taught it."""
    return float(valences(probabilities))


def valences(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same of many, float32[…, 7] -> float32[…]."""
    pleasant, unpleasant = probabilities[..., _HAPPY], probabilities[..., _NEGATIVE]
    return np.asarray(pleasant - unpleasant.max(axis=-1), dtype=np.float32)
