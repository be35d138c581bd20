"""`fer-desktop doctor`: what is installed, what this computer has, and what stands in the way."""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path

from fer_desktop.core.errors import InputError

HELP = "check this computer and the installation"
_STATUS = {"ok": 0, "warning": 0, "problem": 2}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", metavar="FILE|-", help="write the report as JSON; - is standard output")


def run(args: argparse.Namespace) -> int:
    """0 where the program works, 2 where something must be mended first."""
    from fer_desktop.doctor import checks, facts

    found = facts.gather()
    findings = checks.examine(found)
    worst = checks.status(findings)
    if args.json:
        report = {
            "schema": 1,
            "status": worst,
            "findings": [
                {"section": item.section, "level": item.level, "what": item.what, "remedy": item.remedy}
                for item in findings
            ],
            **facts.as_json(found),
        }
        text = json.dumps(report, indent=2) + "\n"
        if args.json == "-":
            sys.stdout.write(text)
            return _STATUS[worst]
        _write(Path(args.json), text)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A Windows console may know neither arrows nor a camera's name in another script.
        sys.stdout.reconfigure(errors="replace")
    print(checks.table(findings))
    return _STATUS[worst]


def _write(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror})", "Name another file after --json") from error
