"""How far an unfinished video plays is what a player finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fer_desktop.record.fragments import plays
from fer_desktop.record.video import TICK, GrowingVideo
from tests.record.pictures import numbered, played


def test_what_it_says_is_what_plays(tmp_path: Path) -> None:
    """After each picture, as if the program had been killed there; the last stands for long, as in a rest."""
    path, copy = tmp_path / "a.mp4", tmp_path / "copy.mp4"
    made = GrowingVideo(path, (160, 96))
    assert plays(path) is None, "no whole fragment yet"
    times = [*(number / 30 for number in range(75)), 4.0, 7.5]
    checked = 0
    for number, at_s in enumerate(times):
        made.add(numbered(number), at_s)
        if number % 15 == 0 or at_s > 3:
            copy.write_bytes(path.read_bytes())
            told, found = plays(copy), played(copy)
            assert (told is None) == (not found)
            if told is not None:
                checked += 1
                assert told.pictures == len(found)
                assert told.last_s == pytest.approx(found[-1][1] - found[0][1], abs=2 * float(TICK))
    assert checked > 3
    made.finish()
    assert plays(path) is None, "its index says it"


def test_one_cut_anywhere_says_no_more_than_plays(tmp_path: Path, rng: np.random.Generator) -> None:
    path, cut = tmp_path / "a.mp4", tmp_path / "cut.mp4"
    made = GrowingVideo(path, (160, 96))
    for number in range(100):
        made.add(numbered(number), number / 30)
    made.abandon()
    content, told = path.read_bytes(), []
    for size in sorted(rng.integers(0, len(content), 60)):
        cut.write_bytes(content[:size])
        there = plays(cut)
        told.append(0 if there is None else there.pictures)
    cut.write_bytes(content)
    whole = plays(cut)
    assert told == sorted(told) and whole is not None and set(told) <= {0, 30, 60, 90} and told[-1] >= 60
    assert len(played(cut)) == whole.pictures


@pytest.mark.parametrize("seed", range(5))
def test_nothing_in_the_file_breaks_it(tmp_path: Path, seed: int) -> None:
    random, path = np.random.default_rng(seed), tmp_path / "a.mp4"
    made = GrowingVideo(path, (160, 96))
    for number in range(70):
        made.add(numbered(number), number / 30)
    made.abandon()
    content = np.frombuffer(path.read_bytes(), np.uint8)
    for _ in range(40):
        damaged = content.copy()
        damaged[random.integers(0, len(damaged), 30)] = random.integers(0, 256, 30)
        path.write_bytes(damaged.tobytes())
        plays(path)
    assert plays(tmp_path / "none.mp4") is None
    path.write_bytes(b"")
    assert plays(path) is None
