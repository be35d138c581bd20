"""The style sheet of the evaluation's report: light, dark and printed, nothing loaded from anywhere."""

from __future__ import annotations

from typing import Final

from fer_desktop.core import emotions

HEAT_LIGHT: Final = 0.6
"""How much of the accent's colour the fullest cell of the confusion matrix has; its text stays the page's."""
HEAT_DARK: Final = 0.6

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


def _variables(dark: bool) -> str:
    colours = dict(DARK if dark else LIGHT)
    for emotion in emotions.EMOTIONS:
        colours[emotion.name] = emotion.colour_dark if dark else emotion.colour_light
    named = "".join(f"--{name}:{colour};" for name, colour in colours.items())
    return f"{named}--heat-most:{HEAT_DARK if dark else HEAT_LIGHT}"


_RULES: Final = """
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);line-height:1.45;
  font:15px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1100px;margin:0 auto;padding:32px 24px 48px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:18px;margin:44px 0 8px}
h3{font-size:15px;margin:0 0 2px}
p{margin:0 0 12px;max-width:46em}
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
.matrix{table-layout:fixed}
.matrix td:first-child,.matrix th[scope=row]{width:62px}
.matrix td{text-align:center;border:1px solid var(--card);padding:7px 2px}
.matrix th[scope=col]{text-align:center;font-size:12px;padding:4px 0}
.matrix .cell{background:color-mix(in srgb,var(--accent) calc(var(--heat)*var(--heat-most)*100%),transparent)}
.matrix .right{font-weight:700;outline:1px solid var(--line);outline-offset:-2px}
.recall th,.recall td{padding-top:7px;padding-bottom:7px}
.recall td{width:99%;text-align:left}
.recall td.number{width:auto;text-align:right}
.track{height:12px;border-radius:3px;background:var(--line)}
.track i{display:block;height:100%;border-radius:3px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
@media screen and (min-width:960px){.note{min-height:3lh}}
.steps{margin-top:8px}
.steps th,.steps td{padding:3px 2px;text-align:center}
.steps th[scope=row]{text-align:left;font-size:12px;padding-right:6px}
.steps img{display:block;margin:0 auto;width:100%;max-width:44px;border-radius:3px}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;font-size:13px;margin:0 0 12px;color:var(--muted)}
.legend svg{display:inline-block;width:30px;height:10px;margin-right:6px}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--ink);font-size:12px}
svg .tick,svg .words{fill:var(--muted)}
svg .grid,svg .axis{stroke:var(--line)}
svg .axis{stroke:var(--muted)}
svg polyline,svg .accuracy{fill:none;stroke:var(--accent);stroke-width:2.2;stroke-linejoin:round}
svg .confidence{fill:none;stroke:var(--warm);stroke-width:1.8;stroke-dasharray:5 4}
svg .dot{fill:var(--accent);stroke:var(--card);stroke-width:1.2}
svg .value{font-weight:600;paint-order:stroke;stroke:var(--card);stroke-width:3px}
svg .bar{fill:var(--accent)}
svg .count{fill:var(--muted);opacity:.55}
svg .gap{stroke:var(--warm);stroke-width:2.5}
svg .ideal{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:4 4}
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
footer{margin-top:16px}
main{max-width:none;padding:0}
h2{margin-top:24px;break-after:avoid}
.card,.tiles div,tr,p,li{break-inside:avoid}
.tiles{grid-template-columns:repeat(4,1fr)}
.pair{grid-template-columns:1fr 1fr}
.card{padding:8px 10px}
.small,table{font-size:10px}
.matrix th[scope=col]{font-size:7px}
.matrix td:first-child,.matrix th[scope=row]{width:44px}
.steps th[scope=row]{font-size:9px}
.steps th,.steps td{font-size:9px;padding:2px 0}
.new-page{break-before:page}
div.card>svg{max-height:62mm}
section.card>svg{max-height:38mm}
.steps img{max-width:28px}
.faces{grid-template-columns:repeat(6,1fr);gap:8px}
.faces figcaption{font-size:8.5px;padding:4px 6px}
.matrix .cell,.track,svg *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
"""

SHEET: Final = (
    f":root{{color-scheme:light dark;{_variables(dark=False)}}}"
    f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables(dark=True)}}}}}"
    f"{_RULES}@media print{{{_PRINT}}}"
)
