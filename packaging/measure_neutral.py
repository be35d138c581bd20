"""Measure what *my neutral* gives back, and the usual resting face in fer_desktop/core/neutral.py.

    python packaging/measure_neutral.py ROWS.npz

ROWS.npz is what packaging/measure_quality.py --rows kept. FER2013 knows no persons, so they are made up: every logit of
one is off by a constant of its own, or one of angry, fear and sad is always too high. Three neutral faces are the
resting face; what it costs that they are three people's is in the figures, so a real person's should be better. The
usual resting face comes from one half of the clean faces, the figures from the other.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from fer_desktop.core import emotions, neutral
from fer_desktop.core.probability import softmax
from fer_desktop.training import hard_scenes

PERSONS, RESTING, READ = 1000, 3, 60
"""Persons made up for each spread; faces at rest and faces read of each."""
SPREADS = (0.0, 0.5, 1.0, 1.5, 2.0)
"""Standard deviation of a person's constants, in nats."""
GLOOMY, TOO_HIGH = ("angry", "fear", "sad"), 2.0
"""What some people always look like, and by how many nats."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rows = np.load(args.rows)
    clean = rows["kind"] == hard_scenes.KINDS.index(hard_scenes.CLEAN)
    logs, labels = np.log(np.maximum(rows["probabilities"][clean], 1e-6)), rows["label"][clean]
    rng = np.random.default_rng(args.seed)
    order = rng.permutation(len(labels))
    fitting, seen = order[: len(order) // 2], order[len(order) // 2 :]
    rest = emotions.NAMES.index("neutral")
    usual = np.median(logs[fitting][labels[fitting] == rest], axis=0)
    print("USUAL", (usual - usual[rest]).round(1).tolist(), "is", neutral.USUAL.round(1).tolist())
    resting_faces = fitting[labels[fitting] == rest]
    print("| persons' constants | right without | with | neutral read as neutral without | with |")
    print("|---|---|---|---|---|")
    for spread in (*SPREADS, None):
        figures = []
        for _ in range(PERSONS):
            person = np.zeros(emotions.COUNT)
            if spread is None:
                person[emotions.NAMES.index(rng.choice(GLOOMY))] = TOO_HIGH
            else:
                person = rng.normal(0, spread, emotions.COUNT)
            resting = softmax((logs[rng.choice(resting_faces, RESTING)] + person).astype(np.float32))
            chosen = rng.choice(seen, READ)
            read, truth = logs[chosen] + person, labels[chosen]
            for one in (read, neutral.shifted(read, neutral.offset(resting))):
                right = one.argmax(axis=1) == truth
                figures.append((right.mean(), right[truth == rest].sum(), (truth == rest).sum()))
        without, having = np.array(figures[::2]), np.array(figures[1::2])
        recalls = [table[:, 1].sum() / table[:, 2].sum() for table in (without, having)]
        name = f"one {TOO_HIGH:g} too high" if spread is None else f"spread {spread:g}"
        print(
            f"| {name} | {without[:, 0].mean():.1%} | {having[:, 0].mean():.1%} | {recalls[0]:.1%} | {recalls[1]:.1%} |"
        )


if __name__ == "__main__":
    main()
