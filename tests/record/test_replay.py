"""A session opened as a recording: the readings are those of the log, not another model's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fer_desktop.capture.video_file import VideoFileSource
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Frame
from fer_desktop.offline.video import VideoReading
from fer_desktop.record.about import LOG, VIDEO
from fer_desktop.record.log import LoggedFrame, LogReader
from fer_desktop.record.recorder import Recorder
from fer_desktop.record.replay import Replay
from tests.fake_pipeline import track
from tests.record.pictures import analysis, frame, numbered


def test_the_video_with_its_log(recorder: Callable[..., Recorder]) -> None:
    """Every third picture was read; after picture 30 nothing was."""
    made = recorder()
    read = None
    for number in range(60):
        of = frame(number, number / 30)
        if number % 3 == 0 and number <= 30:
            read = analysis(of, [track(number % 2, "happy"), track(7, None, "too small")])
        made.put(of, read)
    assert made.stop()
    folder = made.progress.folder
    assert folder is not None
    source = VideoFileSource(folder / VIDEO, realtime=False, loop=False)
    with VideoReading(source, lambda: Replay(folder / LOG)) as reading:
        beginning = reading.begin()
        results = list(reading.results())
    assert beginning.model_id == "model" and len(results) == 60
    for result in results:
        assert result.analysis is not None and result.error is None
        since = result.index % 3 if result.index <= 30 else result.index - 30
        expected = [(result.index - since) % 2, 7] if since / 30 < 0.29 else []
        if abs(since / 30 - 0.3) > 0.01:
            assert [one.id for one in result.analysis.tracks] == expected, result.index
        assert result.time_s == pytest.approx(result.index / 30, abs=1e-4)


def test_no_log(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        Replay(tmp_path / LOG)


def test_the_log_is_gone_through_beside_the_pictures_and_not_kept(
    recorder: Callable[..., Recorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = recorder()
    for number in range(300):
        of = frame(number, number / 30)
        made.put(of, analysis(of, [track(number)]))
    assert made.stop()
    folder = made.progress.folder
    assert folder is not None
    given: list[float] = []
    real = LogReader.frames

    def frames(reader: LogReader) -> Iterator[LoggedFrame]:
        for one in real(reader):
            given.append(one.time_s)
            yield one

    monkeypatch.setattr(LogReader, "frames", frames)
    replay = Replay(folder / LOG)
    assert given == [], "nothing is read before it is wanted"

    def ids(number: int) -> list[int]:
        at = Frame(numbered(0), number, number / 30, "Camera")
        return [one.id for one in replay.analyse(at).tracks]

    assert [ids(number) for number in (0, 1, 200)] == [[0], [1], [200]]
    assert len(given) == 202 and replay.confirmed == {0, 1, 200}
    assert ids(3) == [3], "back again"
    assert ids(299) == [299]
    replay.close()
