"""A model's folder: its files, and whether they are what its manifest says they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore.manifest import FILE_NAME, Manifest, sha256

ONNX_FILE: Final = "model.onnx"
KERAS_FILE: Final = "model.keras"
CARD_FILE: Final = "MODEL_CARD.md"
KNOWN_FILES: Final = (FILE_NAME, ONNX_FILE, KERAS_FILE, CARD_FILE)
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
"""The largest network of this program has 8 million weights, 30 MB; a file beyond this is no model's."""


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

    @property
    def name(self) -> str:
        """What people call it: the name they gave it, else its id."""
        return self.manifest.name or self.manifest.id

    @property
    def can_teach(self) -> bool:
        """Whether it has the file that training needs. A model imported as a bare ONNX file has only what runs live."""
        return KERAS_FILE in self.manifest.files

    def keras_file(self) -> Path:
        """Its network as training reads it, with the manifest's hash. Raises ModelError where it has none."""
        if not self.can_teach:
            what = f"{self.id} came as an ONNX file alone: it reads faces, but nothing can be learnt from it"
            raise ModelError(what, f"Choose a model that has a {KERAS_FILE}.")
        problem = self._problem_of(KERAS_FILE, self.manifest.files[KERAS_FILE])
        if problem:
            raise ModelError(f"{self.path}: {problem}", "Choose another model: fer-desktop models list.")
        return self.path / KERAS_FILE

    def verify(self) -> list[str]:
        """What is wrong with the files, in words; empty where each is there and has its hash."""
        files = self.manifest.files
        problems = [] if ONNX_FILE in files else [f"{ONNX_FILE} is not in the manifest"]
        if KERAS_FILE not in files and (self.path / KERAS_FILE).exists():
            problems.append(f"{KERAS_FILE} is not in the manifest")
        found = (self._problem_of(name, digest) for name, digest in files.items())
        return problems + [problem for problem in found if problem]

    def live_problem(self) -> str | None:
        """What is wrong with the one file that live reading needs, in words; costs a fraction of `verify`."""
        if ONNX_FILE not in self.manifest.files:
            return f"{ONNX_FILE} is not in the manifest"
        return self._problem_of(ONNX_FILE, self.manifest.files[ONNX_FILE])

    def read(self, name: str) -> bytes:
        """One file's content, which has the manifest's hash. Raises ModelError."""
        path = self.path / name
        remedy = "Choose another model, or install the program again: fer-desktop doctor says more."
        try:
            problem = self._unfit(name)
            content = b"" if problem else path.read_bytes()
        except OSError as error:
            raise ModelError(f"The model's file {path} cannot be read ({error.strerror or error})", remedy) from error
        if problem:
            raise ModelError(f"The model's file {path} cannot be read: {problem}", remedy)
        if hashlib.sha256(content).hexdigest() != self.manifest.files.get(name):
            raise ModelError(f"The model's file {path} is damaged: its hash is not the manifest's", remedy)
        return content

    def _problem_of(self, name: str, expected: str) -> str | None:
        try:
            problem = self._unfit(name)
            if problem:
                return problem
            if sha256(self.path / name) != expected:
                return f"{name} is damaged: its hash is not the manifest's"
        except (OSError, ValueError) as error:  # a name may hold what no path may
            return f"{name[:80]} cannot be read ({getattr(error, 'strerror', None) or error})"
        return None

    def _unfit(self, name: str) -> str | None:
        """Looked at before anything is opened: a pipe would never end, and a vast file would take minutes."""
        if Path(name).name != name or "\\" in name:
            return f"{name[:80]} lies outside the model's folder"
        path = self.path / name
        size = path.stat().st_size
        if not path.is_file():
            return f"{name} is no file"
        if size > MAX_FILE_BYTES:
            return f"{name} is larger than {MAX_FILE_BYTES >> 20} MB"
        return None
