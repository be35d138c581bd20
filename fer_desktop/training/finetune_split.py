"""Which of a person's samples the network learns from, and which are kept back to measure what it learnt.

The pictures of one burst are nearly alike: a network that has seen one knows the others. So whole bursts are kept back
where a class has several; where it has only one, its last part in time is, and the picture before that is left out.
What the model to begin with has learnt already, or the one that it came from, is never kept back.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from fer_desktop.core import emotions
from fer_desktop.samples import enough
from fer_desktop.samples.sample import Sample

FEWEST_TO_LEAVE_OUT: Final = 6
"""With fewer samples each is needed."""
SHARE: Final = 1 / 3
MOST: Final = 1 / 2


@dataclass(frozen=True, slots=True)
class Division:
    """Both in order of time. same_hold: how many of those held out are of a burst of which others were learnt, now or
    by a model before: they are easier than another day's."""

    learnt: list[Sample]
    held: list[Sample]
    same_hold: int


def check(samples: Sequence[Sample]) -> None:
    """Raises InputError, which says what is needed, where too little can be learnt or nothing measured."""
    enough.check(Counter(sample.emotion for sample in samples))


def divide(
    samples: Sequence[Sample], seed: int, known: Collection[Sample] = (), known_bursts: Collection[str] = ()
) -> Division:
    """About a third of each emotion held out, one at least of three; of `known` samples, learnt before, none.

    known_bursts: of which samples were learnt before that may be gone now. The same arguments give the same parts, in
    whatever order the samples come. Raises InputError as `check` does.
    """
    check(samples)
    ordered = sorted(samples, key=lambda sample: (sample.taken_at, sample.path.name))
    parts = _Parts(ordered, set(known))
    bursts_of = {name: {sample.burst for sample in ordered if sample.emotion == name} for name in emotions.NAMES}
    # Those with the least choice come first.
    for emotion in sorted(parts.counts, key=lambda name: (len(bursts_of[name]), emotions.NAMES.index(name))):
        if parts.counts[emotion] >= enough.FEWEST_TO_DIVIDE:
            parts.hold_bursts(emotion, bursts_of[emotion], seed)
            if not parts.of(emotion):
                parts.cut_one(emotion, bursts_of[emotion])
    learnt = [sample for sample in ordered if sample not in parts.held and sample not in parts.left_out]
    held = [sample for sample in ordered if sample in parts.held]
    not_new = {sample.burst for sample in [*learnt, *known]} | set(known_bursts)
    return Division(learnt, held, sum(sample.burst in not_new for sample in held))


class _Parts:
    """What is held out so far. A burst that was later given another emotion in part is decided on as one."""

    def __init__(self, ordered: Sequence[Sample], known: set[Sample]) -> None:
        self.counts = Counter(sample.emotion for sample in ordered)
        self.held: set[Sample] = set()
        self.left_out: set[Sample] = set()
        self._known, self._decided = known, set[str]()
        self._bursts: dict[str, list[Sample]] = defaultdict(list)
        for sample in ordered:
            self._bursts[sample.burst].append(sample)
        self._most = {
            name: int(MOST * count) if count >= enough.FEWEST_TO_DIVIDE else 0 for name, count in self.counts.items()
        }

    def of(self, emotion: str) -> int:
        """How many are held out."""
        return sum(sample.emotion == emotion for sample in self.held)

    def hold_bursts(self, emotion: str, bursts: set[str], seed: int) -> None:
        """Whole bursts, until about a third of the emotion is held out."""
        wanted = max(1, round(SHARE * self.counts[emotion]))
        for name in sorted(bursts, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest()):
            group, have = self._bursts[name], self.of(emotion)
            more = have + sum(sample.emotion == emotion for sample in group)
            fresh = name not in self._decided and self._known.isdisjoint(group)
            if fresh and self._fits(group) and abs(more - wanted) < abs(have - wanted):
                self._decided.add(name)
                self.held.update(group)

    def cut_one(self, emotion: str, bursts: set[str]) -> None:
        """The last part of one burst, at one moment for all its emotions: the one with most of this emotion.

        Later than usual where an emotion would lose more than MOST so. What still cannot be held out, the only sample
        of its emotion for one, is left out where nothing else helps: it would be a near copy on the other side.
        """
        groups = [self._bursts[name] for name in sorted(bursts - self._decided)]
        groups.sort(key=lambda group: -sum(sample.emotion == emotion for sample in group))
        for strict in (True, False):
            for group in groups:
                gap = int(len(group) >= FEWEST_TO_LEAVE_OUT)
                last_known = max((index for index, sample in enumerate(group) if sample in self._known), default=-1)
                usual = len(group) - max(1, round(SHARE * len(group)))
                for start in range(max(usual, last_known + 1 + gap), len(group)):
                    tail = group[start:]
                    kept = tail if strict else [sample for sample in tail if self._fits([sample])]
                    if self._fits(kept) and any(sample.emotion == emotion for sample in kept):
                        self._decided.add(group[0].burst)
                        self.held.update(kept)
                        self.left_out.update(group[start - gap : start], set(tail).difference(kept))
                        return

    def _fits(self, group: Sequence[Sample]) -> bool:
        """Whether so many of each emotion may be held out as well."""
        more = Counter(sample.emotion for sample in group)
        return all(self.of(name) + count <= self._most[name] for name, count in more.items())
