"""Sessions as the recorder makes them, and what a person does with their list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from fer_desktop.core.types import Analysis, Frame, UInt8Array
from fer_desktop.record.about import About, write_about
from fer_desktop.record.clock import SessionClock
from fer_desktop.record.session_folder import Session, Sessions
from fer_desktop.record.session_writer import SessionWriter, Wanted
from tests.gui.recordings.conftest import Desk, performed
from tests.record.pictures import START_S, analysis

SIZE = (96, 64)
COUNT = 20
GREEN = (60, 200, 60)


def paint(frame: Frame, _: Analysis | None) -> UInt8Array:
    """Stands for readings on the picture: its upper left quarter is green."""
    painted = frame.bgr.copy()
    painted[: SIZE[1] // 2, : SIZE[0] // 2] = GREEN
    return painted


def recorder() -> Iterator[Callable[..., Path]]:
    """Records a second; gives the folder. ago_h: it is put back by so many hours; end: False where it goes on; own:
    faces are read against their own neutral."""
    kept: list[SessionWriter] = []

    def recorded(
        ago_h: int = 0, markers: tuple[float, ...] = (), painted: bool = False, end: bool = True, own: bool = False
    ) -> Path:
        clock = SessionClock()
        writer = SessionWriter(Sessions.default(), Wanted(paint=paint if painted else None), clock)
        for number in range(COUNT):
            bgr = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
            of = Frame(bgr, number, START_S + number / 20, "Camera")
            faces = [replace(one, own_neutral=own) for one in performed(of)]
            clock.picture(of.captured_at)
            writer.take(of, analysis(of, faces), False)
        for number, at_s in enumerate(markers, start=1):
            writer.mark(at_s, f"Marker {number}")
        if end:
            assert writer.end(0, None) is None
        else:
            kept.append(writer)
        folder = writer.folder
        assert folder is not None
        about = About.from_json((folder / "session.json").read_bytes())
        values = {name: getattr(about, name) for name in About.__slots__}
        write_about(folder, About(**values | {"created": about.created - timedelta(hours=ago_h)}))
        return folder

    yield recorded
    for writer in kept:
        writer.end(0, None)


Record = Callable[..., Path]


def shown(desk: Desk) -> list[Session]:
    """Once they were read anew."""
    listed = desk.page.home
    listed.look()
    desk.until(lambda: listed._looking is None)
    return listed.list.sessions


def choose(desk: Desk, folder: Path) -> None:
    desk.page.home.list.setCurrentRow([session.folder for session in shown(desk)].index(folder))
