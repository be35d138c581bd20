"""When a model that was asked for is made, used and closed, whatever else the session is doing. With fakes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from fer_desktop.core.errors import ModelError
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.live.session import LiveSession
from tests.live.fakes import FakeClassifier, FakePipeline, FakeSource
from tests.live.window import QUICK, Window, live


def ready(window: Window, model_id: str) -> Callable[[], bool]:
    return lambda: any(event.kind == "model_ready" and event.text == model_id for event in window.events)


def refuses_to_read() -> FakeClassifier:
    return FakeClassifier("lame", ModelError("Model lame failed", "Install the program again"))


def test_a_model_that_fails_for_a_defect_is_kept_for_a_report() -> None:
    def broken() -> FakeClassifier:
        raise ZeroDivisionError("in the loader")

    with live() as window:
        window.until(lambda: window.analysed() > 3)
        window.session.change_model(broken)
        window.until(lambda: "model_change_failed" in window.kinds)
        (defect,) = (event for event in window.events if event.kind == "defect")
        assert "ZeroDivisionError: in the loader" in defect.detail
        seen = window.analysed()
        window.until(lambda: window.analysed() > seen + 3)
        assert window.kinds.count("model_ready") == 1, "the pipeline is the same one"


def test_what_is_no_longer_used_is_closed() -> None:
    made = [FakeClassifier("first"), refuses_to_read(), FakeClassifier("last")]
    with live() as window:
        window.session.change_model(lambda: made[0])
        window.until(ready(window, "first"))
        window.session.change_model(lambda: made[1])
        window.until(lambda: "model_change_failed" in window.kinds)
        assert [classifier.closed for classifier in made] == [False, True, False]
        window.session.change_model(lambda: made[2])
        window.until(ready(window, "last"))
        assert [classifier.closed for classifier in made] == [True, True, False]


def test_the_new_model_is_made_and_warm_before_the_old_one_is_let_go() -> None:
    pipeline: list[FakePipeline] = []
    old_was_closed: list[bool] = []

    def make_pipeline() -> FakePipeline:
        pipeline.append(FakePipeline())
        return pipeline[-1]

    class Watched(FakeClassifier):
        def classify(self, crops: np.ndarray, maps: bool = False) -> tuple[object, ...]:  # type: ignore[override]
            if not self.calls:
                old_was_closed.append(old.closed)
            return super().classify(crops)

    with live(make_pipeline=make_pipeline) as window:
        window.until(lambda: window.analysed() > 3)
        old, new = pipeline[0].classifier, Watched("new")
        window.session.change_model(lambda: new)
        window.until(ready(window, "new"))
        assert old_was_closed == [False] and old.closed and new.calls == 1


def test_of_models_asked_for_meanwhile_only_the_newest_is_made() -> None:
    made: list[FakeClassifier] = []
    begun, gate = threading.Event(), threading.Event()

    def make(name: str) -> FakeClassifier:
        made.append(FakeClassifier(name))
        begun.set()
        gate.wait(20)
        return made[-1]

    with live() as window:
        window.until(lambda: window.analysed() > 3)
        window.session.change_model(lambda: make("0"))
        assert begun.wait(20)
        for number in range(1, 5):
            window.session.change_model(lambda number=number: make(str(number)))
        gate.set()
        window.until(lambda: window.views[-1].analysis.model_id == "4")
        assert [(one.model_id, one.closed) for one in made] == [("0", True), ("4", False)]
        assert [one.text for one in window.events if one.kind == "model_ready"] == ["fake-model", "4"]


def test_the_analysis_goes_on_while_a_slow_model_loads() -> None:
    begun, gate = threading.Event(), threading.Event()

    def slow() -> FakeClassifier:
        begun.set()
        gate.wait(20)
        return FakeClassifier("slow")

    with live() as window:
        window.until(lambda: window.analysed() > 3)
        window.session.change_model(slow)
        assert begun.wait(20)
        seen = window.session.statistics().analysed
        window.until(lambda: window.session.statistics().analysed > seen + 20)
        assert window.views[-1].analysis.model_id == "fake-model"
        gate.set()
        window.until(ready(window, "slow"))


def test_a_paused_session_changes_its_model_at_once() -> None:
    with live(lambda: FakeSource(fps=50)) as window:
        window.until(lambda: window.analysed() > 3)
        window.session.pause()
        window.for_s(0.2)
        waits_s = []
        for name in ("a", "b", "new"):
            asked_at = time.monotonic()
            window.session.change_model(lambda name=name: FakeClassifier(name))
            window.until(ready(window, name))
            waits_s.append(time.monotonic() - asked_at)
        # A thread that looked once a second would take that long each time; a busy machine does not.
        assert min(waits_s) < 0.5
        seen = len(window.views)
        window.session.resume()
        window.until(lambda: len(window.views) > seen + 3)
        assert window.views[-1].analysis.model_id == "new"


def test_a_model_asked_for_before_the_start_is_used() -> None:
    session = LiveSession(FakePipeline, QUICK)
    window = Window(session)
    try:
        session.change_model(lambda: FakeClassifier("new"))
        window.until(ready(window, "new"))
        session.start(FakeSource)
        window.until(lambda: window.analysed() > 3)
        assert window.views[-1].analysis.model_id == "new"
    finally:
        session.stop()
    with pytest.raises(RuntimeError, match="stopped"):
        session.change_model(lambda: FakeClassifier("late"))


def test_a_model_asked_for_while_the_first_one_loads_is_used() -> None:
    gate = threading.Event()

    def slow() -> FakePipeline:
        gate.wait(20)
        return FakePipeline()

    with live(make_pipeline=slow) as window:
        window.until(lambda: len(window.views) > 3)
        window.session.change_model(lambda: FakeClassifier("new"))
        gate.set()
        window.until(lambda: window.analysed() and window.views[-1].analysis.model_id == "new")


def test_a_pipeline_made_anew_after_a_defect_has_the_newest_model() -> None:
    made: list[FakePipeline] = []
    fail, is_there = threading.Event(), threading.Event()
    is_there.set()

    def fault(frame: Frame) -> None:
        if fail.is_set():
            fail.clear()
            raise IndexError("a defect")

    def make() -> FakePipeline:
        made.append(FakePipeline(fault=fault))
        return made[-1]

    def new() -> FakeClassifier:
        if not is_there.is_set():
            raise ModelError("The model is gone", "Choose another model")
        return FakeClassifier("new")

    def defects(count: int) -> bool:
        return window.kinds.count("defect") == count and window.events[-1].kind != "defect"

    with live(make_pipeline=make) as window:
        window.until(lambda: window.analysed() > 3)
        window.session.change_model(new)
        window.until(ready(window, "new"))
        fail.set()
        window.until(lambda: defects(1))
        window.for_s(0.05)
        assert len(made) == 2 and made[0].closed
        assert [one.text for one in window.events if one.kind == "model_ready"] == ["fake-model", "new", "new"]
        window.until(lambda: window.views[-1].analysis.model_id == "new")

        # If it is gone by then, the program's own reads, and that is told once.
        is_there.clear()
        fail.set()
        window.until(lambda: "model_change_failed" in window.kinds)
        assert window.session.model is not None and window.session.model.id == "fake-model"
        fail.set()
        window.until(lambda: defects(3))
        window.for_s(0.05)
        assert window.kinds.count("model_change_failed") == 1


def test_where_no_model_worked_another_one_may() -> None:
    broken = threading.Event()
    broken.set()

    def make() -> FakePipeline:
        if broken.is_set():
            raise ModelError("The model is damaged", "Choose another one")
        return FakePipeline()

    with live(make_pipeline=make) as window:
        window.until(lambda: "model_failed" in window.kinds)
        window.session.change_model(lambda: FakeClassifier("new"))
        window.until(lambda: window.kinds.count("model_failed") == 2)
        assert window.session.model is None
        broken.clear()
        window.session.change_model(lambda: FakeClassifier("new"))
        window.until(lambda: window.analysed() > 3)
        assert window.views[-1].analysis.model_id == "new"


def test_a_model_that_keeps_failing_is_switched_off_until_another_is_chosen() -> None:
    class Bad(FakePipeline):
        def analyse(self, of: Frame) -> Analysis:
            if of.source and self.classifier.model_id == "bad":
                raise IndexError("the model's fault")
            return super().analyse(of)

    with live(make_pipeline=Bad) as window:
        window.until(lambda: window.analysed() > 3)
        window.session.change_model(lambda: FakeClassifier("bad"))
        window.until(lambda: "model_failed" in window.kinds)
        window.session.change_model(lambda: FakeClassifier("good"))
        seen = window.analysed()
        window.until(lambda: window.analysed() > seen + 3)
        assert window.views[-1].analysis.model_id == "good"


def test_a_session_stops_while_a_model_loads() -> None:
    begun, gate = threading.Event(), threading.Event()
    late = FakeClassifier("late")

    def slow() -> FakeClassifier:
        begun.set()
        gate.wait(20)
        return late

    with live() as window:
        window.until(lambda: window.analysed() > 3)
        window.session.change_model(slow)
        assert begun.wait(20)
        threading.Timer(0.1, gate.set).start()
        assert window.session.stop()
        window.turn()
        assert window.kinds.count("model_ready") == 1
    assert late.closed, "it was made after the order to stop"
