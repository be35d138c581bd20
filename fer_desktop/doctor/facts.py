"""What `doctor` knows of this computer. Gathering never raises: what cannot be found out is said in words."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fer_desktop import __version__, resources
from fer_desktop.core.errors import FerError
from fer_desktop.doctor import trials
from fer_desktop.doctor.trials import FolderFact

RUNTIME = (
    "av", "cv2-enumerate-cameras", "mediapipe", "numpy", "onnxruntime", "opencv-contrib-python", "pillow",
    "platformdirs", "psutil", "PySide6-Essentials",
)  # fmt: skip
TRAINING = ("tensorflow", "keras", "onnx", "tf2onnx")

# Each in a process of its own: a library that crashes, or prints, must not take the report with it.
_PROBES = {
    "OpenCV": "import cv2",
    "Qt": "import PySide6.QtWidgets",
    "ONNX Runtime": "import onnxruntime; print('|'.join(onnxruntime.get_available_providers()))",
    "MediaPipe": "import sys; sys.modules['tensorflow'] = None; from mediapipe.tasks.python import vision",
    "PyAV": "import av",
}
_PROBE_SECONDS = 60
_DISPLAY_VARIABLES = ("WAYLAND_DISPLAY", "DISPLAY", "QT_QPA_PLATFORM")


@dataclass(frozen=True, slots=True)
class ModelFact:
    """A model and what is wrong with it; `kind`: "shipped", "yours" or "face detector"."""

    kind: str
    name: str
    path: str
    sha256: str | None
    problems: tuple[str, ...]
    active: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the checks look at. `versions`: None where a package is missing. `imports`: "" where it worked."""

    program: str = __version__
    python: str = ""
    system: str = ""
    platform: str = ""
    versions: Mapping[str, str | None] = field(default_factory=dict)
    distributions: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    imports: Mapping[str, str] = field(default_factory=dict)
    cpu: str = ""
    cores: int = 0
    memory_gb: float = 0.0
    providers: tuple[str, ...] = ()
    cameras: tuple[tuple[str, str], ...] = ()
    """(name, path)"""
    cameras_error: str = ""
    models: tuple[ModelFact, ...] = ()
    models_error: str = ""
    model_problem: str = ""
    """Why the model that is used is not the one that was chosen; "" where it is."""
    folders: tuple[FolderFact, ...] = ()
    display_problem: str = ""
    """Why the window could not be shown here; "" where it could, and where nobody can tell."""

    @property
    def display(self) -> dict[str, str]:
        """What decides where windows are shown: variable -> value, "" where not set. Read on Linux alone."""
        return {name: self.environment.get(name, "") for name in _DISPLAY_VARIABLES}


def gather() -> Facts:
    """Looks at this computer; takes some seconds."""
    # Before anything imports cv2, which sets Qt's variables itself.
    environment = dict(os.environ)
    imports, providers = probe_imports()
    cameras, cameras_error = _cameras()
    models, models_error = _models()
    model_problem = _model_problem()
    return Facts(
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        platform=sys.platform,
        versions={name: _version(name) for name in RUNTIME + TRAINING},
        distributions=tuple(sorted({str(item.name) for item in importlib.metadata.distributions() if item.name})),
        environment=environment,
        imports=imports,
        cpu=cpu_name(),
        cores=os.cpu_count() or 0,
        memory_gb=_memory_gb(),
        providers=providers,
        cameras=cameras,
        cameras_error=cameras_error,
        models=models,
        models_error=models_error,
        model_problem=model_problem,
        folders=_folders(),
        display_problem=trials.display_problem(environment),
    )


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def probe_imports() -> tuple[dict[str, str], tuple[str, ...]]:
    """(library -> "" or why it cannot be loaded, ONNX Runtime's providers). Empty in a frozen program."""
    if getattr(sys, "frozen", False):
        return {}, ()
    running = {
        name: subprocess.Popen(
            [sys.executable, "-I", "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        for name, code in _PROBES.items()
    }
    results: dict[str, str] = {}
    providers: tuple[str, ...] = ()
    for name, process in running.items():
        try:
            output, errors = process.communicate(timeout=_PROBE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            results[name] = f"did not load within {_PROBE_SECONDS} s"
            continue
        lines = [line for line in errors.splitlines() if line.strip()]
        results[name] = "" if process.returncode == 0 else (lines[-1] if lines else f"exit status {process.returncode}")
        if name == "ONNX Runtime" and process.returncode == 0:
            providers = tuple(part for part in output.strip().split("|") if part)
    return results, providers


def cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()


def _memory_gb() -> float:
    try:
        import psutil
    except ImportError:
        return 0.0
    return round(psutil.virtual_memory().total / 1e9, 1)


def _cameras() -> tuple[tuple[tuple[str, str], ...], str]:
    try:
        from fer_desktop.capture.devices import list_cameras

        return tuple((camera.name, camera.path) for camera in list_cameras()), ""
    except Exception as error:  # a broken driver or library must become a line of the report
        return (), _words(error)


def _models() -> tuple[tuple[ModelFact, ...], str]:
    found: list[ModelFact] = []
    errors: list[str] = []
    for look in (_detector_models, _emotion_models):
        try:
            found += look()
        except Exception as error:  # as above
            errors.append(_words(error))
    return tuple(found), "; ".join(errors)


def _detector_models() -> list[ModelFact]:
    from fer_desktop.core.errors import ModelError
    from fer_desktop.detection import model_files

    facts = []
    for model in model_files.ALL:
        path = model_files.folder() / model.file_name
        try:
            model_files.path_of(model)
            problems: tuple[str, ...] = ()
        except ModelError as error:
            problems = (error.what,)
        facts.append(ModelFact("face detector", model.file_name, str(path), _sha256(path), problems))
    return facts


def _emotion_models() -> list[ModelFact]:
    from fer_desktop.modelstore import places
    from fer_desktop.modelstore.store import SHIPPED_ID, ModelFolder, ModelStore

    store = ModelStore.default()
    facts: list[ModelFact] = []
    shipped = resources.models_dir() / SHIPPED_ID
    active = None
    with contextlib.suppress(FerError):
        active = store.active().path
    try:
        ModelFolder.open(shipped)
    except FerError as error:
        # Without the error's own remedy: the check has one that fits better.
        facts.append(ModelFact("shipped", SHIPPED_ID, str(shipped), None, (error.what,)))
    for folder in store.models():
        kind = "shipped" if resources.models_dir() in folder.path.parents else "yours"
        network, used = _sha256(folder.path / "model.onnx"), folder.path == active
        facts.append(ModelFact(kind, folder.id, str(folder.path), network, tuple(folder.verify()), used))
    for name, path in places.models_in(resources.user_models_dir()).items():
        try:
            ModelFolder.open(path)
        except FerError as error:
            facts.append(ModelFact("yours", name, str(path), None, (error.what,)))
    return facts


def _model_problem() -> str:
    from fer_desktop.modelstore.store import ModelStore

    try:
        return ModelStore.default().resolve().problem or ""
    except Exception:  # a model that does not work at all is told with the others
        return ""


def _sha256(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _folders() -> tuple[FolderFact, ...]:
    folders = {
        "settings": resources.settings_file().parent,
        "your models": resources.user_models_dir(),
        "snapshots": resources.pictures_dir(),
        "log": resources.log_dir(),
    }
    return tuple(trials.folder(purpose, path) for purpose, path in folders.items())


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__


def as_json(facts: Facts) -> dict[str, object]:
    """The facts for `--json`, without the environment: it may hold secrets."""
    return {
        "program": facts.program,
        "python": facts.python,
        "system": facts.system,
        "versions": dict(facts.versions),
        "devices": {
            "cpu": facts.cpu,
            "cores": facts.cores,
            "memory_gb": facts.memory_gb,
            "onnxruntime_providers": list(facts.providers),
        },
        "cameras": [{"name": name, "path": path} for name, path in facts.cameras],
        "display": facts.display,
        "models": [_model_as_json(model) for model in facts.models],
        "folders": [
            {"purpose": item.purpose, "path": item.path, "writable": item.writable, "free_mb": item.free_mb}
            for item in facts.folders
        ],
        "training": all(facts.versions.get(name) for name in TRAINING),
    }


def _model_as_json(model: ModelFact) -> dict[str, object]:
    return {
        "kind": model.kind,
        "name": model.name,
        "path": model.path,
        "sha256": model.sha256,
        "active": model.active,
        "problems": list(model.problems),
    }
