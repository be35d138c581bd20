"""`fer-desktop classify` as a person calls it: what it prints, what it writes, what it ends with."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from fer_desktop.cli import main
from fer_desktop.core.errors import ModelError
from fer_desktop.core.types import Face, Frame
from fer_desktop.modelstore.store import ModelStore
from fer_desktop.offline import find
from fer_desktop.offline.find import Found
from tests.core_values import face
from tests.fake_photos import FakePhotos
from tests.pictures import encoded, picture


def lines(text: str) -> list[str]:
    return text.splitlines()


def test_a_table_for_people(folder: Path, pipeline: FakePhotos, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.find = lambda frame: [face(2, 2, 30), face(40, 2, 20)] if frame.size[0] > 1 else []
    assert main(["classify", "good 2.jpg", "one pixel.png"]) == 0
    out, err = capsys.readouterr()
    assert [line.split() for line in lines(out)] == [
        ["good", "2.jpg", "face", "1", "happy", "70", "%"],
        ["good", "2.jpg", "face", "2", "no", "label:", "too", "small"],
        ["one", "pixel.png", "no", "face", "found"],
    ]
    assert err == ""
    assert pipeline.closed


def test_bad_images_among_good_ones(folder: Path, pipeline: FakePhotos, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", ".", "missing.jpg", "--json", "out.json", "--csv", "out.csv"]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert len(lines(err)) == 3
    assert "40,000 x 40,000" in err
    document = json.loads((folder / "out.json").read_text("utf-8"))
    assert document["model"] == "fake"
    by_path = {image["path"]: image for image in document["images"]}
    names = {"=good 1.png", "good 2.jpg", "huge.png", "one pixel.png", "text.jpg"}
    assert set(by_path) == {os.path.join(".", name) for name in names} | {"missing.jpg"}  # noqa: PTH118
    assert {path for path, image in by_path.items() if image["error"]} == {
        *(os.path.join(".", name) for name in ("huge.png", "text.jpg")),  # noqa: PTH118
        "missing.jpg",
    }
    with open("out.csv", encoding="utf-8", newline="") as file:  # noqa: PTH123
        table = list(csv.DictReader(file))
    assert [row["path"] for row in table] == [image["path"] for image in document["images"]]
    assert sum(row["label"] == "happy" for row in table) == 2


@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_standard_output_holds_the_document_alone(
    folder: Path, pipeline: FakePhotos, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert main(["classify", "=good 1.png", "text.jpg", form, "-"]) == 4
    out, err = capsys.readouterr()
    assert len(lines(err)) == 1
    if form == "--json":
        assert [image["path"] for image in json.loads(out)["images"]] == ["=good 1.png", "text.jpg"]
    else:
        assert [row["path"] for row in csv.DictReader(io.StringIO(out))] == ["./=good 1.png", "text.jpg"]


@pytest.mark.parametrize("arguments", [["missing.jpg"], ["text.jpg"], ["empty folder"], ["huge.png", "--json", "-"]])
def test_nothing_usable_is_one_line_and_status_2(
    folder: Path, pipeline: FakePhotos, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    (folder / "empty folder").mkdir()
    assert main(["classify", *arguments]) == 2
    out, err = capsys.readouterr()
    assert len(lines(err)) == 1
    assert arguments[0] in err
    assert out == "" or json.loads(out)["images"][0]["error"]


def test_no_model_is_loaded_for_a_path_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> None:
        raise AssertionError("loaded")

    app = types.ModuleType("fer_desktop.app")
    app.classifier = app.photo_detector = never  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fer_desktop.app", app)
    assert main(["classify", "missing.jpg", "--json", "out.json", "--annotate", "drawn"]) == 2
    assert json.loads((folder / "out.json").read_text())["model"] == ModelStore.default().active().id


@pytest.mark.parametrize(
    ("outputs", "word"),
    [
        (["--json", "-", "--csv", "-"], "both"),
        (["--json", "out", "--csv", "./out"], "same file"),
        (["--json", "good 2.jpg"], "one of the images"),
        (["--json", "none/out.json"], "cannot be written"),
        (["--csv", "."], "is a folder"),
        (["--annotate", "text.jpg"], "cannot be made"),
        (["--parquet", "-", "--csv", "-"], "both"),
        (["--parquet", "good 2.jpg"], "one of the images"),
        (["--report", "./good 2.jpg"], "ends with .html or .pdf"),
        (["--report", "a.html", "--csv", "a.html"], "same file"),
        (["--report", "-"], "ends with .html or .pdf"),
        (["--report", ""], "is empty"),
        (["--thumbnails", "--csv", "a.csv"], "--report"),
    ],
)
def test_outputs_that_cannot_be_are_refused_before_the_work(
    folder: Path, pipeline: FakePhotos, capsys: pytest.CaptureFixture[str], outputs: list[str], word: str
) -> None:
    before = (folder / "good 2.jpg").read_bytes()
    assert main(["classify", "good 2.jpg", *outputs]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(lines(err)) == 1
    assert word in err
    assert pipeline.seen == []
    assert (folder / "good 2.jpg").read_bytes() == before


def test_every_output_that_cannot_be_written_is_named(
    folder: Path, pipeline: FakePhotos, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["classify", ".", "--csv", "none/a.csv", "--json", "nowhere/a.json", "--report", "a.html"]) == 2
    err = capsys.readouterr().err
    assert len(lines(err)) == 1
    for target in ("none/a.csv", "nowhere/a.json"):
        assert f"{target} cannot be written" in err
    assert err.count("Name a file in a folder that exists") == 1
    assert not Path("a.html").exists()


def test_a_video_is_no_photo(folder: Path, pipeline: FakePhotos, capsys: pytest.CaptureFixture[str]) -> None:
    Path("film.mp4").write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isomiso2")
    assert main(["classify", "film.mp4"]) == 2
    assert "fer-desktop video FILE" in capsys.readouterr().err


def test_annotated_pictures(folder: Path, pipeline: FakePhotos) -> None:
    assert main(["classify", ".", "--annotate", "drawn/here"]) == 4
    drawn = sorted(path.name for path in (folder / "drawn" / "here").iterdir())
    assert drawn == ["=good 1.png", "good 2.jpg", "one pixel.png"]


def test_recursive(folder: Path, pipeline: FakePhotos, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "a.png").write_bytes(encoded(picture(), "PNG"))
    assert main(["classify", ".", "--recursive", "--json", "-"]) == 4
    paths = [image["path"] for image in json.loads(capsys.readouterr().out)["images"]]
    assert paths[-1] == os.path.join(".", "deep", "a.png")  # noqa: PTH118


def test_what_stops_the_work_keeps_the_results_so_far(
    folder: Path, pipeline: FakePhotos, capsys: pytest.CaptureFixture[str]
) -> None:
    def find(frame: Frame) -> list[Face]:
        if frame.source == "good 2.jpg":
            raise ModelError("the model is damaged", "Go back to the one before")
        return [face(2, 2, 30)]

    pipeline.find = find
    assert main(["classify", "=good 1.png", "good 2.jpg", "one pixel.png", "--json", "out.json"]) == 2
    assert len(json.loads((folder / "out.json").read_text())["images"]) == 1
    assert "the model is damaged" in capsys.readouterr().err


def test_a_defect_is_status_1_and_loses_no_other_result(
    folder: Path, pipeline: FakePhotos, capsys: pytest.CaptureFixture[str]
) -> None:
    def find(frame: Frame) -> list[Face]:
        if frame.source == "=good 1.png":
            raise RuntimeError("out of tune")
        return [face(2, 2, 30)]

    pipeline.find = find
    assert main(["classify", "=good 1.png", "good 2.jpg", "--json", "-"]) == 1
    out, err = capsys.readouterr()
    assert [image["error"] is None for image in json.loads(out)["images"]] == [False, True]
    assert "out of tune" in err


PROGRAM = """
import os, signal, sys
from tests.core_values import face
from tests.fake_photos import FakePhotos
pipeline = FakePhotos()
sys.modules["fer_desktop.app"] = pipeline.as_app()
def find(frame):
    {find}
    return [face(2, 2, 30)]
pipeline.find = find
from fer_desktop.cli import main
sys.exit(main(sys.argv[1:]))
"""


def started(
    folder: Path, arguments: list[str], find: str = "pass", **options: object
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with its own standard streams."""
    root = Path(__file__).parents[2]
    program = textwrap.dedent(PROGRAM).replace("{find}", find)
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", program, "classify", *arguments]
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60, **options
    )


@pytest.mark.skipif(os.name == "nt", reason="a signal cannot be sent to one process there")
def test_ctrl_c_keeps_the_results_so_far(folder: Path) -> None:
    find = "len(pipeline.seen) == 20 and os.kill(os.getpid(), signal.SIGINT)"
    many = ["good 2.jpg"] * 200
    done = started(folder, [*many, "--json", "out.json", "--csv", "-"], find)
    assert done.returncode == 3
    told = re.fullmatch(r"fer-desktop: stopped after (\d+) of 200 images, whose results are kept\n", done.stderr)
    assert told is not None, done.stderr
    kept = int(told[1])
    assert 0 < kept < 200
    assert len(json.loads((folder / "out.json").read_text())["images"]) == kept
    assert len(lines(done.stdout)) == kept + 1


@pytest.mark.skipif(os.name == "nt", reason="a signal cannot be sent to one process there")
@pytest.mark.parametrize("already", [0, 3])
def test_ctrl_c_while_a_large_folder_is_still_being_looked_through(
    folder: Path,
    pipeline: FakePhotos,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    already: int,
) -> None:
    """Of a first hundred that never comes whole, some or none have been found."""
    go_on, too_late = threading.Event(), threading.Event()

    def found(*_: object) -> Iterator[Found]:
        yield from [Found("good 2.jpg")] * already
        os.kill(os.getpid(), signal.SIGINT)
        if not go_on.wait(10):
            too_late.set()
            yield Found("good 2.jpg")

    monkeypatch.setattr(find, "find_images", found)
    (folder / "out.csv").write_text("of before")
    assert main(["classify", ".", "--csv", "out.csv"]) == 3
    go_on.set()
    assert not too_late.is_set(), "it waited for the next image"
    assert capsys.readouterr().err == "fer-desktop: stopped before the first image was read\n"
    assert (folder / "out.csv").read_text() == "of before"
    assert pipeline.seen == []


@pytest.mark.skipif(os.name == "nt", reason="no pipes of this kind")
def test_a_reader_that_goes_away_ends_it_quietly(folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("{find}", "pass"), "classify", ".", "--csv", "-"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(root)}, stdout=writing, stderr=subprocess.PIPE, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    os.close(writing)
    assert done.returncode == 3
    assert done.stderr == "fer-desktop: stopped: nobody reads the output any more\n"


def test_what_libraries_write_below_python_does_not_reach_the_person(folder: Path) -> None:
    data = bytearray(encoded(picture(), "TIFF", compression="tiff_lzw"))
    data[20:200] = bytes(180)  # libtiff says something about this on stderr
    (folder / "bad.tiff").write_bytes(data)
    done = started(folder, ["bad.tiff", "good 2.jpg"], "os.write(2, b'I0000 gl_context.cc: noise')")
    assert done.returncode == 4
    assert len(lines(done.stderr)) == 1
    assert done.stderr.startswith("fer-desktop: bad.tiff is ")
    assert len(lines(done.stdout)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' file names are always valid text")
def test_a_name_that_is_not_valid_text(folder: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    Path(name).write_bytes(encoded(picture(), "PNG"))
    Path(name + ".bad").write_bytes(b"")
    done = started(folder, [name, name + ".bad"])
    assert done.returncode == 4
    assert done.stdout.startswith("caf\\udce9.png ")
    assert "caf\\udce9.png.bad is empty" in done.stderr
    assert started(folder, [name, "--json", "out.json"]).returncode == 0
    assert json.loads((folder / "out.json").read_text("utf-8"))["images"][0]["path"] == name


def test_interrupts_are_left_as_they_were(folder: Path, pipeline: FakePhotos) -> None:
    before = signal.getsignal(signal.SIGINT)
    main(["classify", "good 2.jpg"])
    assert signal.getsignal(signal.SIGINT) is before
