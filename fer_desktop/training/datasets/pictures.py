"""Any picture that Pillow reads, as a face of 48×48 grey pixels."""

from __future__ import annotations

import io
import warnings

import cv2
import numpy as np
from PIL import Image, ImageOps

from fer_desktop.core.crop import crop_face
from fer_desktop.core.ports import FaceDetector
from fer_desktop.core.quality import reason_not_to_label
from fer_desktop.core.types import CROP_SIDE, Frame, UInt8Array

MAX_PIXELS = 50_000_000
MIN_SIDE = 24
"""A smaller picture holds no face that could be read."""
MAX_READY_SIDE = 128
"""Without a detector, square pictures up to this side in pixels are taken for faces cut out already."""
COLOUR_TOLERANCE = 16
"""A grey picture stored in colour as JPEG differs by so much between its channels, of 255."""
MARGIN = 0.5
"""Of a picture's sides, put around one that holds nothing but the face: the detector wants some space around it."""

_NOT_RASTER = ("EPS", "WMF", "PSD", "PDF", "BUFR", "GRIB", "HDF5", "MPEG")
"""What Pillow knows of but needs another program for, or is no picture of pixels."""


def decode(data: bytes) -> UInt8Array:
    """A file's upright picture: uint8[h, w] where it is grey, uint8[h, w, 3], blue first, in colour.

    Raises ValueError with the reason, for people.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, on odd metadata and on sizes that are checked here
        try:
            Image.init()
            with Image.open(io.BytesIO(data), formats=[name for name in Image.ID if name not in _NOT_RASTER]) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise ValueError(f"{width:,} x {height:,} pixels are more than {MAX_PIXELS // 10**6} megapixels")
                image.load()
                return _pixels(_upright(image))
        except Image.UnidentifiedImageError as error:
            raise ValueError("not a picture of a format that is read") from error
        except Image.DecompressionBombError as error:
            raise ValueError(f"more than {MAX_PIXELS // 10**6} megapixels") from error
        except ValueError:
            raise
        # Whatever a decoder does with a stranger's bytes, it is the file that is unusable.
        except Exception as error:
            raise ValueError(f"damaged ({' '.join(str(error).split())[:100] or type(error).__name__})") from error


def is_ready(picture: UInt8Array) -> bool:
    """Whether it is in FER2013's form already."""
    return picture.shape == (CROP_SIDE, CROP_SIDE)


def resized(picture: UInt8Array) -> UInt8Array:
    """uint8[48, 48] of a picture taken for a face cut out already. Raises ValueError where it cannot be one."""
    height, width = picture.shape[:2]
    if height != width or not MIN_SIDE <= width <= MAX_READY_SIDE:
        raise ValueError(f"{width} x {height} pixels, and no face detector to find the face")
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    smaller = width > CROP_SIDE
    interpolation = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return cv2.resize(grey, (CROP_SIDE, CROP_SIDE), interpolation=interpolation)  # type: ignore[return-value]


def found(picture: UInt8Array, detector: FaceDetector, index: int) -> UInt8Array:
    """uint8[48, 48]: the largest face in it, cut as live faces are. Raises ValueError where there is none."""
    height, width = picture.shape[:2]
    if min(height, width) < MIN_SIDE:
        raise ValueError(f"{width} x {height} pixels are too few")
    bgr = picture if picture.ndim == 3 else cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    faces = detector.detect(Frame(bgr, index, 0.0, "data"))  # type: ignore[arg-type]
    if not faces:
        rows, columns = round(height * MARGIN), round(width * MARGIN)
        bgr = cv2.copyMakeBorder(bgr, rows, rows, columns, columns, cv2.BORDER_REPLICATE)
        faces = detector.detect(Frame(bgr, index, 0.0, "data"))  # type: ignore[arg-type]
    if not faces:
        raise ValueError("no face was found")
    face = max(faces, key=lambda face: face.box.area)
    reason = reason_not_to_label(face)
    if reason is not None:
        raise ValueError(f"the face is {reason}")
    return crop_face(bgr, face)  # type: ignore[arg-type]


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # damaged metadata costs the orientation, not the picture
        return image


def _pixels(image: Image.Image) -> UInt8Array:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _eight_bits(np.asarray(image))
    if image.mode in ("1", "L") and "transparency" not in image.info:
        return np.array(image.convert("L"))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    rgb = np.asarray(image.convert("RGB"))
    if np.ptp(rgb, axis=2).max() <= COLOUR_TOLERANCE:
        return np.array(image.convert("L"))
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _eight_bits(values: np.ndarray) -> UInt8Array:
    """Grey of 16 bits, or of floating point from 0 to 1, as uint8[h, w]."""
    top = 1.0 if values.dtype.kind == "f" else 65535.0
    if not (values.min() >= 0 and values.max() <= top):  # false for NaN as well
        raise ValueError(f"pixels outside 0 to {top:g}")
    return np.round(values.astype(np.float64) * (255.0 / top)).astype(np.uint8)
