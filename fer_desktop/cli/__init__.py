"""The command line. Each command is a module here with `configure(parser)` and `run(args) -> exit status`.

Only the chosen command's module is imported, and heavy libraries only inside its `run`: the window must start fast.
To add one: write the module, name it in COMMANDS with the line that `--help` shows.

Exit status: 0 done, 1 a defect, 2 wrong use or unusable input, 3 cancelled, 4 done but some inputs failed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from fer_desktop import __version__
from fer_desktop.core.errors import Cancelled, FerError, InputError, OtherKindError
from fer_desktop.offline.names import shown

COMMANDS: dict[str, str] = {
    "live": "the window: emotions read live from a camera, a file or the demo (the default)",
    "classify": "read the emotions in photos and folders of photos",
    "video": "read the emotions in every picture of a video",
    "train": "train a model on a data set",
    "fine-tune": "teach a model your own face, from samples of it",
    "evaluate": "measure a model on a data set",
    "models": "list, verify, choose, export, import and remove models",
    "bench": "measure how fast the program is on this computer, or whether it leaks",
    "doctor": "check this computer and the installation",
}
EXIT_OK, EXIT_DEFECT, EXIT_USAGE, EXIT_CANCELLED, EXIT_PARTIAL = range(5)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as everything else does, instead of printing the usage above it."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message, f"See {self.prog} --help")


def _command(name: str) -> ModuleType:
    return importlib.import_module(f"fer_desktop.cli.{name.replace('-', '')}")


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status. Raises SystemExit only after `--help` and `--version`."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        args = _parse(arguments)
        return int(_command(args.command).run(args))
    except Cancelled as error:
        _say(str(error))
        return EXIT_CANCELLED
    except OtherKindError as error:
        _say(f"{error.what}. Run: {error.command}")
        return EXIT_USAGE
    except FerError as error:
        _say(str(error))
        return EXIT_USAGE
    except KeyboardInterrupt:
        _say("stopped")
        return EXIT_CANCELLED
    except BrokenPipeError:
        # Python would complain once more when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _say("stopped: nobody reads the output any more")
        return EXIT_CANCELLED


def _parse(arguments: list[str]) -> argparse.Namespace:
    """Raises InputError."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")):
        arguments = ["live", *arguments]
    chosen = arguments[0]
    if chosen not in COMMANDS and not chosen.startswith("-"):
        raise InputError(f'there is no command "{chosen}"', f"There are: {', '.join(COMMANDS)}")
    parser = _Parser(prog="fer-desktop", description="Reads facial expressions, live, on this computer alone.")
    parser.add_argument("--version", action="version", version=f"fer-desktop {__version__}")
    choices = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        # The parsers of the other commands stay empty: they are here for the help text only.
        command_parser = choices.add_parser(name, help=summary, description=summary.capitalize() + ".")
        if name == chosen:
            _command(name).configure(command_parser)
    args, unknown = parser.parse_known_args(arguments)
    if unknown:  # told by argparse itself, it would name the program's help, not the command's
        choices.choices[args.command].error(f"unknown: {' '.join(unknown)}")
    return args


def _say(text: str) -> None:
    """One line on stderr, whatever stands in a name that it quotes."""
    print(f"fer-desktop: {shown(text)}", file=sys.stderr)
