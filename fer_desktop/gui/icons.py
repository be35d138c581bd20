"""Line icons of assets/icons, in the theme's colour, sharp at every scale."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from fer_desktop import resources

SIZE: Final = 20
_SCALES: Final = (1, 2, 3)


def _render(svg: bytes, size: int, scale: int) -> QPixmap:
    pixmap = QPixmap(size * scale, size * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg)).render(painter, QRectF(0, 0, size * scale, size * scale))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


@lru_cache(maxsize=128)
def icon(name: str, colour: str, disabled: str | None = None) -> QIcon:
    """`assets/icons/<name>.svg` with its lines in `colour` (#RRGGBB), and in `disabled` where the control is off."""
    svg = (resources.assets_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    result = QIcon()
    for scale in _SCALES:
        result.addPixmap(_render(svg.replace("currentColor", colour).encode(), SIZE, scale))
        if disabled is not None:
            pixmap = _render(svg.replace("currentColor", disabled).encode(), SIZE, scale)
            result.addPixmap(pixmap, QIcon.Mode.Disabled)
    return result


@lru_cache(maxsize=1)
def app_icon() -> QIcon:
    svg = (resources.assets_dir() / "icons" / "fer-desktop.svg").read_bytes()
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(_render(svg, size, 1))
    return result
