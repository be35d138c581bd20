"""What is said of a model that was fine-tuned, and of names that are alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from fer_desktop.gui.models import card_view, records, words
from fer_desktop.gui.models.questions import DeleteQuestion
from fer_desktop.gui.models.rows import Row
from fer_desktop.gui.parts import Text
from fer_desktop.modelstore.folder import ModelFolder
from fer_desktop.modelstore.manifest import Manifest

TUNED = {"fine_tuned": True, "samples": {"n": 50, "held_out": 16, "before": 0.125, "after": 0.1875}, "minutes": 0.4}


def row(name: str = "my face", origin: str = "trained", **values: Any) -> Row:
    manifest = Manifest("my-face-1", "2026-01-01T00:00:00+00:00", {}, name=name, **values)
    return Row(Path("my-face-1"), ModelFolder(Path("my-face-1"), manifest), name, "my-face-1", origin)


def test_a_fine_tuned_model_says_what_it_gained() -> None:
    tuned = row(training=TUNED)
    assert words.accuracy(tuned) == "Your samples: 12.5 → 18.8\u00a0%"
    facts = dict(card_view.facts(tuned))
    assert facts["Your samples"] == "12.5 → 18.8\u00a0% right, of those it did not learn from"
    assert facts["Trained for"] == "about 24 s"
    both = row(training=TUNED, metrics={"PublicTest": {"accuracy": 0.6, "balanced_accuracy": 0.5, "n": 9}})
    facts = dict(card_view.facts(both))
    assert len(card_view.facts(both)) <= card_view.FACTS and "Your samples" in facts
    assert facts["Accuracy"] == "60.0\u00a0% (PublicTest, 9 faces)"


def test_of_an_imported_one_the_samples_are_not_yours() -> None:
    theirs = row(training=TUNED, origin="imported")
    assert words.accuracy(theirs) == "By its own account its maker's samples: 12.5 → 18.8\u00a0%"
    assert "Its maker's samples" in dict(card_view.facts(theirs))


@pytest.mark.parametrize("samples", [None, [], {}, {"before": None, "after": None}, {"before": 0.5, "after": "x"}])
def test_what_was_not_measured_is_not_said(samples: object) -> None:
    assert words.accuracy(row(training={"samples": samples})) == "Accuracy not known"


@pytest.mark.parametrize(
    ("minutes", "said"), [(0.0, "a few seconds"), (0.3, "about 18 s"), (1.0, "1 min"), (113.4, "113 min")]
)
def test_short_trainings_are_told_in_seconds(minutes: float, said: str) -> None:
    assert words.trained_for(Manifest("id", "2026-01-01", {}, training={"minutes": minutes})) == said


def test_imported_figures_are_called_so() -> None:
    one, other = row("default", "imported"), row("default", "shipped")
    assert "default (my-face-1) was imported: its figures come with it and" in records.note(one, other)
    assert "Both were imported: their figures" in records.note(one, one)
    assert "imported" not in records.note(other, other)


def test_the_question_before_deleting_shows_the_whole_id(qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    question = DeleteQuestion(window, row("default, my face, the one of a long evening, again"))
    qtbot.addWidget(question)
    texts = [text for text in question.findChildren(Text) if text.text().startswith("my-face-1: its folder")]
    assert len(texts) == 1 and texts[0].wordWrap()
