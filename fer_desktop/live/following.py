"""Every frame in the order of capture, each once, with the newest analysis of it or of one before: for a recording.

Unlike what the window is shown (pairing), no frame is skipped because the window was busy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fer_desktop.core.types import Analysis, Frame
from fer_desktop.live.analysis_worker import Job

MOST_FRAMES: Final = 16
MOST_BYTES: Final = 64 * 1024 * 1024
"""An analysis that takes longer than these are captured in is not waited for: it comes with a later frame."""

Follower = Callable[[Frame, Analysis | None], object]
"""Is handed each frame with the session's lock held; has to return at once and to raise nothing."""


@dataclass(slots=True, eq=False)
class _Held:
    job: Job
    analysis: Analysis | None = None
    settled: bool = False


class Following:
    """Holds the frames of which it is not known yet what was read. Called with the session's lock held."""

    def __init__(self, take: Follower) -> None:
        self._take = take
        self._held: deque[_Held] = deque()
        self._newest: tuple[Job, Analysis] | None = None

    def captured(self, job: Job) -> None:
        self._held.append(_Held(job))
        most = max(min(MOST_BYTES // job.frame.bgr.nbytes, MOST_FRAMES), 2)
        while len(self._held) > most:
            self._pass_on()

    def settled(self, job: Job, analysis: Analysis | None) -> None:
        """Frame `job` was analysed, or (None) will not be."""
        held = next((one for one in self._held if one.job.sequence == job.sequence), None)
        if held is not None:
            held.analysis, held.settled = analysis, True
        elif analysis is not None:
            self._remember(job, analysis)
        while self._held and self._held[0].settled:
            self._pass_on()

    def _remember(self, job: Job, analysis: Analysis) -> None:
        if self._newest is None or job.sequence > self._newest[0].sequence:
            self._newest = job, analysis

    def _pass_on(self) -> None:
        held = self._held.popleft()
        if held.analysis is not None:
            self._remember(held.job, held.analysis)
        # What was read of another source belongs on none of this one's frames.
        ours = self._newest is not None and self._newest[0].epoch == held.job.epoch
        self._take(held.job.frame, self._newest[1] if ours and self._newest is not None else None)
