"""Annotated pictures: painted where the faces are, under names that never cost anyone a file."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Frame
from fer_desktop.offline.annotate import AnnotatedFolder
from fer_desktop.offline.images import read_image
from tests.fake_pipeline import analysis, track
from tests.pictures import encoded, picture


def grey_frame(path: str, width: int = 400, height: int = 300) -> Frame:
    return Frame(np.full((height, width, 3), 128, np.uint8), 0, 0.0, path)


def test_the_picture_is_painted_where_the_face_is_and_keeps_its_size(tmp_path: Path) -> None:
    frame = grey_frame("in/photo.png")
    folder = AnnotatedFolder(str(tmp_path), ["in/photo.png"])
    folder.write(frame, analysis(frame, [track(0, side=150)]))
    got = read_image(folder.target("in/photo.png"))
    assert got.size == frame.size
    changed = np.abs(got.bgr.astype(int) - 128).max(axis=2) > 40
    assert changed[40:120, 1:6].any(axis=1).all(), "the box's left side, at x = 3"
    assert changed[:, 160:].sum() > 200, "the bars, to the right of the box"
    assert not changed[:, 350:].any()
    assert frame.bgr.min() == frame.bgr.max() == 128, "the frame itself is as it was"


def test_a_picture_without_faces_is_written_as_it_is(tmp_path: Path) -> None:
    frame = grey_frame("a.png", 1, 1)
    folder = AnnotatedFolder(str(tmp_path), ["a.png"])
    folder.write(frame, analysis(frame, []))
    assert read_image(tmp_path / "a.png").bgr.tolist() == [[[128, 128, 128]]]


def test_names_are_kept_and_do_not_collide(tmp_path: Path) -> None:
    inputs = [
        "x/a.jpg",
        "y/a.jpg",
        "y/A.JPG",
        "z/a.heic",
        "z/a.tiff",
        "=1.jpg",
        "x/a.jpg",
        "散歩 é.webp",
        "caf\udce9.png",
    ]
    folder = AnnotatedFolder(str(tmp_path), inputs)
    targets = [os.path.relpath(folder.target(path), tmp_path) for path in inputs]
    assert targets[:6] == ["a.jpg", "a-2.jpg", "A-3.JPG", "a.png", "a-2.png", "=1.jpg"]
    assert targets[6] == targets[0], "one input, one picture"
    assert targets[7:] == ["散歩 é.png", "caf\udce9.png"]
    for path in inputs:
        frame = grey_frame(path)
        folder.write(frame, analysis(frame, [track(0)]))
    assert sorted(os.listdir(tmp_path)) == sorted(set(targets))  # noqa: PTH208


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_an_input_is_never_replaced_and_a_second_run_replaces_the_first(tmp_path: Path, form: str) -> None:
    suffix = ".jpg" if form == "JPEG" else ".png"
    original = tmp_path / f"a{suffix}"
    original.write_bytes(before := encoded(picture(), form))
    frame = read_image(original)
    for _ in range(2):
        folder = AnnotatedFolder(str(tmp_path), [str(original)])
        folder.write(frame, analysis(frame, [track(0)]))
    assert original.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a-2{suffix}", f"a{suffix}"]


def test_a_strangers_file_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("someone's only copy")
    folder = AnnotatedFolder(str(tmp_path), ["in/a.jpg"])
    assert folder.target("in/a.jpg") == str(tmp_path / "a-2.jpg")


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        AnnotatedFolder(str(tmp_path / "file"), [])


def test_folders_that_were_made_for_nothing_go_again(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    AnnotatedFolder(str(tmp_path / "mine")).leave()
    AnnotatedFolder(str(tmp_path / "mine" / "deep" / "deeper")).leave()
    assert [path.name for path in tmp_path.rglob("*")] == ["mine"]
    written = AnnotatedFolder(str(tmp_path / "mine" / "deep" / "deeper"))
    written.put("a.jpg", lambda form: b"x")
    written.leave()
    assert (tmp_path / "mine" / "deep" / "deeper" / "a.jpg").exists()


def test_inputs_that_come_later_are_named_in_their_order(tmp_path: Path) -> None:
    folder = AnnotatedFolder(str(tmp_path))
    paths = [f"{number}/img.jpg" for number in range(2000)]
    names = [Path(folder.target(path)).name for path in paths]
    assert names == ["img.jpg", *(f"img-{number}.jpg" for number in range(2, 2001))]
    assert Path(folder.target("7/img.jpg")).name == "img-8.jpg"
    assert Path(folder.target("x/IMG-3.JPG")).name == "IMG-3-2.JPG"
    again = AnnotatedFolder(str(tmp_path), paths)
    assert [Path(again.target(path)).name for path in reversed(paths)] == names[::-1]
