"""How calm what is shown is, and whose resting face is taken out, are set by the window and reach the pipeline."""

from __future__ import annotations

from fer_desktop.core.tracking import Baseline
from fer_desktop.core.types import Analysis, Frame, Prediction
from tests.live.fakes import FakePipeline, FakeSource
from tests.live.window import live


class Nothing:
    def apply(self, prediction: Prediction) -> Prediction:
        return prediction


class Listening(FakePipeline):
    """Notes what it was told, and by which frame."""

    made: list[Listening]
    strength = -1.0

    def __init__(self, breaks_at: int = -1) -> None:
        super().__init__()
        self.told: list[tuple[int, Baseline | None]] = []
        self.strengths: list[float] = []
        self._breaks_at = breaks_at
        Listening.made.append(self)

    def set_baseline(self, track_id: int, baseline: Baseline | None) -> None:
        self.told.append((track_id, baseline))

    def analyse(self, of: Frame) -> Analysis:
        if of.source:
            self.strengths.append(self.strength)
            if len(self.strengths) == self._breaks_at:
                raise ValueError("a defect")
        return super().analyse(of)


def test_strength_and_baselines_come_with_the_next_frame() -> None:
    Listening.made, one = [], Nothing()
    with live(make_pipeline=Listening) as window:
        window.session.set_strength(0.5)
        window.until(lambda: window.analysed() > 3)
        (pipeline,) = Listening.made
        assert set(pipeline.strengths) == {0.5}, "set before the start, from the first frame on"
        window.session.set_strength(2.0)
        window.session.set_baseline(3, one)
        window.session.set_baseline(3, None)
        window.until(lambda: pipeline.strengths[-1] == 2.0 and len(pipeline.told) == 2)
        assert pipeline.told == [(3, one), (3, None)], "in order, once"


def test_a_pipeline_made_anew_keeps_the_strength_and_no_baseline() -> None:
    """Its faces are others under the same ids."""
    Listening.made, breaks = [], iter((3, -1))
    source = FakeSource("file")
    with live(lambda: source, lambda: Listening(next(breaks))) as window:
        window.session.set_strength(2.0)
        window.until(lambda: len(Listening.made) == 2 and len(Listening.made[1].strengths) > 2)
        assert set(Listening.made[1].strengths) == {2.0} and Listening.made[1].told == []
