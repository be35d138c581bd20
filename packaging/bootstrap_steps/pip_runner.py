"""Runs pip, shows the large steps, and says in one line why it failed. Honours however pip is configured."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from bootstrap_steps import SetupError, say

# What a pip of the person's own configuration would do outside the virtual environment.
_MISPLACING = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV")

_DISK_FULL = re.compile(r"No space left on device|Disk quota exceeded|\[WinError 112\]", re.IGNORECASE)
_NETWORK = re.compile(
    r"name resolution|Name or service not known|getaddrinfo failed|nodename nor servname|Network is unreachable"
    r"|Failed to establish a new connection|NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout"
    r"|Read timed out|Connection refused|ProxyError|RemoteDisconnected|Connection reset",
    re.IGNORECASE,
)
_CERTIFICATE = re.compile(r"CERTIFICATE_VERIFY_FAILED|SSLError", re.IGNORECASE)
_NO_RELEASE = re.compile(r"No matching distribution found for (\S+)")
# How pip words it when the one release that a constraint allows is not to be had; without a network it may say no more.
_PIN_NOT_FOUND = re.compile(r"The user requested \(constraint\) (\S+)")
_LARGE_DOWNLOAD = re.compile(r"Downloading (?:\S*/)?([A-Za-z0-9_.]+)-\S+ \((\d+\.\d+ MB|\d+\.\d+ GB)\)")
INSTALLING = "Installing collected packages"


def environment() -> dict[str, str]:
    """The environment for pip: the person's own, less what would install somewhere else."""
    variables = {name: value for name, value in os.environ.items() if name not in _MISPLACING}
    variables.update(PIP_USER="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_COLOR="1")
    return variables


def explain(lines: Iterable[str], log: Path) -> SetupError:
    """The one line for a failed pip, from what it printed."""
    text = "\n".join(lines)
    remedy = f"The whole log: {log}"
    if _DISK_FULL.search(text):
        return SetupError("the disk is full", "Make room (about 4 GB, with --live-only 1.5 GB) and run this again")
    if _CERTIFICATE.search(text):
        return SetupError("pip does not trust the package index's certificate", f"Set pip's `cert` option. {remedy}")
    if _NETWORK.search(text):
        return SetupError("pip cannot reach the package index", f"Check the network and pip's settings. {remedy}")
    match = _NO_RELEASE.search(text)
    if match:
        return SetupError(f"the package index has no {match.group(1)} for this Python and system", remedy)
    match = _PIN_NOT_FOUND.search(text)
    if match and "depends on" not in text:
        return SetupError(
            f"pip finds no {match.group(1)}: the package index cannot be reached or does not have it",
            f"Check the network and pip's settings. {remedy}",
        )
    errors = [line for line in text.splitlines() if line.lower().startswith("error")]
    return SetupError(f"pip failed: {errors[-1][6:].strip() if errors else 'no reason given'}", remedy)


def run(python: Path, arguments: Sequence[str], log: Path) -> None:
    """`python -m pip ARGUMENTS`, its output appended to `log`. Raises SetupError."""
    lines: list[str] = []
    with log.open("a", encoding="utf-8") as record:
        record.write(f"pip {' '.join(arguments)}\n")
        process = subprocess.Popen(
            # Isolated: a PYTHONPATH of the person's must not decide what counts as installed.
            [str(python), "-I", "-m", "pip", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(),
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                record.write(line)
                lines.append(line.strip())
                _show(line.strip())
        except BaseException:
            process.terminate()
            raise
        finally:
            process.stdout.close()
            process.wait()
    if process.returncode:
        raise explain(lines, log)


def _show(line: str) -> None:
    match = _LARGE_DOWNLOAD.match(line)
    if match and (match.group(2).endswith("GB") or float(match.group(2)[:-3]) >= 10):
        say(f"  downloading {match.group(1)}, {match.group(2)}")
    elif line.startswith(INSTALLING) and "," in line:
        say(f"  unpacking {line.count(',') + 1} packages")
