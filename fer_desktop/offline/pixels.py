"""The pixels of an image that Pillow has loaded, as the rest of the program has them: eight bits, blue first, upright.

Transparent pixels are laid over white, as a page shows them. Sixteen bits are scaled from their whole range to eight.
Colour profiles are not applied: the network reads grey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fer_desktop.core.errors import InputError
from fer_desktop.core.types import UInt8Array

if TYPE_CHECKING:
    from PIL.Image import Image

_ORIENTATION_TAG: Final = 0x0112


def orientation(image: Image) -> int:
    """EXIF orientation 1 to 8; 1 where there is none or it makes no sense. To be asked after `load`: PNG may carry it
    behind the pixels, and Pillow turns TIFFs itself while loading and then removes the tag."""
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # damaged metadata costs the orientation, not the picture
        return 1
    return value if value in range(1, 9) else 1


def upright(bgr: UInt8Array, orientation: int) -> UInt8Array:
    """Undoes what EXIF says the camera did (CIPA DC-008, "Orientation")."""
    import cv2

    match orientation:
        case 2:
            return _array(cv2.flip(bgr, 1))
        case 3:
            return _array(cv2.rotate(bgr, cv2.ROTATE_180))
        case 4:
            return _array(cv2.flip(bgr, 0))
        case 5:
            return _array(cv2.transpose(bgr))
        case 6:
            return _array(cv2.rotate(bgr, cv2.ROTATE_90_CLOCKWISE))
        case 7:
            return _array(cv2.rotate(cv2.transpose(bgr), cv2.ROTATE_180))
        case 8:
            return _array(cv2.rotate(bgr, cv2.ROTATE_90_COUNTERCLOCKWISE))
    return bgr


def _array(values: Any) -> UInt8Array:
    return np.ascontiguousarray(values, dtype=np.uint8)


def bgr(image: Image, name: str) -> UInt8Array:
    """A loaded image's pixels as uint8[h, w, 3], not yet turned upright."""
    import cv2
    from PIL import Image as pil

    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _array(cv2.cvtColor(_eight_bits(np.asarray(image), name), cv2.COLOR_GRAY2BGR))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = pil.alpha_composite(pil.new("RGBA", image.size, "white"), image)
    if image.mode != "RGB":
        try:
            image = image.convert("RGB")
        except ValueError as error:
            raise InputError(f"{name} has colours of a kind that is not read ({image.mode})", "Save as RGB") from error
    width, height = image.size
    return np.frombuffer(image.tobytes("raw", "BGR"), np.uint8).reshape(height, width, 3)


def _eight_bits(values: np.ndarray[Any, Any], name: str) -> UInt8Array:
    """Grey of more than eight bits, or of floating point from 0 to 1, as uint8[h, w]."""
    import cv2

    top = 1.0 if values.dtype.kind == "f" else 65535.0
    if values.dtype.itemsize > 2 and not (values.min() >= 0 and values.max() <= top):  # false for NaN as well
        raise InputError(f"{name} has 32-bit pixels outside 0 to {top:g}", "Save it with 8 or 16 bits")
    depth = np.uint16 if values.dtype.itemsize == 2 else np.float32
    return _array(cv2.convertScaleAbs(values.astype(depth), alpha=255.0 / top))
