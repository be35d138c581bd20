"""What the commands that train have in common: the component they need, who may stop them, and a quiet Keras."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fer_desktop import native_stderr
from fer_desktop.core.errors import Cancelled, FerError, InputError, MissingComponentError
from fer_desktop.core.pip_command import install_extra
from fer_desktop.training import backends
from fer_desktop.training.control import Control
from fer_desktop.training.events import Emit

MOST_SEED: Final = 2**31 - 1
COMPONENT = ("keras", "onnx", "scipy", "sklearn", "tensorflow", "tf2onnx")
SIGNALLED: Final = 128
"""A process that a signal ended has this and the signal's number as its exit status."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The options that mean the same in each."""
    parser.add_argument(
        "--ferplus", type=Path, metavar="CSV", help="FER+ votes on the faces of the first --data: fer2013new.csv"
    )
    parser.add_argument(
        "--backend", choices=backends.PREFERENCE, help="what Keras computes with (default: the first one installed)"
    )
    parser.add_argument(
        "--background", action="store_true", help="leave room for other programs: low priority, one core fewer"
    )


def check_seed(seed: int | None) -> None:
    """Raises InputError."""
    if seed is not None and not 0 <= seed <= MOST_SEED:
        raise InputError(f"--seed is {seed}", f"Give 0 to {MOST_SEED:,}.")


@contextlib.contextmanager
def errors_told(emit: Emit) -> Iterator[None]:
    """What ends the command is an event, too, for the window that reads them."""
    try:
        yield
    except FerError as error:
        emit("error", text=str(error), cancelled=isinstance(error, Cancelled))
        raise
    except Exception as error:
        emit("error", text=f"{type(error).__name__}: {error}", cancelled=False)
        raise


def require_component() -> None:
    """Raises MissingComponentError."""
    missing = [name for name in COMPONENT if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingComponentError(
            f"The training component is not installed ({', '.join(missing)})", f"Run: {install_extra('train')}"
        )


def obey(control: Control, listen: bool, with_reader: bool = False) -> None:
    """SIGINT stops the run in order, a second one at once; so do lines on stdin, where a window listens.

    with_reader: the run is for whoever listens. It stops when stdin ends, and SIGTERM ends it as an exception does, so
    that it takes away what it has begun and ends what it has started.
    """

    def interrupt(*_: object) -> None:
        control.cancel.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_IGN)  # a second one would cut the tidying short
        control.cancel.set()  # what is raised in the midst of a library's own code may be lost there
        raise SystemExit(SIGNALLED + number)

    def read_stdin() -> None:
        requests = control.requests()
        for line in sys.stdin:
            requests.get(line.strip(), lambda: None)()
        if with_reader:
            control.cancel.set()

    signal.signal(signal.SIGINT, interrupt)
    if with_reader:
        signal.signal(signal.SIGTERM, end)
    if listen and sys.stdin is not None:
        threading.Thread(target=read_stdin, name="stdin", daemon=True).start()


def quiet_keras() -> contextlib.AbstractContextManager[None]:
    """For the first import of Keras: keeps TensorFlow's remarks on the machine to itself."""
    backends.leave_out_tensorflow()
    # It takes several networks, each compiled once, for one that is compiled again and again, and warns.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return native_stderr.silenced()
