"""Files are written beside and renamed: whoever reads finds the old one whole or the new one whole."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Final

PREFIX = ".write."
"""Of the names of files that are being written, or were when the program was killed."""


PRIVATE: Final = 0o600
"""For its owner alone."""


def write(path: Path, content: bytes, mode: int | None = None) -> None:
    """Replace the file `path` (or the one it links to) by `content`. mode: its permissions, else those of a new file.

    Raises OSError, and then leaves no trace; so for a device, a pipe or a folder, which are not to be replaced.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    descriptor, name = tempfile.mkstemp(prefix=PREFIX, suffix=".tmp", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if os.name == "posix":
            if mode is None:
                umask = os.umask(0)
                os.umask(umask)
                mode = 0o666 & ~umask
            beside.chmod(mode)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
