"""People who walk about, cross and leave: who is who."""

from __future__ import annotations

import numpy as np
import pytest
from moving_faces import Person, follow, looks, to_and_fro

from fer_desktop.core.tracking import CONFIRM_SIGHTINGS, Tracker


@pytest.mark.parametrize("fps", [1.0, 5.0, 15.0, 60.0, 240.0])
def test_a_face_is_followed_at_any_rate(fps: float) -> None:
    followed = follow(
        Tracker(), looks([Person(to_and_fro((100, 100), (300, 120), 8.0), 90)], 20, fps, np.random.default_rng(0))
    )
    assert followed.ids == {0: {1}}
    assert followed.shown[0] >= 20 * fps - CONFIRM_SIGHTINGS


def test_frames_that_come_irregularly_change_nothing() -> None:
    rng = np.random.default_rng(0)
    frames = list(looks([Person(to_and_fro((100, 100), (500, 120), 2.0), 90)], 20, 60, rng))
    kept = np.cumsum(rng.integers(1, 12, len(frames)))
    followed = follow(Tracker(), (frames[index] for index in kept[kept < len(frames)]))
    assert followed.ids == {0: {1}}


def crossing(seed: int) -> None:
    """Two who walk through one another ten times, at speeds, angles, distances, sizes and rates as `seed` has it.

    Their faces pass at 0.8 to 4.5 widths a second, and the detector misses each about once a second for one to five
    frames, besides all that is hidden.
    """
    rng = np.random.default_rng(seed)
    side, ratio = rng.uniform(50, 160), np.exp(rng.uniform(-0.3, 0.3))
    span, angle, lift = rng.uniform(3, 6) * side, rng.uniform(-0.5, 0.5), rng.uniform(-0.6, 0.6) * side
    seconds = 2 * span / side / rng.uniform(0.8, 4.5)
    fps = float(rng.choice([15, 24, 30, 60]))
    half, middle = np.array([np.cos(angle), np.sin(angle)]) * span / 2, np.array([900.0, 500.0])
    above = np.array([0.0, lift])
    one = Person(to_and_fro(tuple(middle - half), tuple(middle + half), seconds), side, rng.choice([-1, 1]))
    other = Person(to_and_fro(tuple(middle + half + above), tuple(middle - half + above), seconds), side * ratio)
    followed = follow(Tracker(), looks([one, other], seconds * 10, fps, rng, misses_a_second=1.0))
    assert all(len(people) == 1 for people in followed.people.values()), f"seed {seed}: swapped, {followed.people}"
    assert all(len(ids) == 1 for ids in followed.ids.values()), f"seed {seed}: lost, {followed.ids}"
    assert sorted(followed.ids) == [0, 1]


@pytest.mark.parametrize("seed", range(16))
def test_two_who_cross_ten_times_keep_their_ids(seed: int) -> None:
    crossing(seed)


def test_of_three_who_meet_in_one_place_most_keep_their_ids() -> None:
    """Two of them are hidden at once and come out where the third may be expected as well: what is promised of two is
    not promised of three, and this is how often it goes wrong. Each run has eight meetings."""
    swapped, runs, side = [], 12, 120.0
    for seed in range(runs):
        rng = np.random.default_rng(seed + 100)
        seconds = 8 / rng.uniform(0.8, 2.5)
        people = []
        for number, angle in enumerate(rng.uniform(-0.3, 0.3, 3) + np.arange(3) * np.pi / 3 * (seed % 2)):
            half = np.array([np.cos(angle), np.sin(angle)]) * side * 2.2 * (-1 if number == 1 else 1)
            middle = np.array([900.0, 500.0 + rng.uniform(-0.3, 0.3) * side])
            way = to_and_fro(tuple(middle - half), tuple(middle + half), seconds * rng.uniform(0.95, 1.05))
            people.append(Person(way, side * np.exp(rng.uniform(-0.2, 0.2)), number))
        followed = follow(Tracker(), looks(people, seconds * 8, 15.0, rng, misses_a_second=0.5))
        if any(len(whose) > 1 for whose in followed.people.values()):
            swapped.append(seed)
    print(f"three faces meeting eight times: swapped in {len(swapped)} of {runs} runs ({swapped})")
    assert len(swapped) <= runs // 4


@pytest.mark.parametrize("seed", range(8))
def test_who_leaves_at_the_edge_and_returns_is_the_same(seed: int) -> None:
    """Ten times, unseen for up to 1.9 s with the detector's misses, while another stays in view."""
    rng = np.random.default_rng(seed)
    side, fps = rng.uniform(60, 160), float(rng.choice([15, 30, 60]))
    away_s, leaving_s = rng.uniform(0.2, 0.9), rng.uniform(0.2, 0.6)
    round_s = 1.5 + away_s + 2 * leaving_s

    def way(at_s: float) -> tuple[float, float]:
        turn = at_s % round_s
        out = min(1.0, max(0.0, turn - 1.5) / leaving_s, (round_s - turn) / leaving_s)
        return side * (0.9 - 1.6 * out), 300.0

    stays = Person(lambda at_s: (side * 4 + 10 * np.sin(at_s), 300.0), side)
    followed = follow(Tracker(), looks([Person(way, side), stays], round_s * 10, fps, rng, misses_a_second=0.5))
    assert [len(ids) for ids in followed.ids.values()] == [1, 1]
    assert followed.ids[0] != followed.ids[1]
