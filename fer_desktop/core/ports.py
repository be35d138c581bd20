"""What the program needs from the outside world. Each port has one contract suite in tests/contracts/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fer_desktop.core.types import Box, Face, Frame, Prediction, UInt8Array


class FrameSource(Protocol):
    """Where frames come from. Opened, read and closed by one thread.

    A new one may be made after `close`; a source is not opened twice.
    """

    name: str
    """What a person calls it: a camera's name, a file's name, "Demo"."""
    live: bool
    """True where frames come at their own pace and may be dropped (camera, demo, a file played in real time)."""

    def open(self) -> None:
        """Take the device or file. Raises CameraError or InputError, and then holds nothing."""

    def read(self) -> Frame | None:
        """The next frame, waiting for it as long as it takes to come due; None at the end.

        Frame indices start at 0 and rise by one; `captured_at` never falls. Raises CameraError where the
        device is gone.
        """

    def close(self) -> None:
        """Let go of everything. May be called more than once, and after a failed `open`."""

    @property
    def fps(self) -> float | None:
        """Frames a second that the source says it delivers; None where it does not know."""


class FaceDetector(Protocol):
    """Finds faces. Made, used and closed by one thread."""

    def detect(self, frame: Frame, known: Sequence[Box] = ()) -> tuple[Face, ...]:
        """Faces of the frame in its pixels, each once, best first. `known`: where faces were in the frame before."""

    def close(self) -> None:
        """Let go of the models. May be called more than once."""


class EmotionClassifier(Protocol):
    """Reads emotions from crops. Made by one thread, then used and closed by one, which may be another."""

    model_id: str
    device: str
    """What it runs on, for people: "CPU, 2 threads"."""

    has_maps: bool
    """True where predictions can carry maps: the network tells what each place of a face adds to each logit."""

    def classify(self, crops: UInt8Array, maps: bool = False) -> tuple[Prediction, ...]:
        """One prediction for each crop of uint8[n, 48, 48], in order; n may be 0. maps: with maps, if it has them."""

    def close(self) -> None:
        """Let go of the model. May be called more than once."""
