"""Reads one image file into an upright BGR frame, whatever its format, or says in one line why it cannot.

What a file is, its first bytes tell, never its name. Size is checked from the header, before any pixel is decoded.
Pillow decodes: it knows every format here with one set of rules for orientation, transparency and truncation, and
refuses a truncated file where cv2.imdecode returns half a picture. A JPEG of 12 megapixels takes 76 ms (cv2: 38 ms).

Of animations and files with several pages the first picture counts.
"""

# With pathlib, paths would not be kept as given.
# ruff: noqa: PTH116, PTH123

from __future__ import annotations

import errno
import importlib
import io
import os
import stat
import time
from typing import TYPE_CHECKING, Final

from fer_desktop.core.errors import FerError, InputError
from fer_desktop.core.pip_command import install
from fer_desktop.core.types import Frame, UInt8Array
from fer_desktop.offline import pixels
from fer_desktop.offline.names import shown

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS: Final = 100_000_000
MAX_SIDE: Final = 32_767
"""Pixels; OpenCV's warps take no longer sides."""
MAX_BYTES: Final = 512 * 1024 * 1024

_SUFFIXES = ".jpg .jpeg .jpe .jfif .mpo .png .gif .bmp .dib .tif .tiff .webp .avif .heic .heif .pgm .ppm .pnm"
SUFFIXES: Final = frozenset(_SUFFIXES.split())
"""Lower-case endings by which images are looked for in folders and file dialogs."""

_PLUGINS: Final = {
    "AVIF": ("PIL.AvifImagePlugin", "AvifImageFile"),
    "BMP": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "GIF": ("PIL.GifImagePlugin", "GifImageFile"),
    "HEIC": ("pillow_heif", "HeifImageFile"),
    "JPEG": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "PNG": ("PIL.PngImagePlugin", "PngImageFile"),
    "PPM": ("PIL.PpmImagePlugin", "PpmImageFile"),
    "TIFF": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "WebP": ("PIL.WebPImagePlugin", "WebPImageFile"),
}
# The longer signatures first: each belongs to the format that it names.
_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"BM", "BMP"),
    (b"P5", "PPM"),
    (b"P6", "PPM"),
)
# Said by decoders of images that are whole.
_UNSUPPORTED: Final = ("unknown pixel mode", "unsupported", "not available", "not supported")
_KNOWN: Final = "Use JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF or HEIC"


def read_image(path: str | os.PathLike[str], at_least: int | None = None) -> Frame:
    """The image file as an upright frame, its `source` the path as given. Raises InputError.

    at_least: for a thumbnail; of a JPEG, whose decoder can do so, it may come with half its sides, a quarter or an
    eighth, none under so many pixels. Only regular files are read, so that no device and no pipe can keep it waiting.
    """
    text = os.fspath(path)
    bgr = decode_image(_read_bytes(text), shown(text), at_least)
    return Frame(bgr=bgr, index=0, captured_at=time.monotonic(), source=text)


def decode_image(data: bytes, name: str, at_least: int | None = None) -> UInt8Array:
    """The upright picture uint8[h, w, 3], blue first, of a whole file's bytes. `name` is for the InputError raised;
    at_least: as above."""
    kind = _kind_of(data, name)
    if kind == "WebP":
        _check_size(_webp_size(data), name)
    try:
        image = _open(kind, data)
    except ImportError as error:
        raise _not_installed(kind, name) from error
    except Exception as error:  # whatever a decoder does with a stranger's bytes, it is the file that is unusable
        raise _unusable(kind, name, error) from error
    _check_size(image.size, name)
    try:
        if at_least is not None and kind == "JPEG":
            image.draft(None, (at_least, at_least))
        image.load()
        orientation = pixels.orientation(image)
        return pixels.upright(pixels.bgr(image, name), orientation)
    except FerError:
        raise
    except MemoryError as error:
        what = f"{name} ({image.size[0]:,} x {image.size[1]:,} pixels) does not fit into memory"
        raise InputError(what, "Close other programs or make the image smaller") from error
    except Exception as error:
        raise _unusable(kind, name, error) from error


def _read_bytes(path: str) -> bytes:
    """The bytes of a regular file, no more than it had when opened."""
    name = shown(path)
    try:
        _check_regular(os.stat(path).st_mode, name)
        # Should a pipe take the file's place in between, opening it must not wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            _check_regular(status.st_mode, name)
            if status.st_size > MAX_BYTES:
                what = f"{name} has {status.st_size / 1e6:,.0f} MB; images up to {MAX_BYTES / 1e6:,.0f} MB are read"
                raise InputError(what, "Save it smaller or as JPEG")
            data = file.read(status.st_size)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if not data:
        raise InputError(f"{name} is empty", "Copy it again from where it came from")
    return data


def _check_regular(mode: int, name: str) -> None:
    if stat.S_ISDIR(mode):
        raise InputError(f"{name} is a folder, not an image", "Name the image in it, or the folder where one may stand")
    if not stat.S_ISREG(mode):
        raise InputError(f"{name} is a device or pipe, not an image file", "Save the image as a file first")


def unreadable(path: str, error: Exception) -> InputError:
    """What the system's refusal to read a file or folder means, in words."""
    name = shown(path) or "an image with an empty name"
    if isinstance(error, FileNotFoundError):
        return InputError(f"{name} does not exist", "Check the path")
    if isinstance(error, PermissionError):
        return InputError(f"{name} may not be read: no permission", "Change its permissions or copy it elsewhere")
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return InputError(f"{name} is a link that leads back to itself", "Mend or remove the link")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return InputError(f"{name} cannot be read ({reason.lower()})", "Check the path and the drive it is on")


def _kind_of(data: bytes, name: str) -> str:
    """The format that the first bytes tell."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:8] == b"ftyp":
        end = min(int.from_bytes(data[:4], "big"), 256)
        brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}:
            return "HEIC"
    if data[4:8] == b"ftyp" or data[:4] == b"\x1aE\xdf\xa3" or (data[:4] == b"RIFF" and data[8:12] == b"AVI "):
        remedy = "Open it with File > Open recording, or run: fer-desktop video FILE"
        raise InputError(f"{name} is a video, not an image", remedy)
    raise InputError(f"{name} is not an image, or of a format that is not read here", _KNOWN)


def _open(kind: str, data: bytes) -> Image:
    """Reads the header only. The format's own class is called, not Image.open, whose guard against huge images is a
    setting of the whole process, warns, and does not tell the size."""
    module, name = _PLUGINS[kind]
    image: Image = getattr(importlib.import_module(module), name)(io.BytesIO(data))
    return image


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels by the first chunk (RFC 9649); (1, 1) where it is none that tells.

    WebP's decoder takes memory for the whole canvas when it opens the file: the size must be known before.
    """
    chunk, head = data[12:16], data[20:30].ljust(10, b"\0")
    if chunk == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return max(width, 1), max(height, 1)
    return 1, 1


def _not_installed(kind: str, name: str) -> InputError:
    if kind == "HEIC":
        remedy = f"Run: {install('pillow-heif')}, or save the image as JPEG"
        return InputError(f"{name} is a HEIC image, and the part that reads these is not installed", remedy)
    return InputError(f"{name} is a {kind} image, which this installation cannot read", "Save it as JPEG or PNG")


def _unusable(kind: str, name: str, error: Exception) -> InputError:
    reason = " ".join(str(error).split())
    if any(word in reason.lower() for word in _UNSUPPORTED):
        remedy = "Convert it to an 8-bit PNG or JPEG"
        return InputError(f"{name} is a {kind} image stored in a way not read here ({shown(reason)[:100]})", remedy)
    remedy = "Copy it again from where it came from"
    if isinstance(error, EOFError) or "truncated" in reason.lower():
        return InputError(f"{name} is cut short: the end of the {kind} image is missing", remedy)
    return InputError(f"{name} is a damaged {kind} image", remedy)


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise InputError(f"{name} is an image without pixels ({width} x {height})", "Copy it again")
    if width * height > MAX_PIXELS:
        what = f"{name} has {width:,} x {height:,} pixels; images up to {MAX_PIXELS // 10**6} megapixels are read"
        raise InputError(what, "Make it smaller")
    if max(size) > MAX_SIDE:
        what = f"{name} has {width:,} x {height:,} pixels; sides up to {MAX_SIDE:,} pixels are read"
        raise InputError(what, "Make it smaller or cut it")
