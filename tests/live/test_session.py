"""The session with real threads: what it shows, how it counts, how it ends."""

from __future__ import annotations

import threading
import time

import pytest

from fer_desktop.core.types import Frame
from fer_desktop.live.session import LiveSession
from fer_desktop.live.timing import Timing
from tests.live.fakes import FakePipeline, FakeSource
from tests.live.window import QUICK, live


def test_frames_are_shown_in_order_once_each_with_their_own_analysis() -> None:
    with live(lambda: FakeSource(fps=60), lambda: FakePipeline(0.003)) as window:
        window.until(lambda: window.analysed() >= 30)
        assert window.session.source is not None and window.session.source.size == (12, 8)
        assert window.session.model is not None and window.session.model.id == "fake-model"
    indices = [view.frame.index for view in window.views]
    assert indices == sorted(set(indices))
    own = sum(view.analysis is not None and view.analysis.frame_index == view.frame.index for view in window.views)
    assert own >= 0.5 * window.analysed()
    assert set(window.kinds) == {"source_opened", "model_ready"}


def test_frames_are_shown_bare_while_the_model_is_made() -> None:
    may_be_ready = threading.Event()

    def slowly() -> FakePipeline:
        may_be_ready.wait(20)
        return FakePipeline()

    with live(make_pipeline=slowly) as window:
        window.until(lambda: len(window.views) >= 5)
        assert window.analysed() == 0 and "model_ready" not in window.kinds
        may_be_ready.set()
        window.until(lambda: window.analysed() >= 3)


def test_the_pipeline_is_warmed_used_and_closed_on_one_thread() -> None:
    pipelines: list[FakePipeline] = []

    def make() -> FakePipeline:
        pipelines.append(FakePipeline())
        return pipelines[-1]

    with live(make_pipeline=make) as window:
        window.until(lambda: window.analysed())
        (pipeline,) = pipelines
        assert pipeline.classifier.calls == 1 and pipeline.resets == 1
        assert pipeline.thread is not threading.current_thread()
    assert pipeline.closed


def test_the_counts_add_up() -> None:
    with live(lambda: FakeSource(fps=200), lambda: FakePipeline(0.02)) as window:
        window.until(lambda: window.analysed() >= 5)
    statistics = window.session.statistics()
    assert statistics.captured == statistics.analysed + statistics.dropped
    assert statistics.dropped > 0
    assert statistics.displayed == len(window.views)
    assert statistics.latency.p50 is not None and statistics.latency.p50 >= 20
    assert statistics.stage_ms["detect"] == 1.0
    assert statistics.gui_gap.max is not None
    assert statistics.rss_peak_mb is not None and statistics.rss_peak_mb >= (statistics.rss_start_mb or 1e9)
    assert (statistics.source, statistics.model, statistics.device) == ("fake", "fake-model", "CPU, 1 thread")


def test_stop_is_bounded_when_a_read_never_comes_back() -> None:
    let_go = threading.Event()
    with live(lambda: FakeSource(fault=lambda source, index: let_go.wait(60) if index == 3 else None)) as window:
        window.until(lambda: window.session.statistics().captured == 3)
        began = time.monotonic()
        assert window.session.stop() is False
        assert time.monotonic() - began < 5
        let_go.set()


def test_stop_is_bounded_when_the_analysis_never_comes_back() -> None:
    let_go = threading.Event()

    def block(frame: Frame) -> None:
        let_go.wait(60)

    with live(make_pipeline=lambda: FakePipeline(fault=block)) as window:
        window.until(lambda: "model_ready" in window.kinds)
        seen = len(window.views)
        window.until(lambda: len(window.views) > seen + 10)  # the picture runs on
        began = time.monotonic()
        assert window.session.stop() is False
        assert time.monotonic() - began < 5
        let_go.set()


def test_stopping_twice_before_starting_and_while_the_model_is_made() -> None:
    session = LiveSession(FakePipeline, QUICK)
    assert session.stop() and session.stop()
    with pytest.raises(RuntimeError):
        session.switch(FakeSource)

    def slowly() -> FakePipeline:
        time.sleep(0.1)
        return FakePipeline()

    with live(make_pipeline=slowly, timing=Timing()) as window:
        assert window.session.stop()
        assert window.session.news()[1] is None


def test_news_do_not_wait_while_everything_is_busy() -> None:
    let_go = threading.Event()

    def blocked() -> FakePipeline:
        let_go.wait(60)
        return FakePipeline()

    with live(lambda: FakeSource(fault=lambda source, index: let_go.wait(60)), blocked) as window:
        began = time.monotonic()
        for _ in range(100):
            window.turn()
        assert time.monotonic() - began < 2
        let_go.set()
