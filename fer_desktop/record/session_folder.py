"""The folder of recorded sessions: a folder each, with `video.mp4`, `log.jsonl` and `session.json`.

There is no index that could disagree with the folders. Names are given out by making the folder, so that two windows
may record at once; a session that was never ended is listed with what its log still says.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from fer_desktop import atomic_file, resources
from fer_desktop.core.errors import FerError, InputError
from fer_desktop.record import fragments
from fer_desktop.record.about import ABOUT, LOG, VIDEO, About, write_about
from fer_desktop.record.folder_lock import FolderLock, is_locked
from fer_desktop.record.log import LogReader

_NAMES: Final = (VIDEO, LOG, ABOUT)
_OWNERS: Final = 0o700
ROOM: Final = f"{atomic_file.PREFIX}room.tmp"
"""Keeps this much room for the end of the log and for `session.json`, on a disk that gets full."""
ROOM_BYTES: Final = 65_536
_held: Final[dict[Path, FolderLock]] = {}
"""The folders that this process records into now."""
LEAST_ROOM: Final = 64_000_000
"""A recording does not begin on a disk with less room than this."""


@dataclass(frozen=True, slots=True)
class Session:
    """One session as it lies there. about: None where nothing is known of it; size_bytes: of its files; running: it is
    being recorded now; problem: what is wrong with it, for people, empty where nothing is."""

    folder: Path
    about: About | None
    size_bytes: int
    running: bool = False
    problem: str = ""

    @property
    def video(self) -> Path | None:
        return _there(self.folder / VIDEO)

    @property
    def log(self) -> Path | None:
        return _there(self.folder / LOG)


class Sessions:
    """The sessions in a folder, which need not exist yet. Not for the GUI thread: it reads and deletes files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def default(cls) -> Sessions:
        return cls(resources.sessions_dir())

    def make(self, about: About) -> Path:
        """A new folder for a session that begins now, held until `let_go`. Raises InputError where the disk refuses."""
        stem = about.created.strftime("FER %Y-%m-%d at %H.%M.%S")
        remedy = "Make room on that disk, or allow writing there."
        with _told(self.folder, "written", remedy):
            self.folder.mkdir(parents=True, exist_ok=True)
            if (free := shutil.disk_usage(self.folder).free) < LEAST_ROOM:
                # Rounded down: what is missing must not seem to be there.
                there, needed = free // 100_000 / 10, LEAST_ROOM // 1_000_000
                what = f"The disk has {there:.1f} MB left, and a recording begins with {needed} MB or more"
                raise InputError(what, f"Make room on the disk of {self.folder}.")
            folder, number = self.folder / stem, 2
            while True:
                try:
                    folder.mkdir(_OWNERS)
                    break
                except FileExistsError:
                    folder, number = self.folder / f"{stem} ({number})", number + 1
            try:
                # Not zeros: some file systems need no room for those.
                (folder / ROOM).write_bytes(os.urandom(ROOM_BYTES))
                write_about(folder, about)
                _held[folder] = FolderLock(folder)
            except OSError:
                _remove(folder)
                raise
        return folder

    def sessions(self) -> list[Session]:
        """The newest first; those that nothing is known of at the end. Other folders are passed over.

        Raises InputError where the folder is there and cannot be read.
        """
        if not self.folder.is_dir():
            return []
        with _told(self.folder, "read", "Allow reading there."):
            folders = [path for path in self.folder.iterdir() if path.is_dir() and not path.is_symlink()]
        found = [session for session in map(_listed, folders) if session is not None]
        known = [session for session in found if session.about is not None]
        known.sort(key=lambda session: (_created(session), session.folder.name), reverse=True)
        return known + sorted((one for one in found if one.about is None), key=lambda one: one.folder.name)

    def delete(self, session: Session) -> bool:
        """Delete the session's files, and its folder unless something else lies in it. Whether the folder is gone.

        Raises InputError where the disk refuses, while it is being recorded, and where it is a session no more.
        """
        if session.folder.parent != self.folder:
            raise ValueError(f"{session.folder} is not in {self.folder}")
        with _told(session.folder, "deleted", "Close programs that have it open, or allow writing there."):
            now = _session(session.folder)
            if now is None and any((session.folder / name).exists() for name in _NAMES):
                raise InputError(f"{session.folder} cannot be deleted (it is no session)", "Look at what is in it.")
            if now is not None and now.running:
                raise InputError(f"{session.folder.name} is being recorded", "Stop the recording first.")
            return _remove(session.folder)


def session_of(path: Path) -> Session | None:
    """The session that this file or folder belongs to; None where it belongs to none."""
    folder = path if path.is_dir() else path.parent
    if path.is_dir() or path.name in _NAMES:
        session = _session(folder)
        return session if session is not None and session.about and (session.log or session.video) else None
    return None


def recorded_with_readings(path: str | os.PathLike[str]) -> bool:
    """Whether this is the video of a session whose readings were painted on it when it was recorded."""
    session = session_of(Path(path))
    return session is not None and session.about is not None and session.about.annotated


def let_go(folder: Path) -> None:
    """Nothing is recorded into it any more."""
    held = _held.pop(folder, None)
    if held is not None:
        held.release()


def make_room(folder: Path) -> None:
    """To be called before a session is ended."""
    with contextlib.suppress(OSError):
        (folder / ROOM).unlink(missing_ok=True)


def _listed(folder: Path) -> Session | None:
    """One that cannot be looked at keeps no other from the list."""
    try:
        return _session(folder)
    except (OSError, OverflowError, RecursionError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return Session(folder, None, 0, problem=f"It cannot be read ({why.lower()})")


def _session(folder: Path) -> Session | None:
    """Reads what there is. None where neither `session.json` nor a log of ours lies there: a folder with nothing but a
    `video.mp4` is a person's own."""
    size_bytes, missing = 0, False
    for name in _NAMES:
        with contextlib.suppress(OSError):
            size_bytes += (folder / name).stat().st_size
    try:
        about = About.from_json((folder / ABOUT).read_bytes())
    except FileNotFoundError:
        problem, missing = f"{ABOUT} is missing", True
    except OSError as error:
        problem = f"{ABOUT} cannot be read ({(error.strerror or str(error)).lower()})"
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        problem = f"{ABOUT} is damaged"
    else:
        running = not about.ended and is_locked(folder)
        if not about.ended:
            about = _mended(folder, about, running)
        return Session(folder, about, size_bytes, running, "" if running else _problem(folder, about))
    from_log = _from_log(folder)
    if from_log is None and missing:
        return None
    return Session(folder, from_log, size_bytes, problem=problem)


def _problem(folder: Path, about: About) -> str:
    if about.has_video and not (folder / VIDEO).is_file() and about.pictures:
        return f"{VIDEO} is missing"
    if about.pictures and about.has_video and not _is_mp4(folder / VIDEO):
        return f"{VIDEO} is damaged"
    if not (folder / LOG).is_file():
        return f"{LOG} is missing"
    try:
        LogReader(folder / LOG)
    except FerError:
        return f"{LOG} is damaged"
    if about.error:
        return about.error
    return "" if about.ended else "The program ended before the recording did"


def _from_log(folder: Path) -> About | None:
    """What can be known without `session.json`."""
    try:
        created = datetime.fromisoformat(LogReader(folder / LOG).head.started).astimezone()
    except (FerError, ValueError):
        return None
    return _mended(folder, About(created, (folder / VIDEO).is_file()))


def _mended(folder: Path, about: About, running: bool = False) -> About:
    """With what the log says of a session that was not ended; if nothing comes any more, as long as its video plays,
    which may be less than was read, or more."""
    try:
        reader = LogReader(folder / LOG)
        last, markers = reader.last(), tuple(reader.markers())
    except FerError:
        return about
    head = reader.head
    time_s, number = last.get("time"), last.get("frame")
    pictures = last.get("pictures", number + 1 if isinstance(number, int) else about.pictures)
    if not running and (there := fragments.plays(folder / VIDEO)) is not None:
        time_s, pictures = there.last_s, there.pictures
    return replace(
        about,
        source=about.source or head.source,
        model=about.model or head.model,
        size=about.size or head.size,
        markers=markers,
        pictures=pictures if isinstance(pictures, int) else about.pictures,
        seconds=float(time_s) if isinstance(time_s, (int, float)) and 0 <= time_s < math.inf else about.seconds,
    )


def _remove(folder: Path) -> bool:
    """`session.json` goes last: a session that was deleted only in part can be deleted again. Raises OSError."""
    half_written = [path for path in folder.iterdir() if path.name.startswith(atomic_file.PREFIX)]
    for path in (*(folder / name for name in _NAMES), *half_written):
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # something else lies in it
        folder.rmdir()
    return not folder.exists()


def _is_mp4(path: Path) -> bool:
    """Whether it begins as one, which costs less than opening it."""
    try:
        with path.open("rb") as file:
            return file.read(8)[4:] == b"ftyp"
    except OSError:
        return False


def _created(session: Session) -> datetime:
    assert session.about is not None
    return session.about.created


def _there(path: Path) -> Path | None:
    try:
        return path if path.is_file() else None
    except OSError:  # its folder cannot be looked at
        return None


@contextlib.contextmanager
def _told(path: Path, what: str, remedy: str) -> Iterator[None]:
    """The disk's refusals as InputError."""
    try:
        yield
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InputError(f"{path} cannot be {what} ({why})", remedy) from error
