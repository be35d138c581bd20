"""What the comparison shows as pictures: recalls, confusion matrices, and the faces on which two models differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fer_desktop.core import emotions
from fer_desktop.gui.parts import picture
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.gui.training.words import emotion, percent, tr
from fer_desktop.overlay import palette
from fer_desktop.overlay.painter import font

CELL: Final = 40
NAMES_WIDE: Final = 72
NAMES_HIGH: Final = 68
RECALL_ROW: Final = 36
FACE: Final = 64
TILE: Final = (132, 132)
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter


class _Painted(QWidget):
    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.theme = DARK
        self.setAccessibleName(name)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.update()

    def _painter(self, size: int = 12) -> QPainter:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(font(size))
        return painter


class Confusion(_Painted):
    """Rows: the labels; columns: what was read. The stronger the colour, the larger the share of its row."""

    def __init__(self) -> None:
        super().__init__()
        self._matrix: list[list[int]] = []
        self.setFixedSize(NAMES_WIDE + CELL * emotions.COUNT + 2, NAMES_HIGH + CELL * emotions.COUNT + 2)

    def show_matrix(self, matrix: Sequence[Sequence[int]]) -> None:
        self._matrix = [list(row) for row in matrix]
        lines = [
            f"{emotion(name)}: " + ", ".join(f"{emotion(emotions.NAMES[i])} {n}" for i, n in enumerate(row) if n)
            for name, row in zip(emotions.NAMES, self._matrix, strict=True)
        ]
        self.setAccessibleDescription("; ".join(lines))
        self.setToolTip("\n".join(lines))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self._painter()
        card, accent = QColor(self.theme.card), QColor(self.theme.accent)
        for index, name in enumerate(emotions.NAMES):
            painter.setPen(QColor(self.theme.muted))
            where = QRectF(0, index * CELL, NAMES_WIDE - 8, CELL)
            painter.drawText(where, _MIDDLE | Qt.AlignmentFlag.AlignRight, emotion(name))
            painter.save()
            painter.translate(NAMES_WIDE + index * CELL + CELL / 2, emotions.COUNT * CELL + 8)
            painter.rotate(90)
            painter.drawText(
                QRectF(0, -CELL / 2, NAMES_HIGH - 8, CELL), _MIDDLE | Qt.AlignmentFlag.AlignLeft, emotion(name)
            )
            painter.restore()
        for row, counts in enumerate(self._matrix):
            total = sum(counts) or 1
            for column, count in enumerate(counts):
                share = count / total
                ground = _between(card, accent, share)
                cell = QRectF(NAMES_WIDE + column * CELL + 1, row * CELL + 1, CELL - 2, CELL - 2)
                edge = self.theme.outline if row == column else self.theme.line
                painter.setPen(QPen(QColor(edge), 1))
                painter.setBrush(ground)
                painter.drawRoundedRect(cell, 3, 3)
                if not count:
                    continue
                ink = max(("#FFFFFF", "#0E1012"), key=lambda colour: palette.contrast(colour, ground.name()))
                painter.setPen(QColor(ink))
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{count:,}" if count < 10000 else f"{share:.0%}")
        painter.end()


def _between(start: QColor, end: QColor, share: float) -> QColor:
    """share 0: `start`; 1: `end`."""
    pairs = ((start.red(), end.red()), (start.green(), end.green()), (start.blue(), end.blue()))
    return QColor(*(round(a + (b - a) * share) for a, b in pairs))


class Recalls(_Painted):
    """Two bars an emotion: the first model's, and under it, striped, the second's. `sides`: what the two are called."""

    def __init__(self) -> None:
        super().__init__(tr("Recall a class"))
        self.sides = tr("new"), tr("in use")
        self._new: dict[str, float | None] = {}
        self._old: dict[str, float | None] = {}
        self.setFixedHeight(RECALL_ROW * emotions.COUNT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_recalls(self, new: Mapping[str, float | None], old: Mapping[str, float | None]) -> None:
        self._new, self._old = dict(new), dict(old)
        parts = [
            f"{emotion(name)}: {self.sides[0]} {percent(new.get(name), 0)}, {self.sides[1]} {percent(old.get(name), 0)}"
            for name in emotions.NAMES
        ]
        self.setAccessibleDescription("; ".join(parts))
        self.setToolTip("\n".join(parts))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self._painter(13)
        numbers = 52
        left, right = NAMES_WIDE, self.width() - numbers
        for index, name in enumerate(emotions.NAMES):
            top = index * RECALL_ROW
            painter.setFont(font(13))
            painter.setPen(QColor(self.theme.text))
            painter.drawText(QRectF(0, top, NAMES_WIDE, RECALL_ROW), _MIDDLE, emotion(name))
            colour = QColor(self.theme.rows.bars[index])
            edge = QColor(palette.edge_on_light(colour.name())) if self.theme.rows.edge else colour
            painter.setFont(font(12))
            for row, (values, solid) in enumerate(((self._new, True), (self._old, False))):
                value, y = values.get(name), top + 5 + row * 14
                bar = QRectF(left, y, max(right - left, 8), 11)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self.theme.rows.groove))
                painter.drawRoundedRect(bar, 3, 3)
                if value:
                    filled = QRectF(bar.x(), bar.y(), max(bar.width() * value, 3), bar.height())
                    painter.setPen(QPen(edge, 1))
                    painter.setBrush(colour if solid else Qt.GlobalColor.transparent)
                    painter.drawRoundedRect(filled, 3, 3)
                    if not solid:
                        painter.fillRect(filled.adjusted(1, 1, -1, -1), _striped(edge))
                painter.setPen(QColor(self.theme.text if solid else self.theme.muted))
                where = QRectF(right, y - 2, numbers, 15)
                painter.drawText(where, _MIDDLE | Qt.AlignmentFlag.AlignRight, percent(value, 0))
        painter.end()


def _striped(colour: QColor) -> QBrush:
    return QBrush(colour, Qt.BrushStyle.BDiagPattern)


class Differing(_Painted):
    """Faces that the two read differently: the face, its label, what each says. As many columns as fit.

    `sides`: what the two are called.
    """

    def __init__(self) -> None:
        super().__init__(tr("Faces on which the two differ"))
        self.sides = tr("new"), tr("in use")
        self._faces: list[tuple[QImage, str, str, str]] = []

    def show_faces(self, faces: Sequence[Mapping[str, Any]]) -> None:
        self._faces = [(picture(one["png"]), one["label"], one["read"], one["against"]) for one in faces]
        said = [
            ", ".join((tr("label {a}").format(a=emotion(label)), *self._said(new, old)))
            for _, label, new, old in self._faces
        ]
        self.setAccessibleDescription("; ".join(said))
        self._fit()
        self.update()

    def _said(self, new: str, old: str) -> tuple[str, str]:
        return f"{self.sides[0]} {emotion(new)}", f"{self.sides[1]} {emotion(old)}"

    @property
    def count(self) -> int:
        return len(self._faces)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _columns(self) -> int:
        return max(self.width() // TILE[0], 1)

    def _fit(self) -> None:
        rows = -(-len(self._faces) // self._columns())
        self.setFixedHeight(max(rows, 1) * TILE[1])

    def sizeHint(self) -> QSize:
        return QSize(5 * TILE[0], self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self._painter()
        columns = self._columns()
        line = QFontMetricsF(font(12)).lineSpacing()
        for index, (image, label, new, old) in enumerate(self._faces):
            left, top = index % columns * TILE[0], index // columns * TILE[1]
            painter.drawImage(QRectF(left, top, FACE, FACE), image)
            texts = (
                (tr("label {name}").format(name=emotion(label)), False),
                *zip(self._said(new, old), (new == label, old == label), strict=True),
            )
            for row, (text, right) in enumerate(texts):
                painter.setFont(font(12, right))
                painter.setPen(QColor(self.theme.text if right or not row else self.theme.muted))
                where = QRectF(left, top + FACE + 2 + row * line, TILE[0] - 8, line)
                shown = f"{text} ✓" if right else text
                # The end says what was read.
                shown = painter.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideLeft, int(where.width()))
                painter.drawText(where, _MIDDLE, shown)
        painter.end()
