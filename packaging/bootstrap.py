#!/usr/bin/env python3
"""Sets the program up from a clean clone, and starts or tests it. Needs Python 3.10 or later and nothing else.

    python3 packaging/bootstrap.py [--live-only] run [ARGUMENTS OF fer-desktop]
    python3 packaging/bootstrap.py [--live-only] test [ARGUMENTS OF pytest]

run   makes .venv, installs the pinned packages, fetches the face detector's models, checks the system's libraries
      (installs the missing ones where it may), then starts the program: `run` alone opens the window,
      `run classify photo.jpg` or `run doctor` any other command.
test  the same with the test tools, then every check that the project has: ruff, mypy, import-linter, pytest.

--live-only   without TensorFlow: a third of the size, everything but training.

A second call starts at once. Packages come through pip, however it is configured here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 10)
EXIT_UNUSABLE = 2
EXIT_STOPPED = 3


def split_arguments(arguments: list[str]) -> tuple[list[str], list[str], bool]:
    """([VERB] or [], its arguments, live_only). `--live-only` may stand before the verb or right after it."""
    live_only = False
    verb: list[str] = []
    rest = list(arguments)
    while rest and (rest[0] == "--live-only" or not verb):
        word = rest.pop(0)
        if word == "--live-only":
            live_only = True
        else:
            verb = [word]
    return verb, rest, live_only


def main(arguments: list[str]) -> int:
    if sys.version_info < OLDEST_PYTHON:
        wanted, found = (".".join(map(str, version)) for version in (OLDEST_PYTHON, sys.version_info[:3]))
        print("bootstrap: Python %s or later is needed, this is %s." % (wanted, found), file=sys.stderr)
        return EXIT_UNUSABLE
    verb, rest, live_only = split_arguments(arguments)
    if verb in ([], ["-h"], ["--help"]):
        print(__doc__, file=sys.stdout if verb else sys.stderr)
        return 0 if verb else EXIT_UNUSABLE
    if verb not in (["run"], ["test"]):
        print("bootstrap: unknown command %r. Use run or test; --help says more." % verb[0], file=sys.stderr)
        return EXIT_UNUSABLE
    # The steps use newer syntax than the lines above, and lie beside this file also when Python runs isolated.
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from bootstrap_steps import SetupError, say

    try:
        return run(rest, live_only) if verb == ["run"] else test(rest, live_only)
    except SetupError as error:
        say(str(error))
    except PermissionError as error:
        say(f"no permission: {error.filename}. Work in a folder of your own")
    except OSError as error:
        say(f"{error.strerror or error}: {error.filename or 'no file named'}. Set-up did not finish; run it again")
    except KeyboardInterrupt:
        say("stopped; call it again to finish set-up")
        return EXIT_STOPPED
    return EXIT_UNUSABLE


def prepare(extras: list[str]) -> tuple[Path, Path]:
    """(project folder, the finished environment's Python). Raises SetupError."""
    from bootstrap_steps import detector_models, environment

    root = Path(__file__).resolve().parent.parent
    ready = environment.is_ready(root, root / ".venv", extras)
    if not ready:
        from bootstrap_steps import system_packages

        # Before the large downloads: whoever must ask an administrator for a library should learn it first.
        system_packages.ensure_libraries()
    python = environment.ensure(root, extras)
    detector_models.ensure(root, python)
    return root, python


def run(arguments: list[str], live_only: bool) -> int:
    _, python = prepare([] if live_only else ["train"])
    # Isolated: neither PYTHONPATH nor a types.py in the folder one stands in may replace a module of the program.
    command = [str(python), "-I", "-m", "fer_desktop", *arguments]
    if os.name != "nt":
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the program got it too, and ends in its own way
            continue


def test(arguments: list[str], live_only: bool) -> int:
    root, python = prepare(["test"] if live_only else ["test", "train"])
    from bootstrap_steps import checks, system_packages

    system_packages.ensure_test_tools()
    return checks.run_all(root, python, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
