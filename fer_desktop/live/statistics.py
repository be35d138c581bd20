"""Counts what a live run does: for the status line over the last two seconds, for `--stats` over the whole run.

Pure counting: every time is passed in, in seconds of time.monotonic(). Memory stays bounded however long the run.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.types import Analysis
from fer_desktop.live.measures import ROLLING_S, Count, Distribution, Rate, Spread
from fer_desktop.live.pairing import View

SCHEMA = 1
STAGES = ("detect", "crop", "classify", "track")


@dataclass(frozen=True, slots=True)
class Rolling:
    """The last two seconds, for the status line. `latency_ms` is their median; None if nothing was analysed."""

    capture_fps: float
    display_fps: float
    analysis_fps: float
    latency_ms: float | None
    dropped: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """A run so far. `source`, `device` and `model` are None until known; times are seconds of time.monotonic()."""

    rolling: Rolling
    captured: int
    displayed: int
    analysed: int
    dropped: int
    """Frames captured that will never be analysed, those that came before the model was ready among them."""
    capture_fps: float | None
    display_fps: float | None
    analysis_fps: float | None
    latency: Spread
    """From a frame's capture to the first painting of its analysis."""
    gui_gap: Spread
    """Between two turns of the window's timer."""
    stage_ms: Mapping[str, float | None]
    """Median of each stage."""
    labels: Mapping[str, int]
    """Displayed frames on which a face had that label, for each emotion."""
    faces_mean: float | None
    """Faces on a displayed frame that has an analysis."""
    analysis_age_frames: Mapping[int, int]
    """Displayed frames by how many frames older their analysis was: 0 is the frame itself; 9 stands for 9 and more."""
    first_painted_at: float | None
    first_label_painted_at: float | None
    rss_start_mb: float | None
    rss_peak_mb: float | None
    rss_end_mb: float | None
    cpu_s: float | None
    """Processor time used since the process began, on all cores together."""
    cpu_share: float | None
    """Of one core, from the first label painted on: 1.5 is one core and a half. None without a label."""
    threads: Count | None
    handles: Count | None
    source: str | None = None
    device: str | None = None
    model: str | None = None

    def to_json(
        self,
        *,
        seconds: float,
        time_to_window: float | None,
        time_to_first_frame: float | None,
        time_to_first_label: float | None,
    ) -> dict[str, object]:
        """The object that `live --stats` writes. The times are seconds from the start of the process."""
        return {
            "schema": SCHEMA,
            "source": self.source,
            "seconds": _rounded(seconds, 3),
            "time_to_window": _rounded(time_to_window, 3),
            "time_to_first_frame": _rounded(time_to_first_frame, 3),
            "time_to_first_label": _rounded(time_to_first_label, 3),
            "frames": {
                "captured": self.captured,
                "displayed": self.displayed,
                "analysed": self.analysed,
                "dropped": self.dropped,
            },
            "fps": {
                "capture": _rounded(self.capture_fps, 2),
                "display": _rounded(self.display_fps, 2),
                "analysis": _rounded(self.analysis_fps, 2),
            },
            "latency_ms": {"p50": self.latency.p50, "p95": self.latency.p95, "max": self.latency.max},
            "gui_gap_ms": {"p50": self.gui_gap.p50, "p99": self.gui_gap.p99, "max": self.gui_gap.max},
            "stage_ms": dict(self.stage_ms),
            "rss_mb": {
                "start": _rounded(self.rss_start_mb, 1),
                "peak": _rounded(self.rss_peak_mb, 1),
                "end": _rounded(self.rss_end_mb, 1),
            },
            "cpu_s": _rounded(self.cpu_s, 2),
            "cpu_share": _rounded(self.cpu_share, 3),
            "threads": _counted(self.threads),
            "handles": _counted(self.handles),
            "device": self.device,
            "model": self.model,
            "labels": dict(self.labels),
            "faces_mean": _rounded(self.faces_mean, 3),
            "analysis_age_frames": {str(age): count for age, count in self.analysis_age_frames.items()},
        }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _counted(count: Count | None) -> dict[str, int | None]:
    return asdict(count) if count is not None else dict.fromkeys(("start", "peak", "end"))


@dataclass(slots=True)
class _Counts:
    captured: Rate = field(default_factory=Rate)
    displayed: Rate = field(default_factory=Rate)
    analysed: Rate = field(default_factory=Rate)
    dropped: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    ages: Counter[int] = field(default_factory=Counter)
    faces: int = 0
    displayed_with_analysis: int = 0
    latency: Distribution = field(default_factory=Distribution)
    gui_gap: Distribution = field(default_factory=Distribution)
    stages: dict[str, Distribution] = field(default_factory=lambda: {stage: Distribution() for stage in STAGES})


class Meter:
    """Takes down what happens; may be told by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = _Counts()
        self._recent_drops: deque[float] = deque(maxlen=1000)
        self._recent_latency: deque[tuple[float, float]] = deque(maxlen=1000)
        self._last_view: View | None = None
        self._last_analysis: Analysis | None = None
        self._last_turn: float | None = None
        self._first_painted_at: float | None = None
        self._first_label_painted_at: float | None = None
        self._rss: tuple[float, float, float] | None = None
        # (seconds of time.monotonic(), processor seconds) of the newest look, and of the first one after a label.
        self._processor: tuple[float, float] | None = None
        self._processor_before: tuple[float, float] | None = None
        self._threads: Count | None = None
        self._handles: Count | None = None

    def captured(self, at_s: float) -> None:
        with self._lock:
            self._counts.captured.add(at_s)

    def dropped(self, at_s: float) -> None:
        """A captured frame will not be analysed."""
        with self._lock:
            self._counts.dropped += 1
            self._recent_drops.append(at_s)

    def analysed(self, analysis: Analysis, at_s: float) -> None:
        with self._lock:
            self._counts.analysed.add(at_s)
            for stage, distribution in self._counts.stages.items():
                if stage in analysis.timings:
                    distribution.add(analysis.timings[stage])

    def painted(self, view: View, at_s: float) -> None:
        """The window painted `view`. Painting the same view again (a resize) counts for nothing."""
        with self._lock:
            if view is self._last_view:
                return
            self._last_view = view
            self._counts.displayed.add(at_s)
            if self._first_painted_at is None:
                self._first_painted_at = at_s
            if view.analysis is not None:
                self._painted_analysis(view, view.analysis, at_s)

    def turn(self, at_s: float) -> None:
        """The window's timer fired."""
        with self._lock:
            if self._last_turn is not None:
                self._counts.gui_gap.add((at_s - self._last_turn) * 1000)
            self._last_turn = at_s

    def memory(self, resident_mb: float, peak_mb: float | None = None) -> None:
        """A sample of resident memory; `peak_mb` where the system itself keeps the peak."""
        with self._lock:
            start, peak, _ = self._rss or (resident_mb, 0.0, 0.0)
            self._rss = (start, max(peak, resident_mb, peak_mb or 0.0), resident_mb)

    def processor(self, at_s: float, used_s: float) -> None:
        """The processor time that the process had used at `at_s`."""
        with self._lock:
            self._processor = (at_s, used_s)
            if self._processor_before is None and self._first_label_painted_at is not None:
                self._processor_before = self._processor

    def held(self, threads: int, handles: int) -> None:
        """How many threads and open handles the process has."""
        with self._lock:
            self._threads = Count.after(self._threads, threads)
            self._handles = Count.after(self._handles, handles)

    def interrupted(self) -> None:
        """A pause or a change of source: the time until the next frame is no frame's fault."""
        with self._lock:
            for rate in (self._counts.captured, self._counts.displayed, self._counts.analysed):
                rate.interrupt()

    def snapshot(
        self, at_s: float, source: str | None = None, device: str | None = None, model: str | None = None
    ) -> Statistics:
        with self._lock:
            counts = self._counts
            rss = self._rss or (None, None, None)
            return Statistics(
                rolling=self._rolling(at_s),
                captured=counts.captured.count,
                displayed=counts.displayed.count,
                analysed=counts.analysed.count,
                dropped=counts.dropped,
                capture_fps=counts.captured.total(),
                display_fps=counts.displayed.total(),
                analysis_fps=counts.analysed.total(),
                latency=Spread.of(counts.latency),
                gui_gap=Spread.of(counts.gui_gap),
                stage_ms={stage: spread.percentile(50) for stage, spread in counts.stages.items()},
                labels={name: counts.labels[name] for name in emotions.NAMES},
                faces_mean=(counts.faces / counts.displayed_with_analysis if counts.displayed_with_analysis else None),
                analysis_age_frames=dict(sorted(counts.ages.items())),
                first_painted_at=self._first_painted_at,
                first_label_painted_at=self._first_label_painted_at,
                rss_start_mb=rss[0],
                rss_peak_mb=rss[1],
                rss_end_mb=rss[2],
                cpu_s=None if self._processor is None else self._processor[1],
                cpu_share=self._cpu_share(),
                threads=self._threads,
                handles=self._handles,
                source=source,
                device=device,
                model=model,
            )

    def _cpu_share(self) -> float | None:
        before, now = self._processor_before, self._processor
        if before is None or now is None or now[0] <= before[0]:
            return None
        return (now[1] - before[1]) / (now[0] - before[0])

    def _painted_analysis(self, view: View, analysis: Analysis, at_s: float) -> None:
        counts = self._counts
        counts.displayed_with_analysis += 1
        counts.faces += len(analysis.tracks)
        counts.ages[min(view.frame.index - analysis.frame_index, 9)] += 1
        labels = {track.label for track in analysis.tracks if track.label is not None}
        counts.labels.update(labels)
        if labels and self._first_label_painted_at is None:
            self._first_label_painted_at = at_s
        if analysis is not self._last_analysis:
            self._last_analysis = analysis
            latency_ms = (at_s - analysis.captured_at) * 1000
            counts.latency.add(latency_ms)
            self._recent_latency.append((at_s, latency_ms))

    def _rolling(self, at_s: float) -> Rolling:
        latencies = [ms for at, ms in self._recent_latency if at > at_s - ROLLING_S]
        counts = self._counts
        return Rolling(
            capture_fps=counts.captured.rolling(at_s),
            display_fps=counts.displayed.rolling(at_s),
            analysis_fps=counts.analysed.rolling(at_s),
            latency_ms=float(np.median(latencies)) if latencies else None,
            dropped=sum(1 for at in self._recent_drops if at > at_s - ROLLING_S),
        )
