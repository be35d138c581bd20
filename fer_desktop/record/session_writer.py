"""What becomes of each picture of a recording: blurred, painted on, fitted, encoded, and its readings logged.

All on one thread, the recorder's. The files are made with the first picture: a recording without one leaves nothing.
"""

from __future__ import annotations

import errno
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from fer_desktop.core.errors import FerError, InputError
from fer_desktop.core.types import Analysis, Frame, UInt8Array
from fer_desktop.record import session_folder
from fer_desktop.record.about import LOG, VIDEO, new_about, write_about
from fer_desktop.record.blur import FaceBlur
from fer_desktop.record.canvas import Canvas
from fer_desktop.record.clock import SessionClock
from fer_desktop.record.log import Head, LogWriter, Marker
from fer_desktop.record.replay import STANDS_S
from fer_desktop.record.session_folder import Sessions
from fer_desktop.record.video import FRAGMENT_S, GrowingVideo

Paint = Callable[[Frame, Analysis | None], UInt8Array]
"""uint8[h, w, 3] BGR: the frame with its readings painted on. Called on the recorder's thread."""
LOOK_S: Final = 1.0
"""So often it is seen to that the files are where they were put."""
QUIET_S: Final = 1.5
"""After so long without a picture the last one is written once more, FRAGMENT_S after itself: no picture that was taken
before and comes yet is as late as the rest of it."""
_REMEMBERED: Final = 512
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be recorded. paint: annotates the video, None for a plain one."""

    paint: Paint | None = None
    blur: bool = False


class SessionWriter:
    """`take` the pictures in order, then `end`. Raises OSError and FerError; then nothing may follow but `end`."""

    def __init__(self, sessions: Sessions, wanted: Wanted, clock: SessionClock) -> None:
        """clock: knows each picture before `take` does."""
        self._sessions, self._wanted, self._clock = sessions, wanted, clock
        self._about = new_about(wanted.paint is not None, wanted.blur)
        self._blur = FaceBlur() if wanted.blur else None
        self._video: GrowingVideo | None = None
        self._log: LogWriter | None = None
        self._canvas: Canvas | None = None
        self._logged_s = self._shown_s = 0.0
        self._quiet_since_s = float("inf")
        self._looked_s = float("-inf")
        self._numbers: OrderedDict[float, int | None] = OrderedDict()
        """Which picture of the video shows the frame captured at a time; None: it was left out."""
        self._early: list[tuple[float, str]] = []
        self._markers: list[Marker] = []
        self._source = ""
        self._model: str | None = None
        self.folder: Path | None = None
        self.pictures = 0
        self.seconds = 0.0

    def take(
        self, frame: Frame, analysis: Analysis | None, dropped: bool, later: Sequence[tuple[str, Analysis]] = ()
    ) -> None:
        """dropped: the picture is left out, what was read is kept; later: what was read of the pictures behind it, each
        with its source."""
        self._look()
        if self._blur is not None:
            for source, known in (*([] if analysis is None else [(frame.source, analysis)]), *later):
                self._blur.learn(known, source)
        shown: UInt8Array | None = None
        if not dropped:
            if self._blur is not None:
                frame = self._blur.blurred(frame)
            shown = frame.bgr if self._wanted.paint is None else self._wanted.paint(frame, _fresh(frame, analysis))
        if self._log is None:
            size = frame.size if shown is None else (shown.shape[1], shown.shape[0])
            self._begin(frame, analysis, size)
        at_s, number = self._clock.at(frame.captured_at), None
        if shown is not None:
            assert self._video is not None and self._canvas is not None
            number = self._video.pictures
            self._video.add(self._canvas.fitted(shown), at_s)
            self._shown_s, self._quiet_since_s = at_s, time.monotonic()
            self.pictures = self._video.pictures
        self.seconds = max(self.seconds, at_s)
        self._numbers[frame.captured_at] = number
        if len(self._numbers) > _REMEMBERED:
            self._numbers.popitem(last=False)
        self._note(frame, analysis)

    def left_out(self, captured_s: float, seconds: float) -> None:
        """Before the picture captured then there was a rest, of which so much is left out."""
        if self._log is not None:
            self._log.rest(self._clock.at(captured_s), seconds)

    def mark(self, at_s: float, text: str) -> None:
        """A marker, in seconds since the first picture. One before that lies on it."""
        if self._log is None:
            self._early.append((at_s, text))
            return
        marker = Marker(at_s, text)
        self._log.marker(marker)
        self._markers.append(marker)

    def rest(self) -> None:
        """Nothing comes just now: what is still held back goes to the disk, once."""
        self._look()
        if time.monotonic() - self._quiet_since_s >= QUIET_S:
            self._quiet_since_s = float("inf")
            self._repeat(self._shown_s + FRAGMENT_S)

    def end(self, dropped: int, error: FerError | None) -> FerError | None:
        """Finish what can be finished. error: what ended the recording; gives that, or else what failed now."""
        if self.folder is None:
            return error
        if error is None:
            try:
                self._look(at_once=True)
                if self._markers and self._markers[-1].time_s > self.seconds:
                    self._repeat(self._markers[-1].time_s)
            except (OSError, FerError) as failure:
                error = failed(failure)
        session_folder.make_room(self.folder)
        steps: list[Callable[[int, FerError | None], None]] = [self._end_log, self._end_about]
        # What is left of the room goes to the video's index last where the disk is full.
        steps.insert(0 if error is None else 2, self._end_video)
        try:
            for step in steps:
                try:
                    step(dropped, error)
                except (OSError, FerError) as failure:
                    error = error or failed(failure)
        finally:
            session_folder.let_go(self.folder)
        return error

    # Within

    def _repeat(self, at_s: float) -> None:
        """The last picture once more, at `at_s` seconds."""
        if self._video is not None:
            self._video.flush(at_s)
            self.pictures, self.seconds = self._video.pictures, max(self.seconds, at_s)

    def _look(self, at_once: bool = False) -> None:
        """Raises InputError where a file was taken away: what is written to it is lost, or goes along elsewhere."""
        now_s = time.monotonic()
        if self._video is None or self._log is None or not (at_once or now_s - self._looked_s >= LOOK_S):
            return
        self._looked_s = now_s
        assert self.folder is not None
        gone = [name for name, one in ((VIDEO, self._video.place), (LOG, self._log.place)) if not one.is_there()]
        if not gone:
            return
        if self.folder.is_dir():
            what, remedy = f"{gone[0]} was deleted", "What else was recorded is kept"
        elif self._video.place.is_deleted():
            what, remedy = "its folder was deleted", "Nothing of it is kept"
        else:
            what, remedy = "its folder is no longer there", "If it was moved, what was recorded before lies in it"
        raise InputError(f"The recording ended: {what}", remedy)

    def _begin(self, frame: Frame, analysis: Analysis | None, size: tuple[int, int]) -> None:
        self._canvas = Canvas(size)
        # The first picture was taken a little before now.
        ago = timedelta(seconds=max(time.monotonic() - frame.captured_at, 0.0))
        self._logged_s = float("-inf")
        self._source, self._model = frame.source, None if analysis is None else analysis.model_id
        created = datetime.now().astimezone() - ago
        about = replace(self._about, created=created, source=self._source, model=self._model, size=self._canvas.size)
        self.folder = self._sessions.make(about)
        self._about = about
        head = Head(created.isoformat(), self._source, self._model, self._canvas.size)
        self._log = LogWriter(self.folder / LOG, head)
        self._video = GrowingVideo(self.folder / VIDEO, self._canvas.size)
        self._about = replace(about, encoder=self._video.encoder)
        early, self._early = self._early, []
        for at_s, text in early:
            self.mark(at_s, text)

    def _note(self, frame: Frame, analysis: Analysis | None) -> None:
        """Into the log, each analysis once: where analysing is slow, several pictures come with the same one."""
        assert self._log is not None and self._canvas is not None
        if frame.source != self._source:
            self._source = frame.source
            self._log.change("source", self._clock.at(frame.captured_at), frame.source)
        assert self._clock.origin_s is not None
        if analysis is None or analysis.captured_at <= self._logged_s or analysis.captured_at < self._clock.origin_s:
            return
        self._logged_s, time_s = analysis.captured_at, self._clock.at(analysis.captured_at)
        if analysis.model_id != self._model:
            self._model = analysis.model_id
            self._log.change("model", time_s, analysis.model_id)
        number = self._numbers.get(analysis.captured_at)
        self._log.add(number, time_s, analysis.tracks, self._canvas.fit(analysis.size))

    def _end_video(self, *_: object) -> None:
        if self._video is not None:
            try:
                self._video.finish()
            finally:
                self._video.abandon()

    def _end_log(self, dropped: int, error: FerError | None) -> None:
        if self._log is None:
            return
        try:
            self._log.end(self.seconds, self.pictures, dropped, None if error is None else str(error))
        finally:
            self._log.close()

    def _end_about(self, dropped: int, error: FerError | None) -> None:
        assert self.folder is not None
        about = replace(
            self._about,
            model=self._about.model or self._model,
            markers=tuple(self._markers),
            pictures=self.pictures,
            dropped=dropped,
            seconds=round(self.seconds, 3),
            ended=True,
            error="" if error is None else str(error),
        )
        write_about(self.folder, about)


def failed(error: OSError | FerError) -> FerError:
    """What ended a recording, for people: first of all why, since a list has no room for more."""
    if isinstance(error, FerError):
        return error
    why = (error.strerror or str(error)).lower()
    remedy = "Make room on its disk" if error.errno in _NO_ROOM else "Look whether its disk is there and can be written"
    return InputError(f"The recording ended: {why}", f"{remedy}; what was recorded before is kept")


def _fresh(frame: Frame, analysis: Analysis | None) -> Analysis | None:
    """What may be painted: a reading of long before says nothing of this picture."""
    return None if analysis is None or frame.captured_at - analysis.captured_at > STANDS_S else analysis
