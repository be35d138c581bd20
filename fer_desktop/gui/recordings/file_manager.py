"""A folder in the program that shows folders, and whether one came."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from fer_desktop.gui.task import Task

WAIT_S: Final = 8.0
"""One that has not failed by then is at work: some stay for as long as their window is open. Looking for one in vain
takes a second, or four where the computer is busy."""


def show(parent: QObject, folder: Path, then: Callable[[bool], None]) -> Task | None:
    """`then` is told on the GUI thread whether it is shown: not so where there is no such program, or it failed. None
    where that was known at once.

    On Linux Qt only begins `xdg-open`, and takes that for success whatever comes of it; so it is asked here.
    """
    opener = shutil.which("xdg-open")
    if opener is None:
        then(QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        return None
    task = Task(parent, partial(_opened, opener, folder))
    task.done.connect(then)
    task.failed.connect(lambda _: then(False))
    return task


def _opened(opener: str, folder: Path) -> bool:
    nothing = subprocess.DEVNULL
    begun = subprocess.Popen(
        [opener, str(folder)], stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
    )
    try:
        return begun.wait(WAIT_S) == 0
    except subprocess.TimeoutExpired:
        begun.returncode = 0  # it goes on alone: nobody is to ask it again, or to warn of it
        return True
