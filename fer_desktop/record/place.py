"""Whether a file that is being written still lies where it was put."""

from __future__ import annotations

import os
from pathlib import Path


class Place:
    """Of an open file. It may have been closed since."""

    def __init__(self, path: Path, descriptor: int) -> None:
        """Raises OSError."""
        self._path, self._descriptor, self._is = path, descriptor, os.fstat(descriptor)

    def is_there(self) -> bool:
        """Not so only where the system is sure that nothing has its name: a disk that does not answer is no answer."""
        try:
            self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            pass
        return True

    def is_deleted(self) -> bool:
        """Under no name does it lie anywhere. Where that cannot be known, it is not."""
        try:
            now = os.fstat(self._descriptor)
        except OSError:
            return False
        # A file that was closed leaves its number to the next one.
        return os.path.samestat(now, self._is) and now.st_nlink == 0
