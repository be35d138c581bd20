"""Each step of a frame's way on its own, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from fer_desktop import app
from fer_desktop.bench import painting
from fer_desktop.bench.figures import LESS, Figure, milliseconds
from fer_desktop.bench.plan import FACES, FPS, MIDDLE, Plan, in_words
from fer_desktop.capture.video_file import VideoFileSource
from fer_desktop.core import crop
from fer_desktop.core.errors import InputError
from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.core.tracking import Tracker
from fer_desktop.core.types import Analysis, Box, Frame, UInt8Array
from fer_desktop.detection.mediapipe_detector import LOOK_EVERY_S, LiveFaceDetector

_FRAMES: Final = 30
"""Of 2.8 MB each, read before anything is timed."""


def stages(plan: Plan) -> Iterable[Figure]:
    """Milliseconds a frame at 1280×720. Raises InputError, ModelError."""
    yield from _decoding(plan)
    readers = {threads: app.classifier(threads=threads) for threads in sorted({1, app.MAX_THREADS})}
    for faces in FACES:
        yield from _one_scene(plan, faces, readers)
    for reader in readers.values():
        reader.close()


def _decoding(plan: Plan) -> Iterable[Figure]:
    for size in plan.amount.sizes:
        video = plan.video(size, 1)
        plan.tell(f"decoding {size[0]}×{size[1]}")
        source = VideoFileSource(video, realtime=False)
        source.open()
        try:
            took = milliseconds(_reads(source), plan.amount.calls)
        finally:
            source.close()
        yield Figure(f"stages.decode.{size[0]}x{size[1]}", f"decode {size[0]}×{size[1]}", "ms", LESS, took)


def _one_scene(plan: Plan, faces: int, readers: Mapping[int, EmotionClassifier]) -> Iterable[Figure]:
    frames = _frames(plan, faces)
    plan.tell(f"the stages, {in_words(faces)}")
    analyses = _analyses(frames)
    found = [tuple(track.face for track in analysis.tracks) for analysis in analyses]
    if not all(found):
        raise InputError("the faces that were drawn are not found", "See fer-desktop doctor")
    crops = [
        np.stack([crop.crop_face(frame.bgr, face) for face in some]) for frame, some in zip(frames, found, strict=True)
    ]
    predictions = [readers[app.MAX_THREADS].classify(some) for some in crops]
    known: list[list[Box]] = [[face.box for face in some] for some in found]
    count, calls = len(frames), plan.amount.calls

    def figure(name: str, what: str, took: tuple[float, ...]) -> Figure:
        return Figure(f"stages.{name}.{faces}", f"{what}, {in_words(faces)}", "ms", LESS, took)

    detector = LiveFaceDetector(LOOK_EVERY_S)
    try:
        # Where the faces were in the frame before, as the tracker would say.
        took = milliseconds(lambda at: detector.detect(_at(frames, at), known[(at - 1) % count]), calls)
    finally:
        detector.close()
    yield figure("detect", "detect", took)
    took = milliseconds(lambda at: [crop.crop_face(frames[at % count].bgr, face) for face in found[at % count]], calls)
    yield figure("crop", "crop", took)
    for threads, reader in readers.items():
        took = milliseconds(_classifies(reader, crops), calls)
        on = "1 thread" if threads == 1 else f"{threads} threads"
        yield figure(f"classify.{threads}", f"classify on {on}", took)
    tracker = Tracker()

    def track(at: int) -> None:
        here = at % count
        tracker.update(found[here], predictions[here], crops[here], at / FPS, frames[here].size)

    yield figure("track", "track", milliseconds(track, calls))
    yield figure("overlay", "paint the overlay", painting.overlay(frames, analyses, calls))
    yield figure("paint", "paint a picture in the window", painting.window(frames, analyses, calls))


def _reads(source: VideoFileSource) -> Callable[[int], object]:
    return lambda _: source.read()


def _classifies(reader: EmotionClassifier, crops: Sequence[UInt8Array]) -> Callable[[int], object]:
    return lambda at: reader.classify(crops[at % len(crops)])


def _frames(plan: Plan, faces: int) -> list[Frame]:
    source = VideoFileSource(plan.video(MIDDLE, faces), realtime=False, loop=False)
    source.open()
    try:
        frames = [frame for frame in (source.read() for _ in range(_FRAMES)) if frame is not None]
    finally:
        source.close()
    return frames


def _analyses(frames: list[Frame]) -> list[Analysis]:
    """Of each frame, once the faces are known: the first frames of a video have none yet."""
    pipeline = app.live_pipeline()
    try:
        for number in range(len(frames)):
            pipeline.analyse(_at(frames, number))
        return [pipeline.analyse(_at(frames, number)) for number in range(len(frames), 2 * len(frames))]
    finally:
        pipeline.close()


def _at(frames: Sequence[Frame], number: int) -> Frame:
    """The picture whose turn it is when they are shown again and again, at 60 a second: the detector goes by time."""
    frame = frames[number % len(frames)]
    return Frame(frame.bgr, number, number / FPS, frame.source)
