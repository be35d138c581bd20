"""Which of Keras' backends trains, on what device and in which precision: the one place that tells them apart."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import logging
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import psutil

from fer_desktop.core.errors import InputError

logger = logging.getLogger(__name__)

PREFERENCE: Final = ("torch", "tensorflow", "jax")
"""The order in which those that are installed are taken. On a CPU torch took two thirds of the time of TensorFlow with
XLA, and on Windows it is the only one that uses a GPU."""
LOW_NICENESS: Final = 10
FIRST_BFLOAT16: Final = (8, 0)
"""Compute capability of the first NVIDIA GPUs with instructions for bfloat16; those before emulate it, slowly."""
VARIABLE: Final = "KERAS_BACKEND"
WAITING: Final = "OMP_WAIT_POLICY"
"""Torch's threads wait for each other by spinning; beside any other work, such as the live view's, that made a step
twenty times slower."""


def installed() -> tuple[str, ...]:
    return tuple(name for name in PREFERENCE if importlib.util.find_spec(name) is not None)


def choose(wanted: str | None = None) -> None:
    """Names the backend in the environment, where Keras looks when it is imported: the one that is wanted, else what
    the environment says, else the first that is installed and works. Raises InputError where it is not installed."""
    os.environ.setdefault(WAITING, "PASSIVE")
    there = installed()
    asked = wanted or os.environ.get(VARIABLE)
    if asked is not None and asked not in there:
        where = "" if wanted else f", which {VARIABLE} asks for,"
        raise InputError(f"Keras' backend {asked}{where} is not installed here", f"There are: {', '.join(there)}.")
    os.environ[VARIABLE] = asked or next((name for name in there if _works(name)), "tensorflow")


def _works(name: str) -> bool:
    """Whether a backend that nobody asked for can be imported: half an installation is not to stop a training."""
    if name == "tensorflow":
        return True  # the last resort, and slow to import: what is wrong with it is told when Keras does
    try:
        importlib.import_module(name)
    except Exception as error:  # whatever a broken library raises
        logger.warning("%s is installed but cannot be imported (%s); training without it", name, error)
        return False
    return True


class _WithoutTensorFlow(MetaPathFinder, Loader):
    """Finder and loader of a TensorFlow that cannot be imported. Less would not do: Keras takes a None in sys.modules
    for an import, torch does not expect finding it to fail."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name.partition(".")[0] == "tensorflow" else None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        raise ModuleNotFoundError(f"{spec.name} is left out of this process", name=spec.name)


def leave_out_tensorflow() -> None:
    """Before Keras is imported for another backend: it would import TensorFlow as well, for 5 s and 300 MB."""
    if os.environ.get(VARIABLE) != "tensorflow" and "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _WithoutTensorFlow())


def leave_room() -> None:
    """Before a backend is imported: compute on one core fewer, and let every other program go first."""
    process = psutil.Process()
    with contextlib.suppress(psutil.Error, OSError):
        process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", LOW_NICENESS))
    if hasattr(process, "cpu_affinity"):  # not on macOS
        cores = process.cpu_affinity() or []
        if len(cores) > 1:
            process.cpu_affinity(cores[1:])
            os.environ["OMP_NUM_THREADS"] = str(len(cores) - 1)


@dataclass(frozen=True, slots=True)
class Device:
    """What a run computes on. name: as people know it; count: of GPUs, 0 for the processor."""

    backend: str
    name: str
    count: int
    half_precision: bool
    """Whether bfloat16 is faster here than float32."""

    def using(self, count: int) -> Device:
        """The same where only so many of the GPUs take part."""
        return replace(self, count=min(self.count, count))

    @property
    def precision(self) -> str:
        return "bfloat16" if self.half_precision else "float32"

    @property
    def text(self) -> str:
        where = f"{self.count} × {self.name}" if self.count > 1 else self.name
        return f"{where}, {self.backend} backend"


def device() -> Device:
    """Asks the backend that Keras runs on; Keras is imported by now or will be."""
    import keras

    backend = str(keras.backend.backend())
    names = _GPUS[backend]()
    if names:
        return Device(backend, names[0], len(names), half_precision=_HALF_PRECISION[backend]())
    return Device(backend, _processor(), 0, half_precision=_processor_has_bfloat16())


def _torch_gpus() -> list[str]:
    import torch

    if torch.cuda.is_available():
        return [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    return ["Apple GPU"] if torch.backends.mps.is_available() else []


def _tensorflow_gpus() -> list[str]:
    import tensorflow as tf

    found = tf.config.list_physical_devices("GPU")
    return [str(tf.config.experimental.get_device_details(one).get("device_name", "GPU")) for one in found]


def _jax_gpus() -> list[str]:
    import jax

    return [str(one.device_kind) for one in jax.devices() if one.platform != "cpu"]


_GPUS: Final = {"torch": _torch_gpus, "tensorflow": _tensorflow_gpus, "jax": _jax_gpus}


def _torch_half_precision() -> bool:
    import torch

    return torch.cuda.is_available() and torch.cuda.is_bf16_supported(including_emulation=False)


def _tensorflow_half_precision() -> bool:
    import tensorflow as tf

    found = tf.config.list_physical_devices("GPU")
    return all(
        tf.config.experimental.get_device_details(one).get("compute_capability", (0, 0)) >= FIRST_BFLOAT16
        for one in found
    )


def _jax_half_precision() -> bool:
    import jax

    return all(float(getattr(one, "compute_capability", 0)) >= FIRST_BFLOAT16[0] for one in jax.devices())


_HALF_PRECISION: Final = {
    "torch": _torch_half_precision, "tensorflow": _tensorflow_half_precision, "jax": _jax_half_precision,
}  # fmt: skip


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return f"{line.split(':', 1)[1].strip()}, {os.cpu_count()} cores"
    except OSError:
        pass
    return f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def _processor_has_bfloat16() -> bool:
    """Without instructions of its own for it a processor computes bfloat16 more slowly than float32."""
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def network_for_training(build: Callable[[], Any], mixed_precision: bool) -> Any:
    """The new network that `build` gives, as it trains fastest here; its weights fit any other that `build` gives."""
    import keras

    keras.mixed_precision.set_global_policy("mixed_bfloat16" if mixed_precision else "float32")
    try:
        network = build()
        if keras.backend.backend() == "torch":
            from fer_desktop.training import torch_backend

            network = torch_backend.for_training(network)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    return network


def compile_options(steps: int) -> dict[str, Any]:
    """For Keras' compile: XLA makes TensorFlow three times as fast on a CPU; torch has no such compiler in Keras, and
    no way to run `steps` training steps in one call."""
    import keras

    if keras.backend.backend() == "torch":
        return {"jit_compile": False}
    return {"jit_compile": True, "steps_per_execution": steps}


def synchronize(model: Any) -> None:
    """Bring the weights of a model in training up to date; jax keeps them elsewhere between steps."""
    if hasattr(model, "jax_state_sync"):
        model.jax_state_sync()


def ask_determinism() -> None:
    """Before a backend is imported: what libraries for GPUs read from the environment."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_gpu_deterministic_ops=true".strip()


def make_deterministic() -> None:
    """The same run gives the same numbers to the digit, more slowly. Before the first network is built."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    elif backend == "torch":
        import torch

        torch.use_deterministic_algorithms(True)


def share_batches(size: int) -> int:
    """Split every batch of `size` faces over the machine's GPUs where the backend offers it (jax does).

    Gives how many take part: the most that the size can be divided by. Before the first network is built.
    """
    import keras

    if keras.backend.backend() != "jax":
        return 1
    devices = keras.distribution.list_devices()
    count = max(count for count in range(1, len(devices) + 1) if size % count == 0)
    if count > 1:
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices[:count]))
    return count
