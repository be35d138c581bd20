"""Which of a person's samples the network learns from, and which are kept back to measure what it learnt.

The pictures of one burst are nearly alike: a network that has seen one knows the others. So whole bursts are kept back
where a class has several; where it has only one, its last part in time is, and the picture before that is left out.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.samples.sample import Sample

FEWEST: Final = 5
FEWEST_EMOTIONS: Final = 2
FEWEST_TO_DIVIDE: Final = 3
"""Samples that an emotion needs so that one of them can be kept back."""
FEWEST_TO_LEAVE_OUT: Final = 6
"""With fewer samples each is needed."""
SHARE: Final = 1 / 3
MOST: Final = 1 / 2


def check(samples: Sequence[Sample]) -> None:
    """Raises InputError, which says what is needed, where too little can be learnt or nothing measured."""
    counts = {name: sum(sample.emotion == name for sample in samples) for name in emotions.NAMES}
    shown = [name for name, count in counts.items() if count]
    remedy = (
        f"Collect {FEWEST} or more in all, of at least {FEWEST_EMOTIONS} emotions, {FEWEST_TO_DIVIDE} of one of them; "
        "15 of each are good."
    )
    if len(samples) < FEWEST:
        raise InputError(f"There are {len(samples) or 'no'} faces of you to learn from", remedy)
    if len(shown) < FEWEST_EMOTIONS:
        raise InputError(f"All {len(samples)} faces of you show {shown[0]}", remedy)
    if max(counts.values()) < FEWEST_TO_DIVIDE:
        raise InputError("There are too few faces of you of any one emotion to measure with", remedy)


def divide(samples: Sequence[Sample], seed: int) -> tuple[list[Sample], list[Sample]]:
    """(learnt, held out), each in order of time: about a third of each emotion held out, one at least of three.

    The same samples and seed give the same parts, in whatever order they come. Raises InputError as `check` does.
    """
    check(samples)
    ordered = sorted(samples, key=lambda sample: (sample.taken_at, sample.path.name))
    of_emotion: dict[str, dict[str, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    for sample in ordered:
        of_emotion[sample.emotion][sample.burst].append(sample)
    side: dict[str, bool] = {}  # of each burst decided on: whether it is held out
    held: set[Sample] = set()
    left_out: set[Sample] = set()
    # A burst that was later given another emotion in part stays on one side. Those with the least choice come first.
    for emotion in sorted(of_emotion, key=lambda name: (len(of_emotion[name]), emotions.NAMES.index(name))):
        bursts = of_emotion[emotion]
        count = sum(map(len, bursts.values()))
        if count >= FEWEST_TO_DIVIDE:
            _choose(bursts, side, max(1, round(SHARE * count)), int(MOST * count), seed)
        mine = {sample for name, group in bursts.items() if side.get(name) for sample in group}
        if not mine and count >= FEWEST_TO_DIVIDE:
            group = max(bursts.values(), key=len)
            cut = len(group) - max(1, round(SHARE * len(group)))
            mine = set(group[cut:])
            if len(group) >= FEWEST_TO_LEAVE_OUT:
                left_out.add(group[cut - 1])
        held |= mine
        for name in bursts:
            side.setdefault(name, False)
    learnt = [sample for sample in ordered if sample not in held and sample not in left_out]
    return learnt, [sample for sample in ordered if sample in held]


def _choose(bursts: dict[str, list[Sample]], side: dict[str, bool], wanted: int, most: int, seed: int) -> None:
    """Hold out whole bursts until about `wanted` samples are, `most` at most."""
    have = sum(len(group) for name, group in bursts.items() if side.get(name))
    for name in sorted(bursts, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest()):
        more = have + len(bursts[name])
        if name not in side and more <= most and abs(more - wanted) < abs(have - wanted):
            side[name], have = True, more
