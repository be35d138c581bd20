"""What a fine-tuning learns, and how far it goes: all that needs a network and faces, and no files."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import Cancelled
from fer_desktop.core.types import CROP_SIDE, UInt8Array
from fer_desktop.samples.sample import Sample
from fer_desktop.training import datasets
from fer_desktop.training import finetune_pictures as pictures
from fer_desktop.training.control import Control
from fer_desktop.training.datasets.face_set import FaceSet
from fer_desktop.training.evaluate import evaluate
from fer_desktop.training.events import Emit
from fer_desktop.training.finetune_head import Head, Lesson, expected_loss, fit, moved
from fer_desktop.training.parents import OUTPUT_NAME

REMEMBERED: Final = 2500
"""Faces of the base data whose readings are to stay as they were."""
CHOOSERS: Final = 2000
"""Others of them, which say how far to go."""
MEASURED: Final = 4000
"""At most so many validation faces: FER2013 has 3,589."""
STRANGE: Final = 2000
"""Pictures of no one, where there is no base data."""
CLOSENESS: Final = (300.0, 150.0, 80.0, 50.0, 30.0, 20.0, 12.0)
"""From hardly changed to as the samples want it."""
UNMEASURED_CLOSENESS: Final = 600.0
"""Without base data. On FER2013's PublicTest the shipped model lost 0.3 to 1.0 points so, with 400 up to 1.3."""
ENOUGH_LOSS: Final = 0.002
"""Expected on faces like those of the base data. On the validation faces it came to twice or three times as much."""
MOST_LOSS: Final = 0.005
"""By the labels of the faces that choose."""
WORSE: Final = 0.01
"""A loss on the validation faces that a person should know of."""
CHANCE: Final = 0.05
"""What comes about by chance once in 20 times, or more often, shows nothing."""
MOVED_IMPORTANCE: Final = 0.5
KEPT_DOUBT: Final = 0.5
"""Without base data: of what the old network held for emotions that the person never showed, so much is left."""
FIT_FACES: Final = 60
"""A fit takes about as long as the trunk takes for so many faces."""


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """Pictures uint8[n, 48, 48] and labels int64[n] of one person."""

    images: UInt8Array
    labels: np.ndarray

    @classmethod
    def of(cls, samples: Sequence[Sample], pixels: dict[Sample, UInt8Array]) -> Own:
        labels = [emotions.NAMES.index(sample.emotion) for sample in samples]
        images = [np.empty((0, CROP_SIDE, CROP_SIDE), np.uint8), *(pixels[sample][None] for sample in samples)]
        return cls(np.concatenate(images), np.array(labels, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """Faces of others: `remembered` is learnt from, `choosing` chooses; `measured`, of the split named, measures."""

    remembered: FaceSet
    choosing: FaceSet
    measured: FaceSet
    split: str

    @classmethod
    def of(cls, faces: FaceSet, seed: int) -> Base:
        """Raises InputError where there are no training or no validation faces."""
        training, validation = datasets.training_and_validation(faces)
        rng = np.random.default_rng((seed, 3))
        order = rng.permutation(len(training))
        cut = min(REMEMBERED, len(order) // 2)
        measured = np.sort(rng.permutation(len(validation))[:MEASURED])
        return cls(
            training.take(order[:cut]),
            training.take(order[cut : cut + CHOOSERS]),
            validation.take(measured),
            str(validation.usages[0]),
        )

    def __len__(self) -> int:
        """Faces that the trunk is to see."""
        return len(self.remembered) + len(self.choosing) + len(self.measured)


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The new head; accuracies, 0 to 1, before and after, None where not measured; how close it was held; what was kept
    of the way there. turned: how many of the samples kept back are read rightly now and were not, and the reverse."""

    head: Head
    own: tuple[float, float] | None
    turned: tuple[int, int]
    base: tuple[float, float] | None
    closeness: float
    share: float
    metrics: dict[str, Any]

    @property
    def sure(self) -> bool:
        """Whether the person's own face is read better by more than chance would have it."""
        gained, lost = self.turned
        return gained > lost and by_chance(gained, lost) < CHANCE

    @property
    def worse(self) -> bool:
        """Whether it reads others worse by more than WORSE, or the person's own face by more than chance would."""
        gained, lost = self.turned
        others = self.base is not None and self.base[0] - self.base[1] > WORSE
        return others or (lost > gained and by_chance(gained, lost) < CHANCE)


def by_chance(gained: int, lost: int) -> float:
    """How likely at least so great a difference is where each face that is read otherwise turns either way alike.

    The sign test, exact and on both sides (McNemar, 1947, for few faces).
    """
    both = gained + lost
    return min(1.0, 2 * sum(math.comb(both, count) for count in range(max(gained, lost), both + 1)) / 2**both)


def learn(
    network: Any,
    temperature: float,
    own: Own,
    kept_back: Own,
    base: Base | None,
    seed: int,
    emit: Emit = lambda *_, **__: None,
    control: Control | None = None,
) -> Result:
    """The last layer that the network needs, which itself stays as it is; both measured. Raises Cancelled."""
    return _Pupil(network, temperature, seed, emit, control or Control()).learn(own, kept_back, base)


class _Pupil:
    """The network while it learns, and how far it has come."""

    def __init__(self, network: Any, temperature: float, seed: int, emit: Emit, control: Control) -> None:
        self.old = head_of(network, temperature)
        self._trunk, self._seed, self._emit, self._control = pictures.Trunk(network), seed, emit, control
        self._lesson: Lesson | None = None
        self._head = self.old
        self._done, self._all, self._started_s = 0, 1, time.monotonic()

    def learn(self, own: Own, kept_back: Own, base: Base | None) -> Result:
        others = STRANGE if base is None else len(base)
        fits = 1 if base is None else len(CLOSENESS)
        self._all = pictures.VIEWS * len(own.labels) + len(kept_back.labels) + others + fits * FIT_FACES
        features = self._features(pictures.views(own.images, self._seed))
        labels = np.tile(own.labels, pictures.VIEWS)
        self._lesson = Lesson.of(features, np.eye(emotions.COUNT)[labels], labels)  # so that its loss can be told
        if base is None:
            lesson = self._of_samples_alone(features, labels)
            strange = self._features(pictures.strange(own.images, STRANGE, self._seed))
            head = self._fit(lesson, strange, UNMEASURED_CLOSENESS, None)
            closeness, share, measured, metrics = UNMEASURED_CLOSENESS, 1.0, None, {}
        else:
            remembered = self._features(pictures.changed(base.remembered.images, pictures.USUAL, self._seed))
            lesson = self._of_samples_and_others(features, labels, remembered, base.remembered.labels)
            choosing = self._features(pictures.changed(base.choosing.images, pictures.USUAL, self._seed + 1))
            head, closeness, share = self._furthest(lesson, remembered, choosing, base.choosing.labels)
            self._all = self._done + len(base.measured) + len(kept_back.labels)  # not all fits were needed
            faces = self._features(base.measured.images)
            measured = (_accuracy(self.old, faces, base.measured.labels), _accuracy(head, faces, base.measured.labels))
            probabilities = head.probabilities(faces).astype(np.float32)
            metrics = {base.split: evaluate(probabilities, base.measured.labels).to_json()}
        mine = self._features(kept_back.images)
        before, after = (one.read(mine) == kept_back.labels for one in (self.old, head))
        accuracies = (float(before.mean()), float(after.mean())) if len(mine) else None
        turned = int((after & ~before).sum()), int((before & ~after).sum())
        return Result(head, accuracies, turned, measured, closeness, share, metrics)

    def _of_samples_alone(self, features: np.ndarray, labels: np.ndarray) -> Lesson:
        """What the person shows; of the emotions that they never showed half of what the old network held is left."""
        targets = np.eye(emotions.COUNT)[labels]
        never = np.setdiff1d(np.arange(emotions.COUNT), labels)
        doubt = KEPT_DOUBT * self.old.probabilities(features)[:, never]
        targets *= 1 - doubt.sum(axis=1, keepdims=True)
        targets[:, never] = doubt
        return Lesson.of(features, targets, labels)

    def _of_samples_and_others(
        self, features: np.ndarray, labels: np.ndarray, others: np.ndarray, of_others: np.ndarray
    ) -> Lesson:
        """What the person shows, and what they might look like with the emotions that they never showed."""
        importance = np.ones(emotions.COUNT)
        parts, all_labels = [features], [labels]
        for never in np.setdiff1d(np.arange(emotions.COUNT), labels):
            parts.append(moved(others, of_others, features, labels, int(never), self.old))
            all_labels.append(np.full(len(parts[-1]), never))
            importance[never] = MOVED_IMPORTANCE
        together = np.concatenate(all_labels)
        return Lesson.of(np.concatenate(parts), np.eye(emotions.COUNT)[together], together, importance)

    def _furthest(
        self, lesson: Lesson, remembered: np.ndarray, choosing: np.ndarray, labels: np.ndarray
    ) -> tuple[Head, float, float]:
        """(head, closeness, share of the way): as near to the samples as the faces that choose allow."""
        before = _accuracy(self.old, choosing, labels)

        def allowed(head: Head) -> bool:
            lost = before - _accuracy(head, choosing, labels)
            return expected_loss(self.old, head, choosing) <= ENOUGH_LOSS and lost <= MOST_LOSS

        best: tuple[Head, float] | None = None
        head: Head | None = None
        for closeness in CLOSENESS:
            head = self._fit(lesson, remembered, closeness, head)
            if not allowed(head):
                break
            best = head, closeness
        if best is not None:
            return best[0], best[1], 1.0
        assert head is not None
        shares = (0.5, 0.25, 0.125, 0.0)
        share = next(share for share in shares if allowed(self.old.towards(head, share)))
        return self.old.towards(head, share), CLOSENESS[0], share

    def _fit(self, lesson: Lesson, others: np.ndarray, closeness: float, begin: Head | None) -> Head:
        check(self._control)
        self._lesson, self._head = lesson, fit(self.old, lesson, others, closeness, begin)
        self._progress(FIT_FACES)
        return self._head

    def _features(self, images: UInt8Array) -> np.ndarray:
        return self._trunk.features(images, self._progress)

    def _progress(self, faces: int) -> None:
        check(self._control)
        self._done += faces
        if self._lesson is None:
            return
        passed_s, rest = time.monotonic() - self._started_s, max(self._all - self._done, 0)
        self._emit(
            "step",
            epoch=1,
            epochs=1,
            step=min(self._done, self._all),
            steps=self._all,
            loss=self._lesson.loss(self._head),
            images_per_second=self._done / max(passed_s, 1e-9),
            seconds_left=passed_s / self._done * rest,
        )


def head_of(network: Any, temperature: float) -> Head:
    """Its last layer."""
    kernel, bias = network.get_layer(OUTPUT_NAME).get_weights()
    return Head(kernel.astype(np.float64), bias.astype(np.float64), temperature)


def _accuracy(head: Head, features: np.ndarray, labels: np.ndarray) -> float:
    return float((head.read(features) == labels).mean())


def check(control: Control) -> None:
    if control.cancel.is_set():
        raise Cancelled("Stopped: no model was made")
