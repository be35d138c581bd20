"""Stands in for `fer-desktop train` and `evaluate`: says what they say, in tenths of a second. A program of its own.

FAKE_EPOCH_S: seconds an epoch takes (0.2). FAKE_LINGER_S: how long a training lives on after its last word (0).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAJ0lEQVQIHQXBAQ0A"
    "AAzDoFxGUTD/Cg+3CLcItwi3CLcItwi3CLcID/qEBumIsQruAAAAAElFTkSuQmCC"
)
EPOCH_S = float(os.environ.get("FAKE_EPOCH_S", "0.2"))
STEPS = 5
reading = True
cancelled, paused = threading.Event(), threading.Event()


def emit(event: str, **values: Any) -> None:
    global reading
    if reading:
        try:
            print(json.dumps({"schema": 1, "event": event, **values}), flush=True)
        except OSError:
            reading = False
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def listen() -> None:
    for line in sys.stdin:
        {"cancel": cancelled.set, "pause": paused.set, "resume": paused.clear}[line.strip()]()


def inspect(paths: list[str]) -> int:
    emit("note", text="2,000 pictures read…")
    if "slow" in paths[-1]:
        time.sleep(60)
    if not Path(paths[-1]).exists():
        emit("error", text=f"{paths[-1]} cannot be read (No such file). Check the path.", cancelled=False)
        return 2
    counts = {"Training": dict.fromkeys(NAMES, 300), "PublicTest": dict.fromkeys(NAMES, 50)}
    emit(
        "data",
        faces=2450,
        counts=counts,
        duplicates={"repeated": 3, "across_splits": 0, "two_labels": 0},
        with_votes=None,
        imbalance=1.0,
        skipped=1,
        skipped_first=[{"where": 7, "reason": "its pixels are not 2,304 numbers"}],
        examples={name: [PNG] * 2 for name in NAMES},
    )
    return 0


def probe() -> int:
    presets = {"quick": (8, "resnet-32"), "standard": (40, "resnet-32"), "thorough": (100, "resnet-64")}
    told = {name: {"epochs": n, "architecture": net, "faces_per_second": 100.0} for name, (n, net) in presets.items()}
    emit("probe", device="Some CPU", gpus=0, backend="tensorflow", presets=told)
    return 0


def figures(epoch: int) -> dict[str, float]:
    return {
        "epoch": epoch, "loss": 2 / epoch, "accuracy": 0.3 + epoch / 20,
        "training_accuracy": 0.3, "validation_loss": 2 / epoch,
    }  # fmt: skip


def train(target: Path, epochs: int, data: list[str]) -> int:
    folder = target.with_name(target.name + ".partial")
    folder.mkdir(parents=True, exist_ok=True)
    config = {"epochs": epochs, "architecture": "resnet-32"}
    (folder / "run.json").write_text(json.dumps({"data": data, "ferplus": None, "config": config}))
    process = psutil.Process()
    (folder / "process.json").write_text(json.dumps({"pid": process.pid, "started": process.create_time()}))
    done = max((int(path.name.partition("-")[2]) for path in folder.glob("checkpoint-*")), default=0)
    history = [figures(epoch) for epoch in range(1, done + 1)]
    emit("started", text="", device="Some CPU", gpus=0, backend="torch", architecture="resnet-32",
         faces=2100, epochs=epochs, epoch=done)  # fmt: skip
    for epoch in range(done + 1, epochs + 1):
        for step in range(1, STEPS + 1):
            time.sleep(EPOCH_S / STEPS)
            if paused.is_set():
                emit("paused", epoch=epoch)
                while paused.is_set() and not cancelled.is_set():
                    time.sleep(0.02)
                emit("resumed", epoch=epoch)
            if cancelled.is_set():
                emit("error", text=f"Stopped in epoch {epoch}.", cancelled=True)
                return 3
            emit("step", epoch=epoch, epochs=epochs, step=step, steps=STEPS, loss=2 / epoch, images_per_second=100.0)
        history.append(figures(epoch))
        (folder / f"checkpoint-{epoch:04d}").mkdir()
        progress = {"epoch": epoch, "seconds": EPOCH_S * epoch, "history": history}
        (folder / f"checkpoint-{epoch:04d}" / "progress.json").write_text(json.dumps(progress))
        emit("epoch", **figures(epoch), epochs=epochs, best_accuracy=0.5, seconds=1.0, images_per_second=100.0,
             seconds_left=EPOCH_S * (epochs - epoch))  # fmt: skip
    shutil.copytree(ROOT / "models" / "default", target)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    manifest.pop("checksum", None)
    (target / "manifest.json").write_text(json.dumps({**manifest, "id": target.name}), encoding="utf-8")
    shutil.rmtree(folder)
    emit("done", path=str(target), accuracy=0.7, metrics={}, text="Done")
    time.sleep(float(os.environ.get("FAKE_LINGER_S", "0")))
    return 0


def evaluate(model: str) -> int:
    def one(name: str, accuracy: float) -> dict[str, Any]:
        right = round(50 * accuracy)
        confusion = [[right if a == b else (50 - right) // 6 for b in range(7)] for a in range(7)]
        recall = dict.fromkeys(NAMES, accuracy)
        return {"model": name, "n": 350, "accuracy": accuracy, "balanced_accuracy": accuracy, "ece": 0.05,
                "recall": recall, "confusion": confusion, "milliseconds_a_face": 1.2}  # fmt: skip

    differ = [{"face": 1, "label": "happy", "read": "happy", "against": "sad", "png": PNG}]
    new = float(os.environ.get("FAKE_ACCURACY", "0.8"))
    print(json.dumps({**one(Path(model).name, new), "split": "PublicTest", "against": one("default", 0.6),
                      "differ_on": 40, "differ": differ}), flush=True)  # fmt: skip
    return 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("--data", action="append", default=[])
    for flag in ("--inspect", "--probe", "--background"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--epochs", type=int, default=8)
    for name in ("--ferplus", "--preset", "--architecture", "--seed", "--start-from", "--out", "--resume",
                 "--events", "--split", "--model", "--against", "--json"):  # fmt: skip
        parser.add_argument(name)
    args = parser.parse_args()
    if args.command == "evaluate":
        return evaluate(args.model)
    threading.Thread(target=listen, daemon=True).start()
    if args.inspect:
        return inspect(args.data)
    if args.probe:
        return probe()
    if args.resume:
        record = json.loads((Path(args.resume) / "run.json").read_text())
        return train(Path(args.resume.removesuffix(".partial")), record["config"]["epochs"], record["data"])
    return train(Path(args.out), args.epochs, args.data)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)
