"""One suite for every form of data set; today there is Kaggle's CSV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import training_data

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.training.datasets import fer_csv
from fer_desktop.training.datasets.face_set import FaceSet

FORMS: dict[str, tuple[Callable[[Path], Path], Callable[[Path], FaceSet]]] = {
    "fer2013.csv": (lambda folder: training_data.write_csv(folder / "fer2013.csv"), fer_csv.load),
}


@pytest.fixture(params=list(FORMS))
def faces(request: pytest.FixtureRequest, tmp_path: Path) -> FaceSet:
    write, load = FORMS[request.param]
    return load(write(tmp_path))


def test_every_face_is_there_with_its_label_and_split(faces: FaceSet) -> None:
    assert len(faces) == 210
    assert faces.images.shape == (210, 48, 48)
    assert faces.images.dtype == np.uint8
    assert len(faces.split("Training")) == 140
    assert faces.split("PublicTest").counts() == dict.fromkeys(emotions.NAMES, 10)


def test_a_split_that_is_not_there_is_told_with_those_that_are(faces: FaceSet) -> None:
    with pytest.raises(InputError, match="PublicTest, Training"):
        faces.split("PrivateTest")


def test_faces_of_one_split_are_taken_out_of_another(faces: FaceSet) -> None:
    validation = faces.split("PublicTest")
    both = FaceSet(
        np.concatenate([faces.split("Training").images, validation.images[:5]]),
        np.concatenate([faces.split("Training").labels, validation.labels[:5]]),
        np.array(["Training"] * 145),
    )
    assert len(both.without(validation)) == 140


def test_the_fingerprint_knows_pixels_and_labels(faces: FaceSet) -> None:
    changed = faces.images.copy()
    changed[3, 4, 5] ^= 1
    assert FaceSet(changed, faces.labels, faces.usages).fingerprint() != faces.fingerprint()
    relabelled = faces.labels.copy()
    relabelled[0] += 1
    assert FaceSet(faces.images, relabelled, faces.usages).fingerprint() != faces.fingerprint()
    assert FaceSet(faces.images, faces.labels, faces.usages).fingerprint() == faces.fingerprint()


GOOD = "3," + " ".join(["7"] * 2304) + ",Training"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("9," + GOOD[2:], "emotion '9'"),
        ("x," + GOOD[2:], "emotion 'x'"),
        ("3,1 2 3,Training", "3 pixels, not 2304"),
        ("3," + " ".join(["300"] * 2304) + ",Training", "not 0 to 255"),
        ("3,half a line", "2 cells, not 3"),
        ("3," + " ".join(["a"] * 2304) + ",Training", "invalid literal"),
    ],
)
def test_a_damaged_row_is_left_out_and_told(tmp_path: Path, row: str, reason: str) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_text("\n".join(["emotion,pixels,Usage", *[GOOD] * 20, row, *[GOOD] * 20]), encoding="utf-8")
    faces = fer_csv.load(path)
    assert len(faces) == 40
    ((line, told),) = faces.skipped
    assert line == 22
    assert reason in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "line 1"),
        ("emotion,pixels,Usage\n", "no usable face"),
        ("a,b\n1,2\n", "line 1"),
        ("emotion,pixels,Usage\n" + "9,1,Training\n" * 3, "no usable face"),
        ("emotion,pixels,Usage\n" + (GOOD + "\n") * 9 + "9,1,Training\n" * 3, "line 11"),
    ],
)
def test_wrong_data_is_one_clear_line(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=told) as caught:
        fer_csv.load(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        fer_csv.load(tmp_path / "none.csv")
