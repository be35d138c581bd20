"""What a run says while it works: one JSON object a line, for the window that started it, or words, for a person.

Events: note, scenes and step (at most twice a second), started, epoch, checkpoint, done, error. A reader ignores those
it does not know.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

Emit = Callable[..., None]
"""emit(event, **values)"""

STEP_INTERVAL_S = 0.5


def json_lines(stream: TextIO) -> Emit:
    last_step_s = 0.0

    def emit(event: str, **values: Any) -> None:
        nonlocal last_step_s
        if event in ("step", "scenes"):
            now_s = time.monotonic()
            if now_s - last_step_s < STEP_INTERVAL_S:
                return
            last_step_s = now_s
        stream.write(json.dumps({"schema": 1, "event": event, **values}) + "\n")
        stream.flush()

    return emit


def for_people(stream: TextIO = sys.stderr) -> Emit:
    """Progress in words: one line that renews itself on a terminal, and one line an epoch everywhere."""
    interactive = stream.isatty()

    def emit(event: str, **values: Any) -> None:
        if event == "step" and interactive:
            stream.write(
                f"\r  epoch {values['epoch']}/{values['epochs']}  batch {values['step']}/{values['steps']}  "
                f"loss {values['loss']:.3f}  {values['images_per_second']:.0f} faces/s   "
            )
        elif event == "scenes" and interactive:
            if values["done"] % 50 == 0:
                stream.write(f"\r  scene {values['done']:,}/{values['total']:,}   ")
        elif event == "epoch":
            stream.write(
                ("\r" if interactive else "")
                + f"epoch {values['epoch']}/{values['epochs']}: loss {values['loss']:.3f}, "
                f"validation {values['accuracy']:.1%} (best {values['best_accuracy']:.1%}), "
                f"about {values['seconds_left'] / 60:.0f} min left\n"
            )
        elif event in ("started", "done", "note"):
            stream.write(values["text"] + "\n")
        stream.flush()

    return emit
