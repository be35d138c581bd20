"""The style sheet of the evaluation's report: that of all reports, and what only this one has."""

from __future__ import annotations

from typing import Final

from fer_desktop.report import style
from fer_desktop.report.style import DARK, LIGHT

__all__ = ["DARK", "HEAT_DARK", "HEAT_LIGHT", "LIGHT", "SHEET"]

HEAT_LIGHT: Final = 0.6
"""How much of the accent's colour the fullest cell of the confusion matrix has; its text stays the page's."""
HEAT_DARK: Final = 0.6

_RULES: Final = """
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
svg polyline,svg .accuracy{fill:none;stroke:var(--accent);stroke-width:2.2;stroke-linejoin:round}
svg .confidence{fill:none;stroke:var(--warm);stroke-width:1.8;stroke-dasharray:5 4}
svg .dot{fill:var(--accent);stroke:var(--card);stroke-width:1.2}
svg .value{font-weight:600;paint-order:stroke;stroke:var(--card);stroke-width:3px}
svg .count{fill:var(--muted);opacity:.55}
svg .gap{stroke:var(--warm);stroke-width:2.5}
svg .ideal{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:4 4}
"""

_PRINT: Final = """
.matrix th[scope=col]{font-size:7px}
.matrix td:first-child,.matrix th[scope=row]{width:44px}
.steps th[scope=row]{font-size:9px}
.steps th,.steps td{font-size:9px;padding:2px 0}
.new-page{break-before:page}
div.card>svg{max-height:62mm}
section.card>svg{max-height:38mm}
.steps img{max-width:28px}
.matrix .cell,.track{print-color-adjust:exact;-webkit-print-color-adjust:exact}
"""

SHEET: Final = style.sheet(_RULES, _PRINT, f"--heat-most:{HEAT_LIGHT}", f"--heat-most:{HEAT_DARK}")
