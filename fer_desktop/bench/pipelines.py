"""The whole way from a file's bytes to an analysis, as fast as it goes, in this process."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator

import cv2
import psutil

from fer_desktop import app
from fer_desktop.bench import child
from fer_desktop.bench.figures import BLOCKS, MORE, Figure
from fer_desktop.bench.plan import FACES, MIDDLE, Plan, scene_key, scene_name
from fer_desktop.bench.scenes import Size
from fer_desktop.capture.video_file import VideoFileSource

_WARM_FRAMES = 15


def pipelines(plan: Plan) -> Iterable[Figure]:
    """Frames a second, decoding included. Raises InputError, ModelError."""
    for size in plan.amount.sizes:
        for faces in FACES:
            yield _one(plan, size, faces)
    if plan.amount.variants:
        for faces in FACES:
            yield _one(plan, MIDDLE, faces, threads=1)
        if child.has_affinity():
            for faces in FACES:
                with _one_core():
                    yield _one(plan, MIDDLE, faces, threads=1, where="one_core")


def _one(plan: Plan, size: Size, faces: int, threads: int = app.MAX_THREADS, where: str = "") -> Figure:
    video = plan.video(size, faces)
    words = {"": "", "one_thread": ", network on 1 thread", "one_core": ", on one core"}
    where = where or ("one_thread" if threads == 1 else "")
    what = f"{scene_name(size, faces)}{words[where]}"
    plan.tell(f"pipeline, {what}")
    source = VideoFileSource(video, realtime=False)
    pipeline = app.live_pipeline(threads=threads)
    rates = []
    try:
        source.open()
        frames = iter(source.read, None)  # it never ends: the file is read again and again
        for _ in range(_WARM_FRAMES):
            pipeline.analyse(next(frames))
        for _ in range(BLOCKS):
            count, started = 0, time.perf_counter()
            while (took := time.perf_counter() - started) < plan.amount.block_s or not count:
                pipeline.analyse(next(frames))
                count += 1
            rates.append(count / took)
    finally:
        source.close()
        pipeline.close()
    key = ".".join(filter(None, ("pipeline", scene_key(size, faces), where)))
    return Figure(key, what, "fps", MORE, tuple(rates))


@contextlib.contextmanager
def _one_core() -> Iterator[None]:
    """What is made within the block, and the thread that makes it, uses one core."""
    process = psutil.Process()
    cores, threads = process.cpu_affinity(), cv2.getNumThreads()
    process.cpu_affinity(cores[:1])
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)
        process.cpu_affinity(cores)
