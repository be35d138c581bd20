"""View ▸ My neutral: three seconds at rest are learnt, told, taken out of what is shown, and undone by the same key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from fer_desktop.capture.demo import DemoSource
from fer_desktop.core import emotions, neutral
from fer_desktop.core.neutral import Baseline
from fer_desktop.core.pipeline import Pipeline
from fer_desktop.core.tracking import Tracker
from fer_desktop.core.types import Box, Face, Frame, Prediction, Track, UInt8Array
from fer_desktop.gui import my_neutral
from fer_desktop.overlay.painter import pill_text
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeClassifier, FakeSource, FakeWorld, track

WAIT_MS = 10_000
SECONDS = 1.0
SET = "My neutral is set for this face. Press N to undo it."


@dataclass
class Sad(FakeClassifier):
    """Everybody is sad."""

    def classify(self, crops: UInt8Array, maps: bool = False) -> tuple[Prediction, ...]:
        values = np.full(emotions.COUNT, 0.01, np.float32)
        values[[emotions.NAMES.index("sad"), emotions.NAMES.index("neutral")]] = 0.75, 0.2
        return tuple(Prediction(values.copy(), np.log(values)) for _ in crops)


class OnePlace:
    """Finds the drawn face where it stands still."""

    def detect(self, frame: Frame, known: object = ()) -> tuple[Face, ...]:
        places = np.array([(-0.21, -0.22), (0.21, -0.22), (0, 0.01), (0, 0.22), (-0.44, -0.12), (0.44, -0.12)])
        box = Box(230, 70, 180, 180)
        return (Face(box, 0.95, (places * 180 + box.centre).astype(np.float32)),)

    def close(self) -> None:
        pass


class Resting(FakeSource):
    """The demo's drawn face as it is at its first moment, for ever."""

    def __init__(self) -> None:
        super().__init__("Demo")
        demo = DemoSource(640, 360, realtime=False)
        demo.open()
        drawn = demo.read()
        demo.close()
        assert drawn is not None
        self._drawn = drawn.bgr

    def read(self) -> Frame | None:
        plain = super().read()
        return None if plain is None else replace(plain, bgr=self._drawn)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    real = neutral.NeutralRecorder
    monkeypatch.setattr(my_neutral, "NeutralRecorder", lambda started_s: real(started_s, SECONDS))
    monkeypatch.setattr(neutral, "FEWEST", 3)


@pytest.fixture
def resting(desk: Desk, world: FakeWorld, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The drawn face through a real pipeline and tracker, with a network that finds it sad."""
    pipeline = Pipeline(OnePlace(), Sad(), Tracker())
    monkeypatch.setattr(world, "pipeline", pipeline)
    monkeypatch.setattr(world, "make_source", lambda spec: Resting())
    desk.start()
    qtbot.waitUntil(lambda: label(desk) == "sad", timeout=WAIT_MS)
    return desk


def label(desk: Desk) -> str | None:
    faces = desk.window.feed.faces
    return faces[0].label if faces else None


def said(desk: Desk) -> str:
    return "" if desk.window.info.isHidden() else desk.window.info.text.text()


def press(desk: Desk, qtbot: Any) -> None:
    qtbot.keyClick(desk.window, Qt.Key.Key_N)


def test_a_face_that_is_always_sad_is_neutral_at_rest_until_it_is_undone(resting: Desk, qtbot: Any) -> None:
    window, action = resting.window, resting.window.actions_.my_neutral
    assert not action.isChecked()
    press(resting, qtbot)
    assert action.isChecked() and window.view.message == "Rest your face and hold still… 1 s"
    qtbot.waitUntil(lambda: said(resting) == SET, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: label(resting) == "neutral", timeout=WAIT_MS)
    (face,) = window.feed.faces
    assert pill_text(face, 1).replace("\u00a0", " ").endswith("% · my neutral") and action.isChecked()
    assert emotions.NAMES[int(face.prediction.probabilities.argmax())] == "sad", "files keep what was read"
    assert window.view.message == ""
    qtbot.waitUntil(lambda: "Face 1 · my neutral" in window.panel.cards[0].title(), timeout=WAIT_MS)
    press(resting, qtbot)
    qtbot.waitUntil(lambda: label(resting) == "sad", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not action.isChecked(), timeout=WAIT_MS)
    assert "my neutral" not in pill_text(window.feed.faces[0], 1)


def test_it_ends_with_the_model(resting: Desk, world: FakeWorld, qtbot: Any) -> None:
    press(resting, qtbot)
    qtbot.waitUntil(lambda: label(resting) == "neutral", timeout=WAIT_MS)
    world.models["other"] = Sad("other")
    resting.window.live.models.change("other")
    qtbot.waitUntil(lambda: label(resting) == "sad", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not resting.window.actions_.my_neutral.isChecked(), timeout=WAIT_MS)


def a_face_that_moves(of: Frame) -> tuple[Track, ...]:
    return (track(0, Box(20 + 12 * (of.index % 30), 120, 120, 150), "neutral"),)


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (a_face_that_moves, "The face moved."),
        (lambda of: (), "The face was lost."),
        (lambda of: (track(0, label="happy"),), "The face was not at rest."),
        (lambda of: (track(0, label=None, reason="too dark"),), "The face was too dark."),
    ],
)
def test_what_speaks_against_it_is_said(
    desk: Desk, world: FakeWorld, qtbot: Any, then: Callable[[Frame], tuple[Track, ...]], why: str
) -> None:
    world.pipeline.tracks = lambda of: (track(0, label="neutral"),)
    desk.start()
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    press(desk, qtbot)
    world.pipeline.tracks = then
    qtbot.waitUntil(lambda: bool(said(desk)), timeout=WAIT_MS)
    assert said(desk) == f"{why} My neutral was not set. Press N to try again."
    assert desk.window.view.message in ("", "No face in view") and not desk.window.actions_.my_neutral.isChecked()


def test_without_a_face_or_in_a_pause_it_does_not_begin(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    world.pipeline.tracks = lambda of: ()
    desk.start()
    qtbot.waitUntil(lambda: desk.window.feed.analysis is not None, timeout=WAIT_MS)
    press(desk, qtbot)
    assert said(desk) == "No face in view." and not desk.window.actions_.my_neutral.isChecked()
    qtbot.keyClick(desk.window, Qt.Key.Key_Space)
    press(desk, qtbot)
    assert said(desk) == "The picture is paused. Press Space to go on."
    assert not desk.window.actions_.my_neutral.isChecked()


def test_the_same_key_gives_it_up_and_another_page_too(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    world.pipeline.tracks = lambda of: (track(0, label="neutral"),)
    desk.start()
    action = desk.window.actions_.my_neutral
    for give_up in (lambda: press(desk, qtbot), desk.window.actions_.photos.trigger):
        qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
        press(desk, qtbot)
        assert action.isChecked()
        give_up()
        qtbot.waitUntil(lambda: not action.isChecked(), timeout=WAIT_MS)
        assert said(desk) == ""
    assert not action.isEnabled(), "photos are read as they are"
    desk.window.actions_.live.trigger()
    assert action.isEnabled()


def test_of_several_faces_it_is_the_chosen_ones_and_says_which(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    asked: list[tuple[int, Baseline | None, str]] = []
    small, large = Box(420, 120, 90, 100), Box(60, 90, 180, 220)
    world.pipeline.tracks = lambda of: (track(1, small, "neutral"), track(2, large, "neutral"))
    desk.window.session.set_baseline = lambda *given: asked.append(given)  # type: ignore[method-assign]
    desk.start()
    qtbot.waitUntil(lambda: len(desk.window.feed.faces) == 2, timeout=WAIT_MS)
    for whom, number in ((1, 1), (None, 2)):
        desk.window.chosen_face.choose(whom)
        if whom is None:
            desk.window.chosen_face.choose(None)
        press(desk, qtbot)
        assert desk.window.view.message.startswith(f"Face {number}: Rest your face")
        qtbot.waitUntil(lambda: said(desk) == SET, timeout=WAIT_MS)
        desk.window.info.settle("my neutral")
    model = desk.window.feed.analysis.model_id
    assert [(whom, of) for whom, baseline, of in asked if isinstance(baseline, Baseline)] == [(1, model), (2, model)]


def test_a_window_that_stands_still_for_a_moment_misses_nothing(resting: Desk, qtbot: Any) -> None:
    """The readings are taken as they are made; that the window looks at them late is no loss."""
    press(resting, qtbot)
    resting.window.feed.stop()
    noted = resting.window.my_neutral._analyses
    over = resting.window.my_neutral._recorder.started_s + neutral.LOST_S * 1.5
    qtbot.waitUntil(lambda: bool(noted) and noted[-1].captured_at > over, timeout=WAIT_MS)
    resting.window.feed.start()
    qtbot.waitUntil(lambda: said(resting) != "", timeout=WAIT_MS)
    assert said(resting) == SET
    qtbot.waitUntil(lambda: label(resting) == "neutral", timeout=WAIT_MS)
    seen, before = resting.window.session.statistics, len(noted)
    analysed = seen().analysed
    qtbot.waitUntil(lambda: seen().analysed > analysed + 3, timeout=WAIT_MS)
    assert len(noted) == before, "nothing is noted once it is over"
