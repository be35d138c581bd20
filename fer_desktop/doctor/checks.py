"""What `doctor` makes of the facts: each check is a pure function from Facts to findings.

To add one: write the function, name it in CHECKS, and give it a test with facts that break it.
"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fer_desktop.doctor.facts import RUNTIME, TRAINING, Facts

OK, WARNING, PROBLEM = "ok", "warning", "problem"
MEDIAPIPE = "0.10.33"
"""As pinned in pyproject.toml, for the reason that stands there."""
ROOM_MB = 100.0
"""Less room than this on a disk is told of: a trained model takes 20 MB, a run in training several times that."""
_MAKE_ROOM = "Delete what you no longer need on that disk"
_NO_DISPLAY = "Start it in a desktop session; photos and `live --for SECONDS` work without one"
SET_UP_AGAIN = "Run: python3 packaging/bootstrap.py run doctor"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. level: ok, warning (works, with a drawback) or problem (does not work as promised)."""

    section: str
    level: str
    what: str
    remedy: str = ""


def check_versions(facts: Facts) -> list[Finding]:
    findings = [Finding("versions", OK, f"fer-desktop {facts.program}, Python {facts.python}, {facts.system}")]
    present = [f"{name} {facts.versions[name]}" for name in RUNTIME if facts.versions.get(name)]
    if present:
        findings.append(Finding("versions", OK, ", ".join(present)))
    missing = [name for name in RUNTIME if not facts.versions.get(name)]
    if missing:
        findings.append(Finding("versions", PROBLEM, f"not installed: {', '.join(missing)}", SET_UP_AGAIN))
    return findings


def check_imports(facts: Facts) -> list[Finding]:
    """A wheel can be installed and still not load: on Linux mostly for want of a system library."""
    remedy = SET_UP_AGAIN
    if facts.platform.startswith("linux"):
        remedy += " (it names the system packages that are missing)"
    findings = [
        Finding("libraries", PROBLEM, f"{name} cannot be loaded: {error}", remedy)
        for name, error in facts.imports.items()
        if error
    ]
    loaded = [name for name, error in facts.imports.items() if not error]
    if loaded:
        findings.insert(0, Finding("libraries", OK, f"loaded: {', '.join(loaded)}"))
    return findings


def check_mediapipe(facts: Facts) -> list[Finding]:
    version = facts.versions.get("mediapipe")
    if version is None or version == MEDIAPIPE:
        return []
    what = f"mediapipe {version} is installed, the program is made for {MEDIAPIPE}: later releases open network sockets"
    return [Finding("conflicts", PROBLEM, what, f"Run: python -m pip install mediapipe=={MEDIAPIPE}")]


def check_pyside(facts: Facts) -> list[Finding]:
    """Its calls that return nothing take one reference from None each; Python before 3.12 aborts once none is left."""
    if facts.versions.get("PySide6-Essentials") != "6.12.0" or _numbers(facts.python) >= (3, 12):
        return []
    what = f"PySide6 6.12.0 on Python {facts.python} uses up None and aborts seconds after the window opens"
    return [Finding("conflicts", PROBLEM, what, 'Run: python -m pip install "PySide6-Essentials!=6.12.0"')]


def _numbers(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def check_opencv(facts: Facts) -> list[Finding]:
    """Two OpenCV wheels write the same files; which code runs then depends on the order of installation."""
    wanted = "opencv-contrib-python"
    names = {name.lower().replace("_", "-") for name in facts.distributions}
    others = sorted(name for name in names if name.startswith("opencv-") and "python" in name and name != wanted)
    if not others:
        return []
    what = f"more than one OpenCV: {', '.join([wanted, *others] if wanted in names else others)} overwrite each other"
    remedy = f"Run: python -m pip uninstall {' '.join(others)}; python -m pip install --force-reinstall {wanted}"
    return [Finding("conflicts", WARNING, what, remedy)]


def check_qt_variables(facts: Facts) -> list[Finding]:
    variables = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_PLUGIN_PATH", "QT_QPA_FONTDIR")
    return [
        Finding("conflicts", WARNING, f"{name} is set to {facts.environment[name]}", f"Run: unset {name}")
        if facts.platform != "win32"
        else Finding("conflicts", WARNING, f"{name} is set to {facts.environment[name]}", f"Remove the variable {name}")
        for name in variables
        if facts.environment.get(name)
    ]


def check_devices(facts: Facts) -> list[Finding]:
    findings = [Finding("devices", OK, f"{facts.cpu}, {facts.cores} cores, {facts.memory_gb:g} GB memory")]
    # Every wheel of ONNX Runtime lists Azure's; it computes on other people's computers and is never asked for.
    local = [name.removesuffix("ExecutionProvider") for name in facts.providers if not name.startswith("Azure")]
    if local:
        findings.append(Finding("devices", OK, f"ONNX Runtime can use: {', '.join(local)}"))
    return findings


def check_cameras(facts: Facts) -> list[Finding]:
    if facts.cameras_error:
        return [Finding("cameras", WARNING, f"cameras cannot be listed: {facts.cameras_error}", SET_UP_AGAIN)]
    if not facts.cameras:
        return [Finding("cameras", OK, "none found; the window opens with the demo")]
    return [Finding("cameras", OK, f"{name} ({path})" if path else name) for name, path in facts.cameras]


def check_models(facts: Facts) -> list[Finding]:
    findings = []
    if facts.models_error:
        findings.append(Finding("models", PROBLEM, f"models cannot be read: {facts.models_error}", SET_UP_AGAIN))
    for model in facts.models:
        title = f"{model.kind} {model.name}{' (active)' if model.active else ''}"
        if not model.problems:
            findings.append(Finding("models", OK, f"{title}, sha256 {(model.sha256 or 'unknown')[:16]}…"))
            continue
        if model.kind == "yours":
            # The program falls back to the shipped model, so a damaged own one is no more than a loss.
            level, remedy = WARNING, f"Train one again, or remove {model.path}"
        elif model.kind == "shipped":
            level, remedy = PROBLEM, "Get the files again: git checkout models/default, or install the program again"
        else:
            level, remedy = PROBLEM, SET_UP_AGAIN
        findings.append(Finding("models", level, f"{title}: {'; '.join(model.problems)}", remedy))
    if facts.model_problem:
        remedy = "Run: fer-desktop models list, then: fer-desktop models activate ID"
        findings.append(Finding("models", WARNING, facts.model_problem, remedy))
    if not any(model.kind in ("shipped", "yours") for model in facts.models) and not facts.models_error:
        findings.append(Finding("models", PROBLEM, "no emotion model found", "Install the program again"))
    return findings


def check_display(facts: Facts) -> list[Finding]:
    if facts.platform in ("win32", "darwin"):
        return [Finding("display", OK, "the system's own")]
    found = [f"{name}={value}" for name, value in facts.display.items() if value]
    if facts.display_problem and found:
        platform = facts.display["QT_QPA_PLATFORM"]
        what = f"{', '.join(found)}: {facts.display_problem}"
        if platform:  # Qt then aborts in whatever uses it
            return [Finding("display", PROBLEM, what, "Run: unset QT_QPA_PLATFORM")]
        if facts.display_problem.startswith("Qt "):
            remedy = f"{SET_UP_AGAIN} (it names the system packages that are missing)"
            return [Finding("display", PROBLEM, what, remedy)]
        return [Finding("display", WARNING, what, _NO_DISPLAY)]
    if found:
        return [Finding("display", OK, ", ".join(found))]
    return [Finding("display", WARNING, "no display: the window cannot be shown", _NO_DISPLAY)]


def check_folders(facts: Facts) -> list[Finding]:
    findings = []
    for item in facts.folders:
        what = f"{item.purpose}: {item.path}"
        low = item.free_mb is not None and item.free_mb < ROOM_MB
        if not item.writable:
            denied = "permi" in item.why_not or not item.why_not
            remedy = "Give yourself write permission" if denied else "Check the folder and the drive it is on"
            remedy = _MAKE_ROOM if low else remedy
            reason = f" ({item.why_not})" if item.why_not else ""
            findings.append(Finding("folders", PROBLEM, f"{what} cannot be written{reason}", remedy))
        elif low:
            findings.append(Finding("folders", WARNING, f"{what} has only {item.free_mb:g} MB left", _MAKE_ROOM))
        else:
            findings.append(Finding("folders", OK, what))
    return findings


def check_training(facts: Facts) -> list[Finding]:
    missing = [name for name in TRAINING if not facts.versions.get(name)]
    if not missing:
        return [Finding("training", OK, f"installed, TensorFlow {facts.versions['tensorflow']}")]
    how = "to train models, run: python3 packaging/bootstrap.py run doctor (without --live-only)"
    return [Finding("training", OK, f"not installed ({', '.join(missing)}); {how}")]


CHECKS: tuple[Callable[[Facts], list[Finding]], ...] = (
    check_versions,
    check_imports,
    check_devices,
    check_cameras,
    check_models,
    check_display,
    check_folders,
    check_training,
    check_mediapipe,
    check_pyside,
    check_opencv,
    check_qt_variables,
)


def examine(facts: Facts) -> list[Finding]:
    return [finding for check in CHECKS for finding in check(facts)]


def status(findings: Iterable[Finding]) -> str:
    """The worst level there is."""
    levels = {finding.level for finding in findings}
    return next((level for level in (PROBLEM, WARNING) if level in levels), OK)


def table(findings: Iterable[Finding], width: int | None = None) -> str:
    """The findings for people, one section after the other, remedies below what they mend: one remedy, once."""
    columns = max(width or shutil.get_terminal_size((110, 24)).columns, 60)
    lines: list[str] = []
    shown = ""
    listed = list(findings)
    for finding, following in zip(listed, [*listed[1:], None], strict=True):
        head = f"{finding.section if finding.section != shown else '':<10} {finding.level:<8} "
        shown = finding.section
        again = following is not None and following.remedy == finding.remedy
        for text in (finding.what, finding.remedy and not again and f"→ {finding.remedy}"):
            if text:
                lines += textwrap.wrap(
                    text, columns, initial_indent=head, subsequent_indent=" " * 20, break_long_words=False,
                    break_on_hyphens=False,
                )  # fmt: skip
            head = " " * 20
    return "\n".join(lines)
