"""The colours and the style sheet of reports: light, dark and printed, nothing loaded from anywhere."""

from __future__ import annotations

from typing import Final

from fer_desktop.core import emotions

LIGHT: Final = {
    "ground": "#FFFFFF",
    "card": "#F5F7F8",
    "ink": "#14171A",
    "muted": "#545C64",
    "line": "#D5DADF",
    "accent": "#0072B2",
    "warm": "#B84F00",
}
DARK: Final = {
    "ground": "#101214",
    "card": "#191C1F",
    "ink": "#F1F3F4",
    "muted": "#A9B1B9",
    "line": "#363C42",
    "accent": "#4BA3E3",
    "warm": "#F08A3C",
}
NO_LABEL: Final = "none"
"""In the place of an emotion's name, for faces without a label: a hollow bar."""


def colours(dark: bool) -> dict[str, str]:
    """Every colour by its name, the emotions' among them."""
    named = dict(DARK if dark else LIGHT)
    for emotion in emotions.EMOTIONS:
        named[emotion.name] = emotion.colour_dark if dark else emotion.colour_light
    return named


DRAWINGS: Final = """
svg text{fill:var(--ink);font-size:12px}
svg .tick,svg .words{fill:var(--muted)}
svg .grid,svg .axis{stroke:var(--line)}
svg .axis{stroke:var(--muted)}
svg .bar{fill:var(--accent)}
svg .groove{fill:var(--line)}
svg .none{fill:none;stroke:var(--muted);stroke-width:1;stroke-dasharray:3 2}
svg .stripes{fill:none;stroke:var(--ground);stroke-width:1.5;stroke-opacity:.55}
""" + "".join(f"svg .{name}{{fill:var(--{name})}}\n" for name in emotions.NAMES)
"""What the charts' classes look like."""

_RULES: Final = """
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);line-height:1.45;
  font:15px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1100px;margin:0 auto;padding:32px 24px 48px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:18px;margin:44px 0 8px}
h3{font-size:15px;margin:0 0 2px}
p{margin:0 0 12px;max-width:46em;overflow-wrap:anywhere}
.muted,figcaption,caption{color:var(--muted)}
.small{font-size:13px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:12px;margin:24px 0 0;padding:0}
.tiles div,.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px 16px}
.tiles dt{color:var(--muted);font-size:13px}
.tiles dd{margin:0}
.tiles dd:first-of-type{font-size:26px;line-height:1.3}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(430px,100%),1fr));gap:16px;align-items:stretch}
.card{min-width:0;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px}
caption{text-align:left;padding-bottom:6px}
th{font-weight:500;text-align:right;color:var(--muted);padding:4px 5px}
th:first-child{text-align:left;padding-left:0}
th[scope=row]{text-align:left;color:var(--ink);white-space:nowrap;padding-left:0}
td{text-align:right;padding:4px 5px;white-space:nowrap}
svg{display:block;width:100%;height:auto}
.faces{display:grid;grid-template-columns:repeat(auto-fill,minmax(160px,1fr));gap:12px;margin:12px 0 0}
.faces figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;overflow:hidden;
  break-inside:avoid}
.faces img{display:block;width:100%;aspect-ratio:1}
.faces figcaption{padding:6px 9px 8px;font-size:12px;line-height:1.5}
.faces figcaption div{display:flex;align-items:baseline;white-space:nowrap}
.faces figcaption div span:last-child{margin-left:auto}
.faces b{color:var(--ink);font-weight:600}
.swatch{flex:none;width:9px;height:9px;border-radius:2px;margin-right:6px;
  print-color-adjust:exact;-webkit-print-color-adjust:exact}
ul{margin:0;padding-left:20px;max-width:46em}
li{margin-bottom:6px}
footer{margin-top:40px;padding-top:12px;border-top:1px solid var(--line);color:var(--muted);font-size:13px}
"""

_PRINT: Final = """
@page{margin:14mm}
body{font-size:11px}
p{margin-bottom:6px}
p,ul{max-width:none}
li{margin-bottom:3px}
footer{margin-top:16px;font-size:10px}
main{max-width:none;padding:0}
h2{margin-top:24px;break-after:avoid}
.card,.tiles div,tr,p,li{break-inside:avoid}
thead{display:table-header-group}
.tiles{grid-template-columns:repeat(4,1fr)}
.pair{grid-template-columns:1fr 1fr}
.card{padding:8px 10px}
.small,table{font-size:10px}
.faces{grid-template-columns:repeat(6,1fr);gap:8px}
.faces figcaption{font-size:8.5px;padding:4px 6px}
svg *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
"""


def sheet(rules: str = "", printed: str = "", light: str = "", dark: str = "") -> str:
    """A page's whole style sheet: what all reports share, then `rules` of its own, `printed` for paper, and variables
    of its own in the `light` and the `dark` page."""
    by_name = [
        "".join(f"--{name}:{colour};" for name, colour in colours(is_dark).items()) + own
        for is_dark, own in ((False, light), (True, dark))
    ]
    return (
        f":root{{color-scheme:light dark;{by_name[0]}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{by_name[1]}}}}}"
        f"{_RULES}{DRAWINGS}{rules}@media print{{{_PRINT}{printed}}}"
    )


def resolved(rules: str) -> str:
    """The rules with the light page's colours in them, for whoever knows no variables (Qt's drawing of SVG)."""
    for name, colour in colours(dark=False).items():
        rules = rules.replace(f"var(--{name})", colour)
    return rules.replace("svg ", "")
