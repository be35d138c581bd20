"""A run with `--for`: no dialog, ends by itself, leaves a picture of the window and its figures."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QImage

from fer_desktop import atomic_file
from fer_desktop.core.errors import InputError
from fer_desktop.gui.snapshot import write_png
from fer_desktop.live.memory import seconds_since_process_start
from fer_desktop.offline import files

if TYPE_CHECKING:
    from fer_desktop.live.statistics import Statistics


STDOUT: Final = Path("-")


def write_all(*writers: Callable[[], None]) -> str:
    """Call each, whatever becomes of the others. Gives what went wrong, in one line; empty: nothing."""
    problems = []
    for write in writers:
        try:
            write()
        except InputError as error:
            problems.append(str(error))
    return ". ".join(problems)


def write_screenshot(image: QImage, path: Path) -> None:
    """Raises InputError when the file cannot be written."""
    problem = write_png(image, path)
    if problem:
        raise InputError(f"The screenshot {path} cannot be written: {problem}", "Name another file")


def write_stats(statistics: Statistics, window_shown_at: float | None, seconds: float, path: Path) -> None:
    """The figures of a run of `seconds`, as in the contracts. Times are time.monotonic(). `path` "-": to stdout.

    Raises InputError, and BrokenPipeError where nobody reads stdout any more.
    """

    def since_start(at_s: float | None) -> float | None:
        return None if at_s is None else seconds_since_process_start(at_s)

    values = statistics.to_json(
        seconds=seconds,
        time_to_window=since_start(window_shown_at),
        time_to_first_frame=since_start(statistics.first_painted_at),
        time_to_first_label=since_start(statistics.first_label_painted_at),
    )
    text = json.dumps(values, indent=2, ensure_ascii=False) + "\n"
    if path == STDOUT:
        with files.output("-") as write:
            write(text.encode())
        return
    try:
        atomic_file.write(path, text.encode())
    except OSError as error:
        raise InputError(f"The figures {path} cannot be written: {error.strerror}", "Name another file") from error


def check_screenshot(path: Path | None) -> None:
    """As `check_writable`, and that the name fits what will be in the file. Raises InputError."""
    if path is None:
        return
    if path != STDOUT:
        check_writable(path)
    if path.suffix.lower() != ".png":
        raise InputError(f"The screenshot {path} does not end in .png", "It is a PNG: name it so")


def check_writable(path: Path | None) -> None:
    """Say at the start, not after the run, that a result has no place to go. Raises InputError."""
    if path is None or path == STDOUT:
        return
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise InputError(f"{path} is a folder", "Name a file")
        if not stat.S_ISREG(mode):
            raise InputError(f"{path} is a device or pipe, not a file", "Name a file")
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise InputError(f"The folder {path.parent} does not exist", "Make it, or name another file") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}", "Name another file") from error
    if not os.access(path.parent, os.W_OK):
        raise InputError(f"The folder {path.parent} cannot be written to", "Name a file in another folder")
