"""MODEL_CARD.md: what a person should know before trusting a model, made from its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fer_desktop.core import emotions
from fer_desktop.modelstore.manifest import Manifest
from fer_desktop.training import finetune_card

FILE_NAME: Final = "MODEL_CARD.md"

_TEXT: Final = """# Model {id}

Reads one of seven expressions (angry, disgust, fear, happy, sad, surprise, neutral) from a grey
48×48 picture of a face. It reads expressions, not feelings: what a face shows is not what a person feels.

## Made from
- Network: {architecture}, {parameters:,} weights. Trained with this program on {trained_on:,} faces of {source}.
- {note}
- Created {created}; {epochs} epochs, {minutes:.0f} minutes, seed {seed}.
- FER2013 was gathered from the web. The licence of its pictures is unclear; only weights learnt from them are here.

## Measured
One crop, no test-time augmentation. The epoch, the temperature and the biases were chosen on the faces of {split}, so
these figures are a little kinder than new faces would give.

| faces of {split} | accuracy | mean of the recalls | calibration error |
|---|---|---|---|
| {n:,} | {accuracy:.1%} | {balanced:.1%} | {ece:.3f} |

| {header} |
|{rule}|
| {recalls} |

## Limits
Learnt from posed and web pictures of uneven ages, skin tones and cultures; people who label such pictures agree with
each other on about two in three. It will be wrong often for faces turned away, covered, badly lit or smaller than about
40 pixels, and its errors are not spread evenly over people.

## Not for
Decisions about a person. Not for use on people at work or in education (EU AI Act, Article 5(1)(f)), and not for lie
detection, hiring, policing, medicine or insurance.
"""


def render(manifest: Manifest) -> str:
    """Markdown. Needs the manifest that training writes."""
    if manifest.training.get("fine_tuned"):
        return finetune_card.render(manifest)
    split, figures = next(iter(manifest.metrics.items()))
    recalls: Mapping[str, Any] = figures["recall"]
    return _TEXT.format(
        id=manifest.id,
        architecture=manifest.architecture["name"],
        parameters=manifest.architecture["parameters"],
        trained_on=manifest.data["trained_on"],
        source=" and ".join(manifest.data["sources"]),
        note=manifest.data["note"],
        created=manifest.created[:10],
        epochs=manifest.training["epochs"],
        minutes=manifest.training["minutes"],
        seed=manifest.training["seed"],
        split=split,
        n=figures["n"],
        accuracy=figures["accuracy"],
        balanced=figures["balanced_accuracy"],
        ece=figures["ece"],
        header=" | ".join(emotions.NAMES),
        rule="---|" * (emotions.COUNT - 1) + "---",
        recalls=" | ".join("–" if recalls[name] is None else f"{recalls[name]:.0%}" for name in emotions.NAMES),
    )
