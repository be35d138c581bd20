"""200 damaged model folders: 200 refusals with a reason, each within a second, and a start that goes on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore.store import ModelStore
from tests import model_folders

FILES = ("model.onnx", "model.keras", "MODEL_CARD.md", "manifest.json")
Damage = Callable[[Path], None]


def record(**values: Any) -> Damage:
    """Other values in the manifest, as somebody who writes it anew would leave them."""

    def damage(folder: Path) -> None:
        path = folder / "manifest.json"
        changed = {**json.loads(path.read_text(encoding="utf-8")), **values}
        changed.pop("checksum")
        path.write_text(json.dumps(changed), encoding="utf-8")

    return damage


def content(file: str, data: bytes) -> Damage:
    return lambda folder: (folder / file).write_bytes(data) and None


def other_network(**kind: Any) -> Damage:
    """A network of another shape, with its right hash."""

    def damage(folder: Path) -> None:
        onnx = model_folders.network(**kind)
        (folder / "model.onnx").write_bytes(onnx)
        path = folder / "manifest.json"
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        record(files={**files, "model.onnx": hashlib.sha256(onnx).hexdigest()})(folder)

    return damage


def damages(rng: np.random.Generator) -> list[Damage]:
    def flipped(file: str, share: float) -> Damage:
        def damage(folder: Path) -> None:
            data = (folder / file).read_bytes()
            # The word "checksum" comes last; without it the record is as an older version wrote it, and still right.
            end = data.index(b'"checksum"') if file == "manifest.json" else len(data)
            model_folders.flip(folder / file, int(share * end))

        return damage

    def cut(file: str, share: float) -> Damage:
        return lambda folder: os.truncate(folder / file, int(share * (folder / file).stat().st_size))

    def missing(file: str) -> Damage:
        return lambda folder: (folder / file).unlink()

    def replaced_by_folder(file: str) -> Damage:
        def damage(folder: Path) -> None:
            (folder / file).unlink()
            (folder / file).mkdir()

        return damage

    labels = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
    found = [flipped(file, share) for file in FILES for share in rng.random(25)]
    found += [cut(file, share) for file in FILES for share in rng.random(10) * 0.99]
    found += [make(file) for file in FILES for make in (missing, replaced_by_folder)]
    found += [other_network(**kind) for kind in ({"side": 64}, {"side": 47}, {"answers": 6}, {"batch": 1})]
    found += [other_network(bias=float(bias)) for bias in ("nan", "inf")]
    found += [other_network(nodes=model_folders.node("Loop", ("sums",), "x")), other_network(last="Softmax")]
    found += [record(schema=schema) for schema in (2, 99, 0, -1, None, "1", 1.5, [1], 10**30)]
    found += [
        record(labels=wrong)
        for wrong in (labels[::-1], labels[:6], [*labels, "contempt"], [], "happy", None, 7, [[]], [1] * 7)
    ]
    found += [record(input_shape=shape) for shape in ([224, 224, 3], [48, 48], [48, 48, 1, 1], None, 48, "48")]
    found += [record(temperature=bad) for bad in (0, -1, "hot", None, [1], 1e999, float("nan"), 10**400)]
    found += [record(files=bad) for bad in ({}, [], None, {"model.onnx": 1}, {"../x": "a"}, {"model.onnx": "ab" * 32})]
    found += [record(id=bad) for bad in ("", None, 7, ["x"], "x" * 256)]
    found += [record(metrics=[1]), record(training=7), record(created=None), record(data="x"), record(name="x" * 61)]
    found += [record(scaling="0 to 1"), record(crop_geometry=9), record(scaling="x" * 100_000)]
    found += [content("manifest.json", data) for data in (b"", b"{", b"[]", b"\xff\xfe", b"null", b"0" * 5000)]
    found += [content("manifest.json", b" " * 1_000_001), content("manifest.json", b"[" * 500_000)]
    found += [lambda folder: os.truncate(folder / "model.onnx", 65 << 20)]
    return found


def test_each_is_refused_with_a_reason_within_a_second(
    small: ModelStore, user: Path, tmp_path: Path, rng: np.random.Generator
) -> None:
    ways = damages(rng)
    assert len(ways) >= 200
    small.activate("evening")
    small.verify("morning")  # ONNX Runtime is loaded once
    whole = model_folders.make(tmp_path / "whole", "whole")
    for number, damage in enumerate(ways):
        shutil.copytree(whole, user / f"bad{number}")
        damage(user / f"bad{number}")
        started_s = time.process_time()
        with pytest.raises(ModelError) as caught:
            small.activate(f"bad{number}")
        took_s = time.process_time() - started_s  # of work, whatever else this computer does
        assert took_s < 1, f"number {number} took {took_s:.1f} s"
        assert len(str(caught.value)) > 20, number
        assert "\n" not in str(caught.value), number
        (user / f"bad{number}").rename(user / f".kept{number}")  # out of the way, so that lists stay short
    assert small.resolve().folder.id == "evening"
    assert small.resolve().problem is None
    for number in range(len(ways)):
        (user / f".kept{number}").rename(user / f"bad{number}")
    listed = len(small.models()) + len(small.unreadable())
    assert listed == len(ways) + 3, "each is in one of the two lists"


@pytest.mark.parametrize("rest", [("model.onnx",), ("model.keras", "MODEL_CARD.md"), ()])
def test_a_folder_without_a_manifest_is_told(small: ModelStore, user: Path, rest: tuple[str, ...]) -> None:
    folder = user / "half"
    folder.mkdir()
    for name in rest:
        (folder / name).write_bytes(b"x")
    assert len(small.unreadable()) == bool(rest)
