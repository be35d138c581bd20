"""A disk that fills up while photos are read: what cannot be written is told, and costs no reading elsewhere."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fer_desktop.cli import main
from fer_desktop.offline import files
from tests.fake_photos import FakePhotos
from tests.pictures import encoded, picture

IMAGES = ("a.jpg", "b.gif", "c.png")
pytestmark = pytest.mark.usefixtures("pipeline")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, form in zip(IMAGES, ("JPEG", "GIF", "PNG"), strict=True):
        (tmp_path / name).write_bytes(encoded(picture(), form))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def labels_in(path: str) -> list[str]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return [row["label"] for row in csv.DictReader(file)]


def test_an_annotated_picture_costs_no_reading(
    full: Callable[..., None], capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    full({"a.jpg": 0, "b.png": 0})
    assert main(["classify", *IMAGES, "--csv", "a.csv", "--json", "a.json", "--annotate", "ann"]) == 4
    assert labels_in("a.csv") == ["happy"] * 3
    images = json.loads(Path("a.json").read_text())["images"]
    assert [image["error"] for image in images] == [None] * 3
    assert os.listdir("ann") == ["c.png"]  # noqa: PTH208
    err = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in err] == [str(Path("ann", name)) for name in ("a.jpg", "b.png")]


@pytest.mark.parametrize("lost", ["a.csv", "a.json", "standard output"])
def test_one_output_costs_no_other(
    full: Callable[..., None], capsys: pytest.CaptureFixture[str], folder: Path, lost: str
) -> None:
    full({lost: 2})
    to_json = "-" if lost == "standard output" else "a.json"
    assert main(["classify", *IMAGES, "--csv", "a.csv", "--json", to_json]) == 4
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert f"{lost} cannot be written (no space left on device)" in err
    assert not Path(lost).exists()
    if lost == "a.csv":
        assert len(json.loads(Path("a.json").read_text())["images"]) == 3
    else:
        assert labels_in("a.csv") == ["happy"] * 3
    assert not [path for path in folder.iterdir() if path.name.endswith(".partial")]


def test_an_output_that_fails_at_its_very_end_costs_no_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    real = os.replace

    def replace(source: str, target: str) -> None:
        if target.endswith("a.json"):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(files.os, "replace", replace)
    assert main(["classify", *IMAGES, "--csv", "a.csv", "--json", "a.json"]) == 4
    assert labels_in("a.csv") == ["happy"] * 3
    assert capsys.readouterr().err.count("\n") == 1
    assert {path.name for path in folder.iterdir()} == {*IMAGES, "a.csv"}


def test_nowhere_left_to_write_ends_the_work(
    full: Callable[..., None], capsys: pytest.CaptureFixture[str], folder: Path, pipeline: FakePhotos
) -> None:
    full({"a.csv": 2})
    assert main(["classify", *IMAGES * 100, "--csv", "a.csv"]) == 2
    assert len(pipeline.seen) < 100
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "a.csv cannot be written" in err
    assert {path.name for path in folder.iterdir()} == set(IMAGES)


def test_no_empty_folder_is_left_where_nothing_could_be_written(
    full: Callable[..., None], capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    full({"a.csv": 0})
    assert main(["classify", *IMAGES, "--csv", "a.csv", "--annotate", "new/ann"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert {path.name for path in folder.iterdir()} == set(IMAGES)


def test_nothing_is_printed_where_the_file_cannot_begin(
    full: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    full({"a.csv": 0})
    assert main(["classify", *IMAGES, "--csv", "a.csv", "--json", "-"]) == 2
    assert capsys.readouterr().out == ""
