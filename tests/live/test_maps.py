"""Maps are asked for by the window and made by the analysis thread; in a pause, for the frame that stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fer_desktop.core.types import Analysis, Frame
from tests.live.fakes import FakePipeline, FakeSource
from tests.live.window import Window, live


class Mapping(FakePipeline):
    """Its predictions carry maps where they are asked for."""

    maps = False

    def analyse(self, of: Frame) -> Analysis:
        plain = super().analyse(of)
        maps = np.zeros((6, 6, 7), np.float32) if self.maps else None
        tracks = (replace(track, prediction=replace(track.prediction, maps=maps)) for track in plain.tracks)
        return replace(plain, tracks=tuple(tracks))


def mapped(window: Window) -> bool:
    view = window.views[-1]
    return view.analysis is not None and view.analysis.tracks[0].prediction.maps is not None


def test_maps_come_while_they_are_asked_for_and_no_longer() -> None:
    with live(make_pipeline=Mapping) as window:
        window.until(lambda: window.analysed() > 3)
        assert not mapped(window)
        window.session.ask_for_maps(True)
        window.until(lambda: mapped(window))
        window.session.ask_for_maps(False)
        window.until(lambda: not mapped(window))


def test_asked_for_before_the_start_they_come_with_the_first_reading() -> None:
    with live(make_pipeline=Mapping) as window:
        window.session.ask_for_maps(True)
        window.until(lambda: window.analysed() > 3)
        assert mapped(window)


def test_asked_for_in_a_pause_the_frame_that_stands_is_read_again_once() -> None:
    source = FakeSource("file")
    with live(lambda: source, Mapping) as window:
        window.until(lambda: window.analysed() > 3)
        window.session.pause()
        window.for_s(0.1)
        stands, seen = window.views[-1], len(window.views)
        displayed = window.session.statistics().displayed
        window.session.ask_for_maps(True)
        window.until(lambda: len(window.views) > seen)
        assert window.views[-1].frame is stands.frame and mapped(window)
        assert window.views[-1].analysis_age_s == 0
        assert window.session.paused
        window.session.ask_for_maps(True)
        window.for_s(0.2)
        assert len(window.views) == seen + 1
        # That it is painted late, and twice, is no figure of the run.
        assert window.session.statistics().displayed == displayed
        window.session.resume()
        window.until(lambda: len(window.views) > seen + 3)
        indices = [view.frame.index for view in window.views]
        assert indices == sorted(indices) and indices.count(stands.frame.index) == 2
