"""Measure which of the demo's performed emotions a model recognises: the table in the README.

python packaging/measure_demo.py [--model ID|DIR]
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict

from fer_desktop import app
from fer_desktop.capture.demo import DemoSource
from fer_desktop.core import emotions

CYCLE_FRAMES = 630


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model")
    args = parser.parse_args()
    source, pipeline = DemoSource(realtime=False), app.live_pipeline(model=args.model)
    read: dict[str, Counter[str]] = defaultdict(Counter)
    source.open()
    for _ in range(CYCLE_FRAMES):
        frame = source.read()
        assert frame is not None
        analysis = pipeline.analyse(frame)
        performed = source.performed(frame.index)
        if performed is not None:
            read[performed][(analysis.tracks[0].label or "no label") if analysis.tracks else "no face"] += 1
    source.close()
    pipeline.close()
    print("| performed | recognised | read most often as |\n|---|---|---|")
    for name in emotions.NAMES:
        labels = read[name]
        most, count = labels.most_common(1)[0]
        total = sum(labels.values())
        print(f"| {name} | {labels[name] / total:.0%} of {total} frames | {most} ({count / total:.0%}) |")


if __name__ == "__main__":
    main()
