"""What is no image, or none that can be read, is refused in one clear line, at once and without being half read."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from fer_desktop.offline import images
from fer_desktop.offline.images import read_image
from tests import pictures
from tests.pictures import encoded, picture, refusal, written

HUGE: list[tuple[Callable[[int, int], bytes], int]] = [
    (pictures.png_header, 40_000),
    (pictures.jpeg_header, 40_000),
    (pictures.gif_header, 40_000),
    (pictures.bmp_header, 40_000),
    (pictures.tiff_header, 40_000),
    (pictures.webp_header, 16_383),
    (pictures.heic_header, 40_000),
]


@pytest.mark.parametrize(("header", "side"), HUGE, ids=lambda value: getattr(value, "__name__", None))
def test_a_huge_image_is_refused_before_it_is_decoded(tmp_path: Path, header: Callable, side: int) -> None:
    resource = pytest.importorskip("resource", reason="peak memory is known on Unix only")
    path = written(tmp_path, header(side, side))
    refusal(path)  # imports the format's decoder
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    fastest = 1.0
    for _ in range(5):  # the machine may be busy with something else
        begin = time.perf_counter()
        line = refusal(path)
        fastest = min(fastest, time.perf_counter() - begin)
    assert fastest < 0.2
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
    assert grown < 16_000 * (1024 if sys.platform == "darwin" else 1)
    assert f"{side:,} x {side:,} pixels" in line
    assert "100 megapixels" in line


def test_a_very_long_image_is_refused(tmp_path: Path) -> None:
    assert "50,000 x 10 pixels" in refusal(written(tmp_path, pictures.png_header(50_000, 10)))


def test_the_limits_are_ours_and_pillows_stay_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for form in ("PNG", "JPEG", "BMP", "AVIF"):
        assert read_image(written(tmp_path, encoded(picture(), form))).size == (64, 48)
    assert Image.MAX_IMAGE_PIXELS == 100


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("alpha", [False, True])
def test_webp_sizes_are_known_from_the_header(lossless: bool, alpha: bool) -> None:
    image = Image.new("RGBA" if alpha else "RGB", (301, 203), (9, 8, 7, 100) if alpha else (9, 8, 7))
    assert images._webp_size(encoded(image, "WEBP", lossless=lossless)) == (301, 203)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "AVIF", "PPM", "GIF"])
def test_a_file_cut_short_is_refused_and_not_half_read(tmp_path: Path, form: str, rng: np.random.Generator) -> None:
    noise = Image.fromarray(rng.integers(0, 255, (96, 128, 3), dtype=np.uint8))
    data = encoded(noise, form)
    line = refusal(written(tmp_path, data[: len(data) // 2], "half.jpg"))
    assert "half.jpg is cut short" in line or f"half.jpg is a damaged {images._kind_of(data, '')} image. " in line
    if form == "JPEG":
        assert "cut short" in line


def test_whole_images_of_pixels_not_read_are_not_called_damaged(tmp_path: Path) -> None:
    for dtype, shape in ((np.float32, (48, 64, 3)), (np.float64, (48, 64))):
        path = tmp_path / "float.tiff"
        assert cv2.imwrite(str(path), np.full(shape, 0.5, dtype))
        line = refusal(path)
        assert "damaged" not in line
        assert "8-bit PNG or JPEG" in line


def test_an_empty_name(tmp_path: Path) -> None:
    assert "empty name" in refusal("")


def test_text_named_jpg(tmp_path: Path) -> None:
    assert "is not an image" in refusal(written(tmp_path, b"Dear diary, today I took no photo.\n", "text.jpg"))


def test_only_a_signature(tmp_path: Path) -> None:
    for start in (
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"GIF89a",
        b"BM",
        b"II*\0",
        b"RIFF\0\0\0\0WEBP",
        b"P6",
        b"P5 x",
    ):
        assert refusal(written(tmp_path, start))


def test_an_empty_file(tmp_path: Path) -> None:
    assert "is empty" in refusal(written(tmp_path, b""))


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


def test_a_missing_path(tmp_path: Path) -> None:
    assert "none.jpg does not exist" in refusal(tmp_path / "none.jpg")
    assert "cannot be read" in refusal(tmp_path / ("x" * 5000))
    assert "cannot be read" in refusal(written(tmp_path, b"x", "file") / "below.jpg")
    assert refusal(f"{tmp_path}/nul\0.jpg")


def test_a_name_with_a_line_break_stays_on_one_line(tmp_path: Path) -> None:
    assert "two\\nlines.jpg" in refusal(tmp_path / "two\nlines.jpg")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, encoded(picture(), "PNG"))
    path.chmod(0)
    if os.access(path, os.R_OK):  # root and Windows may read all the same

        def refuse(*args: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(images.os, "open", refuse)
    assert "no permission" in refusal(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_and_a_device_do_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "device or pipe" in refusal(tmp_path / "pipe.jpg")
    assert "device or pipe" in refusal("/dev/zero")


def test_a_link_to_itself(tmp_path: Path) -> None:
    loop = tmp_path / "loop.jpg"
    try:
        loop.symlink_to(loop)
    except OSError:
        pytest.skip("links need a privilege on this system")
    assert "link" in refusal(loop)


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_BYTES", 1000)
    assert "MB" in refusal(written(tmp_path, encoded(picture(), "BMP")))


def test_a_growing_file_is_read_only_as_far_as_it_went(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(picture(), "PNG")
    path = written(tmp_path, data)
    real = os.fstat

    def before_it_grew(descriptor: int) -> os.stat_result:
        path.write_bytes(data + bytes(1_000_000))
        status = list(real(descriptor))
        status[6] = len(data)
        return os.stat_result(status)

    monkeypatch.setattr(images.os, "fstat", before_it_grew)
    assert len(images._read_bytes(str(path))) == len(data)


@pytest.mark.parametrize(
    "start", [b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", b"\x1aE\xdf\xa3" + bytes(20), b"RIFF\0\0\0\0AVI LIST"]
)
def test_a_video_is_named_as_such(tmp_path: Path, start: bytes) -> None:
    assert "is a video" in refusal(written(tmp_path, start))
