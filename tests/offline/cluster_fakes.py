"""What the workers of a test's cluster read with. By itself, since each of them imports it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fer_desktop.cli import cluster_parts
from fer_desktop.core.ports import EmotionClassifier, FaceDetector
from fer_desktop.core.types import Box, Face, Frame
from tests.core_values import face
from tests.fake_photos import FakePhotos


def deadly_parts() -> tuple[Callable[[], FaceDetector], EmotionClassifier]:
    """Finds a face in every photo; one whose name tells so takes the worker with it."""

    def find(frame: Frame) -> Sequence[Face]:
        if "deadly" in frame.source:
            os.kill(os.getpid(), signal.SIGKILL)
        return [face(2, 2, 30)]

    photos = FakePhotos(find)
    return photos.detector, photos


@dataclass
class _Gate:
    """A detector that stops before one photo until the file `open` stands in a folder; beside it a file is named after
    each process that has stopped there."""

    within: FaceDetector
    folder: Path
    photo: str

    def detect(self, frame: Frame, known: Sequence[Box] = ()) -> Sequence[Face]:
        if Path(frame.source).name == self.photo:
            (self.folder / str(os.getpid())).touch()
            deadline_s = time.monotonic() + 20
            while not (self.folder / "open").exists() and time.monotonic() < deadline_s:
                time.sleep(0.02)
        return self.within.detect(frame, known)

    def close(self) -> None:
        self.within.close()


def gated_parts(folder: Path, photo: str) -> tuple[Callable[[], FaceDetector], EmotionClassifier]:
    """The real ones, which stop before the photo of that name."""
    make_detector, classifier = cluster_parts.parts(True)
    return lambda: _Gate(make_detector(), folder, photo), classifier


def fake_model() -> tuple[str, str]:
    return "fake", "0" * 64


def model_of_this_process() -> tuple[str, str]:
    """Another one on each side."""
    return "fake", str(os.getpid())
