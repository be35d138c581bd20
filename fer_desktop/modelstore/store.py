"""Model folders: which there are, which one is used, and whether they are whole.

The shipped model lies in the program's models/default/, read-only; a person's own lie in their data folder.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_desktop import resources
from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore.manifest import FILE_NAME, Manifest, sha256

ONNX_FILE: Final = "model.onnx"
KERAS_FILE: Final = "model.keras"
SHIPPED_ID: Final = "default"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model whose manifest could be read."""

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: Path) -> ModelFolder:
        """Raises ModelError where the folder is no model or one that this version cannot run."""
        return cls(path, Manifest.read(path))

    @property
    def id(self) -> str:
        return self.manifest.id

    def verify(self) -> list[str]:
        """What is wrong with the files, in words; empty where each is there and has its hash."""
        needed = (ONNX_FILE, KERAS_FILE)
        problems = [f"{name} is not in the manifest" for name in needed if name not in self.manifest.files]
        for name, expected in self.manifest.files.items():
            try:
                if Path(name).name != name:
                    problems.append(f"{name} lies outside the model's folder")
                elif sha256(self.path / name) != expected:
                    problems.append(f"{name} is damaged: its hash is not the manifest's")
            except OSError as error:
                problems.append(f"{name} cannot be read ({error.strerror})")
        return problems

    def read(self, name: str) -> bytes:
        """One file's content, which has the manifest's hash. Raises ModelError."""
        path = self.path / name
        remedy = "Install the program again: fer-desktop doctor says how."
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(f"The model's file {path} cannot be read ({error.strerror})", remedy) from error
        if hashlib.sha256(content).hexdigest() != self.manifest.files.get(name):
            raise ModelError(f"The model's file {path} is damaged: its hash is not the manifest's", remedy)
        return content


class ModelStore:
    """The shipped model and this person's own."""

    def __init__(self, shipped: Path, user: Path) -> None:
        self._shipped, self._user = shipped, user

    @classmethod
    def default(cls) -> ModelStore:
        return cls(resources.models_dir() / SHIPPED_ID, resources.user_models_dir())

    def active(self) -> ModelFolder:
        """The model that the program uses."""
        return ModelFolder.open(self._shipped)

    def models(self) -> list[ModelFolder]:
        """Every readable model, the shipped one first."""
        return [folder for _, folder in self._all() if isinstance(folder, ModelFolder)]

    def unreadable(self) -> list[str]:
        """Why the other folders are not in the list, a line each."""
        return [str(folder) for _, folder in self._all() if isinstance(folder, ModelError)]

    def get(self, id_or_folder: str) -> ModelFolder:
        """A model by its id, its folder's name, or the path of its folder. Raises ModelError."""
        for path, folder in self._all():
            if id_or_folder == path.name or (isinstance(folder, ModelFolder) and folder.id == id_or_folder):
                if isinstance(folder, ModelError):
                    raise folder
                return folder
        path = Path(id_or_folder)
        if (path / FILE_NAME).is_file():
            return ModelFolder.open(path)
        known = ", ".join(folder.id for folder in self.models()) or "none"
        raise ModelError(f"There is no model {id_or_folder}", f"Give a model's folder or one of: {known}.")

    def _all(self) -> list[tuple[Path, ModelFolder | ModelError]]:
        folders: list[Path] = [self._shipped]
        if self._user.is_dir():
            folders += sorted(path for path in self._user.iterdir() if (path / FILE_NAME).is_file())
        found: list[tuple[Path, ModelFolder | ModelError]] = []
        for path in folders:
            try:
                found.append((path, ModelFolder.open(path)))
            except ModelError as error:
                found.append((path, error))
        return found
