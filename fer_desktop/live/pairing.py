"""Which frame is shown next, and with which analysis. Pure: no threads, no clock.

The rules, in order:
1. While nothing analyses (the model is still loading), every frame is shown as it comes, without an analysis.
2. Otherwise a frame waits for the analysis of exactly itself, and frames are shown in the order of capture, each once.
3. A frame that the analysis passed over (it was busy) waits only for its turn, and is shown with the newest analysis
   of a frame before it. So a slow analysis lowers the rate of readings, not of pictures.
4. No frame waits while the newest captured one is more than `hold_s` ahead of it. If that happens the analysis is too
   slow to wait for: frames are shown as they come, with the newest analysis there is, until an analysis arrives that is
   within half of `hold_s` of the newest frame.
5. A window that asks too rarely skips frames: when one is given, at most `backlog` - 1 others stand ready behind it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from fer_desktop.core.types import Analysis, Frame

_MOST_FRAMES = 8
_FEWEST_FRAMES = 3
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the window paints: a frame, and the analysis that belongs on it (None while there is none)."""

    frame: Frame
    analysis: Analysis | None

    @property
    def analysis_age_s(self) -> float | None:
        """How much older than the frame its analysis is, in seconds: 0 where it was made from this very frame."""
        return None if self.analysis is None else self.frame.captured_at - self.analysis.captured_at


@dataclass(slots=True, eq=False)
class _Held:
    sequence: int
    frame: Frame
    analysis: Analysis | None = None
    passed_over: bool = False


class FramePairing:
    """Holds the few frames that were captured and not shown yet.

    `sequence` numbers rise by any step and belong to one frame each, over all sources; the caller gives them out.
    """

    def __init__(self, hold_s: float = 0.1, backlog: int = 3) -> None:
        self._hold_s = hold_s
        self._backlog = backlog
        self._held: deque[_Held] = deque()
        self._analysing = False
        self._too_slow = False
        self._newest_at = 0.0
        # The newest analysis of a frame that was already given out or skipped: never newer than a frame still held.
        self._behind: Analysis | None = None
        self._behind_sequence = -1

    def __len__(self) -> int:
        return len(self._held)

    def start_analysing(self) -> None:
        """From now on frames are worth waiting for."""
        self._analysing = True
        self._too_slow = False

    def stop_analysing(self) -> None:
        """No analysis will come: show frames as they come, with none."""
        self._analysing = False
        self._behind = None
        for held in self._held:
            held.analysis = None

    def restart(self, first_sequence: int) -> None:
        """Another source: forget its predecessor's frames, and what is still to come of their analyses."""
        self.drop_waiting()
        self._behind = None
        self._behind_sequence = first_sequence - 1
        self._too_slow = False

    def drop_waiting(self) -> None:
        """Forget the frames not shown yet."""
        self._held.clear()

    def captured(self, sequence: int, frame: Frame) -> None:
        self._held.append(_Held(sequence, frame))
        self._newest_at = frame.captured_at
        limit = min(max(_MOST_BYTES // frame.bgr.nbytes, _FEWEST_FRAMES), _MOST_FRAMES)
        while len(self._held) > limit:
            self._too_slow |= not self._ready(self._held[0])
            self._pop()

    def analysed(self, sequence: int, analysis: Analysis) -> None:
        """The analysis of frame `sequence`, whether or not that frame was shown meanwhile."""
        if not self._analysing:
            return
        if self._newest_at - analysis.captured_at <= self._hold_s / 2:
            self._too_slow = False
        for held in self._held:
            if held.sequence == sequence:
                held.analysis = analysis
                return
        self._remember(sequence, analysis)

    def passed_over(self, sequence: int) -> None:
        """Frame `sequence` will have no analysis of its own."""
        for held in self._held:
            if held.sequence == sequence:
                held.passed_over = True

    def next(self) -> View | None:
        """The frame to show now, None if there is nothing new or the next frame still waits for its analysis."""
        if not self._held:
            return None
        if not self._ready(self._held[0]):
            if self._newest_at - self._held[0].frame.captured_at <= self._hold_s:
                return None
            self._too_slow = True
        for _ in range(self._ready_in_front() - self._backlog):
            self._pop()
        held = self._pop()
        return View(held.frame, self._behind)

    def _ready(self, held: _Held) -> bool:
        return not self._analysing or self._too_slow or held.passed_over or held.analysis is not None

    def _ready_in_front(self) -> int:
        count = 0
        for held in self._held:
            if not self._ready(held):
                break
            count += 1
        return count

    def _pop(self) -> _Held:
        held = self._held.popleft()
        if held.analysis is not None:
            self._remember(held.sequence, held.analysis)
        return held

    def _remember(self, sequence: int, analysis: Analysis) -> None:
        # An analysis begun before a restart arrives after it, and belongs to nothing any more.
        if sequence > self._behind_sequence:
            self._behind, self._behind_sequence = analysis, sequence
