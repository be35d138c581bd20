"""Whether an ONNX file is a network of this program: it loads, takes faces, and answers each with seven numbers.

`network` looks at a file that this program wrote or has looked at before. `foreign` looks at one from elsewhere, in a
process of its own with bounded time and memory: whatever it does to ONNX Runtime, the window goes on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import ModelError
from fer_desktop.core.types import CROP_SIDE, Float32Array
from fer_desktop.modelstore import onnx_file

SECONDS: Final = 30
"""A foreign network has so long to load and to read five faces; the shipped one takes half a second."""
MEMORY_BYTES: Final = 6 << 30
_REMEDY = "Export the network again, or choose another model."


def network(content: bytes, what: str) -> None:
    """Raises ModelError with the reason where `content` is not such a network. `what` names it in the error."""
    onnx_file.inspect(content, what)
    problem = _problem(content)
    if problem:
        raise ModelError(f"{what} cannot be used: {problem}", _REMEDY)


def foreign(content: bytes, what: str) -> None:
    """As `network`, for a file that nothing is known of. Raises ModelError."""
    onnx_file.inspect(content, what)
    # A frozen program has no interpreter to start beside itself.
    problem = _problem(content) if getattr(sys, "frozen", False) else _problem_elsewhere(content)
    if problem:
        raise ModelError(f"{what} cannot be used: {problem}", _REMEDY)


def _problem(content: bytes) -> str | None:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Else the first bytes decide, and a file of its other format would not be the one that was inspected.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        found = _shape_problem(session)
        if found:
            return found
        blank, random = np.zeros((1, CROP_SIDE, CROP_SIDE, 1)), np.random.default_rng(1)
        faces = np.concatenate((blank, blank + 255, random.integers(0, 256, (3, *blank.shape[1:])))).astype(np.float32)
        answers = [_answer(session, batch) for batch in (faces[:1], faces[1:])]
    except Exception as error:  # ONNX Runtime's errors have no common base class
        return f"the network does not run ({_first_line(error)})"
    return _answer_problem(answers)


def _shape_problem(session: Any) -> str | None:
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or inputs[0].type != "tensor(float)" or list(inputs[0].shape[1:]) != [CROP_SIDE, CROP_SIDE, 1]:
        shapes = ", ".join(f"{one.type} {one.shape}" for one in inputs)[:200] or "nothing"
        return f"it takes {shapes}, not n × {CROP_SIDE} × {CROP_SIDE} × 1 numbers"
    if isinstance(inputs[0].shape[0], int):
        return f"it takes {inputs[0].shape[0]} faces at a time, not any number"
    if not outputs or outputs[0].type != "tensor(float)":
        return "its first output is not made of numbers"
    shape = list(outputs[0].shape)
    if len(shape) != 2 or (isinstance(shape[1], int) and shape[1] != emotions.COUNT):
        return f"it answers with {str(shape)[:80]}, not n × {emotions.COUNT}"
    return None


def _answer(session: Any, faces: Float32Array) -> Any:
    return np.asarray(session.run([session.get_outputs()[0].name], {session.get_inputs()[0].name: faces})[0])


def _answer_problem(answers: list[Any]) -> str | None:
    for answer, count in zip(answers, (1, 4), strict=True):
        if answer.shape != (count, emotions.COUNT):
            return f"it answers {count} faces with {answer.shape}, not {count} × {emotions.COUNT}"
        if not np.isfinite(answer).all():
            return "it answers with numbers that are not finite"
    logits = np.concatenate(answers)
    if (logits >= 0).all() and np.abs(logits.sum(1) - 1).max() < 1e-4:
        return "it answers with probabilities, not with logits: leave out its last softmax"
    return None


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__


def _problem_elsewhere(content: bytes) -> str | None:
    # From the folder that holds this program: with -m Python imports from where it is started, which may hold anything.
    program = Path(__file__).resolve().parents[2]
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows would open a console
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=program, timeout=SECONDS,
            creationflags=flags, check=False,
        )  # fmt: skip
        found = json.loads(done.stdout)["problem"]
    except subprocess.TimeoutExpired:
        return f"the network does not answer within {SECONDS} seconds"
    except (OSError, ValueError, KeyError, TypeError):
        return "ONNX Runtime fails on it"
    return None if found is None else str(found)


def _main() -> None:
    """The process of its own: an ONNX file on stdin, {"problem": words or null} on stdout."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (2 * SECONDS, 2 * SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    content = sys.stdin.buffer.read()
    # What a library prints must not stand between the braces.
    answer = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(answer, "w") as stream:
        json.dump({"problem": _problem(content)}, stream)


if __name__ == "__main__":
    _main()
