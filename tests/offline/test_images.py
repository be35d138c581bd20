"""Every kind of image file comes out as an upright frame."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from fer_desktop.core.errors import InputError
from fer_desktop.offline.images import read_image
from tests.pictures import bgr, encoded, picture, refusal, written

T = Image.Transpose


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("PNG", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"big_tiff": True}),
        ("WEBP", {"lossless": True}),
        ("PPM", {}),
    ],
)
def test_lossless_formats_are_read_exactly(tmp_path: Path, form: str, options: dict) -> None:
    frame = read_image(written(tmp_path, encoded(picture(), form, **options)))
    assert np.array_equal(frame.bgr, bgr(picture()))
    assert frame.size == (64, 48)
    assert not frame.bgr.flags.writeable


@pytest.mark.parametrize(("form", "most"), [("JPEG", 4), ("WEBP", 6), ("AVIF", 6), ("GIF", 12), ("MPO", 4)])
def test_lossy_formats_are_read_nearly(tmp_path: Path, form: str, most: float) -> None:
    frame = read_image(written(tmp_path, encoded(picture(), form)))
    assert frame.size == (64, 48)
    assert np.abs(frame.bgr.astype(int) - bgr(picture())).mean() < most


@pytest.mark.parametrize(
    "name", ["photo.txt", "photo.jpg", "photo", "a photo of mine.png", "Прогулка – 散歩 é.png", "=1+1.png"]
)
def test_content_counts_and_no_name_is_a_hindrance(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, encoded(picture(), "PNG"), name)
    frame = read_image(path)
    assert np.array_equal(frame.bgr, bgr(picture()))
    assert frame.source == str(path)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' file names are always valid text")
def test_a_name_that_is_not_valid_text(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png")
    Path(path).write_bytes(encoded(picture(), "PNG"))
    assert read_image(path).source == path


STORED = {
    1: None,
    2: T.FLIP_LEFT_RIGHT,
    3: T.ROTATE_180,
    4: T.FLIP_TOP_BOTTOM,
    5: T.TRANSPOSE,
    6: T.ROTATE_90,
    7: T.TRANSVERSE,
    8: T.ROTATE_270,
}
"""How a camera stores an upright picture under each EXIF orientation."""


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("form", "exact"), [("PNG", True), ("TIFF", True), ("JPEG", False), ("WEBP", False), ("AVIF", False)]
)
def test_every_exif_orientation_comes_out_upright(tmp_path: Path, orientation: int, form: str, exact: bool) -> None:
    how = STORED[orientation]
    stored = picture() if how is None else picture().transpose(how)
    exif = Image.Exif()
    exif[0x0112] = orientation
    frame = read_image(written(tmp_path, encoded(stored, form, exif=exif)))
    assert frame.size == (64, 48)
    difference = np.abs(frame.bgr.astype(int) - bgr(picture()))
    assert difference.max() == 0 if exact else difference.mean() < 7
    assert frame.bgr.flags.c_contiguous


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_a_senseless_orientation_is_none(tmp_path: Path, value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    frame = read_image(written(tmp_path, encoded(picture(), "PNG", exif=exif)))
    assert np.array_equal(frame.bgr, bgr(picture()))


@pytest.mark.filterwarnings("ignore")
def test_damaged_exif_costs_only_the_orientation(tmp_path: Path) -> None:
    data = encoded(picture(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f")
    assert read_image(written(tmp_path, data)).size == (64, 48)


def test_grey_and_black_and_white(tmp_path: Path) -> None:
    grey = picture().convert("L")
    assert np.array_equal(read_image(written(tmp_path, encoded(grey, "PNG"))).bgr, bgr(grey))
    bits = picture().convert("1")
    assert np.array_equal(read_image(written(tmp_path, encoded(bits, "PNG"))).bgr, bgr(bits))


def test_transparent_pixels_lie_on_white(tmp_path: Path) -> None:
    image = picture().convert("RGBA")
    alpha = np.full((48, 64), 255, np.uint8)
    alpha[:, :32] = 0
    alpha[:, 32:40] = 128
    image.putalpha(Image.fromarray(alpha))
    got = read_image(written(tmp_path, encoded(image, "PNG"))).bgr
    assert (got[:, :32] == 255).all()
    assert np.array_equal(got[:, 40:], bgr(picture())[:, 40:])
    half = (bgr(picture())[:, 32:40].astype(int) + 255) / 2
    assert np.abs(got[:, 32:40] - half).max() <= 1
    assert (read_image(written(tmp_path, encoded(image.convert("LA"), "PNG"))).bgr[:, :32] == 255).all()


def test_palette_with_and_without_a_transparent_colour(tmp_path: Path) -> None:
    image = picture().convert("P", palette=Image.Palette.ADAPTIVE, colors=16)
    assert np.array_equal(read_image(written(tmp_path, encoded(image, "PNG"))).bgr, bgr(image))
    index = image.getpixel((0, 0))
    got = read_image(written(tmp_path, encoded(image, "PNG", transparency=index))).bgr
    clear = np.asarray(image) == index
    assert (got[clear] == 255).all()
    assert np.array_equal(got[~clear], bgr(image)[~clear])


def test_cmyk_jpeg(tmp_path: Path) -> None:
    flat = Image.new("RGB", (64, 48), (200, 40, 90))
    got = read_image(written(tmp_path, encoded(flat.convert("CMYK"), "JPEG", quality=95))).bgr
    assert np.abs(got.reshape(-1, 3).mean(axis=0) - (90, 40, 200)).max() < 6


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_are_scaled_from_their_whole_range(tmp_path: Path, suffix: str, channels: int) -> None:
    ramp = np.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(np.uint16)
    deep = ramp if channels == 1 else np.dstack((ramp, ramp[::-1], ramp[:, ::-1]))
    _, data = cv2.imencode(suffix, deep)
    got = read_image(written(tmp_path, data.tobytes())).bgr
    expected = deep.astype(float).reshape(48, 64, channels) / 257
    assert np.abs(got.astype(float) - expected).max() <= 1
    assert got.min() == 0
    assert got.max() == 255


def test_floating_point_pixels(tmp_path: Path) -> None:
    ramp = np.linspace(0, 1, 64 * 48, dtype=np.float32).reshape(48, 64)
    got = read_image(written(tmp_path, encoded(Image.fromarray(ramp), "TIFF"))).bgr
    assert np.abs(got[:, :, 0] - ramp * 255).max() <= 0.51
    assert "32-bit" in refusal(written(tmp_path, encoded(Image.fromarray(ramp * 1e6), "TIFF")))
    assert "32-bit" in refusal(written(tmp_path, encoded(Image.fromarray(ramp * np.nan), "TIFF")))


def test_lab_colours_are_right_or_refused(tmp_path: Path) -> None:
    flat = Image.new("RGB", (64, 48), (200, 40, 90))
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    converted = ImageCms.profileToProfile(flat, srgb, lab, outputMode="LAB")
    path = written(tmp_path, encoded(converted, "TIFF"))
    try:
        got = read_image(path).bgr
    except InputError as error:
        assert "LAB" in str(error)
    else:
        assert np.abs(got.reshape(-1, 3).mean(axis=0) - (90, 40, 200)).max() < 8


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_of_several_pictures_the_first_counts(tmp_path: Path, form: str) -> None:
    pages = [Image.new("RGB", (64, 48), colour) for colour in ("red", "lime", "blue")]
    data = encoded(pages[0], form, save_all=True, append_images=pages[1:])
    got = read_image(written(tmp_path, data)).bgr
    assert np.abs(got.reshape(-1, 3).mean(axis=0) - (0, 0, 255)).max() < 4


def test_one_pixel_is_an_image(tmp_path: Path) -> None:
    frame = read_image(written(tmp_path, encoded(Image.new("RGB", (1, 1), (1, 2, 3)), "PNG")))
    assert frame.bgr.tolist() == [[[3, 2, 1]]]


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)


def test_heic_without_its_plug_in_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    line = refusal(written(tmp_path, HEIC, "phone.jpg"))
    assert "HEIC" in line
    assert f"{shlex.quote(sys.executable)} -m pip install pillow-heif" in line


@pytest.mark.parametrize("orientation", [1, 6])
def test_heic_with_its_plug_in(tmp_path: Path, orientation: int) -> None:
    import pillow_heif

    how = STORED[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = picture() if how is None else picture().transpose(how)
    file = tmp_path / "phone.heic"
    pillow_heif.from_pillow(stored).save(file, quality=95, exif=exif.tobytes())
    frame = read_image(file)
    assert frame.size == (64, 48)
    assert np.abs(frame.bgr.astype(int) - bgr(picture())).mean() < 7
    assert "HEIC" in refusal(written(tmp_path, HEIC))
