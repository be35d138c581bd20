"""Small pictures for the gallery, and what the network saw, cut anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fer_desktop.core import pipeline
from fer_desktop.gui.photos.pictures import crops_of
from fer_desktop.gui.photos.reading import compact
from fer_desktop.offline.image_result import ImageResult
from fer_desktop.offline.images import read_image
from tests.core_values import demo_frame, face
from tests.fake_photos import FakePhotos
from tests.pictures import encoded, jpeg_header, picture


def test_a_jpeg_comes_smaller_for_a_thumbnail_and_upright_all_the_same(tmp_path: Path) -> None:
    image = picture(800, 400)
    exif = image.getexif()
    exif[0x0112] = 6  # the camera was held upright
    path = tmp_path / "upright.jpg"
    path.write_bytes(encoded(image, "JPEG", exif=exif))
    whole, small = read_image(path), read_image(path, at_least=160)
    assert whole.size == (400, 800) and small.size == (200, 400)
    assert abs(int(small.bgr[10, 10, 1]) - int(whole.bgr[20, 20, 1])) < 8
    assert read_image(path, at_least=500).size == (400, 800), "never under what was asked for"


def test_other_formats_come_whole_and_limits_hold(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(picture(800, 400), "PNG"))
    assert read_image(tmp_path / "a.png", at_least=100).size == (800, 400)
    (tmp_path / "huge.jpg").write_bytes(jpeg_header(40_000, 40_000))
    with pytest.raises(Exception, match="megapixels"):
        read_image(tmp_path / "huge.jpg", at_least=160)


def test_crops_are_cut_as_they_were() -> None:
    fake, frame = FakePhotos(lambda of: [face(100, 60, 90), face(300, 80, 150, roll=0.3)]), demo_frame()
    finding = pipeline.find(fake, frame, in_order=True)
    analysis = pipeline.read_photos([finding], fake)[0]
    reading = compact(ImageResult("a", *frame.size, None, analysis))
    crops = crops_of(frame, frame.size, reading.faces)
    assert np.array_equal(crops, finding.crops)
    assert not crops_of(frame, (1, 1), reading.faces).any(), "of another picture by now"
