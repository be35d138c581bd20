from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import training_data

from fer_desktop import app, cli
from fer_desktop.core import emotions
from fer_desktop.core.types import Prediction
from fer_desktop.training import compare


class Says:
    """Reads every face as the emotion that `answers` gives for its first pixel."""

    device = "test"

    def __init__(self, model_id: str, answers: list[int], confidence: float) -> None:
        self.model_id, self._answers, self._confidence = model_id, answers, confidence

    def classify(self, crops: np.ndarray, maps: bool = False) -> tuple[Prediction, ...]:
        rows = np.full((len(crops), 7), (1 - self._confidence) / 6, np.float32)
        rows[np.arange(len(crops)), [self._answers[crop[0, 0]] for crop in crops]] = self._confidence
        return tuple(Prediction(row, np.log(row)) for row in rows)

    def close(self) -> None:
        pass


def test_figures_and_the_faces_they_differ_on() -> None:
    images = np.zeros((600, 48, 48), np.uint8)
    images[:, 0, 0] = np.arange(600) % 3
    labels = np.array([0, 1, 2])[images[:, 0, 0]]
    new, other = Says("new", [0, 1, 5], 0.9), Says("old", [0, 3, 5], 0.6)
    said = compare.read(new, images)
    assert said.probabilities.shape == (600, 7)
    assert said.milliseconds > 0
    result = compare.compare(said, compare.read(other, images), images, labels)
    assert result["against"]["model"] == "old"
    assert result["against"]["accuracy"] == pytest.approx(1 / 3, abs=1e-4)
    assert result["differ_on"] == 200
    assert len(result["differ"]) == compare.SHOWN
    for face in result["differ"]:
        assert images[face["face"], 0, 0] == 1
        assert (face["label"], face["read"], face["against"]) == ("disgust", "disgust", emotions.NAMES[3])


def test_the_command_compares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = training_data.write_csv(tmp_path / "fer2013.csv")
    arguments = ["evaluate", "--data", str(data), "--model", "default", "--against", "default"]
    assert cli.main([*arguments, "--json", "-"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["differ_on"] == 0
    assert result["against"]["accuracy"] == result["accuracy"]
    assert cli.main(arguments) == 0
    assert "they differ on 0 faces" in capsys.readouterr().out
    classifier = app.classifier("default")
    assert compare.milliseconds_a_face(classifier, np.zeros((1, 48, 48), np.uint8), times=3) > 0
    classifier.close()
