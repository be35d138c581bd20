"""The sign over the picture in full screen, where the toolbar and the status line with theirs are hidden: that it is
recorded, and that readings leave this computer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from fer_desktop.gui.icons import icon
from fer_desktop.gui.theme import DARK
from fer_desktop.overlay import palette
from fer_desktop.overlay.painter import font

MARGIN_PX = 16
HEIGHT_PX = 32
DOT_PX = 6.0
_TEXT_PX = 13
_ICON_PX = 16


class RecordingSign(QWidget):
    """A red dot and the time recorded, and where readings go, at the top right of whichever page is shown."""

    def __init__(self, pages: QStackedWidget) -> None:
        super().__init__(pages)
        self._pages = pages
        self._text = self._stream = ""
        self._full = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        pages.installEventFilter(self)
        pages.currentChanged.connect(lambda _: self.raise_())

    def show_time(self, text: str) -> None:
        """Recorded so far, or what else is to be known; empty: nothing is recorded."""
        if text != self._text:
            self._text = text
            self._tell()

    def show_stream(self, text: str) -> None:
        """Where readings leave this computer for; empty: none does."""
        if text != self._stream:
            self._stream = text
            self._tell()

    def set_full_screen(self, on: bool) -> None:
        self._full = on
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plate = QColor(palette.PLATE)
        plate.setAlphaF(0.86)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate)
        painter.drawRoundedRect(QRectF(self.rect()), HEIGHT_PX / 2, HEIGHT_PX / 2)
        # The plate is dark in either theme.
        painter.setFont(font(_TEXT_PX))
        left = 0
        if self._text:
            painter.setBrush(QColor(DARK.recording))
            painter.drawEllipse(QPointF(HEIGHT_PX / 2 + 2, HEIGHT_PX / 2), DOT_PX, DOT_PX)
            self._write(painter, left, self._text)
            left += self._time_wide()
        if self._stream:
            at = QRect(left + (HEIGHT_PX - _ICON_PX) // 2 + 1, (HEIGHT_PX - _ICON_PX) // 2, _ICON_PX, _ICON_PX)
            icon("stream", palette.ON_PLATE).paint(painter, at)
            self._write(painter, left, self._stream)
        painter.end()

    def _write(self, painter: QPainter, left: int, text: str) -> None:
        """Beside what stands at `left`."""
        painter.setPen(QColor(palette.ON_PLATE))
        room = QRectF(left + HEIGHT_PX, 0, self.width() - left - HEIGHT_PX, HEIGHT_PX)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _time_wide(self) -> int:
        """Enough for any time: it must not tremble."""
        metrics, widest = QFontMetrics(font(_TEXT_PX)), "0:00:00" if self._text.count(":") > 1 else "00:00"
        return HEIGHT_PX + max(metrics.horizontalAdvance(widest), metrics.horizontalAdvance(self._text))

    def _tell(self) -> None:
        recording = self.tr("Recording, {time}").format(time=self._text) if self._text else ""
        self.setAccessibleName("; ".join(one for one in (recording, self._stream) if one))
        self._place()
        self.update()

    def _place(self) -> None:
        self.setVisible(self._full and bool(self._text or self._stream))
        if self.isHidden():
            return
        wide = self._time_wide() if self._text else 0
        if self._stream:
            wide += HEIGHT_PX + QFontMetrics(font(_TEXT_PX)).horizontalAdvance(self._stream)
        size = QSize(wide + 14, HEIGHT_PX)
        self.setGeometry(self._pages.width() - size.width() - MARGIN_PX, MARGIN_PX, size.width(), size.height())
        self.raise_()
