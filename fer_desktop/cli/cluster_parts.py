"""What the workers of a cluster read photos with. By itself, since each of them imports it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fer_desktop.core.ports import EmotionClassifier, FaceDetector


def parts(fast: bool) -> tuple[Callable[[], FaceDetector], EmotionClassifier]:
    """What Batch takes. Raises ModelError."""
    from fer_desktop.app import classifier, photo_detector

    return lambda: photo_detector(fast), classifier()


def model() -> tuple[str, str]:
    """The id and the network's hash of the model in use. Raises ModelError."""
    from fer_desktop.modelstore.store import ONNX_FILE, ModelStore

    folder = ModelStore.default().active()
    return folder.id, folder.manifest.files[ONNX_FILE]
