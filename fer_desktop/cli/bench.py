"""`fer-desktop bench`: how fast the program is here, and what it costs; or, with --soak, whether it leaks."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fer_desktop.bench import PARTS
from fer_desktop.core.errors import InputError

if TYPE_CHECKING:
    from fer_desktop.bench.comparison import Baseline
    from fer_desktop.bench.run import Result

_SHORTEST_MINUTES: Final = 0.1
_LONGEST_MINUTES: Final = 7 * 24 * 60


def _minutes(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not _SHORTEST_MINUTES <= value <= _LONGEST_MINUTES:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes of {_SHORTEST_MINUTES} or more")
    return value


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--quick", action="store_true", help="in about one minute instead of six: fewer scenes and runs"
    )
    parser.add_argument(
        "--only", nargs="+", choices=tuple(PARTS), default=[], metavar="PART", help=f"measure only: {', '.join(PARTS)}"
    )
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="compare with the figures saved there")
    parser.add_argument("--save-baseline", metavar="FILE", help="save the figures, to compare others with them")
    parser.add_argument(
        "--soak",
        type=_minutes,
        metavar="MINUTES",
        help="watch the live window's memory, threads and handles for that long instead; under 2 is too short to tell",
    )
    parser.add_argument("--json", metavar="FILE|-", help="write the result as JSON; - is standard output")


def run(args: argparse.Namespace) -> int:
    """0; 4 where a soak has found a leak, 1 where the window that was measured crashed."""
    from fer_desktop.bench.child import DefectError
    from fer_desktop.cli import EXIT_DEFECT

    _check(args)
    try:
        with _ended_by_signals():
            return _soak(args) if args.soak is not None else _measure(args)
    except DefectError as error:
        _tell(str(error))
        return EXIT_DEFECT


def _check(args: argparse.Namespace) -> None:
    """What can be said before minutes have gone by. Raises InputError."""
    from fer_desktop.offline.files import STDOUT

    for option in ("json", "save_baseline"):
        target = getattr(args, option)
        name = option.replace("_", "-")
        if target == "":
            raise InputError(f"the name after --{name} is empty", "Name a file")
        if target == STDOUT and option == "save_baseline":
            raise InputError("a baseline is a file", "Name one, or write --json -")
        if target not in (None, STDOUT):
            _check_writable(Path(target))
    if args.soak is not None:
        for option in ("quick", "only", "baseline", "save_baseline"):
            if getattr(args, option):
                name = option.replace("_", "-")
                raise InputError(f"--soak and --{name} do not go together", "Leave one of them out")


def _check_writable(path: Path) -> None:
    """Raises InputError."""
    if path.is_dir():
        raise InputError(f"{path} is a folder", "Name a file")
    if not path.parent.is_dir():
        raise InputError(f"the folder {path.parent} does not exist", "Make it, or name another file")


def _measure(args: argparse.Namespace) -> int:
    from fer_desktop.bench import run as bench
    from fer_desktop.bench.comparison import Baseline
    from fer_desktop.bench.table import table

    baseline: Baseline | None = None if args.baseline is None else Baseline.read(args.baseline)
    result: Result = bench.measure(_tell, args.only, args.quick, baseline)
    value = result.to_json()
    _write(args.save_baseline, {key: one for key, one in value.items() if key != "comparison"})
    _give(args, value, table(result.environment, result.figures, result.changes))
    for warning in result.warnings:
        _tell(warning)
    return 0


def _soak(args: argparse.Namespace) -> int:
    from fer_desktop.bench import soak
    from fer_desktop.cli import EXIT_PARTIAL

    verdict, live = soak.soak(60 * args.soak, _tell)
    _give(args, {"schema": 1, "soak": verdict.to_json(), "live": live}, soak.report(verdict))
    return EXIT_PARTIAL if verdict.leaks else 0


def _give(args: argparse.Namespace, value: dict[str, Any], text: str) -> None:
    """JSON where it was asked for, and the text unless standard output is taken."""
    from fer_desktop.offline.files import STDOUT

    _write(args.json, value)
    if args.json == STDOUT:
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A Windows console may know neither × nor –.
        sys.stdout.reconfigure(errors="replace")
    print(text)


def _write(target: str | None, value: dict[str, Any]) -> None:
    from fer_desktop.offline.files import output

    if target is not None:
        with output(target) as write:
            write((json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())


def _tell(text: str) -> None:
    print(f"fer-desktop: {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """To be told to end is to end as with Ctrl+C: no process and no file stays behind."""
    if threading.current_thread() is not threading.main_thread():  # signals reach no other
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
