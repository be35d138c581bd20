"""What is said of the figures of a fine-tuning: what may be chance, and what they rest on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop.modelstore.manifest import Manifest
from fer_desktop.training import finetune_card, finetune_learning


@pytest.mark.parametrize(("gained", "lost", "sure"), [(5, 0, False), (6, 0, True), (8, 1, True), (9, 4, False)])
def test_few_faces_more_may_be_chance(gained: int, lost: int, sure: bool) -> None:
    head = finetune_learning.Head(np.zeros((1, 7)), np.zeros(7), 1.0)
    result = finetune_learning.Result(head, (0.5, 0.6), (gained, lost), None, 1.0, 1.0, {})
    assert (result.sure, result.worse) == (sure, False)
    assert replace(result, base=(0.68, 0.66)).worse
    turned = replace(result, turned=(lost, gained))
    assert (turned.sure, turned.worse) == (False, sure)


@pytest.mark.parametrize("base", [None, {"split": "PublicTest", "n": 30, "before": 0.5, "after": 0.49}])
def test_the_card_says_what_the_figures_rest_on(base: dict[str, Any] | None) -> None:
    chosen = {"model": "default", "split": "PublicTest", "sources": {"fer2013.csv": "1" * 64}}
    own = {"n": 9, "held_out": 3, "before": 0.3, "after": 0.6, "same_hold": 2, "sure": False}
    training = {"start_from": "mine", "minutes": 1.0, "seed": 1, "samples": own, "base": base, "chosen_on": chosen}
    data = {"sources": {"fer2013.csv": "1" * 64}, "trained_on": 6, "note": "."}
    manifest = Manifest("new", "2026-11-22T16:00:00+00:00", {}, training=training, data=data)
    card = finetune_card.render(manifest)
    assert "2 of them are from the same hold" in card
    assert "may be chance" in card
    assert ("it did choose the epoch, the temperature and the biases of default" in card) == (base is not None)
    other = replace(manifest, data={**data, "sources": {"mine.csv": "2" * 64}})
    assert "it did choose" not in finetune_card.render(other)
    unmeasured = {**own, "held_out": 0, "before": None, "after": None}
    assert "| – | not measured |" in finetune_card.render(
        replace(manifest, training={**training, "samples": unmeasured})
    )
