"""Teach a trained network one person's face, from a few dozen samples, in a minute or so. `fer-desktop fine-tune`.

Only the last layer learns (finetune_head), so that the little there is to learn from cannot undo what thousands of
faces taught the others. How far it may go is chosen on faces that are neither reported nor learnt from: the validation
faces of the base data and the samples that were kept back only measure.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from fer_desktop import resources
from fer_desktop.core import emotions
from fer_desktop.core.errors import FerError, InputError
from fer_desktop.core.types import UInt8Array
from fer_desktop.modelstore import manifest as manifests
from fer_desktop.modelstore import places
from fer_desktop.modelstore.manifest import Manifest
from fer_desktop.modelstore.store import ModelFolder
from fer_desktop.samples.sample import Sample
from fer_desktop.training import backends, export, finetune_memory
from fer_desktop.training.control import Control
from fer_desktop.training.datasets.face_set import FaceSet
from fer_desktop.training.events import Emit
from fer_desktop.training.finetune_learning import Base, Own, Result, check, learn
from fer_desktop.training.parents import OUTPUT_NAME, Parent

NAME_ENDING: Final = ", my face"


@dataclass(frozen=True, slots=True)
class FineTuning:
    """What is asked for: the samples, the model to begin with, the model folder to make, faces of others if any."""

    samples: Sequence[Sample]
    begun_with: ModelFolder
    target: Path
    base: FaceSet | None = None
    seed: int = 1


def check_target(target: Path) -> Path:
    """The model folder to write, absolute. Raises InputError where something is there."""
    target = target.resolve()
    if not target.name or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise InputError(f"{target} exists", "Give a new folder with --out.")
    return target


def read(samples: Sequence[Sample], emit: Emit) -> dict[Sample, UInt8Array]:
    """The pictures of those that can be read; the others are told."""
    pixels = {}
    for sample in samples:
        try:
            pixels[sample] = sample.read()
        except InputError as error:
            emit("note", text=f"Left out: {error.what}")
    return pixels


def fine_tune(asked: FineTuning, emit: Emit, control: Control) -> Manifest:
    """Learn, measure before and after, export, prove, and move the whole model to its place.

    Raises InputError where there is too little to learn from or the model cannot learn, Cancelled where `control` asked
    for it, FerError where the export failed or the disk is full; nothing is left then, nor after SystemExit.
    """
    started_s = time.monotonic()
    pixels = read(asked.samples, emit)
    memory = finetune_memory.of(asked.begun_with)
    parts = finetune_memory.divide(pixels, memory, asked.seed)
    learnt, held = parts.learnt, parts.held
    own, kept_back = Own.of(learnt, pixels), Own.of(held, pixels)
    parent = Parent.of(asked.begun_with)
    base = None if asked.base is None else Base.of(asked.base, asked.seed)
    network = network_of(parent, asked.begun_with.manifest)
    device = backends.device()
    left_out = len(pixels) - len(learnt) - len(held)
    emit(
        "started",
        text=f"Teaching {asked.begun_with.name} {_shares(len(learnt), len(held), left_out)}"
        + (f"; {len(base.remembered):,} faces of others keep it close" if base else "; without faces of others")
        + f"; on {device.text}",
        samples=len(pixels),
        held_out=len(held),
        left_out=left_out,
        base=0 if base is None else len(asked.base or ()),
        model=asked.begun_with.id,
        device=device.name,
        backend=device.backend,
    )
    temperature = asked.begun_with.manifest.temperature
    result = learn(network, temperature, own, kept_back, base, asked.seed, emit, control)
    last = network.get_layer(OUTPUT_NAME)
    last.kernel.assign(result.head.kernel.astype(np.float32))
    last.bias.assign(result.head.bias.astype(np.float32))
    figures = {
        "samples": {
            "n": len(pixels),
            "held_out": len(held),
            "before": None if result.own is None else result.own[0],
            "after": None if result.own is None else result.own[1],
            "same_hold": parts.same_hold,
            "sure": result.sure,
        },
        "base": None
        if base is None or result.base is None
        else {"split": base.split, "n": len(base.measured), "before": result.base[0], "after": result.base[1]},
        "worse": result.worse,
    }
    minutes = round((time.monotonic() - started_s) / 60, 1)
    golden = np.concatenate((kept_back.images, own.images))[:32]
    record = _record(asked, parent, own, base, result, figures, minutes, device.text)
    record["training"]["learnt"] = memory.and_of(learnt, pixels).to_json()
    try:
        # Not among other programs' temporary files: what a kill leaves there, a face in it, stays for good.
        with places.making(resources.user_models_dir()) as folder:
            check(control)
            made = folder / "model"
            export.write_model(
                network, made, asked.target.name,
                golden=golden, temperature=temperature, check=lambda: check(control), **record,
            )  # fmt: skip
            manifests.change(made, name=_name(asked.begun_with))
            check(control)
            _place(made, asked.target)
    except OSError as error:
        what = f"The model could not be written to {asked.target} ({(error.strerror or str(error)).lower()})"
        raise FerError(what, "Make room on that disk, or allow writing there.") from error
    emit("done", text=_said(figures, asked.target), path=str(asked.target), model=asked.target.name, **figures)
    return Manifest.read(asked.target)


def network_of(parent: Parent, manifest: Manifest) -> Any:
    """As it answers: with the biases that its validation faces chose, which stay what they are."""
    network = parent.network()
    biases = manifest.training.get("biases")
    if biases is not None:
        last = network.get_layer(OUTPUT_NAME)
        last.bias.assign(last.bias + np.asarray(biases, np.float32))
    return network


def _name(begun_with: ModelFolder) -> str:
    base = begun_with.name.removesuffix(NAME_ENDING)
    return base[: manifests.MAX_NAME - len(NAME_ENDING)].rstrip() + NAME_ENDING


def _record(
    asked: FineTuning,
    parent: Parent,
    own: Own,
    base: Base | None,
    result: Result,
    figures: dict[str, Any],
    minutes: float,
    device: str,
) -> dict[str, Any]:
    """What the manifest says of how the model came about."""
    before = asked.begun_with.manifest
    biases = {} if before.training.get("biases") is None else {"biases": before.training["biases"]}
    training = {
        "fine_tuned": True,
        "start_from": asked.begun_with.id,
        "start_from_sha256": parent.sha256,
        "architecture": before.architecture.get("name"),
        "seed": asked.seed,
        "closeness": result.closeness,
        "share": result.share,
        **figures,
        **biases,
        "chosen_on": _chosen_on(asked.begun_with),
        "device": device,
        "minutes": minutes,
    }
    sources = {"your own samples": ""} if asked.base is None else {"your own samples": "", **asked.base.sources}
    counts = {name: int((own.labels == index).sum()) for index, name in enumerate(emotions.NAMES)}
    chose = "No faces of others were at hand, and what it lost on them was not measured."
    if base is not None:
        chose = (
            f"{len(base.remembered):,} faces of the base data's training split kept it close to the model before, "
            f"{len(base.choosing):,} others said how far to go; {base.split} only measured here."
        )
    data = {"sources": sources, "trained_on": len(own.labels), "counts": counts, "note": chose}
    return {"architecture": before.architecture, "training": training, "data": data, "metrics": result.metrics}


def _shares(learnt: int, held: int, left_out: int) -> str:
    """What becomes of all the samples that could be read."""
    text = f"{learnt} faces of you, " + (f"{held} are kept back to measure" if held else "none is left to measure with")
    if left_out:
        are, they = ("is", "it looks") if left_out == 1 else ("are", "they look")
        text += f", {left_out} between them {are} left out, since {they} like the ones kept back"
    return text


def _chosen_on(model: ModelFolder) -> dict[str, Any] | None:
    """The split that chose the epoch, the temperature and the biases of the model that was trained on faces of all
    people, however often it was taught one face since; None where that is not known."""
    manifest = model.manifest
    if manifest.training.get("fine_tuned"):
        return manifest.training.get("chosen_on")
    if not manifest.metrics:
        return None
    return {"model": model.id, "split": next(iter(manifest.metrics)), "sources": dict(manifest.data.get("sources", {}))}


def _place(made: Path, target: Path) -> None:
    """Move a whole model to its place, by one renaming. Raises InputError where something came there meanwhile."""
    folder = target.parent
    folder.mkdir(parents=True, exist_ok=True)
    in_store = folder == resources.user_models_dir().resolve()
    with places.changing(folder) if in_store else contextlib.nullcontext():
        check_target(target)
        with contextlib.nullcontext(made) if in_store else _beside(made, folder) as whole:
            places.flush(whole)
            if target.exists():
                target.rmdir()  # empty
            whole.rename(target)
        places.flush_names(folder)


@contextlib.contextmanager
def _beside(made: Path, folder: Path) -> Iterator[Path]:
    """A copy in `folder`, which may be on another disk."""
    with places.incoming(folder) as copy:
        shutil.copytree(made, copy, dirs_exist_ok=True)
        yield copy


def _said(figures: dict[str, Any], target: Path) -> str:
    own, base = figures["samples"], figures["base"]
    me = "no faces of you were left to measure with"
    if own["held_out"]:
        me = (
            f"of {own['held_out']} faces of you that it had not seen it read {own['before']:.0%} rightly before, "
            f"{own['after']:.0%} now"
        )
        if own["same_hold"]:
            me += f" ({own['same_hold']} are from the same hold as some it learnt: another day's may be read less well)"
        if not own["sure"]:
            me += ", which may be chance" if own["after"] != own["before"] else ""
    others = "; on other faces it was not measured"
    if base is not None:
        others = f"; on {base['n']:,} other faces {base['before']:.1%} before, {base['after']:.1%} now"
    return f"Done: {me}{others}. The model is in {target}"
