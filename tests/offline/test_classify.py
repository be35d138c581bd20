"""The loop over photos: every image has its result, and a bad one has only its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from fer_desktop.core.errors import InputError, ModelError
from fer_desktop.core.types import Analysis, Frame, Track
from fer_desktop.offline.classify import classify_images
from fer_desktop.offline.find import Found, find_images
from tests.fake_pipeline import FakePipeline, track
from tests.pictures import encoded, picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "1 good.png").write_bytes(encoded(picture(), "PNG"))
    (tmp_path / "2 text.jpg").write_text("not a photo")
    (tmp_path / "3 empty.jpg").write_bytes(b"")
    (tmp_path / "4 one pixel.png").write_bytes(encoded(picture(1, 1), "PNG"))
    (tmp_path / "5 good.jpg").write_bytes(encoded(picture(), "JPEG"))
    return tmp_path


def test_bad_files_cost_only_their_own_results(folder: Path) -> None:
    found = [*find_images([str(folder)]), Found("nothing", InputError("nothing holds no images", "Name another"))]
    results = list(classify_images(found, FakePipeline()))
    assert [result.path for result in results] == [image.path for image in found]
    assert [result.error is None for result in results] == [True, False, False, True, True, False]
    for result in results:
        assert (result.error is None) == (result.analysis is not None) == (result.width is not None)
        assert not result.defect
    assert results[0].analysis is not None
    assert len(results[0].analysis.tracks) == 1
    assert (results[3].width, results[3].height) == (1, 1)
    assert results[3].analysis is not None
    assert results[3].analysis.tracks == ()
    assert results[5].error == "nothing holds no images. Name another"


def test_a_defect_on_one_image_is_told_apart_and_costs_no_other(folder: Path) -> None:
    calls = []

    def find(frame: Frame) -> Sequence[Track]:
        calls.append(frame)
        if len(calls) == 1:
            raise RuntimeError("out\nof tune")
        return [track(0)]

    results = list(classify_images(find_images([str(folder)]), FakePipeline(find)))
    assert [result.defect for result in results] == [True, False, False, False, False]
    assert "RuntimeError: out of tune" in str(results[0].error)
    assert (results[0].width, results[0].height) == (64, 48)
    assert results[4].error is None


def test_a_damaged_model_concerns_every_image_and_is_raised(folder: Path) -> None:
    def find(frame: Frame) -> Sequence[Track]:
        raise ModelError("the model is damaged", "Go back to the one before")

    with pytest.raises(ModelError):
        list(classify_images(find_images([str(folder)]), FakePipeline(find)))


def test_it_ends_between_two_images_when_cancelled(folder: Path) -> None:
    pipeline = FakePipeline()
    results = []
    for result in classify_images(find_images([str(folder)]), pipeline, cancelled=lambda: len(results) == 2):
        results.append(result)  # noqa: PERF402 - the number so far cancels
    assert len(results) == 2
    assert len(pipeline.seen) == 1


def test_frames_are_given_on_with_their_analysis(folder: Path) -> None:
    given: list[tuple[Frame, Analysis]] = []
    list(classify_images(find_images([str(folder)]), FakePipeline(), on_analysed=lambda *both: given.append(both)))
    assert [Path(frame.source).name for frame, _ in given] == ["1 good.png", "4 one pixel.png", "5 good.jpg"]
    assert all(frame.size == analysis.size for frame, analysis in given)
