from __future__ import annotations

import itertools

import numpy as np
import pytest

from fer_desktop.core.label import MARGIN, REASON_S, SteadyLabel
from fer_desktop.core.probability import softmax
from fer_desktop.core.smoothing import Smoother
from fer_desktop.settings.schema import STEADINESS

WHITE, SLOW, SLOW_S = 0.15, 0.10, 0.3
"""Standard deviations, in logits, of the lead of one emotion over another on a face that is steady before a camera:
what changes from frame to frame, and what changes with small moves. Measured on two recordings and 16 faces of
PublicTest in scenes, with camera noise, JPEG at 80 and moves by 1.5 pixels and half a degree: 0.08 at the median and
0.15 for one in ten without moves, 0.11 and 0.17 with them, in all."""
RATES = [15, 30, 60]
STRENGTHS = [strength for strength in STEADINESS.values() if strength > 0]


def noise(seconds: float, fps: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """float64[frames, count, 7] logits."""
    kept = np.exp(-1 / fps / SLOW_S)
    slow, frames = rng.standard_normal((count, 7)), []
    for _ in range(round(seconds * fps)):
        slow = kept * slow + np.sqrt(1 - kept**2) * rng.standard_normal((count, 7))
        frames.append((SLOW * slow + WHITE * rng.standard_normal((count, 7))) / np.sqrt(2))
    return np.array(frames)


def faces(count: int, lead: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """float64[count, 7] logits of faces whose first emotion leads by so many points, in random order."""
    chosen: list[np.ndarray] = []
    while len(chosen) < count:
        logits = rng.standard_normal(7) * rng.uniform(0.5, 3.0)
        two, one = np.sort(softmax(logits.astype(np.float32)))[-2:]
        if lead[0] <= one - two <= lead[1]:
            chosen.append(logits)
    return np.array(chosen)


def show(logits: np.ndarray, fps: int, strength: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """(raw, shown) int[frames]: what each frame says, and what is named, of logits float64[frames, 7]."""
    smoother, label = Smoother(), SteadyLabel()
    read = softmax(logits.astype(np.float32))
    named = []
    for index, probabilities in enumerate(read):
        at_s = index / fps
        label.update(probabilities, smoother.update(probabilities, at_s, strength), None, at_s, strength)
        named.append(label.emotion)
    return read.argmax(axis=1), np.array(named)


def changes_a_minute(labels: np.ndarray, fps: int) -> float:
    return 60 * fps * float((np.diff(labels) != 0).mean())


def delay_s(
    before: np.ndarray, after: np.ndarray, fps: int, rng: np.random.Generator, ramp_s: float, strength: float
) -> float:
    """From the first frame that says what is new to the first that names it, after a second of what was before."""
    at_s = np.arange(3 * fps) / fps
    part = np.clip((at_s - 1.0) / ramp_s, 0, 1) if ramp_s else (at_s >= 1.0).astype(float)
    logits = before + part[:, None] * (after - before) + noise(3.0, fps, 1, rng)[:, 0]
    raw, shown = show(logits, fps, strength)
    new, begun = int(after.argmax()), at_s >= 1.0
    return float(at_s[(shown == new) & begun][0] - at_s[(raw == new) & begun][0])


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("fps", RATES)
def test_a_steady_face_changes_its_label_far_less_often(fps: int, strength: float) -> None:
    """Faces between two emotions: those where it flickers."""
    rng = np.random.default_rng(0)
    raw, shown = 0.0, 0.0
    for one in faces(12, (0.0, 0.05), rng):
        each, named = show(one + noise(20.0, fps, 1, rng)[:, 0], fps, strength)
        raw, shown = raw + changes_a_minute(each, fps) / 12, shown + changes_a_minute(named, fps) / 12
    said = f"{fps} fps, strength {strength}: {raw:.0f} changes a minute as read, {shown:.1f} as shown"
    print(said)
    assert raw > 100, f"the test has something to steady: {said}"
    assert shown * 20 <= raw, said
    assert shown <= 5 / strength, said


@pytest.mark.parametrize("ramp_s", [0.0, 0.3])
@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("fps", RATES)
def test_a_real_change_is_told_in_time(fps: int, strength: float, ramp_s: float) -> None:
    """From any emotion to another that leads by 30 points and more, at once or in 0.3 s. Who asks for strong calm
    waits twice as long."""
    rng = np.random.default_rng(1)
    before, after = faces(150, (0.1, 1.0), rng), faces(150, (0.3, 1.0), rng)
    delays = np.array(
        [
            delay_s(one, other, fps, rng, ramp_s, strength)
            for one, other in zip(before, after, strict=True)
            if one.argmax() != other.argmax()
        ]
    )
    median, most, longest = np.median(delays), np.quantile(delays, 0.99), delays.max()
    said = (
        f"{fps} fps, strength {strength}, ramp {ramp_s} s: added to a change {median * 1e3:.0f} ms at the median, "
        f"{most * 1e3:.0f} ms in 99 of 100, {longest * 1e3:.0f} ms at most of {len(delays)}"
    )
    print(said)
    slower = max(1.0, strength)
    assert median < 0.15 * slower, said
    assert most < 0.24 * slower, said
    assert longest < 0.25 * slower, said


@pytest.mark.parametrize("fps", [*RATES, 240])
def test_the_same_lead_takes_the_same_time_at_any_rate(fps: int) -> None:
    logits = np.zeros((2 * fps, 7))
    logits[:fps, 3] = logits[fps:, 4] = 3.0
    _, shown = show(logits, fps)
    told_s = (np.flatnonzero(shown == 4)[0] - fps + 1) / fps
    assert 0.08 < told_s < 0.11 + 1 / fps


SLOW_RATES = [5, 8, 10]
"""Frames a second. A change is told by the second reading that leads, which comes 0.1 to 0.2 s after the first."""


@pytest.mark.parametrize("fps", SLOW_RATES)
def test_a_slow_computer_flickers_no_more_than_a_fast_one(fps: int) -> None:
    rng = np.random.default_rng(0)
    raw, shown = 0.0, 0.0
    for one in faces(12, (0.0, 0.05), rng):
        each, named = show(one + noise(40.0, fps, 1, rng)[:, 0], fps)
        raw, shown = raw + changes_a_minute(each, fps) / 12, shown + changes_a_minute(named, fps) / 12
    before, after = faces(150, (0.1, 1.0), rng), faces(150, (0.3, 1.0), rng)
    pairs = [pair for pair in zip(before, after, strict=True) if pair[0].argmax() != pair[1].argmax()]
    delays = np.array([delay_s(one, other, fps, rng, 0.0, 1.0) for one, other in pairs])
    said = (
        f"{fps} fps: {raw:.0f} changes a minute as read, {shown:.1f} as shown; added to a change "
        f"{np.median(delays) * 1e3:.0f} ms at the median, {delays.max() * 1e3:.0f} ms at most of {len(delays)}"
    )
    print(said)
    assert raw > 100 and shown * 20 <= raw, said
    assert np.quantile(delays, 0.95) < 1.01 / fps and delays.max() < 2.01 / fps, said


NEUTRAL, SAD = (
    np.array((0.02, 0.02, 0.02, 0.02, sad, 0.02, neutral), np.float32) for sad, neutral in ((0.35, 0.55), (0.7, 0.2))
)


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize(
    ("fps", "gap_s"), [(30, 0.1), (30, 0.5), (15, 0.13), (15, 0.4), (10, 0.1), (8, 0.125), (5, 0.2), (5, 30.0)]
)
def test_one_reading_names_nothing_however_long_nobody_looked(fps: int, gap_s: float, strength: float) -> None:
    smoother, label, at_s = Smoother(), SteadyLabel(), 0.0

    def look(read: np.ndarray, passed_s: float, reason: str | None = None) -> None:
        nonlocal at_s
        at_s += passed_s
        label.update(read, smoother.update(read, at_s, strength), reason, at_s, strength)

    for _ in range(2 * fps):
        look(NEUTRAL, 1 / fps)
    for _ in range(3):
        look(SAD, gap_s, "blurred")
        assert (label.emotion, label.reason) == (6, None), "one outlier"
        for _ in range(fps):
            look(NEUTRAL, 1 / fps)
            assert (label.emotion, label.reason) == (6, None), "and nothing of it stays"
    for _ in range(fps):
        look(SAD, 1 / fps)
    assert label.emotion == 4, "what lasts is named"


def test_what_is_named_has_the_largest_bar_when_it_is_named() -> None:
    rng = np.random.default_rng(2)
    smoother, label = Smoother(), SteadyLabel()
    named: int | None = None
    changes = 0
    for index in range(3000):
        read = softmax((np.eye(7)[index // 40 % 7] * 2 + rng.standard_normal(7)).astype(np.float32))
        smoothed = smoother.update(read, index / 30)
        label.update(read, smoothed, None, index / 30)
        if label.emotion != named:
            assert label.emotion == smoothed.argmax()
            named, changes = label.emotion, changes + 1
    assert changes > 50


def test_a_small_lead_that_lasts_is_named_in_the_end() -> None:
    logits = np.full((90, 7), -5.0)
    logits[:30, 3], logits[:30, 4] = 0.3, 0.0
    logits[30:, 3], logits[30:, 4] = 0.0, 2 * np.arctanh(2 * MARGIN)
    _, shown = show(logits, 30)
    assert shown[45] == 3 and shown[-1] == 4


def test_strength_stretches_the_waiting_and_none_is_none() -> None:
    logits = np.zeros((120, 7))
    logits[:60, 3] = logits[60:, 4] = 3.0
    frames = [int(np.flatnonzero(show(logits, 60, strength)[1] == 4)[0]) - 60 for strength in (0.0, 0.5, 1.0, 2.0)]
    assert frames[0] == 0
    assert frames == sorted(set(frames))


def test_a_reason_shows_and_goes_once_it_prevailed() -> None:
    label, flat = SteadyLabel(), np.full(7, 1 / 7, np.float32)
    shown = []
    for index in range(120):
        trembling = "too dark" if index % 3 == 0 else None
        reason = trembling if index < 60 else "too dark" if index < 90 else None
        label.update(flat, flat, reason, index / 30)
        shown.append(label.reason)
    assert shown[0] == "too dark", "at the first look there is nothing to hold on to"
    assert set(shown[20:60]) == {None}
    assert shown[60 + round(REASON_S * 30) + 3] == "too dark"
    assert shown[119] is None
    assert sum(one != other for one, other in zip(shown[1:], shown, strict=False)) == 3


def judged(reasons: list[str | None], fps: int = 30) -> list[str | None]:
    """The reason that is shown after each reading."""
    label, flat, shown = SteadyLabel(), np.full(7, 1 / 7, np.float32), []
    for index, reason in enumerate(reasons):
        label.update(flat, flat, reason, index / fps)
        shown.append(label.reason)
    return shown


def test_a_reason_of_one_frame_is_not_shown_for_the_time_of_another() -> None:
    """Nor does one frame without any bring the label back."""
    shown = judged([None] * 10 + ["blurred"] * 5 + ["too dark"] + ["blurred"] * 20)
    assert "too dark" not in shown and shown[10 + 7] == "blurred"
    shown = judged(["turned away"] * 10 + ["blurred"] * 5 + [None] + ["blurred"] * 20)
    assert None not in shown and shown[-1] == "blurred"
    assert sum(one != other for one, other in zip(shown[1:], shown, strict=False)) == 1


def test_where_two_reasons_take_turns_there_is_one() -> None:
    shown = judged([None] * 10 + ["blurred", "too dark", "blurred"] * 20)
    assert shown[10 + 7] == "blurred" == shown[-1] and set(shown[20:]) == {"blurred"}
    shown = judged(["too small"] * 10 + ["blurred"] * 30 + [None] * 30)
    assert [name for name, _ in itertools.groupby(shown)] == ["too small", "blurred", None]
