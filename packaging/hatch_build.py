"""Puts models and assets into the wheel, below fer_desktop/_shipped/, where fer_desktop.resources looks for them.

Only into a real wheel: an editable installation reads them from the clone. The face detector's models stay out: they
are Google's, and fetched at set-up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = ("models/default", "models/detectors.json", "assets")


class ShippedFiles(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        for name in SHIPPED:
            path = Path(self.root) / name
            if not path.exists():
                raise FileNotFoundError(f"{name} is missing: a wheel without it would not run")
            build_data["force_include"][str(path)] = f"fer_desktop/_shipped/{name}"
