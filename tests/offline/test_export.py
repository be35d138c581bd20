"""The public forms of results: JSON and CSV, and how their files come to be."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Frame, Track
from fer_desktop.offline.export import CSV_COLUMNS, CsvWriter, JsonWriter
from fer_desktop.offline.files import output
from fer_desktop.offline.image_result import ImageResult
from tests.fake_pipeline import analysis, track


def result(path: str, *tracks: Track) -> ImageResult:
    frame = Frame(np.zeros((48, 64, 3), np.uint8), 0, 0.0, path)
    return ImageResult(path, 64, 48, None, analysis(frame, tracks))


def failed(path: str, error: str) -> ImageResult:
    return ImageResult(path, None, None, error, None)


RESULTS = [
    result("photos/two.jpg", track(0), track(1, None, "too small")),
    result("none.jpg"),
    failed("bad.jpg", "bad.jpg is empty. Copy it again"),
]


def as_json(results: list[ImageResult], model: str | None = "fake") -> bytes:
    file = io.BytesIO()
    writer = JsonWriter(file.write, model)
    for item in results:
        writer.add(item)
    writer.finish()
    return file.getvalue()


def as_csv(results: list[ImageResult]) -> bytes:
    file = io.BytesIO()
    writer = CsvWriter(file.write)
    for item in results:
        writer.add(item)
    writer.finish()
    return file.getvalue()


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def test_json_has_the_form_of_the_contract() -> None:
    document = json.loads(as_json(RESULTS))
    assert list(document) == ["schema", "model", "images"]
    assert document["schema"] == 1
    assert document["model"] == "fake"
    two, none, bad = document["images"]
    assert list(two) == ["path", "width", "height", "error", "faces"]
    assert (two["path"], two["width"], two["height"], two["error"]) == ("photos/two.jpg", 64, 48, None)
    first, second = two["faces"]
    assert list(first) == ["box", "score", "label", "reason", "probabilities", "valence"]
    assert first["box"] == [3.3, 4.0, 20.0, 20.0]
    assert first["score"] == 0.9123
    assert (first["label"], first["reason"]) == ("happy", None)
    assert (second["label"], second["reason"]) == (None, "too small")
    assert tuple(second["probabilities"]) == emotions.NAMES
    assert second["probabilities"]["surprise"] == 0.7
    assert none["faces"] == []
    assert bad == {"path": "bad.jpg", "width": None, "height": None, "error": RESULTS[2].error, "faces": []}


def test_json_of_nothing_is_still_a_document() -> None:
    assert json.loads(as_json([], None)) == {"schema": 1, "model": None, "images": []}


def test_csv_has_the_form_of_the_contract() -> None:
    data = as_csv(RESULTS)
    header = data.decode().splitlines()[0]
    assert header == "path,face,x,y,w,h,score,label,reason,angry,disgust,fear,happy,sad,surprise,neutral,valence"
    first, second, none, bad = rows(data)
    assert [first[name] for name in ("path", "face", "x", "w", "label", "reason")] == [
        "photos/two.jpg", "1", "3.3", "20.0", "happy", "",
    ]  # fmt: skip
    assert float(first["happy"]) == 0.7
    assert float(first["valence"]) == 0.65
    assert float(second["valence"]) == 0.0, "surprise is neither pleasant nor unpleasant"
    assert (second["face"], second["label"], second["reason"]) == ("2", "", "too small")
    assert none == {name: "none.jpg" if name == "path" else "" for name in CSV_COLUMNS}
    assert bad["reason"] == RESULTS[2].error
    assert bad["face"] == bad["happy"] == ""


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0.jpg", "+1.jpg", "-1.jpg", "@a.jpg", "\t=1.jpg", "\r=1.jpg"])
def test_no_text_cell_is_taken_for_a_formula(name: str) -> None:
    by_name, by_reason = rows(as_csv([result(name, track(0)), failed("a.jpg", name)]))
    assert by_name["path"][0] not in "=+-@\t\r"
    assert os.path.normpath(by_name["path"]) == name, "it still leads to the file"
    assert by_reason["reason"] == "'" + name
    assert json.loads(as_json([result(name)]))["images"][0]["path"] == name


@pytest.mark.parametrize(
    "name", ["with space.jpg", "散歩 é.jpg", 'quote",comma.jpg', "line\nbreak.jpg", "caf\udce9.jpg"]
)
def test_any_file_name_survives(name: str) -> None:
    (row,) = rows(as_csv([result(name)]))
    assert row["path"] == name.replace("\udce9", "\\udce9"), "one name that is not valid text costs no other cell"
    data = as_json([result(name)])
    assert json.loads(data.decode("utf-8"))["images"][0]["path"] == name


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("before")
    with output(str(target)) as write:
        write(b"after")
        assert target.read_text() == "before"
    assert target.read_text() == "after"
    assert os.listdir(tmp_path) == ["out.json"]  # noqa: PTH208


def test_a_file_that_is_never_whole_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("before")
    with pytest.raises(RuntimeError), output(str(target)) as write:
        write(b"half")
        raise RuntimeError
    assert target.read_text() == "before"
    assert os.listdir(tmp_path) == ["out.json"]  # noqa: PTH208


def test_what_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for target in (tmp_path, tmp_path / "none" / "out.json", tmp_path / "file" / "out.json", f"{tmp_path}/nul\0"):
        with pytest.raises(InputError, match="folder"), output(str(target)):
            pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full on this system")
def test_a_full_disk_says_so() -> None:
    with pytest.raises(InputError, match="/dev/full cannot be written"), output("/dev/full") as write:
        write(b"x")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    with output(str(pipe)) as write:
        write(b"through")
    reader.join(10)
    assert got == [b"through"]
    assert pipe.is_fifo()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("before")
    try:
        (tmp_path / "link.csv").symlink_to("real.csv")
    except OSError:
        pytest.skip("links need a privilege on this system")
    with output(str(tmp_path / "link.csv")) as write:
        write(b"after")
    assert (tmp_path / "real.csv").read_text() == "after"
    assert (tmp_path / "link.csv").is_symlink()


def test_minus_is_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with output("-") as write:
        write(b"caf\xe9\n")
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == b"caf\xe9\n"
