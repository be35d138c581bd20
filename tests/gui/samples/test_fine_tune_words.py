"""What the window of Fine-tune… says of the figures: no more than they show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fer_desktop.gui.samples.fine_tuning import Measured, Outcome
from fer_desktop.gui.samples.outcome_page import ResultPage, verdict
from tests.gui.conftest import Desk
from tests.gui.samples.test_fine_tune import begin, done

OTHERS = Measured(3589, 0.682, 0.679)
OTHERS_LOST = Measured(3589, 0.682, 0.65)
GAIN, SMALL = Measured(20, 0.4, 0.9, sure=True), Measured(20, 0.5, 0.55)


def outcome(own: Measured | None, base: Measured | None = OTHERS, worse: bool = False) -> Outcome:
    return Outcome(Path("new"), "new", own, base, worse)


@pytest.mark.parametrize(
    ("found", "headline", "better"),
    [
        (outcome(GAIN), "It reads your face better", True),
        (outcome(Measured(3, 0.3333, 0.6667)), "Too few samples to tell whether it reads your face better", False),
        (outcome(Measured(3, 0.6667, 0.3333)), "Too few samples to tell whether it reads your face better", False),
        (outcome(Measured(20, 0.5, 0.5)), "It has gained nothing", False),
        (outcome(Measured(20, 0.9, 0.4), worse=True), "It reads worse than the current model", False),
        (outcome(None), "It is not known whether it has learnt", False),
        (outcome(GAIN, OTHERS_LOST, True), "It reads your face better, and other faces worse", False),
        (outcome(SMALL, OTHERS_LOST, True), "It reads other faces worse, and yours not clearly better", False),
        # What the command does not call worse is not called so here, whatever the figures.
        (outcome(GAIN, OTHERS_LOST), "It reads your face better", True),
    ],
)  # fmt: skip
def test_the_verdict_says_what_the_figures_show(qtbot: Any, found: Outcome, headline: str, better: bool) -> None:
    page = ResultPage()
    qtbot.addWidget(page)
    page.show_outcome(found, with_base=True)
    assert verdict(found)[0] == page.headline.text() == headline and page.better is better


@pytest.mark.usefixtures("fake_program")
@pytest.mark.parametrize(
    ("fake", "own", "note"),
    [
        ("chance", "50.0\u00a0% → 66.7\u00a0% read right (+16.7 points)", "6 samples held out"),
        ("unknown", "Not measured", "No sample was left that the model had never learnt from, to measure with."),
        ("worse", "50.0\u00a0% → 83.3\u00a0% read right (+33.3 points)", "2 of them come from the same hold"),
    ],
)
def test_what_is_not_sure_is_not_offered_first(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch, fake: str, own: str, note: str
) -> None:
    window = begin(desk, qtbot, monkeypatch, fake)
    done(window, qtbot)
    page = window.result_page
    assert page.own.text() == own and note in page.own_note.text()
    assert ("same hold" in page.own_note.text()) is (fake == "worse")
    assert window.keep.isDefault() and window.focusWidget() is not window.forward
