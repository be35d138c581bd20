"""Whether a file can be base data at all, by how it begins: the fine-tuning itself reads it whole, and says more."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fer_desktop.gui.samples.words import tr

START_BYTES: Final = 4096
_ARCHIVES: Final = (b"PK\x03\x04", b"PK\x05\x06")
_COLUMNS: Final = ("emotion", "pixels")


def problem(path: Path) -> str:
    """What is surely wrong with it, in words; empty where that cannot be told so soon, as of a folder."""
    try:
        if path.is_dir():
            return ""
        if not path.is_file():
            return tr("{path} is not there any more. Choose another, or use none.").format(path=path)
        with path.open("rb") as stream:
            start = stream.read(START_BYTES)
    except OSError as error:
        return tr("{path} cannot be read ({why}).").format(path=path, why=error.strerror or error)
    if start.startswith(_ARCHIVES):
        return ""
    if path.suffix.lower() == ".npz":
        return tr("{path} is damaged: it does not begin as an .npz file does.").format(path=path)
    header = start.split(b"\n")[0].decode("utf-8-sig", "replace")
    names = [name.strip().strip('"').lower() for name in header.split(",")]
    if any(names.count(name) != 1 for name in _COLUMNS):
        text = tr("{path} holds no faces: its first line does not name the columns emotion and pixels.")
        return text.format(path=path)
    return ""
