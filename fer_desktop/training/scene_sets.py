"""The scene crops of a run: made in a thread while its first epoch trains, kept in its folder, read when it is resumed.

So training starts at once, and on every machine the same epochs see the same pictures: the first none of them, those
after it all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from fer_desktop.core.errors import Cancelled
from fer_desktop.core.ports import FaceDetector
from fer_desktop.core.types import UInt8Array
from fer_desktop.training.events import Emit
from fer_desktop.training.runs import Run
from fer_desktop.training.scenes import scene_crops

FILE = "scenes.npy"
WITHOUT = 1
"""So many epochs go without scenes."""
POLL_S = 0.2


class _Stopped(Exception):
    pass


class SceneSets:
    """`config.scene_sets` scenes of each of `images` uint8[n, 48, 48]. A context: leaving it stops the thread."""

    def __init__(self, run: Run, images: UInt8Array, make_detector: Callable[[], FaceDetector], emit: Emit) -> None:
        self._run, self._images, self._make_detector, self._emit = run, images, make_detector, emit
        self._shape = (run.config.scene_sets, *images.shape)
        self._crops: UInt8Array | None = None
        self._error: BaseException | None = None
        self._done = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._make, name="scenes", daemon=True)

    def __enter__(self) -> SceneSets:
        self._crops = self._stored()
        wanted = self._run.config.scene_sets and self._run.config.epochs > WITHOUT
        if self._crops is None and wanted:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def of_epoch(self, epoch: int, cancel: threading.Event) -> UInt8Array:
        """uint8[k, n, 48, 48] for the epoch, which counts from 1; k is 0 in the first. Waits until they are made.

        Raises Cancelled where `cancel` is set meanwhile, and what making them raised.
        """
        if epoch <= WITHOUT or not self._run.config.scene_sets:
            return np.empty((0, *self._shape[1:]), np.uint8)
        if self._crops is None:
            self._wait(cancel)
        if self._error is not None:
            raise self._error
        assert self._crops is not None
        return self._crops

    def _wait(self, cancel: threading.Event) -> None:
        total, started_s = self._shape[0] * self._shape[1], time.monotonic()
        self._emit("note", text=f"Making {total:,} scenes, to learn from faces as the detector finds them…")
        while self._thread.is_alive():
            self._emit("scenes", done=self._done, total=total)
            self._thread.join(POLL_S)
            if cancel.is_set():
                raise Cancelled("Stopped while making scenes", f"Go on with --resume {self._run.folder}")
        self._emit("note", text=f"Scenes made; waited {(time.monotonic() - started_s) / 60:.1f} min for them")

    def _stored(self) -> UInt8Array | None:
        try:
            stored = np.load(self._run.folder / FILE)
        except (OSError, EOFError, ValueError):
            return None  # not made yet, or cut off by whatever stopped the run: they are made again
        return stored if stored.shape == self._shape and stored.dtype == np.uint8 else None

    def _progress(self, done: int) -> None:
        if self._stop.is_set():
            raise _Stopped
        self._done += 1

    def _make(self) -> None:
        try:
            detector = self._make_detector()
            try:
                seeds = [self._run.config.seed * 1000 + index for index in range(self._shape[0])]
                crops = np.stack([scene_crops(self._images, detector, seed, self._progress)[0] for seed in seeds])
            finally:
                detector.close()
            beside = self._run.folder / f"{FILE}.tmp"
            with beside.open("wb") as stream:
                np.save(stream, crops)
            beside.replace(self._run.folder / FILE)
            self._crops = crops
        except _Stopped:
            pass
        except BaseException as error:  # raised again in the thread that waits for the scenes
            self._error = error
