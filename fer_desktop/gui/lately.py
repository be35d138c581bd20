"""What a face showed in the last ten seconds, as a small line of its labels' colours. The bars beside it say it in
words; who hears it is told the shares of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath

from fer_desktop.core import emotions
from fer_desktop.core.band import NO_LABEL, whole_percents
from fer_desktop.core.history import History, Stretch
from fer_desktop.gui.theme import Theme
from fer_desktop.overlay import words

SPAN_S: Final = 10.0
HEIGHT: Final = 4
STRIPE_PX: Final = 3
_SURPRISE: Final = emotions.NAMES.index("surprise")


@dataclass(frozen=True, slots=True)
class Lately:
    """`stretches` within the SPAN_S seconds before `until_s`; none in a time when the face was away."""

    stretches: tuple[Stretch, ...]
    until_s: float

    @classmethod
    def of(cls, history: History, track: int) -> Lately:
        until_s = history.until_s
        return cls(tuple(history.stretches(track, until_s - SPAN_S, until_s)), until_s)

    @property
    def told(self) -> str:
        """ "in the last 10 seconds happy 70 %, sad 20 %", of the time in which there was a label; else empty."""
        spent: dict[int, float] = {}
        for one in self.stretches:
            if one.label != NO_LABEL:
                spent[one.label] = spent.get(one.label, 0.0) + one.to_s - one.from_s
        if not spent:
            return ""
        labels = sorted(spent, key=lambda label: -spent[label])
        parts = (
            f"{words.emotion(emotions.NAMES[label])} {words.percent(share)}"
            for label, share in zip(labels, whole_percents([spent[label] for label in labels]), strict=True)
        )
        text = QCoreApplication.translate("Lately", "in the last 10 seconds {labels}")
        return text.format(labels=", ".join(parts))

    def paint(self, painter: QPainter, where: QRectF, theme: Theme) -> None:
        """Now is at the right."""
        painter.save()
        shape = QPainterPath()
        shape.addRoundedRect(where, where.height() / 2, where.height() / 2)
        painter.setClipPath(shape)
        painter.fillRect(where, QColor(theme.rows.groove))
        for one in self.stretches:
            left, right = (where.right() - (self.until_s - at_s) / SPAN_S * where.width() for at_s in (
                one.from_s, one.to_s,
            ))  # fmt: skip
            part = QRectF(left, where.top(), right - left, where.height())
            if one.label == NO_LABEL:
                painter.fillRect(part, QBrush(QColor(theme.outline), Qt.BrushStyle.Dense4Pattern))
                continue
            painter.fillRect(part, QColor(theme.rows.bars[one.label]))
            if one.label == _SURPRISE:
                # Its colour is near that of sad.
                x = left
                while x < right:
                    painter.fillRect(QRectF(x, part.top(), min(1, right - x), part.height()), QColor(theme.card))
                    x += STRIPE_PX
        painter.restore()
