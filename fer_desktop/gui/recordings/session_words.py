"""What is said of a recorded session: when, how long, of what, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QDate, QLocale, QTime

from fer_desktop.gui.recordings.words import tr
from fer_desktop.offline.video_summary import clock
from fer_desktop.record.session_folder import Session

SPACE: Final = "\N{NO-BREAK SPACE}"
DOT: Final = "  ·  "


class ToldBy(Enum):
    """What tells a session from the others: the minute it began in, the second, or its folder's name as well."""

    MINUTE = auto()
    SECOND = auto()
    FOLDER = auto()


def told_by(sessions: Sequence[Session]) -> list[ToldBy]:
    """As little for each as tells it from all the others."""
    seconds = [_second(session) for session in sessions]
    in_minute, in_second = Counter(second and second[:-1] for second in seconds), Counter(seconds)

    def one(second: tuple[int, ...] | None) -> ToldBy:
        if second is None or in_minute[second[:-1]] == 1:
            return ToldBy.MINUTE
        return ToldBy.SECOND if in_second[second] == 1 else ToldBy.FOLDER

    return [one(second) for second in seconds]


def _second(session: Session) -> tuple[int, ...] | None:
    """Year to second, as a clock on the wall showed them; None where that is not known."""
    return None if session.about is None else session.about.created.timetuple()[:6]


def when(session: Session, by: ToldBy = ToldBy.MINUTE) -> str:
    """Day and time; the folder's name where nothing is known of it."""
    if session.about is None:
        return session.folder.name
    at = session.about.created
    locale = QLocale()
    day = locale.toString(QDate(at.year, at.month, at.day), "ddd d MMM yyyy")
    time = QTime(at.hour, at.minute, at.second)
    if by is ToldBy.MINUTE:
        return tr("{day}, {time}").format(day=day, time=locale.toString(time, "HH:mm"))
    called = tr("{day}, {time}").format(day=day, time=locale.toString(time, "HH:mm:ss"))
    if by is ToldBy.SECOND:
        return called
    return tr("{when}, in {folder}").format(when=called, folder=session.folder.name)


def facts(session: Session) -> str:
    """Length, source, size, markers, how it was kept, room on the disk: as far as they are known."""
    about, parts = session.about, []
    if about is not None:
        if about.seconds is not None:
            parts.append(clock(about.seconds).partition(".")[0])
        parts.append(about.source)
        if about.size is not None:
            parts.append(f"{about.size[0]}{SPACE}×{SPACE}{about.size[1]}")
        if about.markers:
            count = len(about.markers)
            parts.append(tr("1 marker") if count == 1 else tr("{n} markers").format(n=count))
        if about.annotated:
            parts.append(tr("readings painted on"))
        if about.blurred:
            parts.append(tr("faces blurred"))
    parts.append(size(session.size_bytes))
    return DOT.join(part for part in parts if part)


def size(count: int) -> str:
    """Bytes, in kB or MB of powers of ten."""
    return f"{count / 1e6:.1f}{SPACE}MB" if count >= 1e5 else f"{max(round(count / 1e3), 1)}{SPACE}kB"


def problem(session: Session) -> str:
    """Empty where nothing is wrong with it. Where it lies is told elsewhere, and would leave no room for the reason."""
    if not session.problem:
        return ""
    # Earlier versions wrote the path into it.
    return f"{tr(session.problem.removesuffix('.')).replace(str(session.folder), tr('its folder'))}."


def told(session: Session, name: str) -> str:
    """All of it, for who listens. name: what it is called."""
    now = tr("being recorded now") if session.running else problem(session)
    return ", ".join(part for part in (name, facts(session).replace(DOT, ", "), now) if part)


def can_open(session: Session) -> bool:
    return session.video is not None and not session.running
