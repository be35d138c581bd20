"""An evaluation as one HTML page that loads nothing: it opens without a network and can be sent as it is."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import cv2
import numpy as np

from fer_desktop.core import crop, emotions, quality
from fer_desktop.core.types import Float32Array, UInt8Array
from fer_desktop.report import html
from fer_desktop.training import evaluation_charts as charts
from fer_desktop.training import robustness
from fer_desktop.training.evaluate import ECE_BINS, Evaluation, calibration, confident_mistakes, evaluate
from fer_desktop.training.evaluation_style import SHEET

MISTAKES: Final = 24
SPACE: Final = "\u00a0"


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """What the page tells of. `model`, `split`, `data` (the data's name, not its path) and `made` (when and with what)
    are shown as they are; images uint8[n, 48, 48], labels int64[n], probabilities float32[n, 7], n at least 1.
    """

    model: str
    split: str
    data: str
    made: str
    images: UInt8Array
    labels: np.ndarray
    probabilities: Float32Array
    curves: tuple[robustness.Curve, ...]


def render(evaluated: Evaluated) -> str:
    """The whole page."""
    figures = evaluate(evaluated.probabilities, evaluated.labels)
    parts = (
        _head(evaluated, figures),
        _classes(figures),
        _calibration(evaluated, figures),
        _robustness(evaluated),
        _mistakes(evaluated),
        _limits(evaluated),
    )
    return html.document(f"{evaluated.model} on {evaluated.split}", SHEET, "\n".join(parts))


def percent(value: float, digits: int = 1) -> str:
    return f"{value * 100:.{digits}f}{SPACE}%"


def _head(evaluated: Evaluated, figures: Evaluation) -> str:
    # Normal approximation of the binomial: what another draw of as many faces would move it by, 19 times in 20.
    margin = 1.96 * math.sqrt(figures.accuracy * (1 - figures.accuracy) / figures.n)
    tiles = (
        ("accuracy", percent(figures.accuracy), f"± {margin * 100:.1f} points, 95{SPACE}% interval"),
        ("mean of the recalls", percent(figures.balanced_accuracy), "each emotion counts alike"),
        ("calibration error", f"{figures.ece:.3f}", f"{ECE_BINS} bins; 0 is best"),
        ("faces", f"{figures.n:,}", "one crop each, no averaging"),
    )
    return (
        f'<header><h1>Model {escape(evaluated.model)} on {escape(evaluated.split)}</h1><p class="muted">'
        f"Faces of {escape(evaluated.data)}. The model reads expressions, not feelings: what a face shows is not what "
        'a person feels. <a href="#limits" style="color:inherit">What these figures do not say</a></p></header>'
        '<dl class="tiles">'
        + "".join(
            f'<div><dt>{name}</dt><dd>{value}</dd><dd class="muted small">{note}</dd></div>'
            for name, value, note in tiles
        )
        + "</dl>"
    )


def _classes(figures: Evaluation) -> str:
    counts = figures.confusion.sum(axis=1)
    bars = "".join(
        f'<tr><th scope="row">{name}</th><td><div class="track">'
        + ("" if np.isnan(recall) else f'<i style="width:{recall * 100:.1f}%;background:var(--{name})"></i>')
        + f'</div></td><td class="number">{"–" if np.isnan(recall) else percent(recall, 0)}</td>'
        f'<td class="number muted">{count:,}</td></tr>'
        for name, recall, count in zip(emotions.NAMES, figures.recall, counts, strict=True)
    )
    rows = []
    for true, name in enumerate(emotions.NAMES):
        cells = []
        for read, count in enumerate(figures.confusion[true]):
            share = count / counts[true] if counts[true] else 0.0
            kind = "cell right" if true == read else "cell"
            told = f"{name} read as {emotions.NAMES[read]}: {percent(share)}"
            cells.append(f'<td class="{kind}" style="--heat:{share:.3f}" title="{told}">{count:,}</td>')
        rows.append(f'<tr><th scope="row">{name}</th>{"".join(cells)}</tr>')
    columns = "".join(f'<th scope="col">{name}</th>' for name in emotions.NAMES)
    return (
        '<h2>Each emotion</h2><div class="pair"><div class="card"><table class="recall"><caption>Recall: how many of '
        "the faces labelled so are read so, and how many faces there are</caption>"
        f'{bars}</table></div><div class="card"><table class="matrix"><caption>Confusion matrix: faces by their label '
        "(row) and what they were read as (column). The stronger the colour, the larger the share of its row</caption>"
        f"<tr><td></td>{columns}</tr>{''.join(rows)}</table></div></div>"
    )


def _calibration(evaluated: Evaluated, figures: Evaluation) -> str:
    bins = calibration(evaluated.probabilities, evaluated.labels)
    confidence = float(evaluated.probabilities.max(axis=1).mean())
    gap = (confidence - figures.accuracy) * 100
    chart = charts.reliability(bins, "Reliability diagram: for each confidence, how often the reading is right")
    rows = "".join(
        f'<tr><th scope="row">{one.low * 100:.0f} to {one.high * 100:.0f}{SPACE}%</th><td>{one.n:,}</td>'
        f"<td>{percent(one.confidence)}</td><td>{percent(one.accuracy)}</td>"
        f"<td>{_signed((one.confidence - one.accuracy) * 100)}</td></tr>"
        for one in bins
        if one.n
    )
    return (
        '<h2 class="new-page">Can its confidence be believed?</h2>'
        "<p>Of the readings given with this confidence, how many were right? "
        "Where the confidence is true, the bars end on the dashed diagonal; the orange line is the gap. A gap over few "
        "readings weighs little.</p>"
        f"<p>On average the model gives its readings {percent(confidence)} and is right in "
        f"{percent(figures.accuracy)}: {abs(gap):.1f} points too {'sure' if gap > 0 else 'modest'}. The calibration "
        f"error, {figures.ece:.3f}, is the mean gap over {ECE_BINS} bins of equal width, each counted by its "
        "readings.</p>"
        f'<div class="pair"><div class="card">{chart}</div><div class="card"><table><tr><th scope="col">'
        'confidence</th><th scope="col">readings</th><th scope="col">mean</th><th scope="col">right</th>'
        f'<th scope="col">gap, points</th></tr>{rows}</table></div></div>'
    )


def _signed(value: float) -> str:
    return f"{round(value, 1) + 0.0:+.1f}".replace("-", "−")  # adding 0 makes −0 a plain one


_WORDS: Final = {
    "face_size": (
        "Small faces",
        "side of the frame in the camera's picture, pixels",
        "Averaged down to so few pixels and brought back by the program's own crop. The frame is "
        f"{crop.SCALE:g} times as wide as the detector's box; where it is under "
        f"{math.ceil(quality.MIN_FACE_PX * crop.SCALE)} pixels the program shows no label.",
    ),
    "blur": ("Blur", "sigma, pixels of the 48×48 crop", "A Gaussian, as of a lens out of focus."),
    "darkness": (
        "Darkness",
        "light that is left",
        "Less light on the same sensor at the same exposure, with the noise of its photons "
        f"(white is {robustness.WHITE_ELECTRONS:,} electrons) and of reading it out "
        f"({robustness.READ_NOISE_ELECTRONS} electrons).",
    ),
    "rotation": (
        "Rotation",
        "degrees, clockwise as seen",
        "Around the middle of the crop. Live, the crop is first made level by the eyes; this is what may be left.",
    ),
}


def _robustness(evaluated: Evaluated) -> str:
    example = evaluated.images[_clearest(evaluated)]
    cards = "".join(_curve(curve, example) for curve in evaluated.curves)
    return (
        '<h2 class="new-page">When the picture is worse</h2>'
        "<p>The same faces, made smaller, blurred, dark or tilted, each alone. Where "
        "accuracy falls and confidence stays, the model does not notice that it cannot see. The tables are in percent; "
        "recalls: their mean over the emotions.</p>"
        '<div class="legend"><span><svg viewBox="0 0 30 10" aria-hidden="true"><path class="accuracy" d="M0 5H30"/>'
        '<circle class="dot" cx="15" cy="5" r="3.5"/></svg>accuracy</span><span><svg viewBox="0 0 30 10" '
        'aria-hidden="true"><path class="confidence" d="M0 5H30"/></svg>mean confidence</span></div>'
        f'<div class="pair">{cards}</div>'
    )


def _clearest(evaluated: Evaluated) -> int:
    """The face read right with the most confidence; any, where none is."""
    right = evaluated.probabilities.argmax(axis=1) == evaluated.labels
    return int(np.argmax(evaluated.probabilities.max(axis=1) * np.where(right, 1.0, 0.5)))


def _curve(curve: robustness.Curve, example: UInt8Array) -> str:
    kind = curve.degradation
    title, axis, note = _WORDS[kind.name]
    labels = [_label(kind, step.value) for step in curve.steps]
    chart = charts.curves(
        labels,
        charts.even([step.value for step in curve.steps], logarithmic=kind is robustness.DARKNESS),
        [step.accuracy for step in curve.steps],
        [step.confidence for step in curve.steps],
        axis,
        f"{title}: accuracy and mean confidence by {axis}; the figures are in the table below",
    )
    rng = np.random.default_rng(robustness.SEED)
    pictures = "".join(
        f'<td><img src="{_png(kind.apply(example, step.value, rng))}" alt=""></td>' for step in curve.steps
    )
    figures = (
        ("accuracy", [step.accuracy for step in curve.steps]),
        ("recalls", [step.balanced_accuracy for step in curve.steps]),
        ("confidence", [step.confidence for step in curve.steps]),
    )
    rows = "".join(
        f'<tr><th scope="row">{name}</th>{"".join(f"<td>{value * 100:.1f}</td>" for value in values)}</tr>'
        for name, values in figures
    )
    columns = "".join(f'<th scope="col">{label}</th>' for label in labels)
    return (
        f'<section class="card"><h3>{title}</h3><p class="muted small note">{note}</p>{chart}<table class="steps">'
        f"<tr><td></td>{pictures}</tr><tr><td></td>{columns}</tr>{rows}</table></section>"
    )


def _label(kind: robustness.Degradation, value: float) -> str:
    if kind is robustness.DARKNESS:
        return "all" if value == 1 else f"1/{round(1 / value)}"
    return f"{value:g}".replace("-", "−")


def _mistakes(evaluated: Evaluated) -> str:
    faces = confident_mistakes(evaluated.probabilities, evaluated.labels, MISTAKES)
    if not len(faces):
        return "<h2>Most confident mistakes</h2><p>There is none: every face was read as it is labelled.</p>"
    figures = "".join(_mistake(evaluated, int(face)) for face in faces)
    return (
        '<h2 class="new-page">Most confident mistakes</h2>'
        "<p>Not read as they are labelled, the surest first, with the probability of "
        "both. Some labels are wrong themselves: people who label such pictures agree in about two of three. Numbers "
        f'count the faces of the split from 1.</p><div class="faces">{figures}</div>'
    )


def _mistake(evaluated: Evaluated, face: int) -> str:
    row, true = evaluated.probabilities[face], emotions.NAMES[evaluated.labels[face]]
    read = emotions.NAMES[int(row.argmax())]
    return (
        f'<figure><img src="{_png(evaluated.images[face])}" alt="Face {face + 1}, labelled {true}, read as {read}">'
        f"<figcaption>{_reading('read', read, float(row.max()))}"
        f"{_reading('label', true, float(row[evaluated.labels[face]]))}<div>face {face + 1:,}</div>"
        "</figcaption></figure>"
    )


def _reading(word: str, name: str, probability: float) -> str:
    return (
        f'<div><span class="swatch" style="background:var(--{name})"></span><span>{word} <b>{name}</b></span>'
        f"<span>{percent(probability, 0)}</span></div>"
    )


def _limits(evaluated: Evaluated) -> str:
    points: Sequence[str] = (
        "It reads expressions, not feelings. What a face shows is not what a person feels.",
        "Figures on the split that chose a model are a little kind: its epoch and its calibration were picked because "
        "they do well on just these faces. For models trained by this program that split is PublicTest, or what stood "
        "in for it. New faces will be read a little worse.",
        "These faces come cut out. Live, the detector must find them first, and its boxes scatter.",
        "Mistakes are not spread evenly over people: data gathered from the web are uneven in ages, skin tones and "
        "cultures, and this page cannot tell by how much, since the data do not name them.",
        "The worse pictures above are made by calculation, one harm at a time. A dim, blurred and tilted face is "
        "harder than each figure tells.",
        "Not for decisions about a person, nor for use on people at work or in education (EU AI Act, Article 5(1)(f)).",
    )
    items = "".join(f"<li>{point}</li>" for point in points)
    return (
        f'<h2 id="limits">What these figures do not say</h2><ul>{items}</ul><footer>Made by {escape(evaluated.made)}. '
        "This page loads nothing from anywhere; it holds the pictures of the faces shown.</footer>"
    )


def _png(image: UInt8Array) -> str:
    """A grey picture as an address that holds it."""
    _, content = cv2.imencode(".png", image)
    return "data:image/png;base64," + base64.b64encode(content.tobytes()).decode("ascii")
