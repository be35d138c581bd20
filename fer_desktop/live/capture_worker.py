"""The capture thread: makes, opens, reads and closes one source, and gets a lost camera back."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from fer_desktop.core.errors import CameraError, Fault, FerError
from fer_desktop.core.ports import FrameSource
from fer_desktop.core.types import Frame
from fer_desktop.live.picture_watch import Picture, PictureWatch

logger = logging.getLogger(__name__)

_MOST_DEFECTS = 3


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a source once it delivers. `size`: (width, height) in pixels; `fps`: as it says itself."""

    name: str
    live: bool
    fps: float | None
    size: tuple[int, int]


class CaptureListener(Protocol):
    """Who hears from a capture worker. All are called on its thread and must return at once."""

    def on_frame(self, worker: CaptureWorker, frame: Frame, first: SourceInfo | None) -> None:
        """A frame. `first` is given with the first one after each opening, where indices start over, and of each
        size."""

    def on_picture(self, worker: CaptureWorker, picture: Picture) -> None:
        """What is wrong with the pictures that come has changed. With each opening nothing is wrong at first."""

    def on_lost(self, worker: CaptureWorker, error: FerError) -> None:
        """The camera is gone; the worker tries to get it back. Called for every try that failed."""

    def on_refused(self, worker: CaptureWorker, error: FerError) -> None:
        """What `exchange` asked for cannot be used; the worker goes back to what was before."""

    def on_failed(self, worker: CaptureWorker, error: FerError) -> None:
        """The worker gave up and ends."""

    def on_ended(self, worker: CaptureWorker) -> None:
        """The source has no more frames; the worker ends."""

    def on_capture_defect(self, worker: CaptureWorker, report: str) -> None:
        """Something unexpected was raised; `report` is the traceback. `on_lost` or `on_failed` follows."""


def back_off_s(attempt: int, first_s: float = 0.5, longest_s: float = 2.0) -> float:
    """Seconds to wait before reopening for the `attempt`th time, counted from 0: doubles up to `longest_s`."""
    return min(first_s * 2.0 ** min(attempt, 16), longest_s)


class CaptureWorker:
    """One thread, one source. A lost camera is made anew by `make_source`: a source is not opened twice.

    patient: a camera that does not even open at first is tried again as well.
    """

    def __init__(
        self,
        make_source: Callable[[], FrameSource],
        listener: CaptureListener,
        back_off_first_s: float = 0.5,
        back_off_longest_s: float = 2.0,
        patient: bool = False,
    ) -> None:
        self._make_source = make_source
        # Takes its place; what it takes the place of until it has delivered.
        self._next: Callable[[], FrameSource] | None = None
        self._before: Callable[[], FrameSource] | None = None
        self._listener = listener
        self.patient = patient
        self._back_off = (back_off_first_s, back_off_longest_s)
        self._stop = threading.Event()
        self._again = threading.Event()
        self._running = threading.Event()
        self._running.set()
        self._lock = threading.Lock()
        self._source: FrameSource | None = None
        self._released = False
        self._delivered = False
        self._attempt = 0
        self._reading_since: float | None = None
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def pause(self) -> None:
        """Do not read. A file stays where it is; a camera stays open, and its frames pass by unseen."""
        self._running.clear()

    def resume(self) -> None:
        self._running.set()

    def signal_stop(self) -> None:
        """Ask the thread to end; returns at once. Nothing is delivered from the next frame on."""
        self._stop.set()
        self._running.set()
        self._again.set()

    def retry_now(self) -> None:
        """Do not wait any longer with opening a lost camera."""
        self._again.set()

    def exchange(self, make_source: Callable[[], FrameSource]) -> None:
        """Close the source, then open another one: of a device that can be open only once. Returns at once.

        Where the new one fails before its first frame, the one before is made again, and `on_refused` tells why.
        """
        with self._lock:
            self._next = make_source
        self._again.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread. True if it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def reading_for_s(self, at_s: float) -> float:
        """How long the read that runs at this moment has been waiting; 0 if none does."""
        since = self._reading_since
        return 0.0 if since is None else at_s - since

    def release(self) -> None:
        """Close the source under a read that does not come back; the read then fails and the source is made anew.

        Returns at once: closing may block as well, so it has a thread to itself. Once per opened source.
        """
        with self._lock:
            source = self._source
            if source is None or self._released:
                return
            self._released = True
        logger.warning("%s does not answer: closing it", source.name)
        threading.Thread(target=_close, args=(source,), name="capture-release", daemon=True).start()

    def _run(self) -> None:
        defects = 0
        while not self._stop.is_set():
            self._take_next()
            error: FerError | None = None
            report = ""
            try:
                self._deliver_all()
            except FerError as raised:
                error = raised
            except Exception:
                error = CameraError("Reading the source went wrong", "Choose it again, or choose another one")
                report = traceback.format_exc()
            if self._stop.is_set():
                return
            if self._next is not None:
                continue
            if self._released:
                # A read whose source was closed under it may return or raise anything: that says nothing more.
                error = CameraError("The camera stopped answering", fault=Fault.SILENT)
            elif report:
                defects += 1
                self._listener.on_capture_defect(self, report)
            if self._before is not None:
                error = error or CameraError("There is no picture in it", "Choose another source")
                self._make_source, self._before = self._before, None
                self._listener.on_refused(self, error)
                continue
            if error is None:
                self._listener.on_ended(self)
                return
            keeps_on = self._delivered or self.patient
            if not keeps_on or defects > _MOST_DEFECTS or not isinstance(error, CameraError):
                self._listener.on_failed(self, error)
                return
            self._listener.on_lost(self, error)
            self._again.wait(back_off_s(self._attempt, *self._back_off))
            self._again.clear()
            self._attempt += 1

    def _take_next(self) -> None:
        with self._lock:
            if self._next is not None:
                self._before = self._before or self._make_source
                self._make_source, self._next = self._next, None

    def _deliver_all(self) -> None:
        """Open, read to the end or until told to stop, close."""
        source = self._make_source()
        with self._lock:
            self._source = source
            self._released = False
        try:
            source.open()
            self._read_all(source)
        finally:
            self._reading_since = None
            _close(source)
            with self._lock:
                self._source = None

    def _read_all(self, source: FrameSource) -> None:
        watch: PictureWatch | None = None
        size: tuple[int, int] | None = None
        while True:
            if size is not None and not self._running.is_set():
                watch = None
                self._running.wait()
            if self._stop.is_set() or self._next is not None:
                return
            self._reading_since = time.monotonic()
            frame = source.read()
            self._reading_since = None
            if frame is None or self._stop.is_set():
                return
            info = SourceInfo(source.name, source.live, source.fps, frame.size) if frame.size != size else None
            size, self._before = frame.size, None
            self._delivered = True
            self._attempt = 0
            self._listener.on_frame(self, frame, info)
            if watch is None:
                watch = PictureWatch(source.fps if source.live else None)
                self._listener.on_picture(self, watch.picture)
            if watch.look(frame.bgr, frame.captured_at):
                self._listener.on_picture(self, watch.picture)


def _close(source: FrameSource) -> None:
    try:
        source.close()
    except Exception:
        logger.exception("closing %s failed", source.name)
