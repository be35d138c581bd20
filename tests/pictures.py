"""Image files for tests, each made on the spot."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fer_desktop.core.errors import InputError
from fer_desktop.offline.images import read_image


def picture(width: int = 64, height: int = 48, seed: int = 0) -> Image.Image:
    """A picture that is different from itself turned or mirrored in any way: red grows right, green down."""
    y, x = np.mgrid[0:height, 0:width]
    blue = np.where((x < width // 2) & (y < height // 3), 220, 30 + seed % 50)
    pixels = np.stack((x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), blue), axis=2)
    return Image.fromarray(pixels.astype(np.uint8))


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    """The bytes of the image as a file of Pillow's format name."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def bgr(image: Image.Image) -> np.ndarray:
    """What read_image should give for an upright RGB image."""
    return np.asarray(image.convert("RGB"))[:, :, ::-1]


def heic(image: Image.Image) -> bytes:
    """The bytes of the image as a phone of one maker stores it."""
    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, quality=95)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds a few bytes of pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg_header(width: int, height: int) -> bytes:
    """A JPEG of a small picture whose header declares another size."""
    data = bytearray(encoded(picture(), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def gif_header(width: int, height: int) -> bytes:
    data = bytearray(encoded(picture(), "GIF"))
    data[6:10] = struct.pack("<HH", width, height)
    return bytes(data)


def heic_header(width: int, height: int) -> bytes:
    """A HEIC of a small picture whose boxes "ispe" (ISO/IEC 14496-12) declare another size."""
    data = bytearray(heic(picture(64, 64)))
    at = -1
    while (at := data.find(b"ispe", at + 1)) >= 0:
        data[at + 8 : at + 16] = struct.pack(">II", width, height)
    return bytes(data)


def bmp_header(width: int, height: int) -> bytes:
    data = bytearray(encoded(picture(), "BMP"))
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


def tiff_header(width: int, height: int) -> bytes:
    entries = ((256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (279, 4, 100))
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\0" + struct.pack("<I", 108) + bytes(100) + struct.pack("<H", len(entries)) + body + bytes(4)


def webp_header(width: int, height: int) -> bytes:
    """An extended WebP (at most 16,384 pixels a side in practice) with a small picture inside."""
    inner = encoded(picture(), "WEBP")[12:]
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + size + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def written(folder: Path, data: bytes, name: str = "image") -> Path:
    """The path of a new file with these bytes."""
    path = folder / name
    path.write_bytes(data)
    return path


def refusal(path: str | os.PathLike[str]) -> str:
    """The one line with which a path is refused."""
    with pytest.raises(InputError) as caught:
        read_image(path)
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.remedy, "says how to mend it"
    return line
