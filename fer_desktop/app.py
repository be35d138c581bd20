"""The composition root: settings in, objects out. The only place that names concrete classes.

Everything heavy is imported inside the functions, on the thread that calls them: the window is on the screen before
OpenCV, MediaPipe or ONNX Runtime are loaded.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from fer_desktop import opencv_environment

if TYPE_CHECKING:
    from fer_desktop.capture.devices import CameraDevice
    from fer_desktop.classification.onnx_classifier import OnnxClassifier
    from fer_desktop.core.pipeline import Pipeline
    from fer_desktop.core.ports import FaceDetector, FrameSource
    from fer_desktop.gui.composition import ActiveModel, CameraWish, Composition, Training
    from fer_desktop.modelstore.store import ModelFolder
    from fer_desktop.offline.playback import OpenedRecording, ReadLive
    from fer_desktop.streams.runner import Streams, Tell
    from fer_desktop.streams.sink import AnalysisSink
    from fer_desktop.streams.spec import StreamSpec
    from fer_desktop.streams.virtual_camera import Paint

Made = TypeVar("Made")
MAX_THREADS = 2
"""One face takes a few milliseconds on two threads; more would only take them from other programs."""


def classifier(model: str | None = None, threads: int = MAX_THREADS) -> OnnxClassifier:
    """The active model, or the one with this id or folder, on ONNX Runtime. threads: at most. Raises ModelError."""
    from fer_desktop.modelstore.store import ModelStore

    store = ModelStore.default()
    return _loaded(store.get(model) if model else store.active(), threads)


def _loaded(folder: ModelFolder, threads: int = MAX_THREADS) -> OnnxClassifier:
    from fer_desktop.classification.onnx_classifier import OnnxClassifier
    from fer_desktop.modelstore.store import ONNX_FILE

    threads = min(threads, os.cpu_count() or 1)
    return OnnxClassifier(folder.read(ONNX_FILE), folder.id, folder.manifest.temperature, threads)


def live_pipeline(model: str | None = None, threads: int = MAX_THREADS) -> Pipeline:
    """For frames of one source in order. Call it on the thread that will use it. Raises ModelError."""
    return _live(partial(classifier, model, threads))


def video_pipeline(model: str | None = None) -> Pipeline:
    """The same for recordings, where who reads its results can wait until it is known what is a face."""
    return _live(partial(classifier, model), early=True)


def _live(make_classifier: Callable[[], OnnxClassifier], early: bool = False) -> Pipeline:
    from fer_desktop.core.pipeline import Pipeline
    from fer_desktop.core.tracking import Tracker
    from fer_desktop.detection.mediapipe_detector import LOOK_EVERY_S, LiveFaceDetector

    # The classifier first: a damaged model is told before the detector is made, and holds nothing that must be closed.
    reader = make_classifier()
    # Files lose nothing: every look on every frame.
    return Pipeline(LiveFaceDetector(0.0 if early else LOOK_EVERY_S), reader, Tracker(early=early))


def photo_detector(fast: bool = False) -> FaceDetector:
    """Finds the faces of single pictures; fast: only large ones, by one look at each. Raises ModelError."""
    from fer_desktop.detection import model_files
    from fer_desktop.detection.mediapipe_detector import PhotoFaceDetector, WholeFrameDetector

    return WholeFrameDetector(model_files.SHORT_RANGE) if fast else PhotoFaceDetector()


def open_source(spec: str) -> FrameSource:
    """ "demo", "camera", "camera:NAME" or a video file's path -> a source, not yet opened. Raises CameraError."""
    if spec == "demo":
        from fer_desktop.capture.demo import DemoSource

        return DemoSource()
    if spec == "camera" or spec.startswith("camera:"):
        return open_camera(spec.partition(":")[2])
    from fer_desktop.capture.video_file import VideoFileSource

    return VideoFileSource(Path(spec))


def open_camera(name: str, wish: CameraWish | None = None) -> FrameSource:
    """A camera by its name or path, the first one for "", not yet opened. Raises CameraError."""
    from fer_desktop.capture.camera import CameraSource
    from fer_desktop.capture.devices import find_camera

    camera = find_camera(name or None)
    return CameraSource(camera) if wish is None else CameraSource(camera, wish.width, wish.height, wish.fps)


def stream_sink(
    wanted: StreamSpec, origins: Sequence[str] = (), followed: Callable[[], int | None] = lambda: None
) -> AnalysisSink:
    """What hands analyses to other programs, not yet opened. origins: pages that a WebSocket lets in too. followed: the
    face chosen, for a stream of one face; asked on the stream's thread."""
    from fer_desktop.streams import spec

    if wanted.kind == spec.OSC:
        from fer_desktop.streams.osc import OscSink

        return OscSink(wanted.host, wanted.port)
    if wanted.kind == spec.LSL:
        from fer_desktop.streams.lsl import LslSink

        return LslSink(wanted.name, wanted.network, followed)
    if wanted.kind == spec.WEBSOCKET:
        from fer_desktop.streams.websocket import WebSocketSink

        return WebSocketSink(wanted.host, wanted.port, origins)
    from fer_desktop.streams.virtual_camera import VirtualCameraSink

    return VirtualCameraSink(_film_paint, wanted.name or None)


def make_streams(origins: Sequence[str] = (), tell: Tell = lambda text: None) -> Streams:
    """Streams to other programs, none of them begun. tell: takes what is to be told of one, on its thread."""
    from fer_desktop.streams.runner import Streams

    made = Streams(lambda wanted: stream_sink(wanted, origins, lambda: made.followed), tell)
    return made


def _film_paint() -> Paint:
    from fer_desktop.overlay.picture import Film

    return Film().painted


def recording(path: Path) -> OpenedRecording:
    """The ways into a video file, not opened yet: from front to end, and to any picture that was read. What was
    recorded live has its readings beside it, and no model reads it again."""
    from fer_desktop.capture.video_file import VideoFileSource
    from fer_desktop.capture.video_seek import SeekingVideo
    from fer_desktop.offline.playback import OpenedRecording

    source = VideoFileSource(path, realtime=False, loop=False)
    return OpenedRecording(source, lambda: SeekingVideo(path, source.stamps), partial(_read_live, path))


def _read_live(path: Path) -> ReadLive | None:
    """See OpenedRecording."""
    from fer_desktop.core.errors import InputError
    from fer_desktop.record.replay import Replay
    from fer_desktop.record.session_folder import session_of

    session = session_of(path)
    if session is None or session.log is None:
        return None
    try:
        return Replay(session.log, session.about is not None and session.about.annotated)
    except InputError:  # its log is damaged, which the list of sessions tells: a model reads what is in its video
        return None


def training() -> Training:
    """What the window is told of training, without Keras."""
    from fer_desktop.gui.composition import Preset, Training
    from fer_desktop.training import config, run_lock
    from fer_desktop.training.architectures import ARCHITECTURES

    presets = {
        name: Preset(preset.epochs, preset.architecture, preset.scene_sets) for name, preset in config.PRESETS.items()
    }
    return Training(presets, tuple(ARCHITECTURES), run_lock.is_running)


def composition(streams: Streams | None = None) -> Composition:
    """What the window is given. streams: those that were begun already, if any were."""
    from fer_desktop.gui.composition import Composition

    first = _FirstModel()
    return Composition(
        make_live_pipeline=_without_qt_paths(lambda: _live(first.classifier)),
        make_video_pipeline=_without_qt_paths(video_pipeline),
        make_photo_detector=_without_qt_paths(photo_detector),
        make_classifier=classifier,
        make_source=open_source,
        make_camera=open_camera,
        list_cameras=_list_cameras,
        camera_sign=_camera_sign,
        active_model=first.look,
        model_name=_model_name,
        training=training,
        make_recording=recording,
        make_streams=make_streams,
        streams=streams,
    )


def _list_cameras() -> Sequence[CameraDevice]:
    from fer_desktop.capture.devices import list_cameras

    return list_cameras()


def _camera_sign() -> object:
    from fer_desktop.capture.devices import plugged_sign

    return plugged_sign()


class _FirstModel:
    """The model that the window starts with: found once, for its name on the window and for the first pipeline."""

    def __init__(self) -> None:
        self._found: list[ModelFolder] = []

    def look(self) -> ActiveModel:
        """Raises ModelError."""
        from fer_desktop.gui.composition import ActiveModel
        from fer_desktop.modelstore.store import ModelStore

        found = ModelStore.default().resolve()
        self._found = [found.folder]
        return ActiveModel(found.folder.id, found.folder.name, found.problem)

    def classifier(self) -> OnnxClassifier:
        """Later ones, and one that broke since it was found, are looked for anew. Raises ModelError."""
        from fer_desktop.core.errors import ModelError

        if self._found:
            with contextlib.suppress(ModelError):
                return _loaded(self._found.pop())
        return classifier()


def _model_name(model: str) -> str:
    from fer_desktop.core.errors import ModelError
    from fer_desktop.modelstore.store import ModelStore

    try:
        return ModelStore.default().get(model).name
    except ModelError:
        return model


def _without_qt_paths(make: Callable[[], Made]) -> Callable[[], Made]:
    """Making a pipeline or a detector imports OpenCV."""

    def made() -> Made:
        part = make()
        opencv_environment.forget_qt_paths()
        return part

    return made
