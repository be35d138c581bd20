"""Which of Keras' backends trains, on what device and in which precision: the one place that tells them apart."""

from __future__ import annotations

import importlib.util
import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fer_desktop.core.errors import InputError

PREFERENCE: Final = ("torch", "tensorflow", "jax")
"""Where several are installed. On a CPU torch took two thirds of the time of TensorFlow with XLA, and on Windows it is
the only one that uses a GPU."""
VARIABLE: Final = "KERAS_BACKEND"
WAITING: Final = "OMP_WAIT_POLICY"
"""Torch's threads wait for each other by spinning; beside any other work, such as the live view's, that made a step
twenty times slower."""


def installed() -> tuple[str, ...]:
    return tuple(name for name in PREFERENCE if importlib.util.find_spec(name) is not None)


def choose(wanted: str | None = None) -> None:
    """Names the backend in the environment, where Keras looks when it is imported: the one that is wanted, else what
    the environment says, else the first that is installed. Raises InputError where it is not installed."""
    there = installed()
    chosen = wanted or os.environ.get(VARIABLE) or next(iter(there), PREFERENCE[0])
    if chosen not in there:
        raise InputError(
            f"Keras' {chosen} backend is not installed here", f"Choose of: {', '.join(there)}, or install {chosen}."
        )
    os.environ[VARIABLE] = chosen
    os.environ.setdefault(WAITING, "PASSIVE")


@dataclass(frozen=True, slots=True)
class Device:
    """What a run computes on. name: as people know it; count: of GPUs, 0 for the processor."""

    backend: str
    name: str
    count: int
    half_precision: bool
    """Whether bfloat16 is faster here than float32."""

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
        return Device(backend, names[0], len(names), half_precision=True)
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


def use_all_gpus() -> int:
    """Split every batch over the machine's GPUs where the backend offers it (jax does). Gives how many take part."""
    import keras

    if keras.backend.backend() != "jax":
        return 1
    devices = keras.distribution.list_devices()
    if len(devices) > 1:
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
    return len(devices)
