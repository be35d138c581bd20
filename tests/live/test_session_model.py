"""Pipelines that cannot be made, or fail while they are used."""

from __future__ import annotations

from fer_desktop.core.errors import FerError, ModelError
from fer_desktop.core.types import Frame
from tests.live.fakes import FakePipeline
from tests.live.window import live


def test_a_model_that_cannot_be_loaded_is_told_and_the_picture_runs_on() -> None:
    def damaged() -> FakePipeline:
        raise ModelError("The model is damaged", "Run set-up again")

    with live(make_pipeline=damaged) as window:
        window.until(lambda: "model_failed" in window.kinds and len(window.views) > 5)
        (failed,) = (event for event in window.events if event.kind == "model_failed")
        assert (failed.text, failed.remedy) == ("The model is damaged", "Run set-up again")
        assert "defect" not in window.kinds and window.analysed() == 0


def test_a_defect_while_loading_is_kept_for_a_report() -> None:
    def broken() -> FakePipeline:
        raise ZeroDivisionError("in the loader")

    with live(make_pipeline=broken) as window:
        window.until(lambda: "model_failed" in window.kinds)
        (defect,) = (event for event in window.events if event.kind == "defect")
        assert "ZeroDivisionError: in the loader" in defect.detail


def test_an_error_about_one_frame_concerns_that_frame_only_and_is_not_repeated() -> None:
    def fault(frame: Frame) -> None:
        if frame.index % 2:
            raise FerError("This frame is odd")

    made: list[FakePipeline] = []

    def make() -> FakePipeline:
        made.append(FakePipeline(fault=fault))
        return made[-1]

    with live(make_pipeline=make) as window:
        window.until(lambda: window.analysed() > 10)
        assert window.kinds.count("analysis_failed") == 1
        assert len(made) == 1 and "defect" not in window.kinds
    statistics = window.session.statistics()
    assert statistics.captured == statistics.analysed + statistics.dropped


def test_after_a_defect_the_pipeline_is_made_anew() -> None:
    made: list[FakePipeline] = []

    def fault(frame: Frame) -> None:
        if len(made) == 1 and frame.index > 5:
            raise IndexError("a defect")

    def make() -> FakePipeline:
        made.append(FakePipeline(fault=fault))
        return made[-1]

    with live(make_pipeline=make) as window:
        window.until(lambda: window.kinds.count("model_ready") == 2)
        seen = window.analysed()
        window.until(lambda: window.analysed() > seen + 3)
        (defect,) = (event for event in window.events if event.kind == "defect")
        assert "IndexError: a defect" in defect.detail
        assert made[0].closed and len(made) == 2


def test_a_pipeline_that_keeps_failing_is_switched_off_and_the_picture_runs_on() -> None:
    made: list[FakePipeline] = []

    def fault(frame: Frame) -> None:
        raise IndexError("again")

    def make() -> FakePipeline:
        made.append(FakePipeline(fault=fault))
        return made[-1]

    with live(make_pipeline=make) as window:
        window.until(lambda: "model_failed" in window.kinds)
        seen = len(window.views)
        window.until(lambda: len(window.views) > seen + 5)
        assert window.views[-1].analysis is None and window.session.model is None
        assert len(made) == 4 and all(pipeline.closed for pipeline in made)
        assert window.kinds.count("defect") == 4
