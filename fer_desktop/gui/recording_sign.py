"""The red sign over the picture in full screen, where the toolbar with its own is hidden."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from fer_desktop.gui.theme import DARK
from fer_desktop.overlay import palette
from fer_desktop.overlay.painter import font

MARGIN_PX = 16
HEIGHT_PX = 32
DOT_PX = 6.0
_TEXT_PX = 13


class RecordingSign(QWidget):
    """A dot and the time recorded, at the top right of whichever page is shown."""

    def __init__(self, pages: QStackedWidget) -> None:
        super().__init__(pages)
        self._pages = pages
        self._text = ""
        self._full = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        pages.installEventFilter(self)
        pages.currentChanged.connect(lambda _: self.raise_())

    def show_time(self, text: str) -> None:
        """Recorded so far, or what else is to be known; empty: nothing is recorded."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(self.tr("Recording, {time}").format(time=text) if text else "")
            self._place()
            self.update()

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
        painter.setBrush(QColor(DARK.recording))
        painter.drawEllipse(QPointF(HEIGHT_PX / 2 + 2, HEIGHT_PX / 2), DOT_PX, DOT_PX)
        painter.setPen(QColor(palette.ON_PLATE))
        painter.setFont(font(_TEXT_PX))
        text = QRectF(HEIGHT_PX, 0, self.width() - HEIGHT_PX, HEIGHT_PX)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text)
        painter.end()

    def _place(self) -> None:
        self.setVisible(self._full and bool(self._text))
        if self.isHidden():
            return
        # Wide enough for any time: it must not tremble.
        metrics, widest = QFontMetrics(font(_TEXT_PX)), "0:00:00" if self._text.count(":") > 1 else "00:00"
        wide = max(metrics.horizontalAdvance(widest), metrics.horizontalAdvance(self._text))
        size = QSize(HEIGHT_PX + wide + 14, HEIGHT_PX)
        self.setGeometry(self._pages.width() - size.width() - MARGIN_PX, MARGIN_PX, size.width(), size.height())
        self.raise_()
