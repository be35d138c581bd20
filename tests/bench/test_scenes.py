"""What the bench looks at: the faces that it draws are found, in every size and number, and they perform."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fer_desktop import app
from fer_desktop.bench import scenes
from fer_desktop.bench.plan import FACES, IDLE_SIZE, SIZES
from fer_desktop.capture.video_file import VideoFileSource
from fer_desktop.core.types import Frame
from fer_desktop.offline.images import read_image


@pytest.mark.usefixtures("needs_detector_models")
@pytest.mark.parametrize("faces", FACES)
@pytest.mark.parametrize("size", sorted({*SIZES, IDLE_SIZE}))
def test_every_drawn_face_is_found_and_read_all_the_time(size: tuple[int, int], faces: int) -> None:
    pipeline = app.live_pipeline()
    counts, labels = [], set()
    try:
        # All of the loop, and its beginning once more: the jump back must lose no face.
        for index, moment_s in enumerate([*np.linspace(0, scenes.SECONDS, 14), 0.0, 0.1]):
            frame = Frame(scenes.picture(size, faces, float(moment_s)), index, index / 7, "scene")
            tracks = pipeline.analyse(frame).tracks
            counts.append(len(tracks))
            labels |= {track.label for track in tracks if track.label is not None}
    finally:
        pipeline.close()
    # New faces are believed when they were seen a few times.
    assert counts[4:] == [faces] * (len(counts) - 4)
    assert len(labels) >= 2, "their expressions change"


def test_a_video_has_the_size_the_rate_and_the_length_that_were_asked_for(tmp_path: Path) -> None:
    path = scenes.write_video(tmp_path / "v.mp4", (320, 240), 4, 60, 0.5)
    source = VideoFileSource(path, realtime=False, loop=False)
    source.open()
    try:
        frames = list(iter(source.read, None))
        assert source.fps == pytest.approx(60)
    finally:
        source.close()
    assert len(frames) == 30
    assert frames[0].size == (320, 240)
    assert frames[-1].captured_at == pytest.approx(29 / 60, abs=0.002)
    drawn = scenes.picture((320, 240), 4, 15 / 60)
    assert np.abs(frames[15].bgr.astype(int) - drawn).mean() < 4
    assert np.abs(frames[0].bgr.astype(int) - frames[29].bgr).mean() > 0.5, "they move"


def test_a_photo_is_what_was_drawn(tmp_path: Path) -> None:
    path = scenes.write_photo(tmp_path / "p.jpg", (320, 240), 1, 0.5)
    assert np.abs(read_image(path).bgr.astype(int) - scenes.picture((320, 240), 1, 0.5)).mean() < 4


def test_faces_that_do_not_fill_rows_and_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="3 faces"):
        scenes.picture((320, 240), 3, 0.0)
