"""The timeline as a person sees it: curves, lanes and shares of the last minutes, under a line of buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from fer_desktop.core.history import History, Seen
from fer_desktop.gui.parts import Text
from fer_desktop.gui.recordings.lanes import LANE_PX
from fer_desktop.gui.recordings.style import page_style
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.gui.timeline.hands import Hands
from fer_desktop.gui.timeline.header import Header
from fer_desktop.gui.timeline.lanes import GAP_PX, Lanes
from fer_desktop.gui.timeline.mark_lines import Line
from fer_desktop.gui.timeline.plot import Plot
from fer_desktop.gui.timeline.side import Side
from fer_desktop.gui.timeline.sight import Sight, of_day
from fer_desktop.gui.timeline.words import day_s, face_name, mark_text, tr
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
LOW_PX: Final = 190
"""Lower than that, one lane alone."""
FRAME_PX: Final = 2
"""Around all of it, seen while it has the keys."""
LATER_MS: Final = 25
"""After the curves the lanes and shares are brought up to date: both at once would hold up the picture."""
SLOWEST_S: Final = 1.0
"""What goes on is drawn again for each column, and every so many seconds at least."""
PICTURE_RATIO: Final = 2.0
_TITLE_PX: Final = 32


class Dock(QFrame):
    """Shows a history. `cleared`: it is to be forgotten; `turned`: it goes on with what is read now, or no longer.

    chosen: which face is meant now, None for none; model_name: of an id, as people call it.
    """

    cleared = Signal()
    turned = Signal()

    def __init__(self, history: History, chosen: Callable[[], int | None], model_name: Callable[[str], str]) -> None:
        super().__init__()
        self.setObjectName("timelineDock")
        self.setAccessibleName(tr("Timeline"))
        self.setAccessibleDescription(Hands.told())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.history, self._chosen, self._model_name = history, chosen, model_name
        self._theme = DARK
        self.sight = Sight()
        self._went_on = True
        self.shown: int | None = None
        """The id of the face whose curves are shown."""
        self._picked: int | None = None
        self._in_view: int | None = None
        """The id of the face whose lane was last brought into view."""
        self._drawn: object = None
        self._rest: Callable[[], None] = lambda: None
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(lambda: self._rest())
        # When the lanes have their height.
        self._scroller = QTimer(self, singleShot=True, interval=0)
        self._scroller.timeout.connect(self._bring_into_view)
        self.plot, self.lanes, self.side = Plot(), Lanes(), Side()
        self.shares = self.side.shares
        self.header = Header()
        self.empty = Text(tr("No face has been read in this time."), muted=True)
        self.empty.setParent(self.plot)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._lay_out()
        self.lanes.told_at = self._told_at
        self.lanes.clicked.connect(self.pick)
        self.header.span.activated.connect(lambda index: self.show_span(self.header.span.itemData(index)))
        self.header.valence.toggled.connect(self._show_valence)
        self.side.changed.connect(lambda _: self.refresh(again=True))
        self.header.now.clicked.connect(self.go_on)
        self.header.clear.clicked.connect(self.cleared)
        self._hands = Hands(self)

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
        self.body = QWidget()
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 8 - FRAME_PX)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.side)
        column = QVBoxLayout(self)
        column.setContentsMargins(FRAME_PX, FRAME_PX, FRAME_PX, FRAME_PX)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.body, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = self.width() < NARROW_BELOW
        self.side.setFixedWidth(NARROW_SHARES_PX if narrow else SHARES_PX)
        self.header.time.setHidden(narrow)
        self._drawn = None
        super().resizeEvent(event)

    @property
    def scrolls(self) -> bool:
        """There are more lanes than can be seen."""
        return bool(self._scroll.verticalScrollBar().maximum())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        frame = (
            f"#timelineDock {{ background: {theme.window}; border: {FRAME_PX}px solid {theme.window}; "
            f"border-top: 1px solid {theme.line}; }}"
            f"#timelineDock:focus {{ border: {FRAME_PX}px solid {theme.accent}; }}"
        )
        self.setStyleSheet(page_style(theme) + frame)
        for part in (self.plot, self.lanes, self.shares):
            part.set_theme(theme)
        self.refresh(again=True)

    # What a person does

    def show_span(self, span_s: int) -> None:
        """So many seconds, up to where it ended before."""
        self.sight.span_s = float(span_s)
        self.sight.fit(self.history)
        self.header.span.setCurrentIndex(self.header.span.findData(span_s))
        self.refresh(again=True)

    def go_on(self) -> None:
        self.sight.end_s = None
        self.refresh(again=True)

    def look_back(self, by_s: float) -> None:
        """By so many seconds, less than 0 for on."""
        self.sight.move(-by_s, self.history)
        self.refresh(again=True)

    def pick(self, track: int | None) -> None:
        """Show this face's curves, whoever is chosen; the same once more: no more so."""
        self._picked = None if track == self._picked else track
        self.refresh(again=True)

    def pick_next(self, step: int) -> None:
        """The face of the lane so many further down, up where it is less than 0."""
        rows = self.lanes.rows
        if not rows:
            return
        now = self._lane_shown() or 0
        wanted = min(max(now + step, 0), len(rows) - 1)
        if wanted != now:
            self._picked = rows[wanted].faces[-1].track
            self.refresh(again=True)
            self._bring_into_view()

    def let_go(self) -> None:
        """Another face was chosen in the window."""
        self._picked = None

    def _show_valence(self, on: bool) -> None:
        self.plot.show_valence(on)
        self.refresh(again=True)

    # What is shown

    def refresh(self, again: bool = False) -> None:
        """Draw what is in sight, if it is not what is drawn: the curves now, the rest in a moment. again: in any case,
        and all of it at once."""
        self.sight.fit(self.history)
        if self.sight.goes_on != self._went_on:
            self._went_on = self.sight.goes_on
            self.turned.emit()
        columns = self.plot.columns
        from_s, to_s = self.sight.stretch(self.history, columns)
        chosen = self._chosen()
        # What ended before it stands still, whatever is read meanwhile.
        newest = int(self.history.until_s / min(self.sight.span_s / columns, SLOWEST_S))
        marked = self.history.marks.added
        drawn = (from_s, to_s, columns, chosen, marked, newest if self.sight.goes_on else 0)
        if not again and drawn == self._drawn:
            return
        self._drawn = drawn
        history, seen = self.history, self.history.seen(from_s, to_s)
        self.shown = self._meant(chosen, seen)
        band = next((face.band for face in seen if face.track == self.shown), None) or history.band(-1, from_s, to_s)
        lines = [
            Line(mark.time_s - from_s, mark_text(mark, self._model_name), number)
            for number, mark in history.marks.numbered(from_s, to_s)
            if mark.track in (-1, self.shown)
        ]
        day = partial(day_s, history) if history.until_s else None
        self.plot.show_band(band, from_s, self.sight.span_s, lines, day)
        self._rest = partial(self._show_rest, seen, from_s, to_s, [line.after_s for line in lines])
        if again:
            self._later.stop()
            self._rest()
        else:
            self._later.start()

    def _show_rest(self, seen: Sequence[Seen], from_s: float, to_s: float, marks: Sequence[float]) -> None:
        """Beside the curves."""
        history = self.history
        self.lanes.show_faces(seen, from_s, to_s - from_s, self.plot.area.width(), marks, self.shown)
        self._fit_lanes()
        self.side.show_faces(seen, self.shown)
        times = f"{of_day(day_s(history, from_s))} – {of_day(day_s(history, to_s))}" if history.until_s else ""
        self._say(seen, times)

    def _meant(self, chosen: int | None, seen: Sequence[Seen]) -> int | None:
        """Whose curves: the one that was picked here, else chosen, else the same as before, else who came last."""
        there = [face.track for face in seen]
        for one in (self._picked, chosen, self.shown):
            if one in there:
                return one
        return there[-1] if there else None

    def _fit_lanes(self) -> None:
        fewest = FEWEST_LANES if self.body.height() >= LOW_PX else 1
        room = max((self.body.height() - CURVES_PX) // (LANE_PX + GAP_PX), fewest)
        shown = min(max(len(self.lanes.rows), 1), room)
        self._scroll.setFixedHeight(shown * (LANE_PX + GAP_PX))
        if self.shown != self._in_view:
            self._scroller.start()

    def _bring_into_view(self) -> None:
        """The lane of the face whose curves are shown, once: a person may scroll on from there."""
        at = self._lane_shown()
        if at is not None:
            lane = LANE_PX + GAP_PX
            self._scroll.ensureVisible(0, at * lane + lane // 2, 0, lane // 2)
            self._in_view = self.shown

    def _lane_shown(self) -> int | None:
        rows = enumerate(self.lanes.rows)
        return next((at for at, row in rows if any(one.track == self.shown for one in row.faces)), None)

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
        track: Track | None = self.history.reading(face.track, at_s)
        if track is None:
            return ""
        at = of_day(day_s(self.history, at_s))
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
        with self.side.as_picture():
            self.body.render(painter, QPoint(0, _TITLE_PX))
        painter.end()
        return image

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._hands.press(event.key()):
            super().keyPressEvent(event)
