"""The timeline as a person sees it: curves, lanes and shares of the last minutes, under a line of buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPalette, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from fer_desktop.core.history import History, Seen
from fer_desktop.gui.parts import Text
from fer_desktop.gui.recordings.lanes import LANE_PX
from fer_desktop.gui.recordings.shares import Shares
from fer_desktop.gui.recordings.style import page_style
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.gui.timeline.header import Header, button
from fer_desktop.gui.timeline.lanes import GAP_PX, Lanes
from fer_desktop.gui.timeline.plot import Plot, line_colour
from fer_desktop.gui.timeline.sight import Sight, of_day
from fer_desktop.gui.timeline.words import day_offset_s, face_name, mark_text, tr
from fer_desktop.overlay import words
from fer_desktop.overlay.painter import font

if TYPE_CHECKING:
    from fer_desktop.core.types import Track

SHARES_PX: Final = 292
NARROW_SHARES_PX: Final = 224
NARROW_BELOW: Final = 1000
FEWEST_LANES: Final = 2
"""In sight at once, where there are so many: further ones are scrolled to, so that the curves keep their room."""
CURVES_PX: Final = 128
DRAG_PX: Final = 4
"""A press that moves less is a click."""
WHEEL_PART: Final = 0.1
"""Of what is in sight, for one step of the wheel or one press of an arrow."""
SLOWEST_S: Final = 1.0
"""What goes on is drawn again for each column, and every so many seconds at least."""
PICTURE_RATIO: Final = 2.0
_TITLE_PX: Final = 32


class Dock(QFrame):
    """Shows a history. `cleared`: it is to be forgotten.

    chosen: which face is meant now, None for none; model_name: of an id, as people call it.
    """

    cleared = Signal()

    def __init__(self, history: History, chosen: Callable[[], int | None], model_name: Callable[[str], str]) -> None:
        super().__init__()
        self.setObjectName("timelineDock")
        self.setAccessibleName(tr("Timeline"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._history, self._chosen, self._model_name = history, chosen, model_name
        self._theme = DARK
        self.sight = Sight()
        self.shown: int | None = None
        """The id of the face whose curves are shown."""
        self._picked: int | None = None
        self._drawn: object = None
        self._dragged_from: tuple[float, float] | None = None
        self._dragged = False
        self.plot, self.lanes, self.shares = Plot(), Lanes(), Shares(line_colour)
        self.header = Header()
        self.all_faces = button(tr("All faces"), checkable=True)
        self.all_faces.setToolTip(tr("Of all faces together, or of the one whose curves are shown"))
        self.empty = Text(tr("No face has been read in this time."), muted=True)
        self.empty.setParent(self.plot)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._lay_out()
        self.lanes.told_at = self._told_at
        self.lanes.clicked.connect(self.pick)
        self.header.span.activated.connect(lambda index: self.show_span(self.header.span.itemData(index)))
        self.header.valence.toggled.connect(self._show_valence)
        self.all_faces.toggled.connect(lambda _: self.refresh(again=True))
        self.header.now.clicked.connect(self.go_on)
        self.header.clear.clicked.connect(self.cleared)
        for widget in (self.plot.widget.viewport(), self.lanes):
            widget.installEventFilter(self)

    def _lay_out(self) -> None:
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.lanes)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self.plot, 1)
        left.addWidget(self._scroll)
        heading = QHBoxLayout()
        heading.setContentsMargins(0, 0, 0, 0)
        heading.addWidget(Text(tr("Share of time"), 12, muted=True), 1)
        heading.addWidget(self.all_faces)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(heading)
        right.addWidget(self.shares)
        right.addStretch(1)
        self._side = side = QWidget()
        side.setLayout(right)
        right.setContentsMargins(8, 0, 12, 0)
        self.body = QWidget()
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 8)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.body, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = self.width() < NARROW_BELOW
        self._side.setFixedWidth(NARROW_SHARES_PX if narrow else SHARES_PX)
        self.header.time.setHidden(narrow)
        self._drawn = None
        super().resizeEvent(event)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        line = f"#timelineDock {{ background: {theme.window}; border-top: 1px solid {theme.line}; }}"
        self.setStyleSheet(page_style(theme) + line)
        for part in (self.plot, self.lanes, self.shares):
            part.set_theme(theme)
        self.refresh(again=True)

    # What a person does

    def show_span(self, span_s: int) -> None:
        """So many seconds, up to where it ended before."""
        self.sight.span_s = float(span_s)
        self.sight.fit(self._history)
        self.header.span.setCurrentIndex(self.header.span.findData(span_s))
        self.refresh(again=True)

    def go_on(self) -> None:
        self.sight.end_s = None
        self.refresh(again=True)

    def look_back(self, by_s: float) -> None:
        """By so many seconds, less than 0 for on."""
        self.sight.move(-by_s, self._history)
        self.refresh(again=True)

    def pick(self, track: int | None) -> None:
        """Show this face's curves, whoever is chosen; the same once more: no more so."""
        self._picked = None if track == self._picked else track
        self.refresh(again=True)

    def let_go(self) -> None:
        """Another face was chosen in the window."""
        self._picked = None

    def _show_valence(self, on: bool) -> None:
        self.plot.show_valence(on)
        self.refresh(again=True)

    # What is shown

    def refresh(self, again: bool = False) -> None:
        """Draw what is in sight, if it is not what is drawn. again: in any case."""
        self.sight.fit(self._history)
        columns = self.plot.columns
        from_s, to_s = self.sight.stretch(self._history, columns)
        chosen = self._chosen()
        # What ended before it stands still, whatever is read meanwhile.
        newest = int(self._history.until_s / min(self.sight.span_s / columns, SLOWEST_S))
        drawn = (from_s, to_s, columns, chosen, newest if self.sight.goes_on else 0)
        if not again and drawn == self._drawn:
            return
        self._drawn = drawn
        history, seen = self._history, self._history.seen(from_s, to_s)
        self.shown = self._meant(chosen, seen)
        band = history.band(-1 if self.shown is None else self.shown, from_s, to_s)
        marks = [
            (mark.time_s - from_s, mark_text(mark, self._model_name))
            for mark in history.marks.between(from_s, to_s)
            if mark.track in (-1, self.shown)
        ]
        day_s = day_offset_s() if history.until_s else None
        self.plot.show_band(band, from_s, self.sight.span_s, marks, day_s)
        width = self.plot.area.width()
        self.lanes.show_faces(seen, from_s, self.sight.span_s, width, [at_s for at_s, _ in marks], self.shown)
        self._fit_lanes()
        self._show_shares(seen)
        self._say(seen, "" if day_s is None else f"{of_day(from_s + day_s)} – {of_day(to_s + day_s)}")

    def _meant(self, chosen: int | None, seen: Sequence[Seen]) -> int | None:
        """Whose curves: the one that was picked here, else chosen, else the same as before, else who came last."""
        there = [face.track for face in seen]
        for one in (self._picked, chosen, self.shown):
            if one in there:
                return one
        return there[-1] if there else None

    def _fit_lanes(self) -> None:
        room = max((self.body.height() - CURVES_PX) // (LANE_PX + GAP_PX), FEWEST_LANES)
        shown = min(max(len(self.lanes.rows), 1), room)
        self._scroll.setFixedHeight(shown * (LANE_PX + GAP_PX))

    def _show_shares(self, seen: Sequence[Seen]) -> None:
        of = seen if self.all_faces.isChecked() else [face for face in seen if face.track == self.shown]
        seconds: dict[str, float] = {}
        for face in of:
            for name, value in face.band.seconds.items():
                seconds[name] = seconds.get(name, 0.0) + value
        self.shares.show_seconds(seconds, sum(face.band.unlabelled_s for face in of))

    def _say(self, seen: Sequence[Seen], times: str) -> None:
        number = next((face.number for face in seen if face.track == self.shown), None)
        self.header.name.say(tr("Timeline") if number is None else face_name(number))
        self.empty.setVisible(not seen)
        self.empty.setGeometry(self.plot.area.toRect())
        self.header.time.setText(times)
        self.header.now.setEnabled(not self.sight.goes_on)
        self.plot.setAccessibleName(tr("{what} over time").format(what=self.header.name.text()))
        self.plot.setAccessibleDescription(self.shares.accessibleDescription())
        self.lanes.setAccessibleName(tr("Labels over time: {n} faces").format(n=len(seen)))

    def _told_at(self, at_s: float, face: Seen) -> str:
        track: Track | None = self._history.reading(face.track, at_s)
        if track is None:
            return ""
        at = of_day(at_s + day_offset_s())
        reading = words.reading(track.label, round(track.confidence * 100), track.reason)
        return tr("{face} at {time}: {reading}").format(face=face_name(face.number), time=at, reading=reading)

    def picture(self) -> QImage:
        """What is in sight, with whose it is, as a picture of its own."""
        size = self.body.size() + QSize(0, _TITLE_PX)
        image = QImage(size * PICTURE_RATIO, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(PICTURE_RATIO)
        image.fill(QColor(self._theme.window))
        painter = QPainter(image)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.setFont(font(13, bold=True))
        title = QRect(12, 0, size.width() - 24, _TITLE_PX)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, f"{self.header.name.text()}   {self.header.time.text()}")
        self.body.render(painter, QPoint(0, _TITLE_PX))
        painter.end()
        return image

    # By mouse and by key

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drag the curves and lanes, or turn the wheel over them."""
        kind = event.type()
        if kind == QEvent.Type.Wheel and isinstance(event, QWheelEvent):
            turned = event.angleDelta().x() or event.angleDelta().y()
            if self._scroll.verticalScrollBar().maximum() and watched is self.lanes and not event.angleDelta().x():
                return False
            self.look_back(turned / 120 * WHEEL_PART * self.sight.span_s)
            return True
        if isinstance(event, QMouseEvent):
            return self._mouse(kind, event.position(), event.button() is Qt.MouseButton.LeftButton)
        return super().eventFilter(watched, event)

    def _mouse(self, kind: QEvent.Type, at: QPointF, left: bool) -> bool:
        if kind == QEvent.Type.MouseButtonPress and left:
            _, to_s = self.sight.stretch(self._history, self.plot.columns)
            self._dragged_from, self._dragged = (at.x(), to_s), False
        elif kind == QEvent.Type.MouseMove and self._dragged_from is not None:
            x, to_s = self._dragged_from
            self._dragged |= abs(at.x() - x) >= DRAG_PX
            if self._dragged:
                end_s = to_s - (at.x() - x) / self.plot.area.width() * self.sight.span_s
                self.sight.end_s = min(end_s, self._history.until_s)
                self.look_back(0.0)
        elif kind == QEvent.Type.MouseButtonRelease and left:
            dragged, self._dragged_from, self._dragged = self._dragged, None, False
            return dragged
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step_s = WHEEL_PART * self.sight.span_s
        back_s = {
            Qt.Key.Key_Left: step_s,
            Qt.Key.Key_Right: -step_s,
            Qt.Key.Key_PageUp: self.sight.span_s,
            Qt.Key.Key_PageDown: -self.sight.span_s,
        }.get(Qt.Key(event.key()))
        if back_s is not None:
            self.look_back(back_s)
        elif event.key() == Qt.Key.Key_End:
            self.go_on()
        elif event.key() == Qt.Key.Key_Home:
            self.look_back(self._history.until_s - self._history.from_s)
        else:
            super().keyPressEvent(event)
