"""The line under the picture: what comes in, how fast it is read, by what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.overlay.painter import font

HEIGHT: Final = 24
_TEXT: Final = 12


@dataclass(frozen=True, slots=True)
class StatusLine:
    """Figures of now. None: not known yet. fps are frames a second, `latency_ms` from capture to painted reading."""

    source: str = ""
    size: tuple[int, int] | None = None
    capture_fps: float | None = None
    analysis_fps: float | None = None
    latency_ms: float | None = None
    dropped: int | None = None
    device: str = ""
    model: str = ""


class StatusBar(QFrame):
    """Paints its line; parts that do not fit are left out from the end, never cut in the middle of a word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(self.tr("Status"))
        self._theme = DARK
        self._parts: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "  ·  ".join(self._parts)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_line(self, line: StatusLine) -> None:
        parts = [line.source]
        if line.size is not None:
            parts.append(f"{line.size[0]}×{line.size[1]}")
        if line.capture_fps is not None:
            parts.append(self.tr("in {fps} fps").format(fps=round(line.capture_fps)))
        if line.analysis_fps is not None:
            parts.append(self.tr("analysed {fps} fps").format(fps=round(line.analysis_fps)))
        if line.latency_ms is not None:
            parts.append(self.tr("{ms} ms").format(ms=round(line.latency_ms)))
        if line.dropped is not None:
            parts.append(self.tr("{count} dropped").format(count=line.dropped))
        parts.append(line.device)
        if line.model:
            parts.append(self.tr("model {name}").format(name=line.model))
        new = tuple(part for part in parts if part)
        if new != self._parts:
            self._parts = new
            self.setAccessibleDescription(self.text)
            self.setToolTip(self.text)
            self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # what stands at its end takes more room, or less
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(font(_TEXT))
        painter.setPen(QColor(self._theme.muted))
        metrics = painter.fontMetrics()
        # Without what stands at the end of the line.
        room = self.width() - 32 - self.childrenRect().width()
        parts = list(self._parts)
        while len(parts) > 1 and metrics.horizontalAdvance("  ·  ".join(parts)) > room:
            parts.pop()
        text = metrics.elidedText("  ·  ".join(parts), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRect(16, 0, room, HEIGHT), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()
