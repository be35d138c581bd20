"""`fer-desktop doctor`: what is installed, what this computer has, and what stands in the way."""

from __future__ import annotations

import argparse
import io
import json
import sys

_STATUS = {"ok": 0, "warning": 0, "problem": 2}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", metavar="FILE|-", help="write the report as JSON; - is standard output")


def run(args: argparse.Namespace) -> int:
    """0 where the program works, 2 where something must be mended first."""
    from fer_desktop.doctor import checks, facts
    from fer_desktop.offline.files import STDOUT, output

    found = facts.gather()
    findings = checks.examine(found)
    worst = checks.status(findings)
    if args.json is not None:
        report = {
            "schema": 1,
            "status": worst,
            "findings": [
                {"section": item.section, "level": item.level, "what": item.what, "remedy": item.remedy}
                for item in findings
            ],
            **facts.as_json(found),
        }
        with output(args.json) as write:
            write((json.dumps(report, indent=2) + "\n").encode())
        if args.json == STDOUT:
            return _STATUS[worst]
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A Windows console may know neither arrows nor a camera's name in another script.
        sys.stdout.reconfigure(errors="replace")
    print(checks.table(findings))
    return _STATUS[worst]
