"""A report as one HTML page that loads nothing: it opens without a network and can be sent as it is."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import Final

from fer_desktop.core import emotions
from fer_desktop.report import charts, style
from fer_desktop.report.parts import (
    Charts,
    Column,
    Face,
    Faces,
    Heading,
    Part,
    Points,
    Report,
    Table,
    Text,
    Tiles,
)

_RULES: Final = """
.wide,.half{margin:16px 0 0}
.half{max-width:518px}
.scroll{overflow-x:auto}
.list{width:auto;min-width:min(100%,34em)}
.list td,.list th{padding:5px 22px 5px 0;vertical-align:top}
.list tr{border-bottom:1px solid var(--line)}
.list th,.list td{text-align:left}
.list .number{text-align:right}
.list .long{white-space:normal;overflow-wrap:anywhere;min-width:12em}
.list .swatch{display:inline-block}
.faces{grid-template-columns:repeat(auto-fill,minmax(112px,1fr))}
.faces figcaption div{white-space:normal;overflow-wrap:anywhere}
"""
_PRINT: Final = """
.list td,.list th{padding:3px 12px 3px 0}
.faces{grid-template-columns:repeat(8,1fr)}
.tiles dd:first-of-type{font-size:18px}
.half{max-width:49%}
"""
SHEET: Final = style.sheet(_RULES, _PRINT)


def document(title: str, sheet: str, body: str) -> str:
    """A whole page around what stands in it. Only the title is escaped here."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        # Whatever a name in the data holds, nothing runs and nothing is fetched.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{sheet}</style></head>\n<body><main>{body}</main></body></html>\n"
    )


def render(report: Report) -> str:
    """The whole page."""
    parts = "\n".join(_part(part) for part in report.parts)
    head = f"<header><h1>{escape(report.title)}</h1></header>\n"
    return document(report.title, SHEET, f"{head}{parts}<footer>{escape(report.made)}</footer>")


def _part(part: Part) -> str:
    match part:
        case Heading():
            return f"<h2>{escape(part.text)}</h2>"
        case Text():
            return _note(part.text) if part.quiet else f"<p>{escape(part.text)}</p>"
        case Points():
            return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in part.items)}</ul>"
        case Tiles():
            return f'<dl class="tiles">{"".join(_tile(*item) for item in part.items)}</dl>'
        case Charts():
            return _charts(part)
        case Table():
            return _table(part)
        case Faces():
            return _note(part.note) + f'<div class="faces">{"".join(_face(face) for face in part.items)}</div>'


def _tile(name: str, figure: str, note: str) -> str:
    told = f'<dd class="muted small">{escape(note)}</dd>' if note else ""
    return f"<div><dt>{escape(name)}</dt><dd>{escape(figure)}</dd>{told}</div>"


def _charts(part: Charts) -> str:
    cards = "".join(
        f'<section class="card"><h3>{escape(chart.title)}</h3>{_note(chart.note)}{charts.svg(chart.drawing)}</section>'
        for chart in part.items
    )
    return f'<div class="{"pair" if len(part.items) > 1 else "wide" if part.wide else "half"}">{cards}</div>'


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col"{_kind(column)}>{escape(column.title)}</th>' for column in table.columns)
    rows = "".join(f"<tr>{''.join(map(_cell, table.columns, row))}</tr>" for row in table.rows)
    return (
        f'<div class="scroll"><table class="list"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        + _note(table.note)
    )


def _cell(column: Column, text: str) -> str:
    swatch = _swatch(text) if column.emotion and text else ""
    return f"<td{_kind(column)}>{swatch}{escape(text)}</td>"


def _kind(column: Column) -> str:
    kinds: Sequence[str] = [name for name in ("number", "long") if getattr(column, name)]
    return f' class="{" ".join(kinds)}"' if kinds else ""


def _swatch(emotion: str) -> str:
    name = emotion if emotion in emotions.NAMES else "line"
    return f'<span class="swatch" style="background:var(--{name})"></span>'


def _face(face: Face) -> str:
    address = "data:image/jpeg;base64," + base64.b64encode(face.jpeg).decode("ascii")
    swatch = _swatch(face.emotion) if face.emotion else ""
    return (
        f'<figure><img src="{address}" alt=""><figcaption><div>{swatch}<b>{escape(face.reading)}</b></div>'
        f"<div>{escape(face.where)}</div></figcaption></figure>"
    )


def _note(text: str) -> str:
    return f'<p class="muted small">{escape(text)}</p>' if text else ""
