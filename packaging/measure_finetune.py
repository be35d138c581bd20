"""Measure what teaching a model one face is worth, and what it costs on others: the drawn face in five lights.

    python packaging/measure_finetune.py fer2013.csv [--model ID|DIR] [--each N] [--seeds N] [--real] [--alone]

Prints, for each light and seed, the accuracy on the samples that were kept back and on PublicTest, before and after.
--real takes faces of PublicTest, of different people, instead of the drawn one; those do not count as others then.
--alone leaves the base data out of the learning, as for a person who has none.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fer_desktop.cli import training_process
from fer_desktop.core import emotions
from fer_desktop.modelstore.store import ModelStore
from fer_desktop.samples import COLLECTED, Sample, SampleStore
from fer_desktop.training import backends, finetune_split
from fer_desktop.training.datasets import fer_csv
from fer_desktop.training.parents import Parent

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import lit_faces  # type: ignore[import-untyped]

BURSTS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv", type=Path)
    parser.add_argument("--model", default="default")
    parser.add_argument("--each", type=int, default=15)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--lights", nargs="*", default=list(lit_faces.LIGHTS))
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--alone", action="store_true")
    args = parser.parse_args()
    backends.choose()
    faces = fer_csv.load(args.csv)
    with training_process.quiet_keras():
        from fer_desktop.training import finetune, finetune_learning
        from fer_desktop.training.finetune_pictures import Trunk

    begun_with = ModelStore.default().get(args.model)
    network = finetune.network_of(Parent.of(begun_with), begun_with.manifest)
    base = finetune_learning.Base.of(faces, 1)
    _remember(Trunk)
    old = finetune_learning.head_of(network, begun_with.manifest.temperature)
    seen = Trunk(network).features(base.measured.images)
    print("| light | seed | kept back | before | after | PublicTest before | after | closeness | s |")
    print("|---|---|---|---|---|---|---|---|---|")
    for light in args.lights:
        for seed in range(1, args.seeds + 1):
            rng = np.random.default_rng(seed)
            others = np.ones(len(base.measured), bool)
            if args.real:
                labels = base.measured.labels
                which = np.concatenate(
                    [rng.permutation(np.flatnonzero(labels == label))[: args.each] for label in range(emotions.COUNT)]
                )
                others[which] = False
                images = np.stack([lit_faces.lit(base.measured.images[index], light, rng) for index in which])
                own_labels = labels[which]
            else:
                images, own_labels = lit_faces.faces(light, args.each, seed)
            with tempfile.TemporaryDirectory() as folder:
                store, pixels = SampleStore(Path(folder)), {}
                for index, (image, label) in enumerate(zip(images, own_labels, strict=True)):
                    name = emotions.NAMES[label]
                    sample: Sample = store.add(image, name, f"{name}-{index % BURSTS}", COLLECTED)
                    pixels[sample] = image
                parts = finetune_split.divide(list(pixels), seed)
            own, kept_back = (finetune_learning.Own.of(part, pixels) for part in (parts.learnt, parts.held))
            started_s = time.monotonic()
            kept = None if args.alone else replace(base, measured=base.measured.take(np.arange(1)))
            # One seed, so that the same faces of others are seen each time, and read only once.
            result = finetune_learning.learn(network, begun_with.manifest.temperature, own, kept_back, kept, 1)
            mine = result.own or (0.0, 0.0)
            truth = base.measured.labels[others]
            before = (old.read(seen[others]) == truth).mean()
            after = (result.head.read(seen[others]) == truth).mean()
            print(
                f"| {light} | {seed} | {len(parts.held)} | {mine[0]:.1%} | {mine[1]:.1%} | {before:.1%} "
                f"| {after:.1%} ({100 * (after - before):+.2f}) | {result.closeness:.0f} "
                f"| {time.monotonic() - started_s:.0f} |",
                flush=True,
            )


def _remember(trunk: Any) -> None:
    """Let the trunk read the same pictures once: most of a run's time."""
    read, known = trunk.features, {}

    def features(self: Any, images: np.ndarray, after_batch: Any = lambda faces: None) -> np.ndarray:
        key = hashlib.sha256(images.tobytes()).digest()
        if key not in known:
            known[key] = read(self, images, after_batch)
        return known[key]

    trunk.features = features


if __name__ == "__main__":
    main()
