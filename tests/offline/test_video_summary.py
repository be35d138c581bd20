"""The page for people: shares of time, not of pictures, and changes that last."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from fer_desktop.offline.video import Beginning, FrameResult
from fer_desktop.offline.video_summary import MOST_CHANGES, MOST_FACES, Summary, clock
from tests.fake_pipeline import track
from tests.offline.test_video_export import result


def page(results: Sequence[FrameResult]) -> list[str]:
    file = io.BytesIO()
    summary = Summary(file.write, "a\n.mp4", Beginning("fake", (64, 48)))
    for one in results:
        summary.add(one)
    summary.finish()
    return file.getvalue().decode().splitlines()


def labels(*spans: tuple[str, float], step_s: float = 0.1) -> list[FrameResult]:
    """One face that shows each label for so many seconds."""
    names = [name for name, seconds in spans for _ in range(round(seconds / step_s))]
    return [result(index, index * step_s, track(1, name)) for index, name in enumerate(names)]


def test_shares_of_time_and_changes() -> None:
    lines = page(labels(("sad", 2.0), ("fear", 0.3), ("sad", 0.7), ("happy", 3.0)))
    assert lines == [
        "a\\n.mp4  64 x 48, 60 pictures, 0:06.0",
        "",
        "face 1, 0:00.0 to 0:06.0",
        "  happy     50 %      3.0 s",
        "  sad       45 %      2.7 s",
        "  fear       5 %      0.3 s",
        "",
        "changes",
        "   0:00.0  face 1  sad",
        "   0:03.0  face 1  sad -> happy",
    ]


def test_a_picture_counts_as_long_as_it_stands() -> None:
    lines = page([result(0, 0.0, track(1, "sad")), result(1, 9.0, track(1, "happy")), result(2, 10.0)])
    assert lines[3].split() == ["sad", "90", "%", "9.0", "s"]
    assert lines[4].split() == ["happy", "10", "%", "1.0", "s"]


def test_several_faces_and_one_too_small() -> None:
    results = [result(n, n / 10, track(3, None, "too small"), track(2, "happy")) for n in range(10)]
    lines = page(results)
    assert lines[2:4] == ["face 2, 0:00.0 to 0:01.0", "  happy    100 %      1.0 s"]
    assert lines[5:7] == ["face 3, 0:00.0 to 0:01.0", "  no label: too small"]
    assert len(lines) == 7, "nothing changed"


def test_nobody_there() -> None:
    assert page([result(0, 0.0), result(1, 0.1)])[1:] == ["no face found"]


def test_a_first_label_is_no_change() -> None:
    lines = page([result(0, 0.0, track(1, "sad"), track(2, "happy")), result(1, 2.0)])
    assert "changes" not in lines
    assert page([result(0, 0.0)])[0].endswith("1 picture, 0:00.0")


def test_it_stays_a_page() -> None:
    many = labels(*((("sad", 1.0), ("happy", 1.0)) * 100))
    crowd = [result(n, 200.0 + n / 10, track(2 + n)) for n in range(100)]
    lines = page([*many, *crowd])
    assert f"and {101 - MOST_FACES} more faces, seen for a shorter time" in lines
    assert lines[-1] == f"and {200 - MOST_CHANGES} more: --csv FILE has every picture"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00.0"), (59.96, "1:00.0"), (61.25, "1:01.2"), (3600 + 62, "1:01:02.0"), (-1, "0:00.0")]
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text
