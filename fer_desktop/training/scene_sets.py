"""The scene crops of a run: made in a thread while its first epoch trains, kept in its folder, read when it is resumed.

So training starts at once, and on every machine the same epochs see the same pictures: the first none of them, those
after it all.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fer_desktop.core.errors import Cancelled
from fer_desktop.core.ports import FaceDetector
from fer_desktop.core.types import UInt8Array
from fer_desktop.training.control import POLL_S, Control
from fer_desktop.training.events import Emit
from fer_desktop.training.runs import Run
from fer_desktop.training.scenes import scene_crops

WITHOUT = 1
"""So many epochs go without scenes."""


class _Stopped(Exception):
    pass


class SceneSets:
    """`config.scene_sets` scenes of each of `images` uint8[n, 48, 48]. A context: leaving it stops the thread."""

    def __init__(
        self, run: Run, images: UInt8Array, make_detector: Callable[[], FaceDetector], emit: Emit, control: Control
    ) -> None:
        self._run, self._images, self._make_detector = run, images, make_detector
        self._emit, self._control = emit, control
        self._sets = run.config.scene_sets if run.config.epochs > WITHOUT else 0
        self._crops: list[UInt8Array] = []
        self._error: BaseException | None = None
        self._done = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._make, name="scenes", daemon=True)

    def __enter__(self) -> SceneSets:
        while len(self._crops) < self._sets and (stored := self._stored(len(self._crops))) is not None:
            self._crops.append(stored)
        if len(self._crops) < self._sets:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def of_epoch(self, epoch: int) -> list[UInt8Array]:
        """uint8[n, 48, 48] each, for the epoch, which counts from 1; none in the first. Waits until all are made.

        Raises Cancelled where that is asked for meanwhile, and what making them raised.
        """
        if epoch <= WITHOUT:
            return []
        if len(self._crops) < self._sets and self._error is None:
            self._wait()
        if self._error is not None:
            raise self._error
        return self._crops

    def _wait(self) -> None:
        total, started_s = self._sets * len(self._images), time.monotonic()
        self._emit("note", text=f"Making {total:,} scenes, to learn from faces as the detector finds them…")
        while self._thread.is_alive():
            self._emit("scenes", done=self._done, total=total)
            self._thread.join(POLL_S)
            if self._control.cancel.is_set():
                raise Cancelled("Stopped while making scenes", f"Go on with --resume {self._run.folder}")
        self._emit("note", text=f"Scenes made; waited {(time.monotonic() - started_s) / 60:.1f} min for them")

    def _path(self, index: int) -> Path:
        return self._run.folder / f"scenes-{index}.npy"

    def _stored(self, index: int) -> UInt8Array | None:
        try:
            stored = np.load(self._path(index), mmap_mode="r")
        except (OSError, EOFError, ValueError):
            return None  # not made yet, or damaged: it is made again
        return stored if stored.shape == self._images.shape and stored.dtype == np.uint8 else None

    def _progress(self, done: int) -> None:
        self._control.wait_while_paused()
        if self._stop.is_set():
            raise _Stopped
        self._done += 1

    def _make(self) -> None:
        try:
            detector = self._make_detector()
            self._done = len(self._crops) * len(self._images)
            try:
                for index in range(len(self._crops), self._sets):
                    seed = self._run.config.seed * 1000 + index
                    crops, _ = scene_crops(self._images, detector, seed, self._progress)
                    _write(self._path(index), crops)
                    self._crops.append(crops)
            finally:
                detector.close()
        except _Stopped:
            pass
        except BaseException as error:  # raised again in the thread that waits for the scenes
            self._error = error


def _write(path: Path, crops: UInt8Array) -> None:
    """Beside, flushed to the disk, then renamed; nothing is left where it cannot be written."""
    beside = path.with_suffix(".tmp")
    try:
        with beside.open("wb") as stream:
            np.save(stream, crops)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
