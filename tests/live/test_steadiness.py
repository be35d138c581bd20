"""How calm what is shown is, and whose resting face is taken out, are set by the window and reach the pipeline."""

from __future__ import annotations

from core_values import face

from fer_desktop.core.pipeline import Pipeline
from fer_desktop.core.tracking import Baseline, Tracker
from fer_desktop.core.types import Analysis, Face, Frame, Prediction
from tests.live.fakes import FakeClassifier, FakePipeline, FakeSource
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
        window.session.set_baseline(3, one, "fake-model")
        window.session.set_baseline(3, None, "fake-model")
        window.until(lambda: pipeline.strengths[-1] == 2.0 and len(pipeline.told) == 2)
        assert pipeline.told == [(3, one), (3, None)], "in order, once"


def test_a_pipeline_made_anew_keeps_the_strength_and_no_baseline() -> None:
    """Its faces are others."""
    Listening.made, breaks = [], iter((3, -1))
    source = FakeSource("file")
    with live(lambda: source, lambda: Listening(next(breaks))) as window:
        window.session.set_strength(2.0)
        window.until(lambda: len(Listening.made) == 2 and len(Listening.made[1].strengths) > 2)
        assert set(Listening.made[1].strengths) == {2.0} and Listening.made[1].told == []


def test_a_resting_face_as_another_model_saw_it_is_not_taken_out() -> None:
    """It was learnt from the last readings of the model before, and asked for when that had been exchanged."""
    Listening.made, one = [], Nothing()
    with live(make_pipeline=Listening) as window:
        window.until(lambda: window.analysed() > 3)
        window.session.change_model(lambda: FakeClassifier("another"))
        window.until(lambda: window.views[-1].analysis and window.views[-1].analysis.model_id == "another")
        window.session.set_baseline(3, one, "fake-model")
        window.session.set_baseline(3, None, "fake-model")
        window.session.set_baseline(4, one, "another")
        (pipeline,) = Listening.made
        window.until(lambda: pipeline.told)
        assert pipeline.told == [(4, one)]


class OnePlace:
    """A FaceDetector that always sees the same face, and breaks at one of its looks."""

    def __init__(self, breaks_at: int) -> None:
        self._left = breaks_at

    def detect(self, of: Frame, known: object = ()) -> tuple[Face, ...]:
        self._left -= bool(of.source)
        if self._left == 0:
            raise ValueError("a defect")
        return (face(1, 1, 6),) if of.source else ()

    def close(self) -> None: ...


def test_after_a_defect_nobody_takes_over_the_id_of_another() -> None:
    """What the window, the log and streams have under it is another face's."""
    breaks = iter((8, 8, -1))
    with live(make_pipeline=lambda: Pipeline(OnePlace(next(breaks)), FakeClassifier(), Tracker())) as window:
        seen: list[int] = []

        def three() -> bool:
            seen.extend(track.id for view in window.views[-1:] if view.analysis for track in view.analysis.tracks)
            return len(set(seen)) == 3

        window.until(three)
        window.for_s(0.1)
        assert seen == sorted(seen) and set(seen) == {1, 2, 3}
        assert window.kinds.count("defect") == 2
