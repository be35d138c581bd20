from __future__ import annotations

import json
import time

import pytest

from fer_desktop.core.types import Analysis
from fer_desktop.offline.video import FrameResult
from fer_desktop.offline.video_export import frame_record
from fer_desktop.streams.message import Messages, one_face
from tests.fake_pipeline import track
from tests.streams.fakes import analysis, frame


def test_the_faces_are_those_of_a_video_file() -> None:
    shown = frame(7)
    seen = Analysis(7, shown.captured_at, shown.size, (track(1), track(4, None, "too small")), "some-model", {})
    record = json.loads(Messages().text(seen))
    assert record["faces"] == json.loads(json.dumps(frame_record(FrameResult(7, 0.0, seen, None, None))["faces"]))
    assert record["faces"][1]["label"] is None and record["faces"][1]["reason"] == "too small"
    assert {name: record[name] for name in ("schema", "model", "index", "width", "height")} == {
        "schema": 1, "model": "some-model", "index": 7, "width": 64, "height": 48
    }  # fmt: skip


def test_times_count_from_the_first_and_are_known_on_the_wall() -> None:
    messages = Messages()
    first = analysis(1)
    later = Analysis(9, first.captured_at + 1.25, first.size, (), "fake", {})
    assert messages.record(first)["time"] == 0
    assert messages.record(later)["time"] == pytest.approx(1.25)
    unix = messages.record(first)["unix_time"]
    assert isinstance(unix, float) and abs(time.time() - unix) < 5


def test_a_message_is_one_line_without_a_face_too() -> None:
    text = Messages().text(analysis(0))
    assert "\n" not in text and json.loads(text)["faces"] == []


def test_the_one_face_is_the_followed_or_else_the_largest() -> None:
    small, large, middle = track(1, side=10), track(2, side=30), track(3, side=20)
    shown = frame()
    seen = Analysis(0, shown.captured_at, shown.size, (small, large, middle), "fake", {})
    assert one_face(seen, None) is large
    assert one_face(seen, 3) is middle
    assert one_face(seen, 8) is large, "who is followed has left"
    assert one_face(analysis(0), 3) is None
