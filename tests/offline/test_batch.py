"""Photos through the batch: every image has its result, in order, and a bad one has only its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_desktop.core.errors import InputError, ModelError
from fer_desktop.core.pipeline import Pipeline
from fer_desktop.core.types import Analysis, Face, Frame
from fer_desktop.offline import batch as batches
from fer_desktop.offline.batch import AHEAD, Batch
from fer_desktop.offline.find import Found, find_images
from fer_desktop.offline.image_result import ImageResult
from tests.core_values import face
from tests.fake_photos import FakePhotos
from tests.pictures import encoded, picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "1 good.png").write_bytes(encoded(picture(), "PNG"))
    (tmp_path / "2 text.jpg").write_text("not a photo")
    (tmp_path / "3 empty.jpg").write_bytes(b"")
    (tmp_path / "4 one pixel.png").write_bytes(encoded(picture(1, 1), "PNG"))
    (tmp_path / "5 good.jpg").write_bytes(encoded(picture(), "JPEG"))
    return tmp_path


def read(photos: FakePhotos, folder: Path, workers: int = 3) -> list[ImageResult]:
    with Batch(photos.detector, photos, workers) as batch:
        return list(batch.results(find_images([str(folder)])))


def test_bad_files_cost_only_their_own_results(folder: Path) -> None:
    found = [*find_images([str(folder)]), Found("nothing", InputError("nothing holds no images", "Name another"))]
    photos = FakePhotos()
    with Batch(photos.detector, photos, 3) as batch:
        results = list(batch.results(found))
    assert photos.closed == photos.detectors
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
    def find(frame: Frame) -> Sequence[Face]:
        if frame.source.endswith("1 good.png"):
            raise RuntimeError("out\nof tune")
        return [face(2, 2, 30)]

    results = read(FakePhotos(find), folder)
    assert [result.defect for result in results] == [True, False, False, False, False]
    assert "RuntimeError: out of tune" in str(results[0].error)
    assert (results[0].width, results[0].height) == (64, 48)
    assert results[4].error is None


def test_a_damaged_model_concerns_every_image_and_is_raised_in_its_turn(folder: Path) -> None:
    def find(frame: Frame) -> Sequence[Face]:
        if frame.source.endswith("4 one pixel.png"):
            raise ModelError("the model is damaged", "Go back to the one before")
        return []

    photos, results = FakePhotos(find), []
    with Batch(photos.detector, photos, 2) as batch, pytest.raises(ModelError):
        for result in batch.results(find_images([str(folder)])):
            results.append(result)  # noqa: PERF402 - what came before the failure
    assert len(results) == 3


def test_a_detector_that_cannot_be_made_is_raised(folder: Path) -> None:
    def broken() -> FakePhotos:
        raise ModelError("there is no detector", "Install it")

    with Batch(broken, FakePhotos(), 2) as batch, pytest.raises(ModelError, match="no detector"):
        list(batch.results(find_images([str(folder)])))


def test_it_ends_between_two_images_when_cancelled(folder: Path) -> None:
    photos, results = FakePhotos(), []
    with Batch(photos.detector, photos, 2) as batch:
        for result in batch.results(find_images([str(folder)]), cancelled=lambda: len(results) == 2):
            results.append(result)  # noqa: PERF402 - the number so far cancels
    assert len(results) == 2


def test_frames_are_given_on_with_their_analysis(folder: Path) -> None:
    given: list[tuple[Frame, Analysis]] = []
    photos = FakePhotos()
    with Batch(photos.detector, photos, 2) as batch:
        list(batch.results(find_images([str(folder)]), on_analysed=lambda *both: given.append(both)))
    assert [Path(frame.source).name for frame, _ in given] == ["1 good.png", "4 one pixel.png", "5 good.jpg"]
    assert all(frame.size == analysis.size for frame, analysis in given)


def many(folder: Path, count: int) -> Iterator[Found]:
    for _ in range(count):
        yield Found(str(folder / "1 good.png"))


def test_faces_of_many_photos_go_through_the_network_together(folder: Path) -> None:
    photos = FakePhotos(lambda frame: [face(2, 2, 30), face(30, 2, 30)])
    slow, calls = threading.Event(), []

    def classify(crops: np.ndarray, maps: bool = False) -> object:
        calls.append(len(crops))
        slow.wait(0.1)  # the workers go on meanwhile
        return FakePhotos.classify(photos, crops)

    photos.classify = classify  # type: ignore[method-assign, assignment]
    with Batch(photos.detector, photos, 2) as batch:
        results = list(batch.results(many(folder, 40)))
    assert [len(result.analysis.tracks) for result in results if result.analysis] == [2] * 40
    assert sum(calls) == 80
    assert max(calls) > 4
    assert len(photos.threads) == 2


def test_only_so_many_photos_are_on_the_way(folder: Path) -> None:
    asked = []

    def found() -> Iterator[Found]:
        for image in many(folder, 500):
            asked.append(image)
            yield image

    photos = FakePhotos()
    with Batch(photos.detector, photos, 2) as batch:
        for number, _ in enumerate(batch.results(found()), start=1):
            assert len(asked) <= number + 2 * AHEAD


def test_a_file_that_holds_a_worker_up_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    until, stuck = threading.Event(), str(folder / "4 one pixel.png")
    monkeypatch.setattr(batches, "WATCH_S", 0.02)

    def find(frame: Frame) -> Sequence[Face]:
        return [face(2, 2, 30)]

    real = batches.read_image

    def slow(path: str) -> Frame:
        if path == stuck:
            until.wait(20)
        return real(path)

    monkeypatch.setattr(batches, "read_image", slow)
    photos = FakePhotos(find)
    try:
        with Batch(photos.detector, photos, 1, patience_s=0.5) as batch:
            results = list(batch.results(find_images([str(folder)])))
    finally:
        until.set()
    assert [result.error is None for result in results] == [True, False, False, False, True]
    assert "took longer than" in str(results[3].error)
    assert len(results) == 5


def test_the_same_as_one_by_one(folder: Path, needs_detector_models: None) -> None:
    from fer_desktop import app
    from fer_desktop.capture.demo import DemoSource

    source = DemoSource(640, 360, realtime=False)
    source.open()
    for number in range(6):
        for _ in range(40):
            frame = source.read()
        assert frame is not None
        (folder / f"demo {number}.png").write_bytes(encoded(Image.fromarray(frame.bgr[..., ::-1]), "PNG"))
    source.close()
    found = list(find_images([str(folder)]))
    pipeline, classifier = Pipeline(app.photo_detector(), app.classifier()), app.classifier()
    with Batch(app.photo_detector, classifier, 2) as batch:
        together = list(batch.results(found))
    for result in together:
        if result.analysis is None:
            continue
        alone = pipeline.analyse(batches.read_image(result.path))
        assert [track.label for track in result.analysis.tracks] == [track.label for track in alone.tracks]
        for one, other in zip(result.analysis.tracks, alone.tracks, strict=True):
            assert one.face.box == other.face.box
            np.testing.assert_allclose(one.prediction.probabilities, other.prediction.probabilities, atol=1e-5)
    assert sum(len(result.analysis.tracks) for result in together if result.analysis) == 6
    pipeline.close()
