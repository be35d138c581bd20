"""One suite for every form of data set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import training_data

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.training import datasets
from fer_desktop.training.datasets import FaceSet

FORMS: dict[str, Callable[[Path], Path]] = {
    "fer2013.csv": lambda folder: training_data.write_csv(folder / "fer2013.csv"),
    "icml_face_data.csv": lambda folder: training_data.write_later_csv(folder / "icml_face_data.csv"),
    "npz": lambda folder: training_data.write_npz(folder / "faces.npz"),
    "folders": lambda folder: training_data.write_folders(folder / "faces"),
    "folders as in FER2013": lambda folder: training_data.write_folders(
        folder / "faces", training="Training", validation="PublicTest", ending="bmp"
    ),
    "folders with other names": lambda folder: training_data.write_folders(
        folder / "faces", training_data.SYNONYMS, "TRAIN", "Validation", "tiff"
    ),
}


@pytest.fixture(params=list(FORMS))
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return FORMS[request.param](tmp_path)


@pytest.fixture
def faces(path: Path) -> FaceSet:
    return datasets.load(path)


def sorted_faces(faces: FaceSet) -> list[tuple[int, bytes]]:
    return sorted((label, image.tobytes()) for label, image in zip(faces.labels.tolist(), faces.images, strict=True))


def test_every_face_is_there_with_its_label_and_split(faces: FaceSet) -> None:
    assert len(faces) == 210
    assert faces.images.shape == (210, 48, 48)
    assert faces.images.dtype == np.uint8
    assert faces.labels.dtype == np.int64
    assert faces.skipped == ()
    drawn = training_data.drawn()
    for split in ("Training", "PublicTest"):
        expected = sorted((face.label, face.image.tobytes()) for face in drawn if face.usage == split)
        assert sorted_faces(faces.split(split)) == expected


@pytest.mark.parametrize("name", ["train", "Training", "TRAIN"])
def test_the_training_split_has_two_names(faces: FaceSet, name: str) -> None:
    assert len(faces.split(name)) == 140


@pytest.mark.parametrize("name", ["PublicTest", "test", "publictest"])
def test_the_split_that_chooses_is_found_whatever_it_is_called(path: Path, name: str) -> None:
    if name == "test" and (path / "Validation").exists():
        with pytest.raises(InputError, match="no split test"):
            datasets.load(path).split(name)
        return
    assert datasets.load(path).split(name).counts() == dict.fromkeys(emotions.NAMES, 10)


def test_a_split_that_is_not_there_is_told_with_those_that_are(faces: FaceSet) -> None:
    with pytest.raises(InputError, match=r"no split PrivateTest. It has: .*Training"):
        faces.split("PrivateTest")


def test_it_can_be_trained_on_and_reported(faces: FaceSet) -> None:
    datasets.training_and_validation(faces)
    report = datasets.report(faces)
    assert report.faces == 210
    assert sum(report.counts["Training"].values()) == 140
    assert report.imbalance == 1.0
    assert report.repeated == 0
    assert "210 faces: 140 Training" in report.lines()[0]


def test_a_second_load_gives_the_same(path: Path) -> None:
    first, second = datasets.load(path, with_hash=True), datasets.load(path, with_hash=True)
    assert first.fingerprint() == second.fingerprint()
    assert first.sources == second.sources
    ((name, digest),) = first.sources.items()
    assert name.rstrip("/") == path.name
    assert len(digest) == 64


def test_faces_of_one_split_are_taken_out_of_another(faces: FaceSet) -> None:
    validation = faces.split("PublicTest")
    both = FaceSet(
        np.concatenate([faces.split("Training").images, validation.images[:5]]),
        np.concatenate([faces.split("Training").labels, validation.labels[:5]]),
        np.array(["Training"] * 145),
    )
    assert len(both.without(validation)) == 140
    assert len(validation.without(validation)) == 0


def test_the_fingerprint_knows_pixels_labels_splits_and_votes(faces: FaceSet) -> None:
    plain = FaceSet(faces.images, faces.labels, faces.usages)
    changed = faces.images.copy()
    changed[3, 4, 5] ^= 1
    assert FaceSet(changed, faces.labels, faces.usages).fingerprint() != plain.fingerprint()
    relabelled = faces.labels.copy()
    relabelled[0] += 1
    assert FaceSet(faces.images, relabelled, faces.usages).fingerprint() != plain.fingerprint()
    assert FaceSet(faces.images.copy(), faces.labels, faces.usages).fingerprint() == plain.fingerprint()
    moved = faces.usages.copy()
    moved[0] = "PublicTest" if moved[0] != "PublicTest" else "Training"
    assert FaceSet(faces.images, faces.labels, moved).fingerprint() != plain.fingerprint()
    votes = np.full((len(faces), 7), 1 / 7, np.float32)
    assert FaceSet(faces.images, faces.labels, faces.usages, votes=votes).fingerprint() != plain.fingerprint()


def test_forms_that_keep_the_order_have_one_fingerprint(tmp_path: Path) -> None:
    first, later = (datasets.load(FORMS[name](tmp_path)) for name in ("fer2013.csv", "icml_face_data.csv"))
    packed = datasets.load(training_data.write_npz(tmp_path / "faces.npz", votes=None))
    assert first.fingerprint() == later.fingerprint() == packed.fingerprint()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "line 1"),
        (b"\x93NUMPY", "NumPy"),
        (b"\x1f\x8b\x08\x00rest", "archive"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"PK\x05\x06" + bytes(18), "no image"),
        (bytes(range(256)) * 10, "line 1"),
    ],
)
def test_what_is_no_data_set_is_one_clear_line(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "wrong"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told) as caught:
        datasets.load(path)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


def test_a_missing_path_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        datasets.load(tmp_path / "none.csv")
