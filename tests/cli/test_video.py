"""`fer-desktop video` as a person calls it: what it prints, what it writes, what it ends with."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import types
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.parquet as parquet  # noqa: TID253 - only tests need it at once
import pytest

from fer_desktop.cli import main, video
from fer_desktop.core import emotions
from fer_desktop.core.errors import ModelError
from fer_desktop.core.types import Frame, Track
from tests.fake_pipeline import FakePipeline, track
from tests.pictures import encoded, picture
from tests.videos import click_at, times_of, write_film, write_sound, write_video

ROOT = Path(__file__).parents[2]


def first_sad_then_happy(frame: Frame) -> Sequence[Track]:
    return [track(1, "sad" if frame.index < 10 else "happy", side=100)]


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> FakePipeline:
    """Stands in app's place: these tests are about the command, not about faces."""
    fake = FakePipeline(first_sad_then_happy)
    app = types.ModuleType("fer_desktop.app")
    app.video_pipeline = lambda: fake  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fer_desktop.app", app)
    return fake


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a film of 20 pictures in 2 s and sound."""
    write_film(tmp_path / "a.mp4")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def table(path: str | Path) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_page_for_people(folder: Path, pipeline: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["video", "a.mp4"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [
        "a.mp4  320 x 240, 20 pictures, 0:02.0",
        "",
        "face 1, 0:00.0 to 0:02.0",
        "  sad       50 %      1.0 s",
        "  happy     50 %      1.0 s",
        "",
        "changes",
        "   0:00.0  face 1  sad",
        "   0:01.0  face 1  sad -> happy",
    ]
    assert pipeline.closed


def test_everything_at_once(folder: Path, pipeline: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["video", "a.mp4", "--json", "a.json", "--csv", "a.csv", "--annotate", "b.mp4"]) == 0
    assert capsys.readouterr() == ("", "")
    document = json.loads(Path("a.json").read_text())
    assert [document[name] for name in ("schema", "model", "path", "width", "height")] == [1, "fake", "a.mp4", 320, 240]
    assert [frame["index"] for frame in document["frames"]] == list(range(20))
    assert [frame["time"] for frame in document["frames"]] == pytest.approx([n / 10 for n in range(20)])
    rows = table("a.csv")
    assert [float(row["time"]) for row in rows] == [frame["time"] for frame in document["frames"]]
    assert [row["label"] for row in rows] == ["sad"] * 10 + ["happy"] * 10
    assert times_of(Path("b.mp4")) == pytest.approx([n / 10 for n in range(20)], abs=1e-4)
    assert click_at(Path("b.mp4")) == pytest.approx(click_at(Path("a.mp4")), abs=1e-4)
    assert names_in(folder) == {"a.mp4", "a.json", "a.csv", "b.mp4"}


@pytest.mark.parametrize("report", ["a.html", "a.pdf"])
def test_a_report_and_parquet(
    folder: Path, pipeline: FakePipeline, capsys: pytest.CaptureFixture[str], report: str
) -> None:
    assert main(["video", "a.mp4", "--parquet", "a.parquet", "--report", report, "--thumbnails"]) == 0
    assert capsys.readouterr() == ("", "")
    labels = parquet.read_table("a.parquet").column("label").to_pylist()
    assert labels == ["sad"] * 10 + ["happy"] * 10
    data = Path(report).read_bytes()
    assert data.startswith(b"%PDF-") if report == "a.pdf" else b"Expressions in a.mp4" in data
    assert names_in(folder) == {"a.mp4", "a.parquet", report}


@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_standard_output_holds_the_document_alone(
    folder: Path, pipeline: FakePipeline, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert main(["video", "a.mp4", form, "-"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    count = len(json.loads(out)["frames"]) if form == "--json" else len(list(csv.DictReader(io.StringIO(out))))
    assert count == 20


def unusable(folder: Path, kind: str) -> str:
    path = folder / "x.mp4"
    if kind == "text":
        path.write_text("not a video\n" * 50)
    elif kind == "image":
        path.write_bytes(encoded(picture(), "PNG"))
    elif kind == "still gif":
        path.write_bytes(encoded(picture(), "GIF"))
    elif kind == "sound only":
        write_sound(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    elif kind == "no index":
        path.write_bytes(write_video(folder / "y.mp4").read_bytes()[:200])
    elif kind == "no pictures":
        data = write_video(folder / "y.mp4").read_bytes()
        path.write_bytes(data[: data.index(b"mdat") + 4])
    return "x.mp4"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "x.mp4 does not exist. Check the name"),
        ("text", "x.mp4 is a text, not a video. Choose"),
        ("image", "x.mp4 is an image, not a video. Run: fer-desktop classify FILE\n"),
        ("still gif", "x.mp4 is an image, not a video"),
        ("sound only", "x.mp4 has sound but no pictures. Choose a video file"),
        ("folder", "x.mp4 is a folder, not a video. Choose one file"),
        ("empty", "x.mp4 is empty, not a video. Copy it again"),
        ("no index", "x.mp4 is not a video, or is damaged or cut short. Convert it"),
        ("no pictures", "x.mp4 holds no picture that can be read. Convert it"),
    ],
)
def test_what_is_no_video_is_one_line_and_leaves_nothing(
    folder: Path, pipeline: FakePipeline, capsys: pytest.CaptureFixture[str], kind: str, words: str
) -> None:
    name = unusable(folder, kind)
    before = names_in(folder)
    assert main(["video", name, "--csv", "a.csv", "--annotate", "b.mp4"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"fer-desktop: {words}")
    assert err.count("\n") == 1
    assert names_in(folder) == before
    assert pipeline.seen == []


def test_a_file_that_is_cut_short(folder: Path, pipeline: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_film(folder / "b.mkv", count=40).read_bytes()
    Path("cut.mkv").write_bytes(data[: len(data) // 2])
    assert main(["video", "cut.mkv", "--csv", "a.csv", "--annotate", "c.mp4"]) == 4
    err = capsys.readouterr().err
    told = re.fullmatch(
        r"fer-desktop: cut\.mkv is cut short: its pictures end after (\d\.\d) of 4\.\d s\. "
        r"What could be read is in the results\n",
        err,
    )
    assert told is not None, err
    rows = table("a.csv")
    assert 5 < len(rows) < 30
    assert float(rows[-1]["time"]) == pytest.approx(float(told[1]) - 0.1, abs=0.01)
    assert len(times_of(Path("c.mp4"))) == len(rows)


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        (["--json", "-", "--csv", "-"], "both"),
        (["--json", "out", "--csv", "./out"], "same file"),
        (["--json", "c.mp4", "--annotate", "c.mp4"], "same file"),
        (["--csv", "a.mp4"], "is the video to read"),
        (["--annotate", "./a.mp4", "--overwrite"], "is the video to read"),
        (["--annotate", "b.mkv"], "does not end in .mp4"),
        (["--annotate", "-"], "does not end in .mp4"),
        (["--annotate", "theirs.mp4"], "add --overwrite"),
        (["--annotate", "none/b.mp4"], "cannot be written"),
        (["--annotate", "folder.mp4"], "is a folder"),
        (["--annotate", ""], "--annotate is empty"),
        (["--overwrite"], "--overwrite is about"),
    ],
)
def test_outputs_that_cannot_be_are_refused_before_the_work(
    folder: Path, pipeline: FakePipeline, capsys: pytest.CaptureFixture[str], outputs: list[str], words: str
) -> None:
    Path("theirs.mp4").write_bytes(Path("a.mp4").read_bytes())
    Path("folder.mp4").mkdir()
    before = Path("a.mp4").read_bytes()
    assert main(["video", "a.mp4", *outputs]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert words in err
    assert pipeline.seen == []
    assert Path("a.mp4").read_bytes() == Path("theirs.mp4").read_bytes() == before
    assert names_in(folder) == {"a.mp4", "theirs.mp4", "folder.mp4"}


def test_its_own_copy_is_replaced_and_another_file_where_asked_for(folder: Path, pipeline: FakePipeline) -> None:
    Path("theirs.mp4").write_bytes(Path("a.mp4").read_bytes())
    for target in ("b.mp4", "b.mp4", "theirs.mp4"):
        asked = ["--overwrite"] if target == "theirs.mp4" else []
        assert main(["video", "a.mp4", "--annotate", target, *asked]) == 0
        assert len(times_of(Path(target))) == 20


def test_a_full_disk_costs_the_copy_and_no_reading(
    folder: Path, pipeline: FakePipeline, full: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    full({"b.mp4": 1})
    assert main(["video", "a.mp4", "--csv", "a.csv", "--annotate", "b.mp4"]) == 4
    err = capsys.readouterr().err
    assert err.startswith("fer-desktop: b.mp4 cannot be written (no space left on device). Name a file in a folder")
    assert err.count("\n") == 1
    assert len(table("a.csv")) == 20
    assert names_in(folder) == {"a.mp4", "a.csv"}


@pytest.mark.parametrize(("option", "target"), [("--annotate", "b.mp4"), ("--csv", "a.csv")])
def test_nowhere_left_to_write_is_told_and_leaves_nothing(
    folder: Path, pipeline: FakePipeline, full: Callable[..., None], capsys: pytest.CaptureFixture[str],
    option: str, target: str,
) -> None:  # fmt: skip
    full({target: 2})
    assert main(["video", "a.mp4", option, target]) == 2
    err = capsys.readouterr().err
    assert f"{target} cannot be written (no space left on device)" in err
    assert err.count("\n") == 1
    assert names_in(folder) == {"a.mp4"}


def test_what_stops_the_work_keeps_the_results_so_far(
    folder: Path, pipeline: FakePipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    def find(frame: Frame) -> Sequence[Track]:
        if frame.index == 7:
            raise ModelError("the model is damaged", "Go back to the one before")
        return [track(1)]

    pipeline._find = find
    assert main(["video", "a.mp4", "--csv", "a.csv", "--annotate", "b.mp4"]) == 2
    assert "the model is damaged" in capsys.readouterr().err
    assert len(table("a.csv")) == len(times_of(Path("b.mp4"))) == 7


def test_a_defect_is_status_1_told_once_and_costs_only_its_pictures(
    folder: Path, pipeline: FakePipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    def find(frame: Frame) -> Sequence[Track]:
        if frame.index in (3, 4):
            raise RuntimeError("out of tune")
        return [track(1)]

    pipeline._find = find
    assert main(["video", "a.mp4", "--csv", "a.csv", "--annotate", "b.mp4"]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "the picture at 0:00.3 could not be analysed" in err
    assert [row["label"] for row in table("a.csv")] == ["happy"] * 3 + [""] * 2 + ["happy"] * 15
    assert len(times_of(Path("b.mp4"))) == 20


def test_a_decoder_that_hangs(
    folder: Path, pipeline: FakePipeline, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from fer_desktop.capture.video_file import VideoFileSource
    from fer_desktop.offline import video as offline_video

    let_go = threading.Event()
    real = VideoFileSource.read

    def read(self: VideoFileSource) -> Frame | None:
        if self._index == 5:
            let_go.wait(30)
        return real(self)

    monkeypatch.setattr(VideoFileSource, "read", read)
    monkeypatch.setattr(offline_video, "PATIENCE_S", 1.0)
    try:
        assert main(["video", "a.mp4", "--csv", "a.csv"]) == 4
    finally:
        let_go.set()
    err = capsys.readouterr().err
    assert "a.mp4 gave no picture for 1 s after second 0.4 and was given up. Copy it to this computer" in err
    assert len(table("a.csv")) == 5


PROGRAM = """
import os, signal, sys, types
from tests.fake_pipeline import FakePipeline, track
def find(frame):
    frame.index == 30 and os.kill(os.getpid(), signal.SIGINT)
    os.write(2, b"I0000 gl_context.cc: noise")
    return [track(1)]
app = types.ModuleType("fer_desktop.app")
app.video_pipeline = lambda: FakePipeline(find)
sys.modules["fer_desktop.app"] = app
from fer_desktop.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name == "nt", reason="a signal cannot be sent to one process there")
def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mkv", count=300, rate=50)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "video", "a.mkv", "--json", "a.json", "--csv", "-", "--annotate", "b.mp4"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    told = re.fullmatch(
        r"fer-desktop: stopped after (\d+) pictures \(0:00\.\d\), whose results are kept\n", done.stderr
    )
    assert told is not None, done.stderr
    kept = int(told[1])
    assert 20 < kept < 300
    assert len(list(csv.DictReader(io.StringIO(done.stdout)))) == kept
    assert len(json.loads((tmp_path / "a.json").read_text())["frames"]) == kept
    assert len(times_of(tmp_path / "b.mp4")) == kept
    assert names_in(tmp_path) == {"a.mkv", "a.json", "b.mp4"}


def test_interrupts_are_left_as_they_were(folder: Path, pipeline: FakePipeline) -> None:
    before = signal.getsignal(signal.SIGINT)
    main(["video", "a.mp4"])
    assert signal.getsignal(signal.SIGINT) is before


def test_progress_with_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    told = io.StringIO()
    told.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stderr", told)
    clock = types.SimpleNamespace(monotonic=lambda: now)
    monkeypatch.setattr(video, "time", clock)
    now = 100.0
    progress = video._Progress(60.0)
    progress.show(1.0)
    now = 100.1
    progress.show(2.0)
    now = 110.0
    progress.show(20.0)
    progress.clear()
    assert told.getvalue() == ("\r0:01.0 of 1:00.0\x1b[K\r0:20.0 of 1:00.0  about 20 s left\x1b[K\r\x1b[K"), (
        "at most five times a second"
    )


def test_the_drawn_person_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needs_detector_models: None) -> None:
    """With the real detector and network."""
    monkeypatch.chdir(tmp_path)
    write_film(tmp_path / "a.mp4", count=30, rate=15, size=(640, 360))
    assert main(["video", "a.mp4", "--csv", "a.csv", "--annotate", "b.mp4"]) == 0
    rows = table("a.csv")
    assert [int(row["frame"]) for row in rows] == list(range(30))
    assert sum(row["label"] in emotions.NAMES for row in rows) >= 27
    assert len({row["track"] for row in rows if row["track"]}) == 1


def test_a_recording_of_one_face(
    shared_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needs_detector_models: None
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["video", str(shared_dir / "media" / "one_face_sad_to_happy.mp4"), "--csv", "a.csv"]) == 0
    rows = table("a.csv")
    times = [float(row["time"]) for row in rows]
    assert [int(row["frame"]) for row in rows] == list(range(472))
    assert times == sorted(set(times))
    assert times[-1] == pytest.approx(19.6446, abs=1e-3)
    quarters = [Counter(row["label"] for row in part).most_common(1)[0][0] for part in (rows[:118], rows[-118:])]
    assert quarters == ["sad", "happy"]


def test_a_cartoon_with_animals(
    shared_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needs_detector_models: None
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["video", str(shared_dir / "media" / "no_face.mp4"), "--csv", "a.csv"]) == 0
    labels = {row["frame"]: bool(row["label"]) for row in table("a.csv")}
    assert len(labels) == 95, "those of its 98 that it says are to be shown"
    assert sum(labels.values()) <= 0.02 * len(labels)
