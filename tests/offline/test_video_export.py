"""The public forms of a video's results."""

from __future__ import annotations

import csv
import io
import json

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.types import Frame, Track
from fer_desktop.offline.video import Beginning, FrameResult
from fer_desktop.offline.video_export import CSV_COLUMNS, FrameCsvWriter, FrameJsonWriter
from tests.fake_pipeline import analysis, track


def result(index: int, time_s: float, *tracks: Track, error: str | None = None) -> FrameResult:
    frame = Frame(np.zeros((48, 64, 3), np.uint8), index, time_s, "a.mp4")
    return FrameResult(index, time_s, None if error else analysis(frame, tracks), error, None)


RESULTS = [
    result(0, 0.0),
    result(1, 1 / 24, track(4), track(7, None, "too small")),
    result(2, 0.1, error="=broken"),
]


def test_json_has_the_form_of_the_contract() -> None:
    file = io.BytesIO()
    writer = FrameJsonWriter(file.write, "caf\udce9.mp4", Beginning("fake", (64, 48)))
    for one in RESULTS:
        writer.add(one)
    writer.finish()
    document = json.loads(file.getvalue())
    assert list(document) == ["schema", "model", "path", "width", "height", "frames"]
    assert (document["schema"], document["model"], document["path"]) == (1, "fake", "caf\udce9.mp4")
    assert (document["width"], document["height"]) == (64, 48)
    first, second, third = document["frames"]
    assert first == {"index": 0, "time": 0.0, "faces": []}
    assert (second["index"], second["time"]) == (1, 0.041667)
    face, small = second["faces"]
    of_photos = ["box", "score", "label", "reason", "probabilities", "valence"]
    assert list(face) == [*of_photos, "track", "smoothed", "own_neutral", "found", "shown"]
    assert (face["found"], face["shown"]) == (True, face["box"])
    assert face["box"] == [3.3, 4.0, 20.0, 20.0]
    assert (face["score"], face["label"], face["reason"], face["track"]) == (0.9123, "happy", None, 4)
    assert tuple(face["probabilities"]) == tuple(face["smoothed"]) == emotions.NAMES
    assert face["smoothed"]["happy"] == 0.7
    assert (small["label"], small["reason"], small["track"]) == (None, "too small", 7)
    assert third == {"index": 2, "time": 0.1, "faces": [], "error": "=broken"}


def test_csv_has_the_form_of_the_contract() -> None:
    file = io.BytesIO()
    writer = FrameCsvWriter(file.write)
    for one in RESULTS:
        writer.add(one)
    writer.finish()
    text = file.getvalue().decode()
    assert text.splitlines()[0] == (
        "frame,time,track,x,y,w,h,score,label,reason,"
        "angry,disgust,fear,happy,sad,surprise,neutral,valence,own_neutral,found"
    )
    empty, face, small, broken = csv.DictReader(io.StringIO(text))
    assert empty == {name: {"frame": "0", "time": "0.0"}.get(name, "") for name in CSV_COLUMNS}
    assert [face[name] for name in ("frame", "time", "track", "x", "y", "w", "h", "score", "label", "reason")] == [
        "1", "0.041667", "4", "3.3", "4.0", "20.0", "20.0", "0.9123", "happy", "",
    ]  # fmt: skip
    assert float(face["happy"]) == 0.7
    assert (small["frame"], small["track"], small["label"], small["reason"]) == ("1", "7", "", "too small")
    assert broken["reason"] == "'=broken"
    assert broken["track"] == broken["happy"] == ""
