"""Files of kept readings: as the command line writes them, with the edits; nothing is left of one that is not whole."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from fer_desktop.capture.video_file import VideoFileSource
from fer_desktop.core.errors import Cancelled, InputError
from fer_desktop.offline.edits import Edits
from fer_desktop.offline.readings import Readings
from fer_desktop.offline.recording_files import write_copy, write_results
from fer_desktop.offline.video import Beginning
from fer_desktop.offline.video_export import FrameCsvWriter, FrameJsonWriter
from tests.readings import BEGINNING, filled, random_results, result, track
from tests.videos import CLICK_S, click_at, times_of, write_film


def never() -> bool:
    return False


def silent(part: float) -> None:
    assert 0 <= part <= 1


def source(path: Path) -> VideoFileSource:
    return VideoFileSource(path, realtime=False, loop=False)


def happy(times: Sequence[float], until: int = 1000) -> Readings:
    """One face up to picture `until`."""
    readings = Readings(Beginning("fake", (320, 240)))
    for index, at_s in enumerate(times):
        readings.add(result(index, at_s, *([track(1, x=100.0)] if index < until else [])))
    return readings


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_same_as_the_command_line_writes(form: str, tmp_path: Path, rng: np.random.Generator) -> None:
    results = random_results(rng)
    written = bytearray()
    writer = FrameCsvWriter(written.extend) if form == "csv" else FrameJsonWriter(written.extend, "a.mp4", BEGINNING)
    for one in results:
        writer.add(one)
    writer.finish()
    readings = filled(results)
    target = tmp_path / f"out.{form}"
    write_results(str(target), form, "a.mp4", readings, readings.faces(Edits()), {}, silent, never)
    if form == "csv":
        lines = target.read_text().splitlines()
        # Faces of one picture come in the order in which they were first seen.
        assert sorted(lines) == sorted(written.decode().splitlines())
        assert [line.split(",")[0] for line in lines] == [line.split(",")[0] for line in written.decode().splitlines()]
    else:
        assert json.loads(target.read_text())["frames"][3]["time"] == json.loads(written)["frames"][3]["time"]
        assert len(json.loads(target.read_text())["frames"]) == len(results)


def test_edits_are_in_the_files(tmp_path: Path) -> None:
    readings = filled([result(0, 0.0, track(1), track(2, "sad")), result(1, 0.1, track(2, "sad"), track(3, "fear"))])
    edits = Edits().with_name(1, "Ada").with_merged([1, 2]).without([3])
    faces = readings.faces(edits)
    target = tmp_path / "out.csv"
    write_results(str(target), "csv", "a.mp4", readings, faces, {1: "Ada"}, silent, never)
    rows = list(csv.DictReader(target.read_text().splitlines()))
    assert [(row["frame"], row["track"], row["label"], row["name"]) for row in rows] == [
        ("0", "1", "happy", "Ada"),
        ("1", "1", "sad", "Ada"),
    ]
    write_results(str(tmp_path / "out.json"), "json", "a.mp4", readings, faces, {1: "Ada"}, silent, never)
    frames = json.loads((tmp_path / "out.json").read_text())["frames"]
    assert [face["name"] for frame in frames for face in frame["faces"]] == ["Ada", "Ada"]


def test_nothing_is_left_of_what_was_cancelled(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("before")
    readings = happy(range(40))
    for target in ("out.csv", "new.csv"):
        with pytest.raises(Cancelled):
            write_results(
                str(tmp_path / target), "csv", "a", readings, readings.faces(Edits()), {}, silent, lambda: True
            )
    film = write_film(tmp_path / "film.mp4")
    with pytest.raises(Cancelled):
        faces = readings.faces(Edits())
        write_copy(str(tmp_path / "c.mp4"), str(film), source(film), True, readings, faces, silent, lambda: True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "out.csv"]
    assert (tmp_path / "out.csv").read_text() == "before"


def test_the_copy_has_every_picture_the_sound_and_the_readings(tmp_path: Path) -> None:
    times = [number / 10 + (number > 5) for number in range(12)]
    film = write_film(tmp_path / "film.mp4", 12, times=times)
    readings = happy(times, until=6)
    target = tmp_path / "copy.mp4"
    remarks = write_copy(str(target), str(film), source(film), True, readings, readings.faces(Edits()), silent, never)
    assert remarks == []
    assert times_of(target) == pytest.approx(times_of(film), abs=1e-3)
    assert click_at(target) == pytest.approx(CLICK_S, abs=0.02)
    changed = []
    for path in (film, target):
        reading = source(path)
        reading.open()
        changed.append([frame.bgr.astype(int) for frame in iter(reading.read, None)])
        reading.close()
    differ = [int((abs(old - new) > 60).sum()) for old, new in zip(*changed, strict=True)]
    assert min(differ[:6]) > 200, "the box and its label are painted on"
    assert max(differ[6:]) < 50


def test_the_recording_itself_is_never_replaced(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", count=3)
    before = film.read_bytes()
    readings = happy(range(3))
    faces = readings.faces(Edits())
    with pytest.raises(InputError, match="recording itself"):
        write_copy(str(film), str(film), source(film), True, readings, faces, silent, never)
    with pytest.raises(InputError, match="recording itself"):
        write_results(str(film), "csv", str(film), readings, faces, {}, silent, never)
    assert film.read_bytes() == before
