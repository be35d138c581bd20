"""The study's networks beside what the study published: a table to read, the same as JSON, and the curves."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from fer_desktop import atomic_file
from fer_desktop.training.study_training import StudyNetwork

TABLE: Final = "study.md"
FIGURES: Final = "study.json"
PLOT: Final = "study.png"

_NOTES: Final = """
Accuracy is on the faces of PublicTest, at the network's best epoch; PublicTest chooses that epoch, so it flatters by a
few tenths of a point. Published figures are the study's own, on its validation faces, without preprocessing; epochs in
brackets where it tells them. With pca98 it published 57.0 % at epoch 90 and does not tell of which network.
Not told either, and chosen here: batches of 64 faces (study-mlp: scikit-learn's 200), and the optimizer of those after
study-improved, which is study-improved's. Faces of Training that also stand in PublicTest are left out.
"""


def write(out: Path, networks: Sequence[StudyNetwork], results: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Write study.md, study.json and study.png into `out` for the results there are; returns what the JSON holds."""
    rows = [_row(network, results[network.name]) for network in networks if network.name in results]
    missing = [network.name for network in networks if network.name not in results]
    report = {"schema": 1, "networks": rows, "not_trained_yet": missing}
    atomic_file.write(out / FIGURES, (json.dumps(report, indent=2) + "\n").encode())
    atomic_file.write(out / TABLE, _table(rows, missing).encode())
    atomic_file.write(out / PLOT, _plot(rows))
    return report


def _row(network: StudyNetwork, result: dict[str, Any]) -> dict[str, Any]:
    progress, settings = result["progress"], result["settings"]
    # The figure of the longest training that this one has reached; a shorter one is held against the first.
    reached = [figure for figure in network.published if figure[1] is None or figure[1] <= settings["epochs"]]
    published = (reached or network.published[:1])[-1][0]
    return {
        "name": network.name,
        "preprocessing": settings["preprocessing"],
        "epochs": settings["epochs"],
        "parameters": result["parameters"],
        "minutes": round(progress["seconds"] / 60, 2),
        "device": result["device"],
        "accuracy": progress["best_accuracy"],
        "best_epoch": progress["best_epoch"],
        "last_accuracy": progress["history"][-1]["validation_accuracy"],
        "published": [{"accuracy": accuracy, "epoch": epoch} for accuracy, epoch in network.published],
        "difference": progress["best_accuracy"] - published,
        "history": progress["history"],
    }


def _table(rows: Sequence[dict[str, Any]], missing: Sequence[str]) -> str:
    lines = [
        "# The networks of the study, trained again",
        "",
        "| network | preprocessing | epochs | parameters | minutes | accuracy (epoch) | last epoch | published (epoch) "
        "| difference, points |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        published = ", ".join(
            f"{figure['accuracy']:.2%}" + (f" ({figure['epoch']})" if figure["epoch"] else "")
            for figure in row["published"]
        )
        lines.append(
            f"| {row['name']} | {row['preprocessing']} | {row['epochs']} | {row['parameters']:,} "
            f"| {row['minutes']:.1f} | {row['accuracy']:.2%} ({row['best_epoch']}) | {row['last_accuracy']:.2%} "
            f"| {published} | {row['difference'] * 100:+.2f} |"
        )
    lines += ["", f"Not trained yet: {', '.join(missing)}."] if missing else []
    devices = "; ".join(dict.fromkeys(row["device"] for row in rows))
    return (
        "\n".join(lines)
        + "\n"
        + _NOTES
        + f"\nTrained on {devices}.\n"
        + f"\nThe curves are in {PLOT}, all figures in {FIGURES}.\n"
    )


def _plot(rows: Sequence[dict[str, Any]]) -> bytes:
    """PNG: for each network its accuracy above and its loss below, by epoch."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    figure = Figure(figsize=(3.2 * len(rows) + 0.6, 6), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(2, len(rows), squeeze=False, sharex="col")
    for column, row in enumerate(rows):
        above, below = panels[0][column], panels[1][column]
        if column:
            above.sharey(panels[0][0])  # the losses are not shared: the MLP's is a hundred times the others'
        epochs = [line["epoch"] for line in row["history"]]
        for panel, key in ((above, "accuracy"), (below, "loss")):
            # A marker, so that a run of one epoch shows something too.
            panel.plot(epochs, [line[key] for line in row["history"]], "--.", color="#777777", label="training")
            panel.plot(
                epochs,
                [line[f"validation_{key}"] for line in row["history"]],
                "-.",
                color="#0072b2",
                label="validation",
            )
            panel.grid(alpha=0.3)
            panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        for index, published in enumerate(row["published"]):
            label = None if index else "published"
            above.axhline(published["accuracy"], color="#d55e00", linewidth=1, label=label)
        above.set_title(row["name"], fontsize=9)
        below.set_xlabel("epoch")
    panels[0][0].set_ylabel("accuracy")
    panels[0][0].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    panels[1][0].set_ylabel("cross entropy")
    for row_of_panels in panels:
        row_of_panels[0].legend(fontsize=8)
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    return stream.getvalue()
