"""The study again: its networks trained one after the other, and put beside the figures it published.

In the output folder each finished network has a file, NAME.json, and is not trained again; one that was stopped goes on
from its last whole epoch. study.md, study.json and study.png are written anew after each network.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from fer_desktop import atomic_file
from fer_desktop.core.errors import FerError, InputError
from fer_desktop.training import architectures, backends, datasets, preprocess, study_report, study_training
from fer_desktop.training.datasets.face_set import FaceSet
from fer_desktop.training.events import Emit, counted
from fer_desktop.training.study_training import StudyNetwork

PCA_EPOCHS: Final = 90


def _registered(name: str, *published: tuple[float, int | None], epochs: int, **settings: Any) -> StudyNetwork:
    arguments = architectures.ARCHITECTURES[name][1]
    activation = arguments.get("activation", "relu")
    return StudyNetwork(name, arguments["text"], published, epochs, activation, **settings)


NETWORKS: Final = (
    StudyNetwork("study-mlp", None, ((0.2497, None),), epochs=20),
    _registered("study-default", (0.463, None), epochs=20, optimizer="rmsprop", decay=1e-6),
    _registered("study-improved", (0.513, None), epochs=20),
    _registered("study-dropout", (0.539, 20), (0.568, 50), epochs=50),
    _registered("study-more-dropout", (0.5805, None), epochs=50),
    _registered("study-swish", (0.537, None), epochs=50),
    _registered("study-swish-more-dropout", (0.537, None), epochs=50),
)


def reproduce(
    faces: FaceSet,
    out: Path,
    emit: Emit,
    cancel: threading.Event,
    *,
    epochs: int | None = None,
    preprocessing: str = "none",
    seed: int = 1,
    networks: Sequence[StudyNetwork] = NETWORKS,
) -> dict[str, Any]:
    """Train what `out` holds no result of, and write the table, its JSON and the plot there; returns the JSON.

    epochs: instead of each network's own (with pca98 those are 90, as published). Raises Cancelled where `cancel` was
    set, InputError where `out` belongs to another task (other faces, epochs, seed or preprocessing), FerError where the
    disk is full.
    """
    try:
        return _reproduce(faces, out, emit, cancel, epochs, preprocessing, seed, networks)
    except OSError as error:
        what = f"{out} could not be written on ({error.strerror or error})"
        raise FerError(what, "What is trained is kept: make room, then give the same command again.") from error


def _reproduce(
    faces: FaceSet,
    out: Path,
    emit: Emit,
    cancel: threading.Event,
    epochs: int | None,
    preprocessing: str,
    seed: int,
    networks: Sequence[StudyNetwork],
) -> dict[str, Any]:
    training, validation = datasets.training_and_validation(faces)
    if epochs is None and preprocessing == "pca98":
        epochs = PCA_EPOCHS
    chosen = [network if epochs is None else replace(network, epochs=epochs) for network in networks]
    shared = {"preprocessing": preprocessing, "seed": seed, "faces": faces.fingerprint()}
    results = _open_folder(out, chosen, shared)
    emit(
        "started",
        text=f"Training {len(chosen) - len(results)} of the study's {len(chosen)} networks on {len(training):,} faces, "
        f"preprocessing: {preprocessing}",
        architecture="study",
        faces=len(training),
        epochs=sum(network.epochs for network in chosen),
        epoch=0,
    )
    device = backends.device()
    prepare = preprocess.fit(preprocessing, training.images)
    task = study_training.Task(
        prepare(training.images),
        training.labels,
        prepare(validation.images),
        validation.labels,
        1.0 if preprocessing == "normalize" else 1 / 255,
        seed,
        device.half_precision,
        emit,
        cancel,
    )
    for network in chosen:
        if network.name in results:
            emit("note", text=f"{network.name}: kept from before")
            continue
        emit("note", text=f"{network.name}: {counted(network.epochs, 'epoch')}")
        work = _work_folder(out, network)
        parameters, progress = study_training.train(network, work, task)
        result = {
            "schema": 1,
            "settings": _settings(network, shared),
            "parameters": parameters,
            "device": f"{device.text}, {device.precision}",
            "progress": asdict(progress),
        }
        atomic_file.write(_result_path(out, network), (json.dumps(result, indent=2) + "\n").encode())
        shutil.rmtree(work, ignore_errors=True)
        results[network.name] = result
        study_report.write(out, chosen, results)
    report = study_report.write(out, chosen, results)
    best = max(report["networks"], key=lambda row: row["accuracy"])
    emit(
        "done",
        text=f"Done: {best['name']} is best with {best['accuracy']:.1%}. The table is {out / study_report.TABLE}",
        path=str(out),
        accuracy=best["accuracy"],
        metrics={row["name"]: row["accuracy"] for row in report["networks"]},
    )
    return report


def _settings(network: StudyNetwork, shared: dict[str, Any]) -> dict[str, Any]:
    """What a result depends on, as it comes back out of a JSON file."""
    return {key: value for key, value in asdict(network).items() if key != "published"} | shared


def _result_path(out: Path, network: StudyNetwork) -> Path:
    return out / f"{network.name}.json"


def _work_folder(out: Path, network: StudyNetwork) -> Path:
    return out / f"{network.name}.partial"


def _open_folder(out: Path, networks: Sequence[StudyNetwork], shared: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The kept results by name; every other network gets a folder to work in, which says whose checkpoints it holds."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        stored = {network.name: _read(_result_path(out, network), _settings(network, shared)) for network in networks}
        for network in networks:
            if stored[network.name] is None:
                work, settings = _work_folder(out, network), _settings(network, shared)
                _read(work / "settings.json", settings)
                work.mkdir(exist_ok=True)
                atomic_file.write(work / "settings.json", json.dumps({"settings": settings}).encode())
    except OSError as error:
        raise InputError(f"{out} cannot be used ({error.strerror})", "Give another folder with --out.") from error
    return {name: result for name, result in stored.items() if result is not None}


def _read(path: Path, settings: dict[str, Any]) -> dict[str, Any] | None:
    """The file's content, None where there is none. Raises InputError where it is not of these settings."""
    try:
        stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        theirs: dict[str, Any] = dict(stored["settings"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged", "Remove it; its network is then trained again.") from error
    if theirs != settings:
        different = ", ".join(sorted(key for key in settings if theirs.get(key) != settings[key]))
        raise InputError(f"{path} is of another task (other {different})", "Give another folder with --out.")
    return stored
