"""Each degradation does to a face what it says, by as much as it says; the sweep counts every face at every step."""

from __future__ import annotations

import numpy as np
import pytest
import training_data

from fer_desktop.core import emotions
from fer_desktop.training import robustness
from fer_desktop.training.evaluate import evaluate
from fer_desktop.training.robustness import DEGRADATIONS, Degradation, at_size, blurred, darkened, rotated, sweep

FACES = training_data.drawn()
IMAGES = np.stack([face.image for face in FACES])
LABELS = np.array([face.label for face in FACES])


def brightness_reader(images: np.ndarray) -> np.ndarray:
    """Reads a face by its mean grey: float32[n, 7], anything but right, and other for other pixels."""
    grey = images.mean(axis=(1, 2), dtype=np.float64)[:, None]
    scores = np.exp(-(((grey - np.linspace(0, 255, emotions.COUNT)) / 40) ** 2))
    return (scores / scores.sum(axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("kind", DEGRADATIONS, ids=lambda kind: kind.name)
def test_the_unchanged_step_leaves_a_face_to_the_bit(kind: Degradation, rng: np.random.Generator) -> None:
    assert kind.unchanged in kind.steps
    for face in IMAGES[:14]:
        before = face.copy()
        assert np.array_equal(kind.apply(face, kind.unchanged, rng), before)
        assert np.array_equal(face, before)


@pytest.mark.parametrize("kind", DEGRADATIONS, ids=lambda kind: kind.name)
def test_every_other_step_changes_a_face_and_more_so_the_further_it_goes(
    kind: Degradation, rng: np.random.Generator
) -> None:
    for side in (1, -1):
        steps = [step for step in kind.steps if (step - kind.unchanged) * side > 0]
        steps.sort(key=lambda step: abs(step - kind.unchanged))
        changes = []
        for step in steps:
            worse = [kind.apply(face, step, rng) for face in IMAGES[:20]]
            assert all(face.dtype == np.uint8 and face.shape == (48, 48) for face in worse)
            changes.append(np.abs(np.stack(worse).astype(int) - IMAGES[:20]).mean())
        assert all(changes), "a step that changes nothing"
        assert changes == sorted(changes)


def test_the_issue_s_face_sizes_are_there() -> None:
    assert robustness.FACE_SIZE.steps == (48, 32, 24, 16)


def test_a_small_face_keeps_the_mean_of_each_area_and_nothing_finer(rng: np.random.Generator) -> None:
    areas = rng.integers(0, 256, (16, 16), np.uint8)
    small = at_size(np.kron(areas, np.ones((3, 3), np.uint8)), 16)
    assert np.abs(small[1::3, 1::3].astype(int) - areas).max() <= 1, "the middle of an area has its value"
    stripes = np.tile(np.array([0, 254], np.uint8), (48, 24))
    assert np.abs(at_size(stripes, 24).astype(int) - 127).max() <= 1, "one dark and one light column average to grey"


@pytest.mark.parametrize("sigma", [1, 1.5, 2, 3])
def test_an_edge_is_blurred_by_sigma_pixels(sigma: float) -> None:
    face = np.zeros((48, 48), np.uint8)
    face[:, 24:] = 255
    slope = np.diff(blurred(face, sigma)[20].astype(float))
    slope /= slope.sum()
    where = np.arange(len(slope))
    spread = np.sqrt((slope * (where - (slope * where).sum()) ** 2).sum())
    assert spread == pytest.approx(sigma, rel=0.06)


@pytest.mark.parametrize("light", [1 / 2, 1 / 8, 1 / 32])
def test_darkness_takes_light_and_adds_the_noise_of_few_photons(light: float) -> None:
    grey = 180
    dark = darkened(np.full((48, 48), grey, np.uint8), light, np.random.default_rng(5))
    counted = (dark / 255) ** robustness.GAMMA * robustness.WHITE_ELECTRONS
    expected = (grey / 255) ** robustness.GAMMA * robustness.WHITE_ELECTRONS * light
    assert counted.mean() == pytest.approx(expected, rel=0.03)
    assert counted.std() == pytest.approx(np.sqrt(expected + robustness.READ_NOISE_ELECTRONS**2), rel=0.08)


def test_a_quarter_turn_is_clockwise_and_around_the_middle() -> None:
    face = IMAGES[0]
    assert np.abs(rotated(face, 90).astype(int) - np.rot90(face, -1)).max() <= 1
    assert np.abs(rotated(face, -90).astype(int) - np.rot90(face)).max() <= 1


def test_what_rotation_brings_in_is_the_edge_again() -> None:
    face = np.full((48, 48), 90, np.uint8)
    face[8:40, 8:40] = 200
    corners = rotated(face, 45)[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert corners.tolist() == [90] * 4


def test_all_faces_are_read_at_every_step_and_progress_tells_it() -> None:
    read: list[int] = []
    told: list[tuple[int, int]] = []

    def reader(images: np.ndarray) -> np.ndarray:
        read.append(len(images))
        return brightness_reader(images)

    given = np.eye(7, dtype=np.float32)[LABELS]
    curves = sweep(reader, IMAGES, LABELS, given, progress=lambda done, total: told.append((done, total)))
    assert [curve.degradation for curve in curves] == list(DEGRADATIONS)
    total = sum(len(kind.steps) - 1 for kind in DEGRADATIONS) * len(IMAGES)
    assert sum(read) == total
    assert told[-1] == (total, total)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    for curve in curves:
        assert tuple(step.value for step in curve.steps) == curve.degradation.steps
        for step in curve.steps:
            if step.value == curve.degradation.unchanged:
                assert (step.accuracy, step.confidence) == (1, 1), "known already, not read again"


def test_a_step_s_figures_are_those_of_the_faces_so_changed() -> None:
    (curve,) = sweep(brightness_reader, IMAGES, LABELS, brightness_reader(IMAGES), [robustness.BLUR])
    read = brightness_reader(np.stack([blurred(face, 2) for face in IMAGES]))
    figures, (step,) = evaluate(read, LABELS), [step for step in curve.steps if step.value == 2]
    assert step.accuracy == figures.accuracy
    assert step.balanced_accuracy == figures.balanced_accuracy
    assert step.confidence == pytest.approx(read.max(axis=1).mean())
    told = curve.to_json()
    assert told["unit"] == "px"
    assert [one["value"] for one in told["steps"]] == list(robustness.BLUR.steps)


def test_noise_is_the_same_again_however_the_faces_are_batched(monkeypatch: pytest.MonkeyPatch) -> None:
    def once() -> list[float]:
        (curve,) = sweep(brightness_reader, IMAGES[:50], LABELS[:50], np.eye(7)[LABELS[:50]], [robustness.DARKNESS])
        return [step.confidence for step in curve.steps]

    first = once()
    monkeypatch.setattr(robustness, "BATCH", 7)
    assert once() == pytest.approx(first, abs=1e-7)
