"""Kaggle's CSVs and FER+'s votes beside them: damaged rows, other columns, rows that do not belong together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import training_data

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.training import datasets
from fer_desktop.training.datasets import fer_csv, ferplus

HEADER = "emotion,pixels,Usage"
GOOD = "3," + " ".join(["7"] * 2304) + ",Training"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("9," + GOOD[2:], "emotion '9'"),
        ("x," + GOOD[2:], "emotion 'x'"),
        ("0" * 30 + "9," + GOOD[2:], "emotion '000"),
        ("," + GOOD[2:], "emotion ''"),
        ("3,1 2 3,Training", "3 pixels, not 2304"),
        ("3,,Training", "0 pixels, not 2304"),
        ("3," + " ".join(["300"] * 2304) + ",Training", "not 0 to 255"),
        ("3," + " ".join(["-1"] * 2304) + ",Training", "not a whole number"),
        ("3," + " ".join(["9" * 25] * 2304) + ",Training", "not 0 to 255"),
        ("3,half a line", "2 cells, not 3"),
        ("3," + " ".join(["a"] * 2304) + ",Training", "not a whole number"),
        (GOOD.replace("Training", "Lunch"), "Usage 'Lunch'"),
        (GOOD.replace("Training", "U" * 5000), "Usage 'UUUUUUUUUUUUUUUUUUUU'"),
        ("3," + "1" * 300_000, "longer than"),
    ],
)
def test_a_damaged_row_is_left_out_and_told(tmp_path: Path, row: str, reason: str) -> None:
    faces = fer_csv.load(write(tmp_path / "fer2013.csv", HEADER, *[GOOD] * 20, row, *[GOOD] * 20))
    assert len(faces) == 40
    ((line, told),) = faces.skipped
    assert line == 22
    assert reason in told
    assert f"line 22: {told}" in "\n".join(datasets.report(faces).lines())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "line 1"),
        (HEADER + "\n", "no usable face"),
        ("a,b\n1,2\n", "line 1"),
        ("emotion,emotion,pixels,Usage\n", "line 1"),
        (HEADER + "\n" + "9,1,Training\n" * 3, "no usable face; line 2"),
        (HEADER + "\n" + (GOOD + "\n") * 9 + "9,1,Training\n" * 3, "line 11"),
    ],
)
def test_wrong_data_is_one_clear_line(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        fer_csv.load(write(tmp_path / "wrong.csv", content))
    assert "\n" not in str(caught.value)


def test_a_file_of_damage_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = write(tmp_path / "wrong.csv", HEADER, *["x"] * 5000)
    with pytest.raises(InputError, match="1000 of 1000 read are damaged, the first at line 2"):
        fer_csv.load(path)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("emotion, Usage, pixels", "3, Training, {}"),
        ("\ufeffpixels , EMOTION,usage", '"{}",3,"Training"'),
        ('"id","emotion","pixels","Usage"', "17,3,{},Training"),
        ("emotion,pixels", "3,{}"),
    ],
)
def test_columns_are_known_by_name(tmp_path: Path, header: str, row: str) -> None:
    pixels = np.arange(2304) % 256
    row = row.format(" ".join(map(str, pixels)))
    faces = datasets.load(write(tmp_path / "data.csv", header, row, "", row + "\r", ""))
    assert len(faces.split("Training")) == 2
    np.testing.assert_array_equal(faces.images[1].ravel(), pixels)
    assert faces.counts()["happy"] == 2


def test_any_header_gives_faces_or_one_clear_line(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "fuzz.csv"
    whole = f"{HEADER}\n{GOOD}\n{GOOD}\n".encode()
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(int(rng.integers(1, 6))):
            at = int(rng.integers(0, 40))
            match int(rng.integers(3)):
                case 0:
                    data[at] = int(rng.integers(256))
                case 1:
                    del data[at]
                case _:
                    data.insert(at, int(rng.choice(list(b',\n"\0 6\r'))))
        path.write_bytes(data)
        try:
            faces = datasets.load(path)
        except InputError as error:
            assert error.remedy
        else:
            assert faces.images.shape == (len(faces), 48, 48)
            assert set(faces.labels.tolist()) <= set(range(emotions.COUNT))


def test_votes_are_shares_in_our_order(tmp_path: Path) -> None:
    data = training_data.write_csv(tmp_path / "fer2013.csv")
    votes = training_data.write_ferplus(tmp_path / "fer2013new.csv")
    faces = datasets.load(data, votes, with_hash=True)
    assert set(faces.sources) == {"fer2013.csv", "fer2013new.csv"}
    assert faces.votes is not None
    assert faces.votes.dtype == np.float32
    for row, (face, shares) in enumerate(zip(training_data.drawn(), faces.votes, strict=True)):
        expected = np.zeros(7)
        if not face.votes[-1]:
            expected[face.label] = 7 / 8
            expected[6 if face.label != 6 else 4] = 1 / 8
        np.testing.assert_allclose(shares, expected, err_msg=str(row))
    validation = faces.split("PublicTest")
    assert validation.votes is not None
    np.testing.assert_array_equal(validation.votes, faces.votes[140:])
    assert datasets.report(faces).with_votes == 210 - 14 - 7
    own = datasets.load(training_data.write_npz(tmp_path / "faces.npz"))
    assert own.fingerprint() == faces.fingerprint()


def test_votes_stay_with_their_faces_where_rows_are_damaged(tmp_path: Path) -> None:
    data = training_data.write_csv(tmp_path / "fer2013.csv")
    votes = training_data.write_ferplus(tmp_path / "fer2013new.csv")
    whole = datasets.load(data, votes)
    lines = data.read_text(encoding="ascii").splitlines()
    lines[4] = "damaged"
    faces = datasets.load(write(data, *lines), votes)
    assert whole.votes is not None
    assert faces.votes is not None
    np.testing.assert_array_equal(faces.votes, np.delete(whole.votes, 3, axis=0))
    assert faces.skipped == ((5, "1 cells, not 3"),)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: lines[:-1], "has 209 rows, but fer2013.csv has 210: line 211"),
        (lambda lines: [*lines, lines[-1].replace("0000209", "0000210")], "211 rows.*line 212"),
        (lambda lines: [*lines[:7], *lines[8:]], "line 8: image 7 is out of order"),
        (lambda lines: [lines[0], lines[2], lines[3], lines[1], *lines[4:]], "line 5: image 3 is out of order"),
        (lambda lines: [line.replace("Training", "PublicTest") for line in lines], "line 2: Usage is PublicTest"),
        (lambda lines: [lines[0], lines[1] + ",1", *lines[2:]], "line 2: 13 cells"),
        (lambda lines: [lines[0], lines[1], lines[2].replace(",7,", ",x,"), *lines[3:]], "line 3: 'x'"),
        (lambda lines: [lines[0], lines[1], lines[2].replace(".png", ".jpg"), *lines[3:]], "line 3: image name"),
        (lambda lines: [lines[0].replace("NF", "FN"), *lines[1:]], "line 1: there is no column 'nf'"),
        (lambda lines: lines[:1], "no votes"),
        (lambda lines: [], "line 1"),
    ],
)
def test_votes_that_do_not_belong_to_the_rows_are_told(
    tmp_path: Path, change: Callable[[list[str]], list[str]], told: str
) -> None:
    data = training_data.write_csv(tmp_path / "fer2013.csv")
    votes = training_data.write_ferplus(tmp_path / "fer2013new.csv")
    write(votes, *change(votes.read_text(encoding="ascii").splitlines()))
    with pytest.raises(InputError, match=told) as caught:
        datasets.load(data, votes)
    assert "\n" not in str(caught.value)


def test_votes_need_a_file_that_can_be_read(tmp_path: Path) -> None:
    data = training_data.write_csv(tmp_path / "fer2013.csv", 14, 7)
    with pytest.raises(InputError, match=r"none.csv cannot be read"):
        datasets.load(data, tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        datasets.load(tmp_path, tmp_path / "none.csv")


def test_the_order_of_the_votes_is_that_of_the_emotions() -> None:
    assert [ferplus.COLUMNS[at] for at in ferplus.OURS] == training_data.IN_FERPLUS


def test_the_exported_forms_hold_the_same_faces(tmp_path: Path, shared_dir: Path) -> None:
    import subprocess
    import sys

    script = shared_dir / "data" / "export.py"
    if not script.is_file():
        pytest.skip("needs the data beside the project")
    forms = ("--csv", "--ferplus", "--folders", "--npz")
    subprocess.run([sys.executable, script, tmp_path, *forms, "--limit", "60"], check=True, capture_output=True)
    table = datasets.load(tmp_path / "fer2013.csv", tmp_path / "fer2013new.csv")
    packed = datasets.load(tmp_path / "fer2013.npz")
    assert packed.fingerprint() == table.fingerprint()
    folders = datasets.load(tmp_path)
    for split in ("Training", "PublicTest"):
        ours, theirs = table.split(split), folders.split(split)
        assert ours.counts() == theirs.counts()
        assert sorted(map(bytes, ours.images)) == sorted(map(bytes, theirs.images))
