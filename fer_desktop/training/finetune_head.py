"""The last layer of a network, taught a few faces of one person and held to what it said of all others.

What the trunk makes of a face is computed once; the last layer on top of it is a logistic regression, whose best
weights are found in seconds, and are the same each time (L-BFGS: Liu and Nocedal, 1989). It is held by what the old
layer says of other faces (knowledge distillation: Hinton et al., 2015; against forgetting: Li and Hoiem, "Learning
without Forgetting", 2016). numpy and scipy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_desktop.core import emotions

DECAY: Final = 1e-4
"""Of the square of the change: what no face speaks for or against stays as it was."""
STEPS: Final = 80


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """kernel float64[n, 7] and bias float64[7]; its readings are softmax(logits / temperature)."""

    kernel: np.ndarray
    bias: np.ndarray
    temperature: float

    def logits(self, features: np.ndarray) -> np.ndarray:
        """float64[k, 7] of features [k, n]."""
        return features @ self.kernel + self.bias

    def log_probabilities(self, features: np.ndarray) -> np.ndarray:
        scores = self.logits(features) / self.temperature
        scores -= scores.max(axis=1, keepdims=True)
        return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        return np.exp(self.log_probabilities(features))

    def read(self, features: np.ndarray) -> np.ndarray:
        """int64[k]: the emotion read in each face."""
        return self.logits(features).argmax(axis=1)

    def towards(self, other: Head, share: float) -> Head:
        """This head, moved so far towards the other: 0 this one, 1 the other."""
        return Head(
            self.kernel + share * (other.kernel - self.kernel),
            self.bias + share * (other.bias - self.bias),
            self.temperature,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What is to be learnt: features [k, n] of faces, targets [k, 7] that sum to 1, weights [k] that sum to 1."""

    features: np.ndarray
    targets: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(
        cls, features: np.ndarray, targets: np.ndarray, labels: np.ndarray, importance: np.ndarray | None = None
    ) -> Lesson:
        """labels int64[k]: the emotions there are count alike, however many faces show each, but for the importance
        [7] of each emotion."""
        weights = 1 / np.bincount(labels, minlength=emotions.COUNT)[labels]
        if importance is not None:
            weights = weights * importance[labels]
        return cls(features, targets, weights / weights.sum())

    def loss(self, head: Head) -> float:
        """Mean cross-entropy of what the head says."""
        return -float((self.weights * (self.targets * head.log_probabilities(self.features)).sum(axis=1)).sum())


def fit(old: Head, lesson: Lesson, others: np.ndarray, closeness: float, begin: Head | None = None) -> Head:
    """The head that says what the lesson teaches, and of the features `others` [k, n] what the old one says.

    closeness: how much the second counts. begin: a head near to it, found before; else the search begins at `old`.
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    said_before = old.probabilities(others)
    shape, size = old.kernel.shape, old.kernel.size

    def head(change: np.ndarray) -> Head:
        return Head(old.kernel + change[:size].reshape(shape), old.bias + change[size:], old.temperature)

    def cost(change: np.ndarray) -> tuple[float, np.ndarray]:
        new = head(change)
        loss, of_kernel, of_bias = 0.0, np.zeros(shape), np.zeros(shape[1])
        for features, targets, weights in (
            (lesson.features, lesson.targets, lesson.weights),
            (others, said_before, np.full(len(others), closeness / max(len(others), 1))),
        ):
            said = new.log_probabilities(features)
            loss -= float((weights * (targets * said).sum(axis=1)).sum())
            slope = weights[:, None] * (np.exp(said) - targets) / new.temperature
            of_kernel += features.T @ slope
            of_bias += slope.sum(axis=0)
        loss += DECAY * float((change**2).sum())
        return loss, np.concatenate((of_kernel.ravel(), of_bias)) + 2 * DECAY * change

    start = np.zeros(size + shape[1])
    if begin is not None:
        start = np.concatenate(((begin.kernel - old.kernel).ravel(), begin.bias - old.bias))
    # The products are small: on several threads they took fifteen times as long, most of it in waiting for each other.
    with threadpool_limits(1, user_api="blas"):
        found = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return head(found.x)


def expected_loss(old: Head, new: Head, features: np.ndarray) -> float:
    """How much less accurate, 0 to 1, the new head should be on these faces, if the old one is as right as it says.

    Where both read the same nothing is lost; elsewhere what the old one held for likelier. A face's label would tell
    less: most of the few that change are as often lost as won.
    """
    before, faces = old.probabilities(features), np.arange(len(features))
    return float((before[faces, old.read(features)] - before[faces, new.read(features)]).mean())


def moved(
    features: np.ndarray, labels: np.ndarray, samples: np.ndarray, sample_labels: np.ndarray, emotion: int, old: Head
) -> np.ndarray:
    """Features [k, n] of other faces with an emotion, moved by what sets a person's samples apart from other faces.

    What the person would look like with an emotion that they never showed: without it, a network that learns "this
    person is happy or neutral" forgets that they can be sad. Only faces that the old head reads rightly.
    """
    shown = np.unique(sample_labels)
    apart = [
        samples[sample_labels == one].mean(axis=0) - features[labels == one].mean(axis=0)
        for one in shown
        if (labels == one).any()
    ]
    clear = features[(labels == emotion) & (old.read(features) == emotion)]
    if not apart or not len(clear):
        return clear
    # Nothing below what a face can have: trunks end in a rectifier.
    return np.maximum(clear + np.mean(apart, axis=0), features.min(axis=0))
