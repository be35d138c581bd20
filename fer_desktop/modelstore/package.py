"""A model from elsewhere: the zip archive that `models export` writes, a model folder, or a bare ONNX file."""

from __future__ import annotations

import datetime
import hashlib
import io
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore import check, keras_file, zip_file
from fer_desktop.modelstore.folder import CARD_FILE, KERAS_FILE, KNOWN_FILES, ONNX_FILE, ModelFolder
from fer_desktop.modelstore.manifest import FILE_NAME, MAX_BYTES, Manifest, name_problem, parse

MAX_PACKAGE_BYTES: Final = 64 * 1024 * 1024
_HDF5: Final = b"\x89HDF\r\n\x1a\n"
_FORMS: Final = "Give the zip that `fer-desktop models export` writes, a model folder, or an ONNX file."
_KERAS_REASON: Final = "a .keras or .h5 file can hold code that runs when it is loaded"
# Always the same, so that the same model gives the same file.
_DATE: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Package:
    """What a file holds: the model's files without its manifest, and the manifest's values. All is checked."""

    files: dict[str, bytes]
    values: dict[str, Any]
    proposed_id: str


def read(path: Path) -> Package:
    """Read what came from elsewhere, with every check there is; nothing in it runs. Raises ModelError."""
    if path.is_dir():
        return _from_files(_folder(path), path)
    content = _content(path)
    where = path.name
    if path.suffix.lower() in (".keras", ".h5", ".hdf5") or content.startswith(_HDF5):
        raise ModelError(f"{where} is refused: {_KERAS_REASON}", _FORMS)
    if content.startswith(b"PK"):
        return _from_zip(content, path)
    return _from_onnx(content, path)


def write(folder: ModelFolder) -> bytes:
    """The zip archive of a model that is whole. Raises ModelError where it is not, or where nobody could import it."""
    manifest = (folder.path / FILE_NAME).read_bytes()
    files = {name: folder.read(name) for name in folder.manifest.files if name in KNOWN_FILES}
    if ONNX_FILE not in files:
        raise ModelError(f"{folder.path} has no {ONNX_FILE}", "Choose another model.")
    left_out = set(folder.manifest.files) - set(files)
    if left_out:
        raise ModelError(f"{folder.path} holds {min(left_out)!r}, which no package may hold", "Choose another model.")
    if sum(map(len, files.values())) + len(manifest) > MAX_PACKAGE_BYTES:
        raise ModelError(f"{folder.path} is larger than {MAX_PACKAGE_BYTES >> 20} MB", "Choose another model.")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in {FILE_NAME: manifest, **files}.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr = 0o100644 << 16
            # Weights hardly shrink; stored, they open at once and can never look like a bomb.
            stored = name in (ONNX_FILE, KERAS_FILE)
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return stream.getvalue()


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            reason = "is no file" if path.exists() else "does not exist"
            raise ModelError(f"{path} {reason}", _FORMS)
        content = b"" if path.stat().st_size > MAX_PACKAGE_BYTES else path.read_bytes()
        too_large = max(path.stat().st_size, len(content)) > MAX_PACKAGE_BYTES
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error})", _FORMS) from error
    if too_large:
        raise ModelError(f"{path} is larger than {MAX_PACKAGE_BYTES >> 20} MB: too large to be a model", _FORMS)
    if not content:
        raise ModelError(f"{path} is empty", _FORMS)
    return content


def _folder(path: Path) -> dict[str, bytes]:
    """What belongs to a model, of the files in a folder."""
    if not (path / FILE_NAME).is_file():
        raise ModelError(f"{path} is no model's folder: it has no {FILE_NAME}", _FORMS)
    return {name: _content(path / name) for name in sorted(KNOWN_FILES) if (path / name).exists()}


def _from_zip(content: bytes, path: Path) -> Package:
    where = path.name
    try:
        files = zip_file.read(content, MAX_PACKAGE_BYTES)
    except zip_file.Refused as refused:
        raise ModelError(f"{where} is refused: {refused}", _FORMS) from refused
    return _from_files(files, path)


def _from_files(files: dict[str, bytes], path: Path) -> Package:
    where = path.resolve().name
    strange = sorted(set(files) - set(KNOWN_FILES))
    if {"config.json", "model.weights.h5"} & set(strange):
        raise ModelError(f"{where} is refused: {_KERAS_REASON}", _FORMS)
    if strange:
        raise ModelError(f"{where} is refused: it holds {strange[0][:60]!r}, which is no part of a model", _FORMS)
    missing = [name for name in (FILE_NAME, ONNX_FILE) if name not in files]
    if missing:
        raise ModelError(f"{where} is refused: it has no {missing[0]}", _FORMS)
    record = files.pop(FILE_NAME)
    if len(record) > MAX_BYTES:
        raise ModelError(f"{where} is refused: its {FILE_NAME} is too large", _FORMS)
    inside = path / FILE_NAME
    values = parse(record, inside)
    manifest = Manifest.of(values, inside)
    _check_hashes(manifest, files, where)
    network = files.get(KERAS_FILE)
    problem = keras_file.problem(network) if network is not None else None
    if problem:
        raise ModelError(f"{where} is refused: its {KERAS_FILE} is not safe: {problem}", _FORMS)
    check.foreign(files[ONNX_FILE], f"{ONNX_FILE} in {where}")
    return Package(files, {**values, "imported": _imported(where)}, manifest.id)


def _check_hashes(manifest: Manifest, files: dict[str, bytes], where: str) -> None:
    if set(manifest.files) != set(files):
        name = min(set(manifest.files) ^ set(files))
        state = "is not in its manifest" if name in files else "is missing"
        raise ModelError(f"{where} is refused: {name[:60]!r} {state}", _FORMS)
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != manifest.files[name]:
            raise ModelError(f"{where} is refused: {name} is damaged: its hash is not the manifest's", _FORMS)


def _from_onnx(content: bytes, path: Path) -> Package:
    if path.suffix.lower() == ".zip":
        raise ModelError(f"{path.name} is damaged: it does not begin as a zip archive does", _FORMS)
    check.foreign(content, path.name)
    imported = _imported(path.name)
    card = _card(imported).encode("utf-8", "backslashreplace")
    files = {ONNX_FILE: content, CARD_FILE: card}
    manifest = Manifest(
        id=path.stem[:100] or "model",
        created=imported["at"],
        files={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        data={"note": "It came as a bare ONNX file: what it learnt from and how good it is are unknown."},
        name=None if name_problem(path.stem) else path.stem,
        imported=imported,
    )
    return Package(files, asdict(manifest), path.stem)


def _imported(file: str) -> dict[str, str]:
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"file": file[:200], "at": now.isoformat(timespec="seconds")}


def _card(imported: dict[str, str]) -> str:
    name = "".join(sign if sign.isprintable() else "?" for sign in imported["file"])
    return (
        f"# {name}\n\n"
        f"Imported on {imported['at'][:10]} as a bare ONNX file. What it learnt from and how good it is are unknown.\n"
        "Its answers are taken as logits of angry, disgust, fear, happy, sad, surprise and neutral, in this order,\n"
        "for grey faces of 48 × 48 pixels with values from 0 to 255; only their number could be checked.\n"
        "It brings no calibration, so its percentages may be too sure.\n\n"
        "Measure it before you trust it: `fer-desktop evaluate --data PATH --model ID`.\n"
        f"Nothing can be learnt from it: it has no {KERAS_FILE}.\n"
    )
