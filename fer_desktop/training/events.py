"""What a run says while it works: one JSON object a line, for the window that started it, or words, for a person.

Events: note, scenes and step (at most twice a second), started, epoch, checkpoint, done, error. A reader ignores those
it does not know.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

Emit = Callable[..., None]
"""emit(event, **values)"""

STEP_INTERVAL_S = 0.5


def counted(number: int, noun: str) -> str:
    """ "1 epoch", "2 epochs"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def json_lines(stream: TextIO, outlives_reader: bool = False) -> Emit:
    """outlives_reader: when nobody reads any more, the run goes on in silence. Else emitting raises BrokenPipeError."""
    last_step_s = 0.0

    def emit(event: str, **values: Any) -> None:
        nonlocal last_step_s
        if event in ("step", "scenes"):
            now_s = time.monotonic()
            if now_s - last_step_s < STEP_INTERVAL_S:
                return
            last_step_s = now_s
        try:
            stream.write(json.dumps({"schema": 1, "event": event, **values}) + "\n")
            stream.flush()
        except (OSError, ValueError):  # Windows calls a broken pipe an invalid argument
            if not outlives_reader:
                raise
            # What is still to be written, now and when Python ends, goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

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
            stream.write(f"\r  scene {values['done']:,}/{values['total']:,}   ")
        elif event == "epoch":
            stream.write(
                ("\r" if interactive else "")
                + f"epoch {values['epoch']}/{values['epochs']}: loss {values['loss']:.3f}, "
                f"validation {values['accuracy']:.1%} (best {values['best_accuracy']:.1%}), "
                f"about {values['seconds_left'] / 60:.0f} min left\n"
            )
        elif event == "probe":
            clear = "\r\x1b[K" if interactive else ""
            stream.write(f"{clear}On {values['device']}, {values['backend']} backend:\n")
            for name, preset in values["presets"].items():
                stream.write(
                    f"  {name:<9} {preset['architecture']}, {counted(preset['epochs'], 'epoch')}: "
                    f"{preset['faces_per_second']:,.0f} faces a second, about "
                    f"{preset['epochs'] * 28_709 / max(preset['faces_per_second'], 1e-9) / 60:,.0f} min for FER2013\n"
                )
        elif event in ("started", "done", "note"):
            stream.write(("\r\x1b[K" if interactive else "") + values["text"] + "\n")
        stream.flush()

    return emit
