"""Verdicts, estimates and the report on data: what the pages say, without a window."""

from __future__ import annotations

from typing import Any

import pytest

from fer_desktop.core import emotions
from fer_desktop.gui.composition import Preset
from fer_desktop.gui.retrain import report_page
from fer_desktop.gui.retrain.estimate import Measured
from fer_desktop.gui.training import words
from fer_desktop.gui.training.verdict import rows, verdict


def result(new: float, old: float, n: int = 1000, differ_on: int = 100, **changed: Any) -> dict[str, Any]:
    def one(name: str, accuracy: float) -> dict[str, Any]:
        confusion = [[n // 7 if a == b else 0 for b in range(7)] for a in range(7)]
        return {
            "model": name, "n": n, "accuracy": accuracy, "balanced_accuracy": accuracy, "ece": 0.05,
            "recall": dict.fromkeys(emotions.NAMES, accuracy), "confusion": confusion, "milliseconds_a_face": 1.0,
        }  # fmt: skip

    return {**one("new", new), "against": one("old", old), "split": "PublicTest", "differ_on": differ_on,
            "differ": [], **changed}  # fmt: skip


@pytest.mark.parametrize(
    ("new", "old", "better", "words"),
    [
        (0.70, 0.60, True, "is better"),
        (0.60, 0.70, False, "is worse"),
        (0.61, 0.60, False, "not clearly better"),
        (0.60, 0.60, False, "not clearly better"),
    ],
)
def test_only_what_is_clearly_better_is_called_better(new: float, old: float, better: bool, words: str) -> None:
    found = verdict(result(new, old))
    assert found.better is better and words in found.text


def test_a_gain_at_the_cost_of_rare_emotions_is_not_called_better() -> None:
    found = verdict(result(0.70, 0.60, balanced_accuracy=0.5))
    assert not found.better and "not every emotion" in found.text
    weaker = {**dict.fromkeys(emotions.NAMES, 0.75), "fear": 0.4}
    found = verdict(result(0.70, 0.60, recall=weaker))
    assert found.better and "weaker by more than 5 points on: fear" in found.why


def test_models_that_agree_on_every_face_are_alike() -> None:
    assert not verdict(result(0.6, 0.6, differ_on=0)).better


def test_differences_have_a_sign() -> None:
    assert rows(result(0.70, 0.60))[0] == ("Accuracy", "70.0\u00a0%", "60.0\u00a0%", "+10.0 points")
    assert rows(result(0.60, 0.70))[0][3] == "−10.0 points"


def test_the_report_loads_nothing_and_runs_nothing() -> None:
    page = report_page.render(result(0.7, 0.6, model="<script>"), ["fer<2013>.csv"], "today").decode()
    assert "<script>" not in page and "http" not in page and "fer&lt;2013&gt;.csv" in page


def test_minutes_come_from_what_was_measured() -> None:
    measured = Measured("CPU", 0, "torch", {"resnet-32": 50.0})
    quick, standard = Preset(8, "resnet-32"), Preset(40, "resnet-32", 2)
    assert measured.seconds(quick, 1000, None, None) == pytest.approx(160)
    assert measured.seconds(standard, 1000, None, 10) == pytest.approx(200 + 8)
    assert measured.seconds(standard, 1000, None, 1) == pytest.approx(20), "one epoch makes no scenes"
    assert measured.seconds(quick, 1000, "resnet-16", None) is None


def test_advice_fits_the_machine() -> None:
    assert "torch takes two thirds" in Measured("CPU", 0, "tensorflow").advice(60)
    assert "two thirds" not in Measured("CPU", 0, "torch").advice(60)
    assert "slow" in Measured("CPU", 0, "torch").advice(7200) and "slow" not in Measured("CPU", 0, "torch").advice(60)
    assert "graphics card does the work" in Measured("GPU", 1, "torch").advice(7200)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(10, "less than a minute"), (61, "1 min"), (3599, "1 h"), (3900, "1 h 5 min"), (7200, "2 h")],
)
def test_durations(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


def test_what_is_odd_about_data_is_told() -> None:
    counts = {"Training": {**dict.fromkeys(emotions.NAMES, 10), "disgust": 0}}
    data = {
        "faces": 60, "counts": counts, "imbalance": None, "skipped": 30, "with_votes": 12,
        "duplicates": {"repeated": 2, "across_splits": 1, "two_labels": 4},
        "skipped_first": [{"where": "a/b.png", "reason": "no face found"}] * 30,
    }  # fmt: skip
    said = "\n".join(words.findings(data))
    expected = (
        "No face shows disgust", "Few faces", "repeat an earlier picture: 2", "more than one split: 1",
        "more than one label: 4", "FER+ votes: 12", "Left out: 30", "a/b.png: no face found", "and 10 more",
    )  # fmt: skip
    for words_of_it in expected:
        assert words_of_it in said
    whole = {"faces": 7000, "counts": {"Training": dict.fromkeys(emotions.NAMES, 1000)}, "imbalance": 1.0, "skipped": 0}
    assert words.findings(whole) == ["Nothing was left out, and no picture stands there twice."]
