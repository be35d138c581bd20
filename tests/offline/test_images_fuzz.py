"""Damaged files of every format: each gives a picture or an InputError, nothing else, and soon.

FER_MUTATIONS=20000 in the environment runs more of them.
"""

from __future__ import annotations

import os
import random
import time

import numpy as np
import pytest
from PIL import Image

from fer_desktop.core.errors import InputError
from fer_desktop.offline.images import decode_image
from tests.pictures import encoded, heic, picture

MUTATIONS = int(os.environ.get("FER_MUTATIONS", "300"))


def seeds() -> dict[str, bytes]:
    """One valid file for each way in which files of a format are built."""
    exif = Image.Exif()
    exif[0x0112] = 6
    small = picture()
    pages = [picture(seed=10), picture(seed=30)]
    return {
        "jpeg": encoded(small, "JPEG", exif=exif),
        "progressive": encoded(small, "JPEG", progressive=True),
        "cmyk": encoded(small.convert("CMYK"), "JPEG"),
        "png": encoded(small, "PNG", exif=exif),
        "palette": encoded(small.convert("P"), "PNG", transparency=3),
        "deep": encoded(small.convert("L").convert("I;16"), "PNG"),
        "gif": encoded(small, "GIF", save_all=True, append_images=pages),
        "bmp": encoded(small, "BMP"),
        "tiff": encoded(small, "TIFF", compression="tiff_lzw"),
        "tiff jpeg": encoded(small, "TIFF", compression="jpeg"),
        "webp": encoded(small, "WEBP", exif=exif),
        "webp moving": encoded(small, "WEBP", save_all=True, append_images=pages),
        "avif": encoded(small, "AVIF"),
        "heic": heic(small),
        "ppm": encoded(small, "PPM"),
    }


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, more of them near the beginning, where the headers are; often cut, sometimes grown."""
    result = bytearray(data)
    for _ in range(chance.choice((1, 2, 8, 40))):
        reach = len(result) if chance.random() < 0.5 else min(len(result), 200)
        at = chance.randrange(reach)
        result[at] = chance.choice((0, 0xFF, chance.randrange(256), result[at] ^ (1 << chance.randrange(8))))
    if chance.random() < 0.3:
        del result[chance.randrange(1, len(result)) :]
    if chance.random() < 0.1:
        at = chance.randrange(len(result))
        result[at:at] = chance.randbytes(chance.randrange(1, 100))
    return bytes(result)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.timeout(60 + MUTATIONS // 20)
def test_damaged_files_give_a_picture_or_a_reason(rng: np.random.Generator) -> None:
    kinds = seeds()
    chance = random.Random(int(rng.integers(2**32)))
    read = refused = 0
    for number in range(MUTATIONS):
        kind = sorted(kinds)[number % len(kinds)]
        data = mutated(kinds[kind], chance)
        begin = time.perf_counter()
        try:
            picture_read = decode_image(data, "image")
        except InputError as error:
            refused += 1
            assert "\n" not in str(error)
            assert str(error).startswith("image "), (kind, number)
        else:
            read += 1
            assert picture_read.ndim == 3
        assert time.perf_counter() - begin < 10, (kind, number)
    assert read > MUTATIONS // 20, "some damage is harmless: the test reaches the decoders"
    assert refused > MUTATIONS // 20
