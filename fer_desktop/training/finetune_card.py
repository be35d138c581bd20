"""MODEL_CARD.md of a model that was taught one person's face."""

from __future__ import annotations

from typing import Any, Final

from fer_desktop.modelstore.manifest import Manifest

_TEXT: Final = """# Model {id}

Reads one of seven expressions (angry, disgust, fear, happy, sad, surprise, neutral) from a grey
48×48 picture of a face. It reads expressions, not feelings: what a face shows is not what a person feels.

## Made from
- The model {start_from}, whose last layer was taught one person's face with this program, on {trained_on:,} samples.
- {note}
- Created {created}; {minutes:.1f} minutes, seed {seed}.

## Measured
One crop, no test-time augmentation. None of these faces was learnt from, and none chose anything.

| faces | number | {start_from} | this model |
|---|---|---|---|
| the same person, kept back | {held_out:,} | {before:.1%} | {after:.1%} |
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
        held_out=own["held_out"],
        before=own["before"],
        after=own["after"],
        others=others,
    )
