"""The demo through the real pipeline: found, followed, and read as what it performs."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from fer_desktop import app
from fer_desktop.capture.demo import DemoSource
from fer_desktop.core import emotions

MUST_BE_RECOGNISED = {"happy", "surprise", "neutral"}
CYCLE_FRAMES = 630


@pytest.mark.usefixtures("needs_detector_models")
def test_a_cycle_of_the_demo() -> None:
    source, pipeline = DemoSource(640, 360, realtime=False), app.live_pipeline()
    read: dict[str, Counter[str | None]] = defaultdict(Counter)
    found, ids = 0, set()
    source.open()
    try:
        for _ in range(CYCLE_FRAMES // 2):
            source.read()
            frame = source.read()
            assert frame is not None
            analysis = pipeline.analyse(frame)
            found += len(analysis.tracks) == 1
            ids |= {track.id for track in analysis.tracks}
            performed = source.performed(frame.index)
            if performed is not None and analysis.tracks:
                read[performed][analysis.tracks[0].label] += 1
    finally:
        source.close()
        pipeline.close()
    assert found >= 0.98 * (CYCLE_FRAMES // 2)
    assert len(ids) == 1, "one face is one track"
    assert set(read) == set(emotions.NAMES), "every emotion is performed"
    recognised = {name for name, labels in read.items() if labels.most_common(1)[0][0] == name}
    assert recognised >= MUST_BE_RECOGNISED, {name: dict(labels) for name, labels in read.items()}
