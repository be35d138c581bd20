"""Stands in for `fer-desktop fine-tune`: says what it says, in tenths of a second. A program of its own.

FAKE_OUTCOME: better, chance, worse, nothing, unmeasured, unknown, error, slow, deaf, silent. FAKE_ARGUMENTS: a file to
note the command in.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from fer_desktop.modelstore import places

ROOT = Path(__file__).resolve().parents[3]
OUTCOME = os.environ.get("FAKE_OUTCOME", "better")
EPOCHS, STEPS = 4, 3
cancelled = threading.Event()


def emit(event: str, **values: Any) -> None:
    print(json.dumps({"schema": 1, "event": event, **values}), flush=True)


def listen() -> None:
    for line in sys.stdin:
        if line.strip() == "cancel" and OUTCOME != "deaf":
            cancelled.set()


def copy(target: Path, name: str) -> None:
    shutil.copytree(ROOT / "models" / "default", target, dirs_exist_ok=True)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    manifest.pop("checksum", None)
    manifest |= {"id": name, "name": "default, my face"}
    (target / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["fine-tune"])
    parser.add_argument("--data", action="append", default=[])
    parser.add_argument("--background", action="store_true")
    for name in ("--samples", "--ferplus", "--model", "--seed", "--out", "--backend", "--events"):
        parser.add_argument(name)
    args = parser.parse_args()
    if noted := os.environ.get("FAKE_ARGUMENTS"):
        Path(noted).write_text(json.dumps(vars(args)), encoding="utf-8")
    threading.Thread(target=listen, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    emit("started", text="Learning from 24 samples", samples=24, held_out=6, base=100, model=args.model)
    if args.data and OUTCOME == "unmeasured":
        emit("note", text="The data takes too long to read.")
    if OUTCOME == "error":
        emit("error", text="There are 3 samples. Collect more of them.", cancelled=False)
        return 2
    if OUTCOME == "silent":
        print("fer-desktop: no memory left", file=sys.stderr)
        return 1
    out = Path(args.out)
    with places.making(out.parent) as folder:
        return learn(args, folder, out)


def learn(args: argparse.Namespace, folder: Path, out: Path) -> int:
    """As the real one it builds in a hidden folder of the store, and takes that away however it ends."""
    (folder / "half").write_text("made")
    for epoch in range(1, EPOCHS + 1):
        for step in range(1, STEPS + 1):
            time.sleep(0.02)
            while OUTCOME in ("slow", "deaf") and epoch == 2 and not cancelled.is_set():
                time.sleep(0.02)
            if cancelled.is_set():
                emit("error", text="Stopped.", cancelled=True)
                return 3
            emit("step", epoch=epoch, epochs=EPOCHS, step=step, steps=STEPS, loss=1.0, images_per_second=50.0)
        emit("epoch", epoch=epoch, epochs=EPOCHS, loss=1.0, seconds_left=0.1 * (EPOCHS - epoch))
    copy(folder / "made", out.name)
    (folder / "made").rename(out)
    after = {"nothing": 0.5, "chance": 0.6667}.get(OUTCOME, 0.8333)
    own = {"n": 24, "held_out": 6, "same_hold": {"better": 6, "worse": 2}.get(OUTCOME, 0),
           "before": 0.5, "after": after, "sure": OUTCOME in ("better", "worse", "unmeasured")}  # fmt: skip
    if OUTCOME == "unknown":
        own |= {"held_out": 0, "same_hold": 0, "before": None, "after": None, "sure": False}
    base = {"split": "PublicTest", "n": 3589, "before": 0.682, "after": 0.65 if OUTCOME == "worse" else 0.679}
    emit("done", text="Done", path=args.out, model=out.name, samples=own,
         base=None if OUTCOME == "unmeasured" else base, worse=OUTCOME == "worse")  # fmt: skip
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)
