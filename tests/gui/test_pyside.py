"""What we need of PySide6 and one release did not keep."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtGui import QImage, QPainter


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None cannot be used up since Python 3.12")
def test_painting_does_not_use_up_none(qapp: object) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(2000):
        painter.drawRect(0, 0, 4, 4)
    after = sys.getrefcount(None)
    painter.end()
    for _ in range(2000):
        image.setDevicePixelRatio(1.0)
        image.fill(0)
    assert sys.getrefcount(None) > before - 1000
    assert after > before - 1000, "PySide6 6.12.0 took a reference from None a call; the program then aborts in seconds"
