"""Records a live view on a thread of its own. Whoever shows the pictures hands them over and never waits.

recorder = Recorder(Sessions.default(), Wanted(paint=paint, blur=True), since_s=time.monotonic())
recorder.start()
recorder.put(frame, analysis)                for each picture, in order
recorder.mark("laughs")
recorder.progress                            what to show, with an error where it ended by itself
recorder.stop()
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_desktop.core.errors import FerError
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.record.blur import AHEAD_S, CLOSE_S, MOST_AHEAD_S
from fer_desktop.record.clock import SessionClock
from fer_desktop.record.session_folder import Sessions
from fer_desktop.record.session_writer import SessionWriter, Wanted, failed

logger = logging.getLogger(__name__)

QUEUE_BYTES: Final = 64 * 1024 * 1024
"""Of pictures that wait: 24 at 1280×720, 0.8 s at 30 a second. One more is always taken."""
BLUR_QUEUE_BYTES: Final = 256 * 1024 * 1024
"""The same where pictures also wait for AHEAD_S: at 3840×2160 that is 8 of them. Beyond three quarters of it they go
early, and are blurred as a whole."""
MOST_WAITING: Final = 2_000
"""Readings of pictures that were left out wait as well; a minute of them at 30 a second."""
MOST_MARKERS: Final = 500
"""Markers that wait."""
DRAIN_S: Final = 3.0
"""When it is stopped, so long is spent on the pictures that wait; the rest is left out."""
STOP_S: Final = 10.0
_LOOK_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class Progress:
    """waiting: no picture comes just now, and the time stands; finishing: it was stopped and is not whole yet; seconds:
    the length so far; pictures: in the video; dropped: left out of it because the encoder or the disk was too slow.
    error: why it ended by itself, for people; report: a traceback where that is a fault of the program's own."""

    running: bool
    waiting: bool
    finishing: bool
    folder: Path | None
    seconds: float
    pictures: int
    dropped: int
    error: FerError | None
    report: str


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """left_out_s: of a rest before it."""

    frame: Frame
    left_out_s: float
    analysis: Analysis | None
    dropped: bool
    came_s: float


@dataclass(frozen=True, slots=True)
class _Mark:
    at_s: float
    text: str


class Recorder:
    """One recording: started once, stopped once. `put` and `mark` may be called by any thread, `put` by one at a time.

    since_s: what was captured before is no part of it; a picture may stand on the screen for minutes.
    """

    def __init__(self, sessions: Sessions, wanted: Wanted, since_s: float = float("-inf")) -> None:
        self._clock = SessionClock()
        self._writer = SessionWriter(sessions, wanted, self._clock)
        self._look_ahead = wanted.blur
        self._limit = BLUR_QUEUE_BYTES if wanted.blur else QUEUE_BYTES
        # Guards all below. Held for microseconds only, never while anything is painted, encoded or written.
        self._news = threading.Condition()
        self._waiting: deque[_Picture | _Mark] = deque()
        self._bytes = self._markers = 0
        self._newest_s = since_s
        self._read_s = float("-inf")
        self._dropped = 0
        self._stop_by_s: float | None = None
        self._ended = False
        self._error: FerError | None = None
        self._report = ""
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> None:
        """Returns at once. The folder is made with the first picture."""
        self._thread.start()

    def put(self, frame: Frame, analysis: Analysis | None) -> bool:
        """The next picture, and the newest analysis there is for it, of this frame or one before. Never waits.

        False where the picture is left out, and counted: too many wait already. What was read of it is logged still.
        One that came before is passed over.
        """
        with self._news:
            if self._ended or self._stop_by_s is not None or frame.captured_at <= self._newest_s:
                return False
            too_many = bool(self._bytes) and self._bytes + frame.bgr.nbytes > self._limit
            self._dropped += too_many
            if too_many and (analysis is None or len(self._waiting) >= MOST_WAITING):
                return False
            if not too_many:
                self._bytes += frame.bgr.nbytes
            self._newest_s = frame.captured_at
            if analysis is not None:
                self._read_s = max(self._read_s, analysis.captured_at)
            kept = _without_picture(frame) if too_many else frame
            left_out_s = self._clock.picture(frame.captured_at)
            self._waiting.append(_Picture(kept, left_out_s, analysis, too_many, time.monotonic()))
            self._news.notify()
            return not too_many

    def mark(self, text: str) -> float | None:
        """A marker at this moment, of which it gives the time in seconds since the first picture; in a rest the one at
        which it stands. None where it is not kept: too many wait already, or it has ended."""
        with self._news:
            if self._ended or self._stop_by_s is not None or self._markers >= MOST_MARKERS:
                return None
            at_s = self._clock.at(time.monotonic())
            self._waiting.append(_Mark(at_s, text))
            self._markers += 1
            self._news.notify()
            return at_s

    @property
    def progress(self) -> Progress:
        writer, now_s = self._writer, time.monotonic()
        with self._news:
            running = not self._ended and self._stop_by_s is None
            return Progress(
                running,
                running and self._clock.resting(now_s),
                not running and self._thread.is_alive(),
                writer.folder,
                self._clock.at(now_s) if running else writer.seconds,
                writer.pictures,
                self._dropped,
                self._error,
                self._report,
            )

    def signal_stop(self) -> None:
        """Ask it to end; returns at once."""
        with self._news:
            if self._stop_by_s is None:
                self._stop_by_s = time.monotonic() + DRAIN_S
            self._news.notify()

    def stop(self, timeout_s: float = STOP_S) -> bool:
        """End the recording and finish its files, bounded. True if it has ended; otherwise the disk or the encoder
        hangs, and the files are as after a kill: whole up to the last second."""
        self.signal_stop()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # On the recorder's thread

    def _run(self) -> None:
        error: FerError | None = None
        report = ""
        try:
            while self._turn():
                pass
        except (OSError, FerError) as failure:
            error = failed(failure)
        except Exception as defect:
            report = traceback.format_exc()
            logger.exception("recording failed")
            error = FerError(f"The recording ended by a defect of this program ({type(defect).__name__}: {defect})")
        with self._news:
            # Nothing is taken from now on.
            self._ended = True
            self._waiting.clear()
            dropped, self._bytes = self._dropped, 0
        try:
            error = self._writer.end(dropped, error)
        except Exception:
            report = report or traceback.format_exc()
            logger.exception("ending a recording failed")
            error = error or FerError("The recording could not be ended properly")
        with self._news:
            self._error, self._report = error, report

    def _turn(self) -> bool:
        """One picture or marker, or a look around. False where all is done."""
        with self._news:
            if not self._is_due():
                if self._stop_by_s is not None and not self._waiting:
                    return False
                self._news.wait(_LOOK_S)
            item = self._waiting.popleft() if self._is_due() else None
            later: list[tuple[str, Analysis]] = []
            if self._look_ahead:
                pictures = (one for one in self._waiting if isinstance(one, _Picture))
                later = [(one.frame.source, one.analysis) for one in pictures if one.analysis is not None]
            self._markers -= isinstance(item, _Mark)
            given_up = self._stop_by_s is not None and time.monotonic() > self._stop_by_s
        if isinstance(item, _Mark):
            self._writer.mark(item.at_s, item.text)
        elif item is not None:
            try:
                if item.left_out_s:
                    self._writer.left_out(item.frame.captured_at, item.left_out_s)
                self._writer.take(item.frame, item.analysis, item.dropped or given_up, later)
            finally:
                with self._news:
                    if not item.dropped:
                        self._bytes -= item.frame.bgr.nbytes
                        self._dropped += given_up
        elif not self._waiting:
            self._writer.rest()
        return True

    def _is_due(self) -> bool:
        """Whether the one that has waited longest is to be written now."""
        if not self._waiting:
            return False
        first = self._waiting[0]
        if not self._look_ahead or self._stop_by_s is not None or isinstance(first, _Mark) or first.dropped:
            return True
        return (
            self._read_s - first.frame.captured_at >= AHEAD_S
            # Nothing was read shortly before: it is blurred as a whole, whatever comes.
            or first.frame.captured_at - self._read_s > CLOSE_S
            or self._newest_s - first.frame.captured_at >= MOST_AHEAD_S
            or self._bytes > self._limit * 3 / 4
            or time.monotonic() - first.came_s >= MOST_AHEAD_S
        )


def _without_picture(frame: Frame) -> Frame:
    """What is left of a frame whose picture is left out: a stand-in of one pixel keeps no memory."""
    return Frame(frame.bgr[:1, :1].copy(), frame.index, frame.captured_at, frame.source)
