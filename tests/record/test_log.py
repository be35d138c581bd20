"""The log: what it says is what was read, and a cut does not cost what stands before it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Box
from fer_desktop.offline.video import FrameResult
from fer_desktop.offline.video_export import CSV_COLUMNS, FrameCsvWriter
from fer_desktop.record import log
from fer_desktop.record.canvas import Canvas
from fer_desktop.record.log import Head, LogReader, LogWriter, Marker
from tests.fake_pipeline import analysis, track
from tests.record.pictures import SIZE, frame

HEAD = Head("2026-01-31T14:05:09+01:00", "Café camera", "model-1", SIZE)
SAME = Canvas(SIZE).fit(SIZE)
MISSED = replace(track(4, "fear", side=33.3), steady=Box(9, 8, 30, 31), seen=False)
FACES = [[track(1), replace(track(4, None, "too small"), own_neutral=True)], [], [MISSED]]


def write(path: Path) -> LogWriter:
    writer = LogWriter(path, HEAD)
    for number, faces in enumerate(FACES):
        writer.add(number if number < 2 else None, number / 30, faces, SAME)
    writer.marker(Marker(0.05, "laughs – “out loud”\nand long"))
    return writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write(tmp_path / "log.jsonl").close()
    return tmp_path / "log.jsonl"


def records(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_line_is_on_the_disk_at_once(tmp_path: Path) -> None:
    writer = write(tmp_path / "log.jsonl")
    kinds = [record["record"] for record in records(tmp_path / "log.jsonl")]
    assert kinds == ["session", "face", "face", "no face", "face", "marker"]
    writer.close()
    writer.close()


def test_a_face_has_the_columns_and_values_of_the_command_line(path: Path) -> None:
    text = io.BytesIO()
    document = FrameCsvWriter(text.write)
    for number, faces in enumerate(FACES):
        of = frame(number, number / 30)
        document.add(FrameResult(number, number / 30, analysis(of, faces), None, None))
    rows = [row for row in csv.DictReader(io.StringIO(text.getvalue().decode())) if row["track"]]
    found = [record for record in records(path) if record["record"] == "face"]
    assert records(path)[0]["columns"] == list(CSV_COLUMNS)
    for ours, theirs in zip(found, rows, strict=True):
        assert list(ours) == ["record", *CSV_COLUMNS, "smoothed", "shown"]
        cells = {name: "" if value is None else str(value) for name, value in ours.items()}
        cells |= {name: str(int(ours[name] is True)) for name in ("own_neutral", "found")}
        assert [cells[name] for name in CSV_COLUMNS[1:]] == [theirs[name] for name in CSV_COLUMNS[1:]]
    assert [record["own_neutral"] for record in found] == [False, True, False]
    assert [record["found"] for record in found] == [True, True, False], "what is missed is no new reading"
    assert [record["shown"] for record in found] == [[3.3, 4, 20, 20], [3.3, 4, 20, 20], [9, 8, 30, 31]]
    assert [record["frame"] for record in found] == [0, 0, None]


def test_what_was_written_is_read_again(path: Path) -> None:
    reader = LogReader(path)
    assert reader.head == HEAD
    assert reader.markers() == [Marker(0.05, "laughs – “out loud”\nand long")]
    found = list(reader.frames())
    assert [(one.number, one.time_s) for one in found] == [(0, 0.0), (1, 0.033333), (None, 0.066667)]
    for one, faces in zip(found, FACES, strict=True):
        for ours, theirs in zip(one.tracks, faces, strict=True):
            assert (ours.id, ours.label, ours.reason) == (theirs.id, theirs.label, theirs.reason)
            assert (ours.own_neutral, ours.seen) == (theirs.own_neutral, theirs.seen)
            assert ours.shown_box.as_list() == theirs.shown_box.as_list(), "painted where it was"
            assert ours.face.box.as_list() == theirs.face.box.as_list()
            for name in ("probabilities", "smoothed"):
                of = ours if name == "smoothed" else ours.prediction
                other = theirs if name == "smoothed" else theirs.prediction
                assert getattr(of, name) == pytest.approx(getattr(other, name), abs=1e-4)


def test_boxes_lie_on_the_video(tmp_path: Path) -> None:
    """A picture twice as large, in portrait, lies between bars."""
    writer = LogWriter(tmp_path / "log.jsonl", HEAD)
    fit = Canvas(SIZE).fit((200, 192))
    writer.add(0, 0.0, [track(1, side=40.0)], fit)
    writer.close()
    (only,) = LogReader(tmp_path / "log.jsonl").frames()
    assert fit.size == (100, 96) and fit.left == 30
    assert only.tracks[0].face.box.as_list() == pytest.approx([30 + 1.6, 2.0, 20.0, 20.0], abs=0.06)


def test_cut_anywhere_it_says_what_stands_before_the_cut(path: Path) -> None:
    whole = path.read_bytes()
    ends = [at + 1 for at, byte in enumerate(whole) if byte == ord("\n")]
    for cut in sorted({*range(ends[0], len(whole), 11), *ends, *(end - 1 for end in ends[1:])}):
        path.write_bytes(whole[:cut])
        reader = LogReader(path)
        lines = sum(end <= cut for end in ends)
        assert sum(len(one.tracks) or 1 for one in reader.frames()) == min(lines - 1, 4)
        assert len(reader.markers()) == (lines == 6)
        assert reader.last().get("time") == [None, 0.0, 0.0, 0.033333, 0.066667, 0.066667][lines - 1], "no marker's"
    for cut in range(0, ends[0], 11):
        path.write_bytes(whole[:cut])
        with pytest.raises(InputError, match="no log of a session"):
            LogReader(path)


def test_damaged_lines_cost_themselves(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    bad = [
        b"\xff\xfe\n", b"[]\n", b"null\n", b'{"record":"face"}\n', b'{"record":"no face","frame":"x","time":1}\n',
        lines[1].replace(b"0.05", b"0.5"), lines[1].replace(b'"happy"', b'"joy"'), lines[1].replace(b"20.0", b"-20.0"),
        lines[1].replace(b"0.7", b"NaN"), b'{"record":"marker","text":"when?"}\n', b'{"record":"what is new"}\n',
    ]  # fmt: skip
    path.write_bytes(b"".join([lines[0], *bad, *lines[1:]]))
    reader = LogReader(path)
    assert [len(one.tracks) for one in reader.frames()] == [2, 0, 1]
    assert len(reader.markers()) == 1


def test_what_is_no_log(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with pytest.raises(InputError, match="no such file"):
        LogReader(path)
    newer = b'{"record":"session","schema":2}\n'
    for content, why in ((b"", "no log"), (b"\x89PNG\n\n", "no log"), (b"{}\n", "no log"), (newer, "newer version")):
        path.write_bytes(content)
        with pytest.raises(InputError, match=why):
            LogReader(path)


def test_a_disk_that_refuses_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = write(tmp_path / "log.jsonl")
    size = (tmp_path / "log.jsonl").stat().st_size
    real = writer._file

    class Full:
        """Takes ten bytes, then no more."""

        taken = False
        truncate, seek = staticmethod(real.truncate), staticmethod(real.seek)

        def write(self, data: memoryview) -> int:
            if self.taken:
                raise OSError(28, "No space left on device")
            self.taken = True
            return real.write(data[:10])

    with monkeypatch.context() as patched:
        patched.setattr(writer, "_file", Full())
        with pytest.raises(OSError, match="No space"):
            writer.add(3, 0.1, [track(1), track(2)], SAME)
    assert (tmp_path / "log.jsonl").stat().st_size == size
    assert len(records(tmp_path / "log.jsonl")) == 6
    writer.end(0.1, 3, 0, "The disk is full")
    writer.close()
    assert [record["record"] for record in records(tmp_path / "log.jsonl")][6:] == ["end"], "no gap is before it"


def test_no_log_is_written_over(path: Path) -> None:
    with pytest.raises(FileExistsError):
        LogWriter(path, HEAD)


def test_the_last_record_of_a_long_log(path: Path) -> None:
    with path.open("a") as file:
        for number in range(2000):
            file.write(json.dumps({"record": "no face", "frame": number, "time": number / 30}) + "\n")
        file.write("x" * 3000)
    assert path.stat().st_size > log._TAIL
    assert LogReader(path).last()["frame"] == 1999
