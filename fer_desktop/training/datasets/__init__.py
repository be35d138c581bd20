"""Data set forms. Each reads one form of labelled faces into a FaceSet; `load` knows which one a path holds.

A new form is a module with `load`, a line in `load` below, and a line in tests/contracts/test_datasets.py.
"""

from __future__ import annotations

import functools
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from fer_desktop.core.errors import InputError
from fer_desktop.core.ports import FaceDetector
from fer_desktop.training.datasets import fer_csv, folders, npz, splits
from fer_desktop.training.datasets.examples import examples
from fer_desktop.training.datasets.face_set import FaceSet, place
from fer_desktop.training.datasets.report import Report, report

__all__ = ["FaceSet", "Report", "examples", "load", "load_all", "report", "training_and_validation"]

_OTHERS = (
    (b"\x93NUMPY", "a single NumPy array", "Save image and emotion together with numpy.savez."),
    (b"\x1f\x8b", "a packed archive", "Unpack it and give what is in it."),
    (b"Rar!", "a packed archive", "Unpack it and give what is in it."),
    (b"7z\xbc\xaf", "a packed archive", "Unpack it and give what is in it."),
)


def load(
    path: Path,
    ferplus: Path | None = None,
    with_hash: bool = False,
    make_detector: Callable[[], FaceDetector] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> FaceSet:
    """The labelled faces in a CSV, an .npz or a folder of class folders, told by content. Raises InputError.

    ferplus: FER+'s CSV of votes, for a CSV or .npz with the same rows. with_hash: also take the files' SHA-256.
    make_detector: finds the faces in pictures of a folder that are not cut out yet; progress(pictures read) as it goes.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            if ferplus is not None:
                remedy = "Give fer2013.csv or an .npz of the same rows."
                raise InputError(f"FER+ votes belong to rows of a file, and {path} is a folder", remedy)
            return folders.load(path, make_detector, with_hash, progress)
        if not stat.S_ISREG(mode):
            raise InputError(f"{path} is neither a file nor a folder", "Give a CSV, an .npz or a folder.")
        with path.open("rb") as stream:
            start = stream.read(8)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise InputError(f"{path} cannot be read ({reason})", "Check the path.") from error
    for signature, what, remedy in _OTHERS:
        if start.startswith(signature):
            raise InputError(f"{path} is {what}, not labelled faces", remedy)
    if start.startswith(npz.SIGNATURES):
        return npz.load(path, ferplus, with_hash)
    if path.suffix.lower() == ".npz":
        raise InputError(f"{path} is damaged: it does not begin as an .npz does", "Save it again.")
    return fer_csv.load(path, ferplus, with_hash)


def load_all(
    paths: Sequence[Path],
    ferplus: Path | None = None,
    with_hash: bool = False,
    make_detector: Callable[[], FaceDetector] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> FaceSet:
    """The faces of several sources together, at least one; the votes belong to the first. Otherwise as `load`."""
    sets = [
        load(path, None if index else ferplus, with_hash, make_detector, progress) for index, path in enumerate(paths)
    ]
    if len(sets) > 1:
        # "line 17" says nothing where there are several files.
        sets = [
            replace(faces, skipped=tuple((f"{path.name}, {place(where)}", why) for where, why in faces.skipped))
            for path, faces in zip(paths, sets, strict=True)
        ]
    return functools.reduce(FaceSet.joined, sets)


def training_and_validation(faces: FaceSet) -> tuple[FaceSet, FaceSet]:
    """The faces that train, without those that stand in the validation split too, and the faces that choose.

    Raises InputError where nothing can be learnt: no training or validation split, or nothing to tell apart.
    """
    validation = faces.split(splits.PUBLIC_TEST)
    training = faces.split(splits.TRAINING).without(validation)
    if not len(training):
        raise InputError("Every training face stands in the validation split too", "Give data with other faces in it.")
    if len(set(training.labels.tolist())) < 2:
        raise InputError("All training faces show the same emotion", "Give data with at least two emotions.")
    return training, validation
