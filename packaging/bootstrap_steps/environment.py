"""The virtual environment beside pyproject.toml: made, filled with the pinned versions, repaired, left alone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from bootstrap_steps import SetupError, pip_runner, say

STATE = "fer-desktop-setup.json"
UNFINISHED = "fer-desktop-setup-unfinished"
LOG = "fer-desktop-setup.log"
BUILD_TOOLS = ("hatchling", "editables")
NEEDED_GB = {"full": 4.0, "live": 1.5}
NEWEST_WITH_TENSORFLOW = (3, 13)


def venv_python(venv: Path) -> Path:
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def script(venv: Path, name: str) -> Path:
    return venv / "Scripts" / f"{name}.exe" if os.name == "nt" else venv / "bin" / name


def fingerprint(root: Path) -> str:
    """Changes when what must be installed changes, or when the clone was moved (the installation names its path)."""
    digest = hashlib.sha256(str(root).encode())
    for name in ("pyproject.toml", "packaging/constraints.txt"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def configuration(venv: Path) -> dict[str, str]:
    """pyvenv.cfg; empty where there is none."""
    try:
        lines = (venv / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}


def base_python(venv: Path) -> str:
    """The interpreter behind the virtual environment, "" where it is gone. A system upgrade can take it away."""
    if os.name == "nt":
        python = Path(configuration(venv).get("home", "")) / "python.exe"
    else:
        python = Path(os.path.realpath(venv_python(venv)))
    return str(python) if python.is_file() else ""


def read_state(venv: Path) -> dict[str, object]:
    """What was installed last; empty where nothing is known, and where a set-up was interrupted."""
    if (venv / UNFINISHED).exists():
        return {}
    try:
        state = json.loads((venv / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write_state(venv: Path, state: dict[str, object]) -> None:
    beside = venv / (STATE + ".new")
    beside.write_text(json.dumps(state, indent=1), encoding="utf-8")
    beside.replace(venv / STATE)


def installed_extras(state: dict[str, object]) -> set[str]:
    extras = state.get("extras")
    return {str(extra) for extra in extras} if isinstance(extras, list) else set()


def is_ready(root: Path, venv: Path, extras: Iterable[str]) -> bool:
    """True where nothing needs doing. Cheap: it stands before every start."""
    state = read_state(venv)
    return (
        state.get("fingerprint") == fingerprint(root)
        and bool(state.get("python"))
        and state.get("python") == base_python(venv)
        and set(extras) <= installed_extras(state)
    )


def ensure(root: Path, extras: Iterable[str]) -> Path:
    """The environment's Python, with the project and these extras installed. Raises SetupError."""
    venv = root / ".venv"
    python = venv_python(venv)
    wanted = set(extras)
    if is_ready(root, venv, wanted):
        return python
    if venv.exists():
        _discard_if_broken(venv)
    # Extras installed before stay: switching between `run` and `test` must not install anything twice.
    wanted |= installed_extras(read_state(venv))
    if not venv.exists():
        _check_disk(root, NEEDED_GB["full" if "train" in wanted else "live"])
        say(f"making {venv.name} for Python {sys.version_info[0]}.{sys.version_info[1]}")
    venv.mkdir(exist_ok=True)
    unfinished = venv / UNFINISHED
    unfinished.touch()
    if not (venv / "pyvenv.cfg").exists():
        _create(venv)
    log = venv / LOG
    log.write_text("", encoding="utf-8")
    constraints = ["-c", str(root / "packaging" / "constraints.txt")]
    if "train" in wanted and sys.version_info[:2] > NEWEST_WITH_TENSORFLOW:
        say("TensorFlow has no release for this Python yet: everything but training is installed")
    say("installing the pinned packages; the first time this takes some minutes")
    try:
        pip_runner.run(python, ["install", *constraints, *BUILD_TOOLS], log)
        target = f"{root}[{','.join(sorted(wanted))}]" if wanted else str(root)
        pip_runner.run(python, ["install", *constraints, "--no-build-isolation", "--editable", target], log)
    except SetupError:
        if pip_runner.INSTALLING not in log.read_text(encoding="utf-8"):
            unfinished.unlink()  # nothing was touched: what was there before is still whole
        raise
    state = {"fingerprint": fingerprint(root), "python": base_python(venv), "extras": sorted(wanted)}
    write_state(venv, dict(state))
    unfinished.unlink()
    return python


def _discard_if_broken(venv: Path) -> None:
    if not (venv / "pyvenv.cfg").exists() and not (venv / UNFINISHED).exists() and any(venv.iterdir()):
        raise SetupError(f"{venv} is not a virtual environment", "Move it away and run this again")
    if not (venv / UNFINISHED).exists() and _works(venv):
        return
    say(f"{venv.name} is incomplete or its Python is gone: making it anew")
    shutil.rmtree(venv, ignore_errors=True)
    if venv.exists():
        raise SetupError(f"{venv} cannot be removed", "Close what still uses it and run this again")


def _works(venv: Path) -> bool:
    """Whether its Python starts, has pip, and is still the version that the packages were installed for."""
    config = configuration(venv)
    version = config.get("version", config.get("version_info", ""))
    command = [str(venv_python(venv)), "-I", "-c", "import sys, pip; print(*sys.version_info[:2], sep='.')"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and f"{version}.".startswith(f"{done.stdout.strip()}.")


def _check_disk(root: Path, needed_gb: float) -> None:
    free_gb = shutil.disk_usage(root).free / 1e9
    if free_gb < needed_gb:
        raise SetupError(
            f"the disk has {free_gb:.1f} GB free and set-up needs {needed_gb:.1f}", "Make room and run this again"
        )


def _create(venv: Path) -> None:
    """A virtual environment with pip, also where the system's Python comes without ensurepip (Debian's does)."""
    from bootstrap_steps import system_packages

    failure = _venv(venv, with_pip=True)
    if not failure:
        return
    if not _venv(venv, with_pip=False) and _borrow_pip(venv):
        return
    package = "python3-venv"
    command = system_packages.install_command([package])
    if shutil.which("apt-get") and system_packages.may_install():
        system_packages.install([package])
        shutil.rmtree(venv, ignore_errors=True)
        venv.mkdir()
        (venv / UNFINISHED).touch()
        failure = _venv(venv, with_pip=True)
        if not failure:
            return
    (venv / "pyvenv.cfg").unlink(missing_ok=True)
    if "No space left" in failure:
        raise SetupError("the disk is full", "Make room and run this again")
    raise SetupError(f"Python cannot make a virtual environment ({failure})", f"On Debian and Ubuntu: {command}")


def _venv(venv: Path, with_pip: bool) -> str:
    """Makes it; "" or why not."""
    command = [sys.executable, "-I", "-m", "venv", *([] if with_pip else ["--without-pip"]), str(venv)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    text = " ".join(lines)
    return "its module ensurepip is missing" if "ensurepip" in text else (lines[-1] if lines else "no reason given")


def _borrow_pip(venv: Path) -> bool:
    """Lets the system's own pip put a pip into the environment."""
    command = [sys.executable, "-m", "pip", "--python", str(venv_python(venv)), "install", "--quiet", "pip"]
    done = subprocess.run(command, capture_output=True, env=pip_runner.environment(), check=False)
    return done.returncode == 0
