"""The words in a lane: whole where they have room, cut to two letters where not."""

from __future__ import annotations

import math
from typing import Any

import pytest
from PySide6.QtGui import QFontMetricsF

from fer_desktop.gui.recordings import lanes
from fer_desktop.gui.recordings.scale import Scale
from fer_desktop.gui.theme import DARK
from fer_desktop.offline.edits import Edits
from fer_desktop.offline.lanes import Lane
from fer_desktop.overlay.painter import font
from tests.readings import filled, result, track


class Painter:
    """Remembers what it was to write."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def drawText(self, *given: Any) -> None:
        self.written.append(given[-1])

    def setPen(self, _: Any) -> None: ...

    def setFont(self, _: Any) -> None: ...


@pytest.mark.parametrize(("more_px", "word"), [(8, "Happy"), (2, "Happy"), (1, "Ha")])
def test_a_word_is_cut_only_where_it_must_be(qapp: Any, more_px: int, word: str) -> None:
    readings = filled([result(number, number * 0.04, track(1, sure=0.97)) for number in range(50)])
    lane = Lane(readings, readings.faces(Edits())[0])
    wide = math.ceil(QFontMetricsF(font(12)).horizontalAdvance("Happy")) + more_px
    painter = Painter()
    lanes.paint_words(painter, lane, Scale.whole(wide, readings.until_s), 0, DARK)  # type: ignore[arg-type]
    assert painter.written == [word]
