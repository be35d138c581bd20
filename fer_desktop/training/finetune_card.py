"""MODEL_CARD.md of a model that was taught one person's face."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fer_desktop.modelstore.manifest import Manifest

OWN_SPLIT: Final = "PublicTest"
"""On which finetune_learning's constants were tried."""

_TEXT: Final = """# Model {id}

Reads one of seven expressions (angry, disgust, fear, happy, sad, surprise, neutral) from a grey
48×48 picture of a face. It reads expressions, not feelings: what a face shows is not what a person feels.

## Made from
- The model {start_from}, whose last layer was taught one person's face with this program, on {trained_on:,} samples.
- {note}
- Created {created}; {minutes:.1f} minutes, seed {seed}.

## Measured
One crop, no test-time augmentation. {measured_on}

| faces | number | {start_from} | this model |
|---|---|---|---|
| the same person, kept back | {own} |
| {others} |

## Limits
Made for one person under the light of the samples. The pictures of one sitting are alike, so another day's may be read
less well than those kept back. All limits of {start_from} are limits of this model, too.

## Not for
Other people. Decisions about a person. Not for use on people at work or in education (EU AI Act, Article 5(1)(f)), and
not for lie detection, hiring, policing, medicine or insurance.
"""


def render(manifest: Manifest) -> str:
    """Markdown. Needs the manifest that finetune writes."""
    training = manifest.training
    own: dict[str, Any] = training["samples"]
    base: dict[str, Any] | None = training["base"]
    mine = "– | not measured | not measured"
    if own["held_out"]:
        mine = f"{own['held_out']:,} | {own['before']:.1%} | {own['after']:.1%}"
    others = "other people | – | not measured | not measured"
    if base is not None:
        others = f"{base['split']} | {base['n']:,} | {base['before']:.1%} | {base['after']:.1%}"
    return _TEXT.format(
        id=manifest.id,
        start_from=training["start_from"],
        trained_on=manifest.data["trained_on"],
        note=manifest.data["note"],
        created=manifest.created[:10],
        minutes=training["minutes"],
        seed=training["seed"],
        measured_on=" ".join(_measured_on(manifest)),
        own=mine,
        others=others,
    )


def _measured_on(manifest: Manifest) -> Iterator[str]:
    """What the figures do not show by themselves, a sentence or two each."""
    training = manifest.training
    own, base, chosen = training["samples"], training["base"], training.get("chosen_on")
    if own["held_out"]:
        yield "The faces kept back were learnt neither now nor by the models before, as far as those are known."
        if own["same_hold"]:
            yield f"{own['same_hold']:,} of them are from the same hold of an expression as some that were learnt."
        if not own["sure"]:
            yield "So small a difference on them may be chance."
    else:
        yield "All samples were learnt, now or before: whether this person is read better is not known."
    if base is None:
        return
    sentence = f"{base['split']} chose nothing in this fine-tuning"
    if chosen is not None and chosen["split"] == base["split"] and _may_share(chosen["sources"], manifest):
        sentence += f"; it did choose the epoch, the temperature and the biases of {chosen['model']}"
    yield sentence + "."
    yield f"The program's own settings for this were found on FER2013's {OWN_SPLIT}."


def _may_share(sources: Mapping[str, str], manifest: Manifest) -> bool:
    """Whether faces may be the same: not where the hashes of all files are known and different."""
    before, now = set(sources.values()) - {""}, set(manifest.data["sources"].values()) - {""}
    return not before or not now or bool(before & now)
