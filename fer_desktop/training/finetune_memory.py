"""Which of a person's samples a model has learnt, and the models before it: those cannot measure it any more."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from fer_desktop import resources
from fer_desktop.core.errors import FerError
from fer_desktop.core.types import UInt8Array
from fer_desktop.modelstore.store import ModelFolder, ModelStore
from fer_desktop.samples.sample import Sample
from fer_desktop.training import finetune_split
from fer_desktop.training.finetune_split import Division

DIGITS: Final = 16
"""Of a hash that are kept: enough to tell any number of pictures apart, and the manifest stays small."""
KEY: Final = "learnt"


@dataclass(frozen=True, slots=True)
class Memory:
    """Hashes of pixels, which survive that a sample is renamed or given another emotion, and names of bursts."""

    pictures: frozenset[str] = frozenset()
    bursts: frozenset[str] = frozenset()
    until: str = ""
    """ISO 8601 in UTC: samples taken before may all have been learnt, by a training with the folder of samples."""

    def has(self, sample: Sample, picture: UInt8Array) -> bool:
        return digest(picture) in self.pictures or sample.taken_at.isoformat() < self.until

    def and_of(self, samples: Sequence[Sample], pixels: Mapping[Sample, UInt8Array]) -> Memory:
        """With these as well."""
        pictures = {digest(pixels[sample]) for sample in samples}
        return replace(self, pictures=self.pictures | pictures, bursts=self.bursts | {one.burst for one in samples})

    def to_json(self) -> dict[str, str]:
        """For the manifest: one line each, since there may be thousands."""
        return {
            "pictures": " ".join(sorted(self.pictures)),
            "bursts": " ".join(sorted(self.bursts)),
            "until": self.until,
        }


def digest(picture: UInt8Array) -> str:
    return hashlib.sha256(picture.tobytes()).hexdigest()[:DIGITS]


def of(model: ModelFolder) -> Memory:
    """What it learnt and, for models trained from it since, what those before it learnt, as far as they are there."""
    store, found, seen, rest = ModelStore.default(), Memory(), set[str](), [model]
    while rest:
        manifest = rest.pop().manifest
        training, until = manifest.training, ""
        learnt: Any = training.get(KEY)
        if isinstance(learnt, Mapping):
            pictures, bursts = (frozenset(str(learnt.get(name, "")).split()) for name in ("pictures", "bursts"))
            found = replace(found, pictures=found.pictures | pictures, bursts=found.bursts | bursts)
            until = str(learnt.get("until", ""))
        elif f"{resources.user_samples_dir().name}/" in manifest.data.get("sources", {}):
            until = manifest.created
        found = replace(found, until=max(found.until, until))
        teachers: Any = training.get("teachers")
        for name in [training.get("start_from"), *(teachers if isinstance(teachers, Sequence) else ())]:
            if isinstance(name, str) and name not in seen:
                seen.add(name)
                try:
                    rest.append(store.get(name))
                except FerError:
                    continue  # deleted since, or from elsewhere
    return found


def divide(pixels: Mapping[Sample, UInt8Array], memory: Memory, seed: int) -> Division:
    """As finetune_split does; no picture that was learnt, now or before, is held out, not even as a copy.

    Where nothing new is left, all is learnt and nothing held out. Raises InputError where there are too few samples.
    """
    known = [sample for sample, picture in pixels.items() if memory.has(sample, picture)]
    parts = finetune_split.divide(list(pixels), seed, known, memory.bursts)
    held = {digest(pixels[sample]) for sample in parts.held}
    learnt = [sample for sample in parts.learnt if digest(pixels[sample]) not in held]
    if not learnt:
        return Division(list(pixels), [], 0)
    return replace(parts, learnt=learnt)
