"""One labelled face of a person, as a file: all that is known of it stands in its place and name."""

from __future__ import annotations

import re
import secrets
import stat
import struct
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import CROP_SIDE, UInt8Array

COLLECTED: Final = "collected"
CORRECTED: Final = "corrected"
ORIGINS: Final = (COLLECTED, CORRECTED)
MAX_BYTES: Final = 65_536
"""A face takes 2 to 3 KB."""
MAX_BURST: Final = 64
_NAME: Final = re.compile(
    rf"(?P<taken>\d{{8}}T\d{{6}}\.\d{{3}})-(?P<burst>[A-Za-z0-9_-]{{1,{MAX_BURST}}})"
    rf"-(?P<origin>{'|'.join(ORIGINS)})-[0-9a-f]{{8}}\.png"
)
_TIME: Final = "%Y%m%dT%H%M%S.%f"
_START: Final = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBB", 13, b"IHDR", CROP_SIDE, CROP_SIDE, 8, 0)
"""How the file of every sample begins: 48 by 48 pixels of 8 bits, grey."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A grey PNG of 48×48 pixels in the folder of its emotion.

    burst: one hold of an expression, or one sitting of corrections; its faces are nearly alike. taken_at: UTC.
    origin: COLLECTED where the person was asked for the expression, CORRECTED where they mended a wrong reading.
    """

    path: Path
    emotion: str
    burst: str
    taken_at: datetime
    origin: str

    @classmethod
    def at(cls, path: Path) -> Sample | None:
        """What the place and the name say; None where they are no sample's. The file is not looked at."""
        match = _NAME.fullmatch(path.name)
        if match is None or path.parent.name not in emotions.NAMES:
            return None
        try:
            taken_at = datetime.strptime(match["taken"], _TIME).replace(tzinfo=timezone.utc)
        except ValueError:
            return None
        return cls(path, path.parent.name, match["burst"], taken_at, match["origin"])

    def is_whole(self) -> bool:
        """Whether the file is there and begins as a sample's does, which costs less than reading it."""
        try:
            status = self.path.lstat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
                return False
            with self.path.open("rb") as stream:
                return stream.read(len(_START)) == _START
        except OSError:
            return False

    def content(self) -> bytes:
        """The file's bytes. Raises InputError where they are not to be had."""
        try:
            if not self.is_whole():
                raise InputError(f"{self.path} is no picture of a face any more", "Delete it.")
            return self.path.read_bytes()
        except OSError as error:
            raise InputError(f"{self.path} cannot be read ({error.strerror or error})", "Delete it.") from error

    def read(self) -> UInt8Array:
        """uint8[48, 48]. Raises InputError where it cannot be read."""
        import cv2  # not at the start of the window

        image = cv2.imdecode(np.frombuffer(self.content(), np.uint8), cv2.IMREAD_UNCHANGED)
        if image is None or image.shape != (CROP_SIDE, CROP_SIDE) or image.dtype != np.uint8:
            raise InputError(f"{self.path} is damaged", "Delete it.")
        return image  # type: ignore[return-value]


def new_name(taken_at: datetime, burst: str, origin: str) -> str:
    """A name that no other sample has, not even one that another window adds in the same millisecond.

    What has no place in a file's name becomes "_" in the burst. Raises ValueError where an argument is none.
    """
    if not burst:
        raise ValueError("a burst needs a name")
    if origin not in ORIGINS:
        raise ValueError(f"{origin!r} is no origin")
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", burst)[:MAX_BURST]
    time = taken_at.astimezone(timezone.utc).strftime(_TIME)[:-3]
    return f"{time}-{plain}-{origin}-{secrets.token_hex(4)}.png"
