"""What the window is given from outside: how to make pipelines and sources. It names no concrete class itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fer_desktop.core.ports import EmotionClassifier, FaceDetector, FrameSource
from fer_desktop.live.analysis_worker import PipelineLike

if TYPE_CHECKING:
    from fer_desktop.offline.playback import OpenedRecording
    from fer_desktop.offline.video import VideoPipeline
    from fer_desktop.streams.runner import Streams


class CameraLike(Protocol):
    """What the window needs to know of a camera."""

    @property
    def name(self) -> str: ...

    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class CameraWish:
    """The size in pixels and the pictures a second that a camera is asked for; it takes what is nearest."""

    width: int = 1280
    height: int = 720
    fps: float = 30


@dataclass(frozen=True, slots=True)
class Preset:
    """How a preset trains, unless it is told otherwise. scene_sets: scenes that are first made of each face."""

    epochs: int
    architecture: str
    scene_sets: int = 0


@dataclass(frozen=True, slots=True)
class Training:
    """What the window knows of training; the training itself is a child process.

    networks: the names there are. is_running: whether a process trains in a run's folder.
    """

    presets: Mapping[str, Preset]
    networks: Sequence[str]
    is_running: Callable[[Path], bool]


@dataclass(frozen=True, slots=True)
class ActiveModel:
    """The model that is used. name: what people call it; problem: why it is not the one chosen, None where it is."""

    id: str
    name: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """All of them may be slow to call and import heavy libraries: call the makers off the GUI thread.

    make_photo_detector: for single pictures; made, used and closed by one thread, as many as there are threads. Raises
    ModelError.
    make_source: "demo" or a path -> a source that is not open yet.
    make_camera: a camera's name or path (empty: the first one) -> a source that is not open yet. Raises CameraError.
    make_classifier: a model's id, or None for the active one -> that model, loaded. Raises ModelError.
    camera_sign: another value once a camera came or went; may be called every second.
    active_model: called once, before the window shows: quick, no import of a runtime. Raises ModelError.
    model_name: a model's id or folder -> what people call it; the id itself where nobody named it. Raises nothing.
    training: quick; of training's libraries it loads none.
    make_recording: a path -> the ways into that recording, none of them open yet; quick, for the GUI thread.
    make_streams: streams to other programs, none of them begun; called once somebody looks at them.
    streams: those that the command line asked for, begun already; None: it asked for none.
    """

    make_live_pipeline: Callable[[], PipelineLike]
    make_video_pipeline: Callable[[], VideoPipeline]
    make_photo_detector: Callable[[], FaceDetector]
    make_classifier: Callable[[str | None], EmotionClassifier]
    make_source: Callable[[str], FrameSource]
    make_camera: Callable[[str, CameraWish], FrameSource]
    list_cameras: Callable[[], Sequence[CameraLike]]
    camera_sign: Callable[[], object]
    active_model: Callable[[], ActiveModel]
    model_name: Callable[[str], str]
    training: Callable[[], Training]
    make_recording: Callable[[Path], OpenedRecording]
    make_streams: Callable[[], Streams]
    streams: Streams | None = None


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """What was asked for on the command line. `for_s` seconds: no dialog, then end."""

    source: str | None = None
    for_s: float | None = None
    screenshot: Path | None = None
    stats: Path | None = None
