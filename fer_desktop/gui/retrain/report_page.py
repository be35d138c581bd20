"""The comparison as one HTML page that loads nothing."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

from fer_desktop import __version__, atomic_file
from fer_desktop.core import emotions
from fer_desktop.gui.training.verdict import of_two, rows, verdict
from fer_desktop.gui.training.words import emotion, percent, tr

_STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem; text-align: right; border-bottom: 1px solid #8884; }
th:first-child { text-align: left; }
td.heat { background: color-mix(in srgb, #0072B2 calc(var(--share) * 60%), transparent); text-align: center; }
.pair { display: flex; flex-wrap: wrap; gap: 2rem; }
figure { display: inline-block; margin: 0 1rem 1rem 0; font-size: .8rem; }
img { width: 96px; image-rendering: pixelated; display: block; }
"""


def save(path: Path, result: Mapping[str, Any], data: Sequence[str], names: tuple[str, str] | None = None) -> str:
    """What is to be told of it. As `render`."""
    page = render(result, data, f"FER Desktop {__version__}, {datetime.datetime.now().date()}", names)
    try:
        atomic_file.write(path, page)
    except OSError as error:
        return tr("Not saved as {path}: {why}").format(path=path, why=error.strerror or error)
    return tr("Saved as {path}").format(path=path)


def render(result: Mapping[str, Any], data: Sequence[str], made: str, names: tuple[str, str] | None = None) -> bytes:
    """data: names of the sources; made: by what and when. names: of the two models; None: a new one and the one in
    use."""
    found = verdict(result) if names is None else of_two(result, *names)
    first, second = names or (tr("New"), tr("In use"))
    other = result["against"]
    head = [first, second, tr("Difference")]
    figures = _table(["", *head], [[escape(cell) for cell in row] for row in rows(result)])
    recalls = _table(
        ["", *head[:2]],
        [
            [emotion(name), percent(result["recall"].get(name)), percent(other["recall"].get(name))]
            for name in emotions.NAMES
        ],
    )
    faces = "".join(
        f'<figure><img alt="" src="data:image/png;base64,{escape(one["png"])}"><figcaption>'
        + "<br>".join(
            escape(text)
            for text in (
                tr("Label: {name}").format(name=emotion(one["label"])),
                f"{first}: {emotion(one['read'])}",
                f"{second}: {emotion(one['against'])}",
            )
        )
        + "</figcaption></figure>"
        for one in result["differ"]
    )
    title = tr("{new} against {old}").format(
        new=result["model"] if names is None else first, old=other["model"] if names is None else second
    )
    where = tr("{n} faces of {split} in {data}").format(
        n=f"{result['n']:,}", split=result["split"], data=", ".join(data)
    )
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1><p>{escape(where)}. {escape(made)}</p>"
        f"<h2>{escape(found.text)}</h2><p>{escape(found.why)}</p>{figures}"
        f"<h2>{escape(tr('Recall a class'))}</h2>{recalls}"
        f"<h2>{escape(tr('Confusion: rows are the labels, columns what was read'))}</h2>"
        f'<div class="pair">{_matrix(first, result["confusion"])}{_matrix(second, other["confusion"])}</div>'
        f"<h2>{escape(tr('They differ on {n} faces').format(n=format(result['differ_on'], ',')))}</h2>{faces}"
        f"<p>{escape(tr('It reads expressions, not feelings: what a face shows is not what a person feels.'))}</p>"
        "</body></html>\n"
    )
    return page.encode("utf-8", "xmlcharrefreplace")


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        f"<tr><th>{line[0]}</th>" + "".join(f"<td>{cell}</td>" for cell in line[1:]) + "</tr>" for line in lines
    )
    return f"<table><tr>{top}</tr>{body}</table>"


def _matrix(title: str, matrix: Sequence[Sequence[int]]) -> str:
    top = "".join(f"<th>{escape(emotion(name))}</th>" for name in emotions.NAMES)
    lines = []
    for name, row in zip(emotions.NAMES, matrix, strict=True):
        total = sum(row) or 1
        cells = "".join(f'<td class="heat" style="--share:{count / total:.3f}">{count:,}</td>' for count in row)
        lines.append(f"<tr><th>{escape(emotion(name))}</th>{cells}</tr>")
    return f"<table><caption>{escape(title)}</caption><tr><th></th>{top}</tr>{''.join(lines)}</table>"
