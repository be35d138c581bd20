"""Curves of loss and accuracy. Imports pyqtgraph, which takes a second: only when the run is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fer_desktop.gui.parts import Text
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.gui.training.words import tr
from fer_desktop.overlay.painter import font

TRAINING: Final = ("#D55E00", "#B34D00")
"""On dark, on light. The lines also differ in their strokes."""
MOST_POINTS: Final = 2000


class Curves(QWidget):
    """Two plots over epochs: loss, and accuracy in percent; training dashed, validation solid."""

    def __init__(self) -> None:
        super().__init__()
        import pyqtgraph

        self._pg: Any = pyqtgraph
        self._theme = DARK
        self._lines: dict[str, Any] = {}
        self._plots: list[Any] = []
        self._legends: list[Text] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for kind, title in (("loss", tr("Loss by epoch")), ("accuracy", tr("Accuracy by epoch, %"))):
            plot = pyqtgraph.PlotWidget()
            plot.setMenuEnabled(False)
            plot.setMouseEnabled(x=False, y=False)
            plot.hideButtons()
            plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            plot.setAntialiasing(True)
            plot.setFrameShape(plot.Shape.NoFrame)
            plot.setAccessibleName(title)
            plot.getAxis("bottom").setStyle(tickFont=font(12))
            plot.getAxis("left").setStyle(tickFont=font(12), autoExpandTextSpace=True)
            plot.getAxis("left").setWidth(44)
            self._lines[f"{kind} training"] = plot.plot()
            self._lines[f"{kind} validation"] = plot.plot(symbol="o", symbolSize=5)
            legend = Text(size=12)
            legend.setTextFormat(Qt.TextFormat.RichText)
            self._legends.append(legend)
            self._plots.append(plot)
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(Text(title, 13, bold=True))
            column.addWidget(legend)
            column.addWidget(plot, 1)
            row.addLayout(column, 1)
        self._plots[1].setYRange(0, 100, padding=0.05)
        self._plots[0].setLimits(yMin=0)
        self.setMinimumHeight(208)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        training, validation = TRAINING[not theme.dark], theme.accent
        for plot in self._plots:
            plot.setBackground(QColor(theme.card))
            plot.showGrid(x=False, y=True, alpha=0.15)
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(QColor(theme.outline))
                axis.setTextPen(QColor(theme.muted))
        dashed = self._pg.mkPen(training, width=2, style=Qt.PenStyle.DashLine)
        for name, line in self._lines.items():
            line.setPen(dashed if name.endswith("training") else self._pg.mkPen(validation, width=2))
            if name.endswith("validation"):
                line.setSymbolBrush(validation)
                line.setSymbolPen(None)
        text = f'<span style="color:{training}">╌╌</span> {tr("training")}&nbsp;&nbsp;&nbsp;'
        text += f'<span style="color:{validation}">──</span> {tr("validation")}'
        for legend in self._legends:
            legend.say(text)

    def show_run(self, epochs: int, history: Sequence[dict[str, float]], losses: Sequence[tuple[float, float]]) -> None:
        """history: figures of whole epochs; losses: (epochs done, training loss) within them."""
        done = [line["epoch"] for line in history]
        every = max(len(losses) // MOST_POINTS, 1)
        thinned = losses[::every]
        if thinned:
            # Epochs of before a resumption are known by their ends alone.
            before = [(line["epoch"], line["loss"]) for line in history if line["epoch"] <= thinned[0][0]]
            points = [*before, *thinned]
        else:
            points = [(line["epoch"], line["loss"]) for line in history]
        self._lines["loss training"].setData([x for x, _ in points], [y for _, y in points])
        self._lines["loss validation"].setData(done, [line["validation_loss"] for line in history])
        for kind, name in (("training", "training_accuracy"), ("validation", "accuracy")):
            self._lines[f"accuracy {kind}"].setData(done, [100 * line[name] for line in history])
        for plot in self._plots:
            plot.setXRange(0, max(epochs, 1), padding=0.05)
            apart = max(round(epochs / 10), 1)
            plot.getAxis("bottom").setTickSpacing(apart, apart)
        if history:
            last = history[-1]
            self._plots[0].setAccessibleDescription(
                tr("after epoch {n}: training {a:.3f}, validation {b:.3f}").format(
                    n=int(last["epoch"]), a=last["loss"], b=last["validation_loss"]
                )
            )
            self._plots[1].setAccessibleDescription(
                tr("after epoch {n}: training {a:.0f} %, validation {b:.0f} %").format(
                    n=int(last["epoch"]), a=100 * last["training_accuracy"], b=100 * last["accuracy"]
                )
            )
