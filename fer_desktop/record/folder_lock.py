"""A folder that is recorded into, held so that others can see it: by a lock on a file in it.

The system lets go of the lock when its process ends, however it ends; no clock and no number of a process is asked.
Where a file system has no locks, the folder counts as left.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import BinaryIO, Final

from fer_desktop import atomic_file

FILE: Final = f"{atomic_file.PREFIX}recording.tmp"

if sys.platform == "win32":
    import msvcrt

    def _hold(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)

    def _look(file: BinaryIO) -> None:
        """Raises OSError where another holds it."""
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _hold(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)

    def _look(file: BinaryIO) -> None:
        """Raises OSError where another holds it; two that look do not see each other."""
        fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)


class FolderLock:
    """Held from when it is made. Raises OSError where the file cannot be made."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._file = self._path.open("wb")
        with contextlib.suppress(OSError):  # no locks there
            _hold(self._file)

    def release(self) -> None:
        self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def is_locked(folder: Path) -> bool:
    """Whether any process, this one too, records into it."""
    try:
        file = (folder / FILE).open("r+b")
    except OSError:  # not there, or not ours
        return False
    with file:
        try:
            _look(file)
        except (BlockingIOError, PermissionError):
            return True
        except OSError:  # no locks there
            return False
    return False
