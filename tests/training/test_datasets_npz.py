"""The .npz form: damaged, lying and malicious archives end in one clear line, and never in a full memory."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import training_data

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.training import datasets


def array(values: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()


def header(shape: tuple[int, ...], descr: str, data: bytes = b"") -> bytes:
    """An array's file that says it has a shape, whatever stands in it."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": descr, "fortran_order": False, "shape": shape})
    return buffer.getvalue() + data


def write(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


IMAGES = array(np.zeros((20, 48, 48), np.uint8))
LABELS = array(np.arange(20) % 7)


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"emotion": LABELS}, "no image"),
        ({"image": IMAGES}, "no emotion"),
        ({"image": array(np.zeros((20, 32, 32), np.uint8)), "emotion": LABELS}, r"\(20, 32, 32\)"),
        ({"image": array(np.zeros((20, 48, 48), np.float32)), "emotion": LABELS}, "float32"),
        ({"image": IMAGES, "emotion": array(np.zeros(19, int))}, r"\(19,\), not whole numbers \(20,\)"),
        ({"image": IMAGES, "emotion": array(np.full(20, "happy"))}, "not whole numbers"),
        ({"image": IMAGES, "emotion": array(np.array([{}] * 20, object))}, "object"),
        ({"image": header((10**12, 48, 48), "|u1"), "emotion": LABELS}, "has shape"),
        ({"image": header((400_000, 48, 48), "|u1"), "emotion": LABELS}, "only"),
        ({"image": header((-1, 48, 48), "|u1"), "emotion": LABELS}, "cannot be used"),
        ({"image": header((), "|u1", b"\0"), "emotion": LABELS}, "cannot be used"),
        ({"image": IMAGES, "emotion": LABELS, "usage": header((20,), "<U99999999")}, "usage"),
        ({"image": IMAGES, "emotion": LABELS, "usage": array(np.arange(20))}, "not names"),
        ({"image": IMAGES, "emotion": LABELS, "usage": array(np.full(20, "Lunch"))}, "row 0: usage 'Lunch'"),
        ({"image": IMAGES, "emotion": LABELS, "votes": array(np.zeros((20, 7), int))}, r"\(20, 7\)"),
        ({"image": IMAGES, "emotion": LABELS, "votes": array(np.full((20, 10), -1))}, "votes are not 0"),
        ({"image": IMAGES, "emotion": array(np.arange(20) % 9)}, "row 7: emotion 7"),
        ({"image": b"not an array", "emotion": LABELS}, "damaged"),
    ],
)  # fmt: skip
def test_a_wrong_archive_is_one_clear_line(tmp_path: Path, members: dict[str, bytes], told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        datasets.load(write(tmp_path / "wrong.npz", **members))
    assert "\n" not in str(caught.value)


def test_what_unpacks_to_a_hundred_times_its_size_is_refused(tmp_path: Path) -> None:
    faces = 30_000
    image = header((faces, 48, 48), "|u1", bytes(faces * 2304))
    with pytest.raises(InputError, match=r"only [\d,]+ bytes are there"):
        datasets.load(write(tmp_path / "bomb.npz", image=image, emotion=array(np.zeros(faces, np.int8))))


def test_splits_and_votes_may_be_missing(tmp_path: Path) -> None:
    faces = datasets.load(write(tmp_path / "plain.npz", image=IMAGES, emotion=LABELS))
    assert len(faces.split("Training")) == 20
    assert faces.votes is None
    with pytest.raises(InputError, match=r"no faces held out for testing.*val/ or test/"):
        datasets.training_and_validation(faces)


def test_other_types_of_the_same_values(tmp_path: Path) -> None:
    drawn = training_data.drawn()
    images = np.asfortranarray(np.stack([face.image for face in drawn])[..., None])
    usages = np.array([face.usage.encode() for face in drawn])
    first = datasets.load(training_data.write_npz(tmp_path / "first.npz"))
    second = datasets.load(training_data.write_npz(tmp_path / "second.npz", image=images, usage=usages))
    assert first.fingerprint() == second.fingerprint()


def test_a_damaged_row_is_left_out_and_told(tmp_path: Path) -> None:
    labels = np.array([face.label for face in training_data.drawn()])
    labels[3] = 7
    faces = datasets.load(training_data.write_npz(tmp_path / "faces.npz", emotion=labels))
    assert faces.skipped == (("row 3", "emotion 7 is not 0 to 6"),)
    assert faces.votes is not None
    assert len(faces) == len(faces.votes) == 209
    table = training_data.write_ferplus(tmp_path / "fer2013new.csv")
    beside = datasets.load(tmp_path / "faces.npz", table)
    assert beside.fingerprint() == faces.fingerprint()


def test_damaged_bytes_give_faces_or_one_clear_line(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "fuzz.npz"
    buffer = io.BytesIO()
    save = np.savez_compressed if rng.random() < 0.5 else np.savez
    save(buffer, image=np.zeros((7, 48, 48), np.uint8), emotion=np.arange(7), usage=np.full(7, "Training"))
    whole = buffer.getvalue()
    # Most of an archive is pixels; what counts stands at the members' starts and in the directory at the end.
    places = [at for at in range(len(whole)) if at < 200 or at > len(whole) - 1200]
    for _ in range(300):
        data = bytearray(whole)
        for at in rng.choice(places, int(rng.integers(1, 5))):
            data[at] = int(rng.integers(256))
        if rng.random() < 0.2:
            del data[int(rng.integers(4, len(data))) :]
        path.write_bytes(data)
        try:
            faces = datasets.load(path)
        except InputError as error:
            assert "\n" not in str(error)
        else:
            assert faces.images.shape == (len(faces), 48, 48)
            assert set(faces.labels.tolist()) <= set(range(emotions.COUNT))


def test_damaged_headers_give_faces_or_one_clear_line(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "fuzz.npz"
    for _ in range(300):
        image = bytearray(IMAGES)
        for at in rng.integers(0, 128, int(rng.integers(1, 4))):
            image[at] = int(rng.choice(list(b"0123456789(),'{}:<>|uifOU \n\0\xff")))
        write(path, image=bytes(image), emotion=LABELS)
        try:
            faces = datasets.load(path)
        except InputError as error:
            assert "\n" not in str(error)
        else:
            assert faces.images.shape == (20, 48, 48)


def test_an_npz_that_begins_with_rubbish_is_told_as_one(tmp_path: Path) -> None:
    path = training_data.write_npz(tmp_path / "faces.npz")
    path.write_bytes(b"\0\0" + path.read_bytes()[2:])
    with pytest.raises(InputError, match=r"does not begin as an \.npz"):
        datasets.load(path)
