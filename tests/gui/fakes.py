"""Sources, pipelines and tracks that stand in for the real ones, so that widget tests need no model and no camera."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fer_desktop import app
from fer_desktop.core import emotions
from fer_desktop.core.errors import CameraError
from fer_desktop.core.types import Analysis, Box, Face, Float32Array, Frame, Prediction, Track, UInt8Array
from fer_desktop.gui.composition import ActiveModel, Composition
from fer_desktop.streams.runner import Streams
from tests.fake_photos import FakePhotos


def probabilities(label: str, confidence: float = 0.87) -> Float32Array:
    """`confidence` on `label`, the rest spread evenly: float32[7]."""
    values = np.full(emotions.COUNT, (1 - confidence) / (emotions.COUNT - 1), np.float32)
    values[emotions.NAMES.index(label)] = confidence
    return values


def track(
    track_id: int = 0, box: Box | None = None, label: str | None = "happy", confidence: float = 0.87, reason: str = ""
) -> Track:
    box = box or Box(200, 120, 160, 200)
    values = probabilities(label or "neutral", confidence)
    keypoints = np.zeros((6, 2), np.float32)
    crop = np.tile(np.linspace(40, 220, 48, dtype=np.uint8), (48, 1))
    return Track(
        track_id,
        Face(box, 0.9, keypoints),
        Prediction(values, np.log(values)),
        values.copy(),
        label,
        None if label is not None else reason or "too small",
        crop,
    )


def frame(width: int = 640, height: int = 360, index: int = 0, source: str = "Fake", value: int = 90) -> Frame:
    bgr = np.full((height, width, 3), value, np.uint8)
    # A white bar at the left edge, so that a mirrored picture is told from an upright one.
    bgr[:, : width // 8] = 255
    return Frame(bgr, index, time.monotonic(), source)


def analysis(of: Frame, tracks: Sequence[Track] = (), model_id: str = "fake") -> Analysis:
    timings = {"detect": 3.0, "crop": 0.2, "classify": 2.0, "track": 0.1}
    return Analysis(of.index, of.captured_at, of.size, tuple(tracks), model_id, timings)


class FakeSource:
    """Grey frames at 30 a second."""

    live = True

    def __init__(self, name: str = "Fake", size: tuple[int, int] = (640, 360), error: str = "") -> None:
        self.name, self._size, self._error = name, size, error
        self._closed = threading.Event()
        self._unplugged = False
        self._index = 0

    fps: float | None = 30.0

    def open(self) -> None:
        if self._error:
            raise CameraError(self._error, "Close the other program, or choose another camera")

    def read(self) -> Frame | None:
        if self._closed.wait(1 / 30):
            return None
        if self._unplugged:
            raise CameraError(f'"{self.name}" is gone', "Plug it in again")
        self._index += 1
        return frame(*self._size, index=self._index - 1, source=self.name)

    def unplug(self) -> None:
        self._unplugged = True

    def close(self) -> None:
        self._closed.set()


@dataclass
class FakeClassifier:
    model_id: str = "fake"
    device: str = "CPU, 2 threads"
    has_maps: bool = True

    def classify(self, crops: UInt8Array, maps: bool = False) -> tuple[Prediction, ...]:
        values = probabilities("happy")
        return tuple(Prediction(values.copy(), np.log(values)) for _ in crops)

    def close(self) -> None:
        pass


@dataclass
class FakePipeline:
    tracks: Callable[[Frame], Sequence[Track]] = lambda _: (track(),)
    classifier: FakeClassifier = field(default_factory=FakeClassifier)
    thread: str = ""
    confirmed: Set[int] = frozenset(range(1000))

    def analyse(self, of: Frame) -> Analysis:
        self.thread = threading.current_thread().name
        return analysis(of, self.tracks(of), self.classifier.model_id)

    def number_from(self, first_id: int) -> None:
        pass

    def reset(self) -> None:
        pass

    def exchange_classifier(self, classifier: FakeClassifier) -> None:
        self.classifier = classifier

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class FakeCamera:
    name: str
    path: str = "/dev/video9"


@dataclass
class FakeWorld:
    """What a composition is made from; tests change it and look at what was asked of it."""

    cameras: list[FakeCamera] = field(default_factory=list)
    busy: tuple[str, ...] = ()
    pipeline: FakePipeline = field(default_factory=FakePipeline)
    models: dict[str, FakeClassifier | Exception] = field(default_factory=dict)
    """By id; an exception is raised when that model is to be loaded."""
    active_model: str = "fake"
    made: list[str] = field(default_factory=list)
    sources: list[FakeSource] = field(default_factory=list)
    streams: Streams | None = None
    """Begun by the command line."""
    model_is_there: threading.Event = field(default_factory=threading.Event)
    """Cleared by a test to keep the model loading."""

    def __post_init__(self) -> None:
        self.model_is_there.set()

    def make_live_pipeline(self) -> FakePipeline:
        self.model_is_there.wait(10)
        return self.pipeline

    def make_classifier(self, model: str | None) -> FakeClassifier:
        name = Path(model).name if model else self.active_model
        found = self.models.get(name, FakeClassifier(name))
        if isinstance(found, Exception):
            raise found
        return found

    def make_source(self, spec: str) -> FakeSource:
        self.made.append(spec)
        if spec.startswith("camera:"):
            name = spec.partition(":")[2]
            if name not in [camera.name for camera in self.cameras]:
                raise CameraError(f'No camera "{name}" found', "Plug it in")
            self.sources.append(FakeSource(name, error="Another program is using this camera" * (name in self.busy)))
        else:
            self.sources.append(FakeSource("Demo" if spec == "demo" else Path(spec).name))
        return self.sources[-1]

    def composition(self) -> Composition:
        return Composition(
            make_live_pipeline=self.make_live_pipeline,
            make_video_pipeline=self.make_live_pipeline,
            make_photo_detector=FakePhotos().detector,
            make_classifier=self.make_classifier,
            make_source=lambda spec: self.make_source(spec),
            make_camera=lambda name, wish: self.make_source(f"camera:{name}" if name else "camera"),
            list_cameras=lambda: list(self.cameras),
            camera_sign=lambda: tuple(self.cameras),
            active_model=lambda: ActiveModel(self.active_model, self.active_model),
            model_name=lambda model: Path(model).name,
            training=app.training,
            make_recording=app.recording,
            make_streams=app.make_streams,
            streams=self.streams,
        )
