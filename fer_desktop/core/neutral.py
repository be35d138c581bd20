"""My neutral: three seconds of a resting face tell what this face is read as when it expresses nothing.

Some people's resting face is read as sad or angry. Their baseline is how much more, or less, of an emotion the network
sees in it than in other people's resting faces; it is taken off what is read of them later, and given back when undone.
Not all of it is the person's: a part is the moment's. So less than all is taken off, and still less is added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.probability import softmax
from fer_desktop.core.reasons import NOT_SURE
from fer_desktop.core.types import Face, Float32Array, Prediction

SECONDS: Final = 3.0
"""A person can hold still for so long; a blink takes a tenth of it, and the median does not see it."""
USUAL: Final = np.array((-2.5, -4.6, -1.8, -3.3, -1.4, -4.0, 0.0), np.float32)
"""What a resting face is read as: the median, over neutral faces of FER2013's PublicTest in scenes, of each emotion's
logarithm of probability less that of neutral."""
TAKEN: Final = 0.8
"""So much of what an emotion has too much is taken off …"""
ADDED: Final = 0.4
"""… and so much of what it has too little is added. packaging/measure_neutral.py: with persons made up whose every
logit is off by a constant of spread 1, three resting faces bring back 3.1 of 5.3 points of accuracy; where nothing is
off they cost 0.7. Adding as much as is taken off would read the resting face itself as neutral less often."""
MOST: Final = 3.0
"""Nats taken off or added at most: odds of 20 to 1. A clear expression still passes."""
_NEUTRAL: Final = emotions.NAMES.index("neutral")
_LEAST: Final = 1e-4
"""Smaller probabilities differ by nothing that is known."""

MOVED, LOST, RARELY_SEEN = "The face moved.", "The face was lost.", "The face was seen too rarely."
NOT_AT_REST, CHANGED_FACE = "The face was not at rest.", "The expression changed."
REFUSALS: Final = (MOVED, LOST, RARELY_SEEN, NOT_AT_REST, CHANGED_FACE)
"""Why there is no baseline; or else it is a reason of core.quality."""

LOST_S: Final = 0.5
"""A face that is missing from the pictures for so long was lost."""
STANDS_S: Final = 3.0
"""Where no picture comes at all for so long, there is nothing to learn from."""
FEWEST: Final = 12
"""Readings in three seconds: four a second, which the slowest computer that is of use live reaches."""
MOVED_WIDTHS: Final = 0.5
"""How far the face may stray from where it began, in its widths: a head that nods stays within a quarter."""
GREW: Final = 1.4
"""How much nearer or farther it may come, as a factor."""
CLEAR: Final = 0.6
"""Where happy or surprise are read as likely as this, half of the time, the person smiled or raised the brows. They are
what resting faces are hardly ever taken for, so a resting face that is always sad or angry is not refused."""
CHANGED: Final = 0.5
"""How much probability may pass from some emotions to others between the first half and the second."""

_NOT_OF_THE_FACE: Final = (None, NOT_SURE)
"""Reasons for no label that do not speak against learning from a reading."""


def offset(resting: Float32Array) -> Float32Array:
    """float32[7] in nats, 0 for neutral: what is to be taken off later readings of the face read as `resting`.

    resting: float32[n, 7] probabilities, n at least 1. Medians, so that a blink does not count.
    """
    logarithms = np.log(np.maximum(resting, _LEAST))
    over_neutral = np.median(logarithms - logarithms[:, _NEUTRAL : _NEUTRAL + 1], axis=0)
    excess = over_neutral - USUAL
    return np.asarray(np.clip(np.where(excess > 0, TAKEN, ADDED) * excess, -MOST, MOST), np.float32)


def shifted(logarithms: Float32Array, offsets: Float32Array) -> Float32Array:
    """Logarithms of probabilities float32[..., 7] with `offsets` float32[7] in nats taken off; softmax makes them
    probabilities again."""
    return np.asarray(logarithms - offsets, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """What one person's resting face is read as too much: `offset` float32[7] in nats, as the function gives it."""

    offset: Float32Array

    def __post_init__(self) -> None:
        if self.offset.shape != (emotions.COUNT,) or not np.isfinite(self.offset).all():
            raise ValueError(f"a baseline has seven finite offsets, not {self.offset}")
        self.offset.flags.writeable = False

    def apply(self, prediction: Prediction) -> Prediction:
        """The prediction with its probabilities moved; its logits stay the network's."""
        likely = np.maximum(prediction.probabilities, np.finfo(np.float32).tiny)
        return replace(prediction, probabilities=softmax(shifted(np.log(likely), self.offset)))


@dataclass(slots=True, eq=False)
class NeutralRecorder:
    """Learns one face's baseline from `seconds` of its readings, beginning at `started_s` (seconds, monotonic).

    Fed once an analysis, in their order, with the times of their pictures: `add` where the face was seen, else `miss`.
    Whoever feeds it may do so late. Pictures may come unevenly, as long as there are enough in the end. Ends with a
    `baseline`, or a `refusal`: one of REFUSALS or a reason of core.quality. Readings must be the network's own, without
    an earlier baseline.
    """

    started_s: float
    seconds: float = SECONDS
    baseline: Baseline | None = None
    refusal: str | None = None
    _readings: list[Float32Array] = field(default_factory=list)
    _first: Face | None = None
    _reasons: list[str] = field(default_factory=list)
    _seen_s: float = -math.inf
    _now_s: float = -math.inf

    @property
    def done(self) -> bool:
        return self.baseline is not None or self.refusal is not None

    @property
    def progress(self) -> float:
        """0 to 1."""
        if self.done:
            return 1.0
        return min(max((self._now_s - self.started_s) / self.seconds, 0.0), 1.0)

    def add(self, face: Face, prediction: Prediction, reason: str | None, at_s: float) -> None:
        """The face as seen at `at_s`; `reason`: why it has no label, if so. After the end it does nothing."""
        if self.done:
            return
        self._seen_s = self._now_s = at_s
        self._first = self._first or face
        if _moved(self._first, face):
            self.refusal = MOVED
            return
        if reason in _NOT_OF_THE_FACE:
            self._readings.append(prediction.probabilities)
        else:
            self._reasons.append(reason or "")
        self._end_in_time()

    def miss(self, at_s: float) -> None:
        """The face was not seen in the picture of `at_s`."""
        if self.done:
            return
        self._now_s = at_s
        if at_s - max(self._seen_s, self.started_s) > LOST_S:
            self.refusal = LOST
        else:
            self._end_in_time()

    def wait(self, at_s: float) -> None:
        """The time is `at_s`, and all pictures that came so far were given."""
        if not self.done and at_s - max(self._now_s, self.started_s) > STANDS_S:
            self.refusal = RARELY_SEEN

    def _end_in_time(self) -> None:
        if self._now_s - self.started_s >= self.seconds:
            self._end()

    def _end(self) -> None:
        if self._reasons and len(self._reasons) >= len(self._readings):
            self.refusal = max(sorted(set(self._reasons)), key=self._reasons.count)
            return
        if len(self._readings) < FEWEST:
            self.refusal = RARELY_SEEN
            return
        readings = np.array(self._readings)
        middle = len(readings) // 2
        likely = np.median(readings, axis=0)
        change = np.median(readings[middle:], axis=0) - np.median(readings[:middle], axis=0)
        if max(likely[emotions.NAMES.index(name)] for name in ("happy", "surprise")) >= CLEAR:
            self.refusal = NOT_AT_REST
        elif np.abs(change).sum() / 2 > CHANGED:
            self.refusal = CHANGED_FACE
        else:
            self.baseline = Baseline(offset(readings))


def _moved(first: Face, face: Face) -> bool:
    width = math.sqrt(first.box.area)
    (x, y), (to_x, to_y) = first.box.centre, face.box.centre
    grew = math.sqrt(face.box.area) / width
    return math.hypot(to_x - x, to_y - y) > MOVED_WIDTHS * width or not 1 / GREW <= grew <= GREW
