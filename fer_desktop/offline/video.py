"""A recording read from its first picture to its last: decoding, analysis and writing side by side, none left out."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Protocol, TypeVar

from fer_desktop.core.errors import Cancelled, FerError, InputError
from fer_desktop.core.ports import FrameSource
from fer_desktop.core.tracking import CONFIRM_SIGHTINGS
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.offline.names import shown

log = logging.getLogger(__name__)

PATIENCE_S: Final = 30.0
"""A decoder that takes longer for one picture is given up, and its thread with it."""
LOOK_BACK: Final = CONFIRM_SIGHTINGS - 1
"""A result waits for so many after it: that something is a face is known at its third sighting."""
AHEAD: Final = 4
"""So many pictures wait between one thread and the next: 25 MB each at 4K."""
WATCH_S: Final = 0.5
JOIN_S: Final = 5.0


class Recording(FrameSource, Protocol):
    """A FrameSource that gives every picture as fast as it is read, and knows of the file behind it."""

    @property
    def duration_s(self) -> float | None:
        """How long the file says it is."""

    @property
    def starts_at_s(self) -> float:
        """When the first picture comes, from the beginning of the file."""

    @property
    def tick(self) -> Fraction:
        """The unit of its timestamps, in seconds."""

    @property
    def loss(self) -> str | None:
        """What of it could not be read so far, for people."""


class Reads(Protocol):
    """Which model reads."""

    @property
    def model_id(self) -> str: ...


class VideoPipeline(Protocol):
    """What of core.Pipeline is needed here."""

    @property
    def classifier(self) -> Reads: ...

    @property
    def confirmed(self) -> Set[int]:
        """Which of the tracks in its analyses, so far, are faces. The others may become some, or were none."""

    def analyse(self, frame: Frame) -> Analysis: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """What was read from one picture at `time_s`, in seconds since the first. Either `analysis` or `error` is set;
    an error is the program's fault. `frame` only where the pictures are kept."""

    index: int
    time_s: float
    analysis: Analysis | None
    error: str | None
    frame: Frame | None


@dataclass(frozen=True, slots=True)
class Beginning:
    """Known before the first result. `size`: (width, height) of the first picture in pixels, upright."""

    model_id: str
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _End:
    """Nothing comes after this. `failure`: what ended it, if not the end of the file."""

    failure: Exception | None = None


Item = TypeVar("Item")


class VideoReading:
    """Reads one recording; to be used in a `with` block, by one thread: `begin`, then `results`.

    The recording is opened and read on a thread of its own; make_pipeline is called on another, once the first picture
    is there: a file that is no video is answered without loading any model.
    """

    def __init__(
        self,
        recording: Recording,
        make_pipeline: Callable[[], VideoPipeline],
        keep_frames: bool = False,
        patience_s: float | None = None,
    ) -> None:
        self.recording = recording
        self._make_pipeline, self._keep_frames = make_pipeline, keep_frames
        self._patience_s = PATIENCE_S if patience_s is None else patience_s
        self._decoded: queue.Queue[Frame | _End] = queue.Queue(AHEAD)
        self._analysed: queue.Queue[Beginning | FrameResult | _End] = queue.Queue(AHEAD)
        self._stop = threading.Event()
        self._turns = 0
        """Odd while the decoder works."""
        self._reached_s = 0.0
        self._given_up = False
        """The decoder hangs: nothing more is waited for."""
        # Daemons: a decoder that hangs must not keep the program from ending.
        self._threads = [
            threading.Thread(target=self._decode, name="video decoder", daemon=True),
            threading.Thread(target=self._analyse, name="video analysis", daemon=True),
        ]

    def __enter__(self) -> VideoReading:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the threads end; one that the decoder holds up ends by itself."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(JOIN_S if thread.name != "video decoder" or self._turns % 2 == 0 else WATCH_S)

    def begin(self, cancelled: Callable[[], bool] = lambda: False) -> Beginning:
        """Wait for the first picture and for the models. Raises InputError where it is no video, ModelError, and
        Cancelled."""
        for thread in self._threads:
            thread.start()
        first = self._take(cancelled)
        if isinstance(first, Beginning):
            return first
        if isinstance(first, _End) and first.failure is not None:
            raise first.failure
        if first is None:
            raise Cancelled("stopped before the first picture")
        raise InputError(f"{shown(self.recording.name)} holds no picture that can be read", "Choose another file")

    def results(self, cancelled: Callable[[], bool] = lambda: False) -> Iterator[FrameResult]:
        """Every picture in order; ends early on `cancelled`. Raises what detector and classifier raise, and InputError
        where the decoder hangs."""
        while not cancelled():
            item = self._take(cancelled)
            if isinstance(item, FrameResult):
                yield item
            elif isinstance(item, _End) and item.failure is not None:
                raise item.failure
            else:
                return

    # Within

    def _take(self, cancelled: Callable[[], bool]) -> Beginning | FrameResult | _End | None:
        """What comes next; None on `cancelled`. Raises InputError where the decoder hangs."""
        silent_s, turns = 0.0, self._turns
        while not cancelled():
            with contextlib.suppress(queue.Empty):
                item = self._analysed.get(timeout=WATCH_S)
                if isinstance(item, FrameResult):
                    self._reached_s = item.time_s
                elif isinstance(item, _End) and item.failure is None and self._given_up:
                    raise self._hangs()
                return item
            # Counted in waits, not by the clock: the whole program may have been stopped meanwhile (Ctrl+Z).
            silent_s = silent_s + WATCH_S if turns == self._turns and turns % 2 else 0.0
            turns = self._turns
            if silent_s >= self._patience_s and not self._given_up:
                # What was read comes first: results still wait for those after them.
                with contextlib.suppress(queue.Full):
                    self._decoded.put_nowait(_End())
                    self._given_up = True
        return None

    def _hangs(self) -> InputError:
        what = f"{shown(self.recording.name)} gave no picture for {self._patience_s:.0f} s"
        where = f" after second {self._reached_s:.1f}" if self._reached_s else ""
        return InputError(f"{what}{where} and was given up", "Copy it to this computer, or convert it to MP4 (H.264)")

    def _decode(self) -> None:
        end = _End()
        try:
            self._watched(self.recording.open)
            while (frame := self._watched(self.recording.read)) is not None:
                if not self._put(self._decoded, frame):
                    break
        except Exception as error:
            end = _End(error)
        finally:
            self.recording.close()
        self._put(self._decoded, end)

    def _watched(self, work: Callable[[], Item]) -> Item:
        self._turns += 1
        try:
            return work()
        finally:
            self._turns += 1

    def _analyse(self) -> None:
        pipeline: VideoPipeline | None = None
        end = _End()
        waiting: deque[FrameResult] = deque()
        try:
            while not self._stop.is_set():
                try:
                    item = self._decoded.get(timeout=WATCH_S)
                except queue.Empty:
                    continue
                if isinstance(item, _End):
                    end = item
                    break
                if pipeline is None:
                    pipeline = self._make_pipeline()
                    self._put(self._analysed, Beginning(pipeline.classifier.model_id, item.size))
                waiting.append(self._read(pipeline, item))
                self._give(waiting, pipeline, LOOK_BACK)
        except Exception as error:
            end = _End(error)
        try:
            if pipeline is not None:
                self._give(waiting, pipeline)
                pipeline.close()
        except Exception as error:
            end = _End(end.failure or error)
        self._put(self._analysed, end)

    def _read(self, pipeline: VideoPipeline, frame: Frame) -> FrameResult:
        """Raises FerErrors: they concern every picture."""
        kept = frame if self._keep_frames else None
        try:
            return FrameResult(frame.index, frame.captured_at, pipeline.analyse(frame), None, kept)
        except FerError:
            raise
        except Exception as error:  # the other pictures' results must not be lost with this one's
            log.debug("analysis of picture %d failed", frame.index, exc_info=True)
            reason = f"could not be analysed, a defect of this program ({type(error).__name__}: {error})"
            return FrameResult(frame.index, frame.captured_at, None, " ".join(reason.split()), kept)

    def _give(self, waiting: deque[FrameResult], pipeline: VideoPipeline, keep: int = 0) -> None:
        """Hand on the results that wait, but the last `keep`."""
        while len(waiting) > keep:
            self._put(self._analysed, _faces_of(waiting.popleft(), pipeline.confirmed))

    def _put(self, into: queue.Queue[Item], item: Item) -> bool:
        """False if nobody wants it any more."""
        while not self._stop.is_set():
            with contextlib.suppress(queue.Full):
                into.put(item, timeout=WATCH_S)
                return True
        return False


def _faces_of(result: FrameResult, confirmed: Set[int]) -> FrameResult:
    """Without the tracks that are no faces."""
    if result.analysis is None or all(track.id in confirmed for track in result.analysis.tracks):
        return result
    faces = tuple(track for track in result.analysis.tracks if track.id in confirmed)
    return replace(result, analysis=replace(result.analysis, tracks=faces))
