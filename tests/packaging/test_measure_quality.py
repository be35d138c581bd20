"""What the measuring scripts make of scenes: the fits find what was put in, the table and the picture are whole."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import measure_head
import measure_neutral
import measure_quality
import numpy as np
import pytest
from training_data import write_csv
from turned_faces import rotation

from fer_desktop.core import quality
from fer_desktop.core.head_pose import FACE
from fer_desktop.core.probability import softmax
from fer_desktop.training import hard_scenes

SEED = 4


def made_up_rows(faces: int = 120) -> measure_quality.Rows:
    """Rows of every kind for made-up faces, read right as often as their probabilities say."""
    rng = np.random.default_rng(SEED)
    kinds = len(hard_scenes.KINDS)
    count = faces * kinds
    probabilities = softmax(rng.normal(0, 2, (count, 7)).astype(np.float32))
    label = np.array([rng.choice(7, p=row / row.sum()) for row in probabilities.astype(float)])
    turns = rng.uniform(-40, 40, count)
    points = np.array([(FACE @ rotation(turn, turn / 4, turn / 3).T)[:, :2] * 9 + (320, 240) for turn in turns])
    crops = rng.integers(0, 256, (count, 12, 12)).repeat(4, axis=1).repeat(4, axis=2).astype(np.uint8)
    return {
        "face": np.arange(faces).repeat(kinds),
        "kind": np.tile(np.arange(kinds), faces),
        "how": rng.uniform(0, 60, count),
        "box": np.tile((250.0, 170.0, 140.0, 140.0), (count, 1)),
        "kp": points.astype(np.float32),
        "score": np.full(count, 0.9),
        "crop": crops,
        "size": np.tile((640, 480), (count, 1)),
        "label": label,
        "probabilities": probabilities,
        "found": np.ones((faces, kinds), bool),
        "tried": np.arange(faces),
    }


def run(module: object, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["measure", *arguments])
    module.main()  # type: ignore[attr-defined]


def test_the_table_and_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, table, picture = tmp_path / "rows.npz", tmp_path / "table.md", tmp_path / "curve.svg"
    np.savez(rows, **made_up_rows())
    given = ("none.csv", "--rows", str(rows), "--table", str(table), "--picture", str(picture))
    run(measure_quality, monkeypatch, *given)
    text = table.read_text(encoding="utf-8")
    assert all(f"| {limit.reason} |" in text for limit in quality.LIMITS)
    gain = next(line for line in text.splitlines() if line.startswith("| quality |"))
    assert float(gain.split("|")[4]) > 3, "made-up probabilities are true, so leaving out the unsure gains"
    drawn = ElementTree.fromstring(picture.read_text(encoding="utf-8"))
    assert len(drawn.findall("{*}polyline")) == 1 + len(hard_scenes.KINDS)
    assert "SURENESS" in capsys.readouterr().out


def test_weights_that_were_put_in_are_found(rng: np.random.Generator) -> None:
    inputs = rng.normal(0, 1, (20_000, 4))
    truth = np.array((0.4, 1.1, -0.6, 0.8, -0.5))
    right = rng.random(len(inputs)) < 1 / (1 + np.exp(-(truth[0] + inputs @ truth[1:])))
    got = measure_quality.fit_weights(inputs, right)
    assert got[:4] == pytest.approx(truth[:4], abs=0.12)
    assert got[4] == 0, "a limit never speaks for a reading"


def test_accuracy_of_the_best_share() -> None:
    right = np.array((1, 0, 1, 1, 0))
    score = np.array((0.9, 0.1, 0.8, 0.7, 0.2))
    assert measure_quality.kept(score, right, 1.0) == pytest.approx(0.6)
    assert measure_quality.kept(score, right, 0.6) == 1.0


def test_a_shape_is_found_from_its_turned_pictures(rng: np.random.Generator) -> None:
    points = np.array([(FACE @ rotation(*rng.uniform(-30, 30, 3)).T)[:, :2] * rng.uniform(4, 12) for _ in range(400)])
    form, left = measure_head.shape(points + rng.normal(0, 0.2, points.shape))
    goal = FACE - FACE.mean(axis=0)
    u, _, v = np.linalg.svd(form.T @ goal)
    form = form @ u @ v
    form *= np.ptp(goal[:, 0]) / np.ptp(form[:, 0])
    assert left < 0.01
    assert np.abs(form - goal).max() < 0.6, form


def test_the_other_scripts_tell_their_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "rows.npz", **made_up_rows(200))
    monkeypatch.setattr(measure_neutral, "PERSONS", 20)
    run(measure_neutral, monkeypatch, str(tmp_path / "rows.npz"))
    run(measure_head, monkeypatch, str(tmp_path / "rows.npz"))
    said = capsys.readouterr().out
    assert "USUAL" in said and "| spread 1 |" in said and "| one 2 too high |" in said and "FACE" in said


def test_scenes_are_found_read_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needs_detector_models: None
) -> None:
    csv = write_csv(tmp_path / "fer2013.csv", training=1, public_test=14)
    rows = measure_quality.collect(csv, 14, SEED, None)
    assert rows["found"].shape == (14, len(hard_scenes.KINDS))
    assert sorted(rows["tried"]) == list(range(14))
    assert len(rows["crop"]) == rows["found"].sum() == len(rows["probabilities"])
