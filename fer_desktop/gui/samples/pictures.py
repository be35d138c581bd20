"""Pictures of samples, by the paths of their files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from fer_desktop.gui.pictures import Pictures
from fer_desktop.gui.samples.parts import image_of

if TYPE_CHECKING:
    from fer_desktop.samples import Sample

KEPT_BYTES: Final = 9 * 1024 * 1024
"""Of 4,096 samples."""
MOST_ASKED: Final = 512


class SamplePictures(Pictures[Path, "Sample"]):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent, _read, KEPT_BYTES, MOST_ASKED, "sample pictures")


def _read(path: Path, sample: Sample) -> QImage:
    return image_of(sample.read())
