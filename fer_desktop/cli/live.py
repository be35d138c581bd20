"""`fer-desktop live`: the window. Nothing slow is imported before it is on the screen."""

# With pathlib, a name too long would raise where os.path says no.
# ruff: noqa: PTH110, PTH112

from __future__ import annotations

import argparse
import os
from pathlib import Path

from fer_desktop.core.errors import InputError


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= 7 * 24 * 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--source",
        metavar="demo|camera|camera:NAME|FILE",
        help="what to show; without it the camera chosen last, or the demo where there is none",
    )
    parser.add_argument(
        "--for", dest="for_s", type=_seconds, metavar="SECONDS", help="end after that time; opens no dialog"
    )
    parser.add_argument("--screenshot", type=Path, metavar="PNG", help="with --for: save a picture of the window")
    parser.add_argument("--stats", type=Path, metavar="JSON", help="write what was measured during the run")


def _check_source(spec: str | None) -> None:
    """A file that is not there is said before any window opens. Raises InputError."""
    if spec is None or spec in ("demo", "camera") or spec.startswith("camera:"):
        return
    if not spec:
        raise InputError("the source is empty", "Name a video file, a photo, demo, camera or camera:NAME")
    if os.path.isdir(spec):
        raise InputError(f"{spec} is a folder", "Name a video file, or classify a folder of photos")
    if not os.path.exists(spec):
        raise InputError(f"{spec} does not exist", "Name a video file, a photo, demo, camera or camera:NAME")


def run(args: argparse.Namespace) -> int:
    if args.screenshot is not None and args.for_s is None:
        raise InputError("--screenshot is taken at the end of a timed run", "Add --for SECONDS")
    _check_source(args.source)

    from fer_desktop import opencv_environment
    from fer_desktop.gui import display

    opencv_environment.prepare()
    display.prepare(timed_run=args.for_s is not None)

    from fer_desktop.live.memory import share_heaps

    share_heaps()

    from fer_desktop.app import composition
    from fer_desktop.gui.app import run as run_window
    from fer_desktop.gui.composition import LiveOptions

    options = LiveOptions(args.source, args.for_s, args.screenshot, args.stats)
    return run_window(options, composition())
