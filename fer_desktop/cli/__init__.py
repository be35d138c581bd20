"""The command line. Each command is a module here with `HELP`, `configure(parser)` and `run(args) -> exit status`.

Only the chosen command's module is imported, and heavy libraries only inside its `run`: the window must start fast.
To add one: write the module, name it in COMMANDS.

Exit status: 0 done, 1 a defect, 2 wrong use or unusable input, 3 cancelled, 4 done but some inputs failed.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType

from fer_desktop import __version__
from fer_desktop.core.errors import Cancelled, FerError

COMMANDS: dict[str, str] = {
    "live": "the window: emotions read live from a camera, a file or the demo (the default)",
    "classify": "read the emotions in photos and folders of photos",
    "train": "train a model on a data set",
    "evaluate": "measure a model on a data set",
    "models": "list, show and verify models",
    "doctor": "check this computer and the installation",
}
EXIT_OK, EXIT_DEFECT, EXIT_USAGE, EXIT_CANCELLED, EXIT_PARTIAL = range(5)


def _command(name: str) -> ModuleType:
    return importlib.import_module(f"fer_desktop.cli.{name}")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or (arguments[0] not in COMMANDS and arguments[0] not in ("-h", "--help", "--version")):
        arguments.insert(0, "live")
    parser = argparse.ArgumentParser(
        prog="fer-desktop", description="Reads facial expressions, live, on this computer alone."
    )
    parser.add_argument("--version", action="version", version=f"fer-desktop {__version__}")
    choices = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        # The parsers of the other commands stay empty: they are here for the help text only.
        command_parser = choices.add_parser(name, help=summary, description=summary.capitalize() + ".")
        if name == arguments[0]:
            _command(name).configure(command_parser)
    args = parser.parse_args(arguments)
    try:
        return int(_command(args.command).run(args))
    except Cancelled as error:
        print(f"fer-desktop: {error}", file=sys.stderr)
        return EXIT_CANCELLED
    except FerError as error:
        print(f"fer-desktop: {error}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        print("fer-desktop: stopped", file=sys.stderr)
        return EXIT_CANCELLED
