"""The models there are, and which one is used.

The shipped model lies in the program's models/default/, read-only; a person's own lie in their data folder, with
active.json, which names the one they chose. Reading never changes anything; changes are made one window at a time, and
each is one renaming or one replaced file, so that whatever happens in between, the next start has a working model.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fer_desktop import atomic_file, resources
from fer_desktop.core.errors import InputError, ModelError
from fer_desktop.modelstore import active, check, manifest, package, places
from fer_desktop.modelstore.active import Active, Choice
from fer_desktop.modelstore.folder import CARD_FILE, KERAS_FILE, ONNX_FILE, ModelFolder

__all__ = ["CARD_FILE", "KERAS_FILE", "ONNX_FILE", "SHIPPED_ID", "Active", "ModelFolder", "ModelStore"]

SHIPPED_ID: Final = "default"
_LISTED: Final = "fer-desktop models list shows those there are."


class ModelStore:
    """The shipped model and this person's own. A model is named by its id, its folder's name or its folder's path."""

    def __init__(self, shipped: Path, user: Path) -> None:
        self._shipped, self._user = shipped, user

    @classmethod
    def default(cls) -> ModelStore:
        return cls(resources.models_dir() / SHIPPED_ID, resources.user_models_dir())

    # Reading

    def active(self) -> ModelFolder:
        """The model that the program uses. Raises ModelError where none works, not even the shipped one."""
        return self.resolve().folder

    def resolve(self) -> Active:
        """The chosen model; where it cannot be used, the newest before it that can, at worst the shipped one, with what
        happened in words. Looks only at what live reading needs, so that it is quick. Raises ModelError as `active`.
        """
        known = self._places()
        problem = None
        try:
            choice = active.read(self._user) or Choice(self._shipped.name)
        except ModelError as error:
            choice, problem = Choice(self._shipped.name), error.what
        others = [name for name in known if name not in (choice.active, self._shipped.name)]
        order = dict.fromkeys((choice.active, *choice.previous, self._shipped.name, *others))
        shipped_error = ModelError(f"There is no model in {self._shipped}")
        for name in order:
            folder = _usable(known.get(name), name)
            if isinstance(folder, ModelFolder):
                return Active(folder, f"{problem}. {folder.name} is used instead" if problem else None)
            problem = problem or f"The chosen model {name} cannot be used: {folder.what}"
            if name == self._shipped.name:
                shipped_error = folder
        raise ModelError(shipped_error.what, "Install the program again: fer-desktop doctor says how.")

    def models(self) -> list[ModelFolder]:
        """Every readable model, the shipped one first."""
        return [folder for _, folder in self._all() if isinstance(folder, ModelFolder)]

    def unreadable(self) -> list[str]:
        """Why the other folders are not in the list, a line each."""
        return [str(error) for _, error in self.unreadable_folders()]

    def unreadable_folders(self) -> list[tuple[Path, ModelError]]:
        """The other folders, each with the reason. `remove` takes such a path."""
        return [(path, folder) for path, folder in self._all() if isinstance(folder, ModelError)]

    def get(self, id_or_folder: str) -> ModelFolder:
        """A model by its id, its folder's name, or the path of its folder. Raises ModelError."""
        own = self._find(id_or_folder)
        if own is not None:
            return ModelFolder.open(own)
        try:
            elsewhere = Path(id_or_folder)
            if (elsewhere / manifest.FILE_NAME).is_file():
                return ModelFolder.open(elsewhere)
        except (OSError, ValueError):
            pass  # no path: too long, or with a sign that no path holds
        known = ", ".join(folder.id for folder in self.models()) or "none"
        raise ModelError(f"There is no model {id_or_folder}", f"Give a model's folder or one of: {known}.")

    def origin(self, folder: ModelFolder) -> str:
        """ "shipped", "imported" or "trained"."""
        if folder.path == self._shipped:
            return "shipped"
        return "imported" if folder.manifest.imported else "trained"

    def previous(self) -> list[ModelFolder]:
        """The readable models that were used before the present one, newest first."""
        return [folder for _, folder in self._candidates()]

    def verify(self, id_or_folder: str) -> list[str]:
        """What is wrong with a model, in words: each file's hash, then what the network says. Raises ModelError."""
        folder = self.get(id_or_folder)
        problems = folder.verify()
        if not problems:
            try:
                check.network(folder.read(ONNX_FILE), ONNX_FILE)
            except ModelError as error:
                problems.append(error.what)
        return problems

    # Changing

    def activate(self, id_or_folder: str) -> ModelFolder:
        """Verify a model, then use it from now on. Raises ModelError, and the one before stays."""
        with places.changing(self._user):
            name, path = self._own(id_or_folder)
            folder = self._proven(path)
            self._choose(name)
        return folder

    def go_back(self) -> ModelFolder:
        """Use the newest model before the present one that is whole. Raises ModelError where there is none."""
        with places.changing(self._user):
            for name, folder in self._candidates():
                try:
                    self._proven(folder.path)
                except ModelError:
                    continue
                self._choose(name)
                return folder
        raise ModelError("There is no earlier model to go back to", _LISTED)

    def rename(self, id_or_folder: str, name: str) -> ModelFolder:
        """Give one of a person's own models another shown name; its id and its folder stay. Raises ModelError where
        that cannot be written, InputError where it is no name (1 to 60 printable characters) or another one's."""
        problem = manifest.name_problem(name)
        if problem:
            raise InputError(f"{name[:80]!r} is no name for a model: {problem}", "Give another name.")
        with places.changing(self._user):
            _, path = self._own(id_or_folder)
            if path == self._shipped:
                raise ModelError("The shipped model keeps its name", "Rename one of your own.")
            ModelFolder.open(path)
            others = [folder for folder in self.models() if folder.path != path]
            if name.strip().casefold() in {text.casefold() for one in others for text in (one.id, one.name)}:
                raise InputError(f"Another model is called {name.strip()} already", "Give another name.")
            try:
                manifest.change(path, name=name.strip())
            except OSError as error:
                raise places.unwritable(path, error) from error
            return ModelFolder.open(path)

    def remove(self, id_or_folder: str) -> None:
        """Delete one of a person's own models, also a damaged one; never the one that is used. Raises ModelError."""
        with places.changing(self._user):
            name, path = self._own(id_or_folder)
            if path == self._shipped:
                raise ModelError("The shipped model cannot be removed", "Remove one of your own.")
            choice = self._choice()
            if name == choice.active or path == self._in_use():
                raise ModelError(f"{name} is the active model", "Activate another one first.")
            try:
                places.take_away(path, self._user)
                if name in choice.previous:
                    active.write(self._user, choice.without(name))
            except OSError as error:
                raise ModelError(
                    f"{path} cannot be removed ({error.strerror or error})", "Close what uses it."
                ) from error

    def export(self, id_or_folder: str, path: Path) -> Path:
        """Write a whole model as one zip archive; into a folder, as <id>.zip. The path written.

        Raises ModelError, and InputError where something of that name is there: it may be the only copy of a model.
        """
        folder = self.get(id_or_folder)
        target = path / f"{places.plain_name(folder.id)}.zip" if path.is_dir() else path
        if target.exists():
            raise InputError(f"{target} exists", "Give another name, or remove it first.")
        if not target.parent.is_dir():
            raise InputError(f"There is no folder {target.parent}", "Make it first, or give another one.")
        try:
            atomic_file.write(target, package.write(folder))
        except OSError as error:
            raise places.unwritable(target, error) from error
        return target

    def import_(self, path: Path) -> ModelFolder:
        """Take in the zip archive that `export` writes, a model folder, or an ONNX file. Everything is checked
        first, and nothing in it runs. Raises ModelError with the reason, and nothing of it is left."""
        came = package.read(path)
        with places.changing(self._user):
            taken = {*self._places(), *(folder.id for folder in self.models())}
            name = places.free_name(came.proposed_id, taken, self._user)
            try:
                with places.incoming(self._user) as beside:
                    for file, content in came.files.items():
                        (beside / file).write_bytes(content)
                    manifest.save(beside, {**came.values, "id": name})
                    self._whole(beside)
                    places.flush(beside)
                    beside.rename(self._user / name)
                places.flush_names(self._user)
            except OSError as error:
                raise places.unwritable(self._user / name, error) from error
            return ModelFolder.open(self._user / name)

    # Within

    def _places(self) -> dict[str, Path]:
        """Name -> folder, the shipped one first. An own folder of the same name goes by its whole path."""
        known = {self._shipped.name: self._shipped}
        for name, path in places.models_in(self._user).items():
            known[str(path) if name in known else name] = path
        return known

    def _all(self) -> list[tuple[Path, ModelFolder | ModelError]]:
        found: list[tuple[Path, ModelFolder | ModelError]] = []
        for path in self._places().values():
            try:
                found.append((path, ModelFolder.open(path)))
            except ModelError as error:
                found.append((path, error))
        return found

    def _find(self, id_or_folder: str) -> Path | None:
        by_name = self._places().get(id_or_folder)
        if by_name is not None:
            return by_name
        found = self._all()
        for path, folder in found:
            if isinstance(folder, ModelFolder) and folder.id == id_or_folder:
                return path
        try:
            wanted = Path(id_or_folder).resolve()
        except (OSError, ValueError, RuntimeError):
            return None  # no path
        return next((path for path, _ in found if path.resolve() == wanted), None)

    def _own(self, id_or_folder: str) -> tuple[str, Path]:
        path = self._find(id_or_folder)
        for name, place in self._places().items():
            if place == path:
                return name, place
        self.get(id_or_folder)  # raises where there is none at all
        raise ModelError(f"{id_or_folder} is not among your models", "Take it in first: fer-desktop models import FILE")

    def _choice(self) -> Choice:
        try:
            return active.read(self._user) or Choice(self._shipped.name)
        except ModelError:
            return Choice(self._shipped.name)

    def _choose(self, name: str) -> None:
        try:
            active.write(self._user, self._choice().followed_by(name))
        except OSError as error:
            raise places.unwritable(self._user / active.FILE_NAME, error) from error

    def _in_use(self) -> Path | None:
        try:
            return self.active().path
        except ModelError:
            return None

    def _candidates(self) -> list[tuple[str, ModelFolder]]:
        known, used, found = self._places(), self._in_use(), []
        for name in dict.fromkeys((*self._choice().previous, self._shipped.name)):
            folder = _usable(known.get(name), name)
            if isinstance(folder, ModelFolder) and folder.path != used:
                found.append((name, folder))
        return found

    def _whole(self, path: Path) -> ModelFolder:
        folder = ModelFolder.open(path)
        problems = folder.verify()
        if problems:
            raise ModelError(f"The model in {path} is damaged: {'; '.join(problems)}", "Choose another model.")
        return folder

    def _proven(self, path: Path) -> ModelFolder:
        folder = self._whole(path)
        check.network(folder.read(ONNX_FILE), f"The network of {folder.id}")
        return folder


def _usable(path: Path | None, name: str) -> ModelFolder | ModelError:
    """The model, if live reading can use it; else the error that says why not."""
    if path is None:
        return ModelError(f"there is no model {name} any more")
    try:
        folder = ModelFolder.open(path)
    except ModelError as error:
        return error
    problem = folder.live_problem()
    return ModelError(f"{path}: {problem}") if problem else folder
