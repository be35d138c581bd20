"""active.json: which model a person chose, and which they used before. One small file, replaced atomically."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_desktop import atomic_file
from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore.folder import ModelFolder

FILE_NAME: Final = "active.json"
SCHEMA: Final = 1
MAX_PREVIOUS: Final = 10
MAX_BYTES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Active:
    """The model that is used. `problem`: in one line, why it is not the one that was chosen; None where it is."""

    folder: ModelFolder
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Names of model folders: the one chosen, and those before it, newest first."""

    active: str
    previous: tuple[str, ...] = ()

    def followed_by(self, chosen: str) -> Choice:
        """The choice after this one. No model stands in it twice."""
        if chosen == self.active:
            return self
        before = (self.active, *(name for name in self.previous if name not in (self.active, chosen)))
        return Choice(chosen, before[:MAX_PREVIOUS])

    def without(self, removed: str) -> Choice:
        return Choice(self.active, tuple(name for name in self.previous if name != removed))


def read(folder: Path) -> Choice | None:
    """The choice that stands in a folder of models; None where nobody has chosen yet. Raises ModelError."""
    path = folder / FILE_NAME
    try:
        if not path.is_file():  # reading a pipe would wait for ever
            if path.exists():
                raise ModelError(f"{path} is no file")
            return None
        if path.stat().st_size > MAX_BYTES:
            raise ModelError(f"{path} is too large")
        values = json.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror or error})") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is damaged ({str(error)[:100]})") from error
    schema = values.get("schema") if isinstance(values, dict) else None
    if type(schema) is int and schema > SCHEMA:
        raise ModelError(f"{path} is from a newer version (schema {schema}, this one reads {SCHEMA})")
    active = values.get("active") if isinstance(values, dict) else None
    previous = values.get("previous", []) if isinstance(values, dict) else None
    if schema != SCHEMA or not isinstance(active, str) or not isinstance(previous, list):
        raise ModelError(f"{path} is damaged (it names no model)")
    return Choice(active, tuple(name for name in previous if isinstance(name, str))[:MAX_PREVIOUS])


def write(folder: Path, choice: Choice) -> None:
    """Replace the file, or leave it as it is. Raises OSError."""
    values = {"schema": SCHEMA, "active": choice.active, "previous": list(choice.previous)}
    text = json.dumps(values, indent=2, ensure_ascii=False) + "\n"
    # A folder's name may hold what UTF-8 has no place for; its JSON escape stands for it then.
    atomic_file.write(folder / FILE_NAME, text.encode("utf-8", "backslashreplace"))
