"""`fer-desktop live`: the window. Nothing slow is imported before it is on the screen."""

# With pathlib, a name too long would raise where os.path says no.
# ruff: noqa: PTH110, PTH112

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fer_desktop.core.errors import InputError

if TYPE_CHECKING:
    from fer_desktop.gui.composition import LiveOptions
    from fer_desktop.streams.spec import StreamSpec


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
    parser.add_argument(
        "--stream",
        action="append",
        default=[],
        metavar="osc[:HOST:PORT]|lsl[:NAME[:network]]|websocket[:HOST:PORT]|camera[:DEVICE]",
        help="hand the readings to other programs, of this computer unless a HOST or :network says otherwise; "
        "may be given several times",
    )
    parser.add_argument(
        "--stream-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help='a page elsewhere that the WebSocket lets in too, as "https://example.org", or "null" for pages in files',
    )


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


def _check_streams(texts: list[str], origins: list[str]) -> tuple[list[StreamSpec], list[str]]:
    """The streams, and the pages that may receive them: what no window is needed to know. Raises InputError,
    MissingComponentError."""
    from fer_desktop.streams import libraries, spec

    wanted = spec.parse_all(texts)
    if origins and all(one.kind != spec.WEBSOCKET for one in wanted):
        raise InputError("--stream-origin is for a WebSocket, and there is none", "Add --stream websocket")
    pages = [spec.parse_origin(text) for text in origins]
    for one in wanted:
        libraries.require(one.package)
    return wanted, pages


def _run_with_streams(options: LiveOptions, wanted: list[StreamSpec], origins: list[str]) -> int:
    """The window, and beside it the streams. One that fails is told and leaves the window alone; a timed run, at which
    nobody may be sitting, then ends with 2."""
    from fer_desktop.app import composition, make_streams
    from fer_desktop.cli import EXIT_USAGE
    from fer_desktop.gui.app import run as run_window
    from fer_desktop.offline.names import shown

    def tell(text: str) -> None:
        print(f"fer-desktop: {shown(text)}", file=sys.stderr, flush=True)

    streams = make_streams(origins, tell)
    for one in wanted:
        streams.begin(one)
    try:
        status = run_window(options, composition(streams))
        failed = options.for_s is not None and any(state.problem is not None for state in streams.states().values())
    finally:
        streams.stop()
    return EXIT_USAGE if failed and not status else status


def run(args: argparse.Namespace) -> int:
    if args.screenshot is not None and args.for_s is None:
        raise InputError("--screenshot is taken at the end of a timed run", "Add --for SECONDS")
    _check_source(args.source)
    streams = _check_streams(args.stream, args.stream_origin) if args.stream or args.stream_origin else None

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
    if streams is not None:
        return _run_with_streams(options, *streams)
    return run_window(options, composition())
