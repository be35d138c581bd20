"""Folders a class: pictures of every format and size, those cut by the detector, and those that cannot be used."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import training_data
from PIL import Image

from fer_desktop.core import emotions
from fer_desktop.core.crop import crop_face
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Box, Face, Frame
from fer_desktop.training import datasets
from fer_desktop.training.datasets import pictures
from fer_desktop.training.datasets.folders import emotion_of


class MiddleDetector:
    """Finds a face in the middle of any picture with something in it; `closed` counts."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []
        self.closed = 0

    def detect(self, frame: Frame, known: Sequence[Box] = ()) -> tuple[Face, ...]:
        self.seen.append(frame.size)
        if np.ptp(frame.bgr) < 20:
            return ()
        width, height = frame.size
        small = Face(Box(0, 0, width / 8, height / 8), 0.99, np.zeros((6, 2), np.float32))
        return small, self.face(width, height)

    @staticmethod
    def face(width: int, height: int) -> Face:
        box = Box(width / 4, height / 4, width / 2, height / 2)
        points = np.array([(0.42, 0.45), (0.58, 0.45), (0.5, 0.5), (0.5, 0.6), (0.3, 0.5), (0.7, 0.5)])
        return Face(box, 0.9, (points * (width, height)).astype(np.float32))

    def close(self) -> None:
        self.closed += 1


def colours(width: int = 320, height: int = 240) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width]
    return Image.fromarray(np.stack((x * 255 // width, y * 255 // height, (x + y) % 256), axis=2).astype(np.uint8))


def put(image: Image.Image, path: Path, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    return path


def face(label: str = "happy") -> Image.Image:
    return Image.fromarray(training_data.draw(label, np.random.default_rng(1)))


@pytest.mark.parametrize(
    ("name", "emotion"),
    [
        *((name, name) for name in emotions.NAMES),
        ("Anger", "angry"), ("DISGUSTED", "disgust"), ("fearful", "fear"), ("Scared", "fear"), ("happiness", "happy"),
        ("joy", "happy"), ("Sadness", "sad"), ("surprised", "surprise"), ("calm", "neutral"), ("3_happy", "happy"),
        ("0 - Angry", "angry"),
    ],
)  # fmt: skip
def test_names_of_classes(name: str, emotion: str) -> None:
    assert emotion_of(name) == emotions.NAMES.index(emotion)


@pytest.mark.parametrize("name", ["contempt", "3", "happy people", "", "unhappy"])
def test_names_of_no_class(name: str) -> None:
    assert emotion_of(name) is None


@pytest.mark.parametrize(
    ("ending", "mode"),
    [
        ("png", "L"), ("bmp", "L"), ("tif", "L"), ("pgm", "L"), ("gif", "L"), ("png", "RGB"), ("webp", "RGB"),
        ("png", "RGBA"), ("png", "LA"), ("ppm", "RGB"), ("png", "I;16"), ("tif", "I;16"), ("tif", "F"), ("tga", "RGB"),
        ("jp2", "RGB"),
    ],
)  # fmt: skip
def test_a_grey_face_in_any_lossless_form_comes_as_it_is(tmp_path: Path, ending: str, mode: str) -> None:
    grey = face()
    pixels = np.asarray(grey)
    if mode == "I;16":
        image = Image.fromarray(pixels.astype(np.uint16) * 257)
    elif mode == "F":
        image = Image.fromarray(pixels.astype(np.float32) / 255)
    else:
        image = grey.convert(mode)
    put(image, tmp_path / "happy" / f"a.{ending}", **({"lossless": True} if ending == "webp" else {}))
    faces = datasets.load(tmp_path, make_detector=lambda: pytest.fail("there is nothing to find"))
    np.testing.assert_array_equal(faces.images[0], pixels)


def test_a_jpeg_in_colour_of_a_grey_face_is_grey(tmp_path: Path) -> None:
    put(face().convert("RGB"), tmp_path / "sad" / "a.jpg", quality=95)
    faces = datasets.load(tmp_path, make_detector=lambda: pytest.fail("there is nothing to find"))
    assert np.abs(faces.images[0].astype(int) - np.asarray(face())).mean() < 4


def test_large_pictures_go_through_detector_and_crop(tmp_path: Path) -> None:
    put(colours(), tmp_path / "train" / "happy" / "a.png")
    put(colours().convert("L"), tmp_path / "train" / "sad" / "b.png")
    put(colours(48, 48), tmp_path / "train" / "sad" / "c.png")
    put(colours(200, 300), tmp_path / "train" / "sad" / "d.png")
    put(face(), tmp_path / "test" / "sad" / "e.png")
    put(Image.new("RGB", (300, 200), "gray"), tmp_path / "train" / "sad" / "f.png")
    put(colours(23, 90), tmp_path / "train" / "sad" / "g.png")
    made: list[MiddleDetector] = []

    def make() -> MiddleDetector:
        made.append(MiddleDetector())
        return made[-1]

    progress: list[int] = []
    faces = datasets.load(tmp_path, make_detector=make, progress=progress.append)
    (detector,) = made
    assert detector.closed == 1
    assert progress == list(range(7))
    # f is looked at again with a margin around it.
    assert detector.seen == [(320, 240), (320, 240), (48, 48), (200, 300), (300, 200), (600, 400)]
    assert faces.labels.tolist() == [4, 3, 4, 4, 4]
    expected = crop_face(np.ascontiguousarray(np.asarray(colours())[:, :, ::-1]), MiddleDetector.face(320, 240))
    np.testing.assert_array_equal(faces.images[1], expected)
    assert dict(faces.skipped) == {
        "train/sad/f.png": "no face was found",
        "train/sad/g.png": "23 x 90 pixels are too few",
    }


def test_a_face_that_fills_the_picture_is_found_with_a_margin() -> None:
    class Picky(MiddleDetector):
        def detect(self, frame: Frame, known: Sequence[Box] = ()) -> tuple[Face, ...]:
            return super().detect(frame) if frame.size == (400, 400) else ()

    bgr = np.asarray(colours(200, 200))[:, :, ::-1].copy()
    assert pictures.found(bgr, Picky(), 0).shape == (48, 48)
    assert np.ptp(pictures.found(bgr, Picky(), 0)) > 50


def test_a_detector_that_fails_is_closed(tmp_path: Path) -> None:
    class Broken(MiddleDetector):
        def detect(self, frame: Frame, known: Sequence[Box] = ()) -> tuple[Face, ...]:
            raise RuntimeError("broken")

    put(colours(), tmp_path / "happy" / "a.png")
    broken = Broken()
    with pytest.raises(RuntimeError, match="broken"):
        datasets.load(tmp_path, make_detector=lambda: broken)
    assert broken.closed == 1


def test_without_a_detector_small_squares_are_resized(tmp_path: Path) -> None:
    put(colours(100, 100), tmp_path / "happy" / "a.png")
    put(colours(30, 30), tmp_path / "happy" / "b.png")
    put(colours(129, 129), tmp_path / "happy" / "c.png")
    put(colours(100, 90), tmp_path / "happy" / "d.png")
    faces = datasets.load(tmp_path)
    assert len(faces) == 2
    assert [where for where, _ in faces.skipped] == ["happy/c.png", "happy/d.png"]
    assert "129 x 129 pixels, and no face detector" in faces.skipped[0][1]


@pytest.mark.parametrize(("orientation", "turn"), [(1, None), (3, "ROTATE_180"), (6, "ROTATE_270"), (8, "ROTATE_90")])
def test_pictures_are_turned_upright(tmp_path: Path, orientation: int, turn: str | None) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    put(face(), tmp_path / "happy" / "a.png", exif=exif)
    expected = face() if turn is None else face().transpose(Image.Transpose[turn])
    np.testing.assert_array_equal(datasets.load(tmp_path).images[0], np.asarray(expected))


def test_transparent_pixels_are_white() -> None:
    import io

    buffer = io.BytesIO()
    Image.new("RGBA", (48, 48), (10, 20, 30, 0)).save(buffer, "PNG")
    assert (pictures.decode(buffer.getvalue()) == 255).all()


def test_damaged_files_are_left_out_and_told(tmp_path: Path) -> None:
    training_data.write_folders(tmp_path)
    folder = tmp_path / "train" / "fear"
    whole = (folder / "00002.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    (folder / "empty.jpg").touch()
    (folder / "notes.txt").write_text("no picture", encoding="utf-8")
    (folder / "more").mkdir()
    (folder / ".hidden").touch()
    (folder / "Thumbs.db").touch()
    (folder / "drawn.eps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 48 48\n", encoding="ascii")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe")
    faces = datasets.load(tmp_path)
    assert len(faces) == 210
    told = dict(faces.skipped)
    assert "damaged" in told.pop("train/fear/cut.png")
    assert told.pop("train/fear/empty.jpg") == "empty"
    assert told.pop("train/fear/more") == "not a file"
    told.pop("train/fear/pipe", None)
    assert set(told) == {"train/fear/notes.txt", "train/fear/drawn.eps"}
    assert all("format" in reason for reason in told.values())


def test_too_much_damage_stops(tmp_path: Path) -> None:
    training_data.write_folders(tmp_path)
    for index in range(20):
        (tmp_path / "train" / "happy" / f"z{index:02}.png").write_bytes(b"x")
    with pytest.raises(InputError, match=r"20 of 230 read are damaged, the first at train/happy/z00.png: not a pict"):
        datasets.load(tmp_path)


def test_a_picture_too_large_is_refused_before_it_is_decoded() -> None:
    from pictures import png_header

    for side in (8000, 30_000):
        with pytest.raises(ValueError, match="megapixels"):
            pictures.decode(png_header(side, side))


def test_damaged_pictures_give_pixels_or_a_reason(rng: np.random.Generator) -> None:
    import io

    for form in ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM"):
        buffer = io.BytesIO()
        face().save(buffer, form)
        whole = buffer.getvalue()
        for _ in range(40):
            data = bytearray(whole)
            for at in rng.integers(0, min(len(data), 300), int(rng.integers(1, 4))):
                data[at] = int(rng.integers(256))
            try:
                picture = pictures.decode(bytes(data))
            except ValueError as error:
                assert str(error)
            else:
                assert picture.dtype == np.uint8
                assert picture.ndim in (2, 3)


def test_folders_that_are_no_class_are_told(tmp_path: Path) -> None:
    training_data.write_folders(tmp_path)
    put(face(), tmp_path / "train" / "contempt" / "a.png")
    put(face(), tmp_path / "happy" / "a.png")
    faces = datasets.load(tmp_path)
    assert len(faces) == 210
    assert dict(faces.skipped) == {
        "happy": "stands beside test, not in it",
        "train/contempt": "the folder's name is none of the seven emotions",
    }


@pytest.mark.parametrize(("name", "split"), [("faces", "Training"), ("test", "test"), ("PrivateTest", "PrivateTest")])
def test_without_split_folders_the_root_names_the_split(tmp_path: Path, name: str, split: str) -> None:
    put(face(), tmp_path / name / "happy" / "a.png")
    assert len(datasets.load(tmp_path / name).split(split)) == 1


def test_a_data_set_without_validation_is_told_before_training(tmp_path: Path) -> None:
    training_data.write_folders(tmp_path, validation="train")
    with pytest.raises(InputError, match=r"held out for testing. It has: Training. Add a folder val/ or test/"):
        datasets.training_and_validation(datasets.load(tmp_path))


def test_what_cannot_be_learnt_from_is_told(tmp_path: Path) -> None:
    put(face(), tmp_path / "same" / "train" / "happy" / "a.png")
    put(face(), tmp_path / "same" / "test" / "happy" / "a.png")
    with pytest.raises(InputError, match="Every training face"):
        datasets.training_and_validation(datasets.load(tmp_path / "same"))
    put(face("happy"), tmp_path / "one" / "train" / "happy" / "a.png")
    put(face("sad"), tmp_path / "one" / "test" / "sad" / "a.png")
    with pytest.raises(InputError, match="same emotion"):
        datasets.training_and_validation(datasets.load(tmp_path / "one"))


def test_a_folder_of_something_else_is_told_with_what_is_in_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it holds nothing"):
        datasets.load(tmp_path)
    training_data.write_csv(tmp_path / "fer2013.csv", 7, 7)
    with pytest.raises(InputError, match=r"it holds fer2013.csv"):
        datasets.load(tmp_path)


def test_a_change_of_any_file_shows_in_the_hash(tmp_path: Path) -> None:
    training_data.write_folders(tmp_path)
    before = datasets.load(tmp_path, with_hash=True).sources
    (tmp_path / "train" / "happy" / "00003.png").rename(tmp_path / "train" / "happy" / "x.png")
    assert datasets.load(tmp_path, with_hash=True).sources != before


def test_duplicates_are_counted(tmp_path: Path) -> None:
    training_data.write_folders(tmp_path)
    for name in ("train/happy/copy1.png", "train/happy/copy2.png", "test/happy/copy3.png", "test/sad/copy4.png"):
        put(face(), tmp_path / name)
    put(face("sad"), tmp_path / "train/sad/copy5.png")
    put(face("sad"), tmp_path / "train/sad/copy6.png")
    report = datasets.report(datasets.load(tmp_path))
    assert (report.repeated, report.across_splits, report.two_labels) == (4, 1, 1)
    assert report.imbalance == 1.1
    told = "\n".join(report.lines())
    assert (
        "repeat an earlier picture: 4; pictures in more than one split: 1; pictures under more than one label: 1"
        in told
    )
    assert report.to_json()["duplicates"] == {"repeated": 4, "across_splits": 1, "two_labels": 1}


def test_a_class_without_a_face_is_told(tmp_path: Path) -> None:
    training_data.write_folders(tmp_path, ["happy", *emotions.NAMES[1:]])
    report = datasets.report(datasets.load(tmp_path))
    assert report.imbalance is None
    assert "No face shows angry" in report.lines()
