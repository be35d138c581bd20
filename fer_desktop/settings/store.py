"""The settings file: read with care, written so that a crash leaves either the old file or the new one."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fer_desktop import atomic_file
from fer_desktop.settings import schema
from fer_desktop.settings.schema import Settings

logger = logging.getLogger(__name__)

UPGRADES: Final[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {}
"""From a version of the file to the next; none so far. Each step comes with a test."""


@dataclass(frozen=True, slots=True)
class Damage:
    """The file could not be used. `kept_as` is where it lies now; None when it could not be set aside."""

    path: Path
    kept_as: Path | None
    why: str


class SettingsStore:
    """Loads once, saves often. `damage` is set when defaults had to be used; the window says so once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damage: Damage | None = None
        self.settings = self._load()
        self._written: str | None = None

    def _load(self) -> Settings:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Settings()
        except (OSError, UnicodeDecodeError) as error:
            return self._set_aside(str(error))
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            return self._set_aside(str(error))
        if not isinstance(values, dict):
            return self._set_aside("it holds no JSON object")
        version = values.get("version", schema.VERSION)
        if type(version) is not int or version < 1:
            return self._set_aside(f"its version is {version!r}")
        while version < schema.VERSION:
            values = UPGRADES[version](values)
            version += 1
        return schema.from_dict(values)

    def _set_aside(self, why: str) -> Settings:
        kept: Path | None = None
        for number in range(1, 1000):
            candidate = self.path.with_name(f"{self.path.stem}.damaged-{number}{self.path.suffix}")
            if not candidate.exists():
                kept = candidate
                break
        try:
            if kept is not None:
                self.path.replace(kept)
        except OSError:
            kept = None
        logger.warning("settings file %s cannot be used (%s); kept as %s", self.path, why, kept)
        self.damage = Damage(self.path, kept, why)
        return Settings()

    def save(self) -> bool:
        """Write the settings if they changed since the last save. False when the disk refused; the program goes on."""
        text = json.dumps(schema.to_dict(self.settings), indent=2, ensure_ascii=False) + "\n"
        if text == self._written:
            return True
        try:
            # A path may hold what UTF-8 has no place for; \udcXX, which then stands for it, is its JSON escape as well.
            self.path.parent.mkdir(parents=True, exist_ok=True)
            atomic_file.write(self.path, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            logger.warning("settings not saved: %s", error)
            return False
        self._written = text
        return True
