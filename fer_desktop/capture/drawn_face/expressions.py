"""What the demo's face performs: action parameters, the seven key poses, and how they follow one another.

The parameters follow Ekman and Friesen's Facial Action Coding System (FACS, 1978): one number an action unit (AU),
0 at rest and 1 at the strongest. Tune the poses in KEY_POSES; the drawing reads nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Expression:
    """A face's state. All 0 is the resting face; values between 0 and 1 unless said otherwise."""

    inner_brow_raise: float = 0.0
    """AU1: the brows' inner ends go up, the forehead folds in its middle."""
    outer_brow_raise: float = 0.0
    """AU2: the brows' outer halves go up, the forehead folds across."""
    brow_lower: float = 0.0
    """AU4: the brows go down and together, upright folds between them."""
    upper_lid_raise: float = 0.0
    """AU5: white shows above the iris. Negative lets the lid sink, -1 closes it (AU43)."""
    cheek_raise: float = 0.0
    """AU6: the cheeks lift the lower lids, crow's feet."""
    lid_tighten: float = 0.0
    """AU7: both lids narrow the eye."""
    lid_droop_outer: float = 0.0
    """The upper lid's outer half hangs (with AU1 and AU4, sadness); negative lowers its inner half (a glare)."""
    nose_wrinkle: float = 0.0
    """AU9: folds on the nose's root and sides."""
    upper_lip_raise: float = 0.0
    """AU10: the upper lip goes up and squares, the folds beside the nose deepen."""
    lip_corner_pull: float = 0.0
    """AU12: the corners go out and up."""
    lip_corner_depress: float = 0.0
    """AU15: the corners go down."""
    lower_lip_depress: float = 0.0
    """AU16: the lower lip goes down and shows the lower teeth."""
    chin_raise: float = 0.0
    """AU17: the chin's boss pushes the lower lip up."""
    lip_pucker: float = 0.0
    """AU18: the corners come together, the lips fill."""
    lip_stretch: float = 0.0
    """AU20: the corners go out, straight."""
    lip_press: float = 0.0
    """AU24: the lips press together and thin."""
    lips_part: float = 0.0
    """AU25: the lips part without the jaw."""
    jaw_drop: float = 0.0
    """AU26 and 27: the jaw falls, the mouth opens."""
    gaze_x: float = 0.0
    """AU61 and 62: where the eyes look, -1 picture's left to 1 right."""
    gaze_y: float = 0.0
    """AU63 and 64: -1 up to 1 down."""


NEUTRAL: Final = Expression()

KEY_POSES: Final[dict[str, Expression]] = {
    "neutral": NEUTRAL,
    "happy": Expression(
        outer_brow_raise=0.15, cheek_raise=0.9, lid_tighten=0.15, lip_corner_pull=1.0, lips_part=0.85, jaw_drop=0.12,
        upper_lip_raise=0.25,
    ),
    "surprise": Expression(
        inner_brow_raise=1.0, outer_brow_raise=1.0, upper_lid_raise=0.9, jaw_drop=0.85, lips_part=0.3, lip_pucker=0.35,
    ),
    "sad": Expression(
        inner_brow_raise=1.0, brow_lower=0.25, upper_lid_raise=-0.15, lid_droop_outer=0.8, lip_corner_depress=1.0,
        chin_raise=0.7, lip_pucker=0.1, gaze_y=0.35,
    ),
    "angry": Expression(
        brow_lower=1.0, upper_lid_raise=0.3, lid_tighten=0.7, lid_droop_outer=-0.6, nose_wrinkle=0.4, lip_press=0.8,
        lip_corner_depress=0.55, chin_raise=0.35, outer_brow_raise=0.1,
    ),
    "fear": Expression(
        inner_brow_raise=1.0, outer_brow_raise=0.35, brow_lower=0.4, upper_lid_raise=1.0, lip_stretch=0.9,
        lips_part=0.55, lower_lip_depress=0.8, jaw_drop=0.35, lip_corner_depress=0.35,
    ),
    "disgust": Expression(
        brow_lower=0.65, cheek_raise=0.7, lid_tighten=1.0, nose_wrinkle=1.0, upper_lip_raise=1.0, lips_part=0.3,
        lip_corner_depress=0.6, chin_raise=0.4,
    ),
}  # fmt: skip
"""The seven key poses, in the order in which they are performed."""

ORDER: Final = tuple(KEY_POSES)
EMOTION_SECONDS: Final = 3.0
"""Time from one emotion's start to the next one's, easing included."""
EASE_SECONDS: Final = 0.6
CYCLE_SECONDS: Final = EMOTION_SECONDS * len(ORDER)
_BLINKS: Final = (1.9, 5.2, 10.9, 14.3, 20.2)
"""Seconds within the cycle; none in surprise and fear, where people stare."""
_BLINK_SECONDS: Final = 0.24
_SACCADES: Final = ((0.0, 0.0), (0.5, 0.05), (0.0, 0.0), (-0.45, 0.1), (0.15, -0.1), (0.0, 0.0), (-0.2, 0.0))
_SACCADE_SECONDS: Final = 1.3


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the head is: shift in hundredths of the picture's height, roll in degrees clockwise, scale about 1."""

    x: float = 0.0
    y: float = 0.0
    roll: float = 0.0
    scale: float = 1.0


def ease(t: float) -> float:
    """0 to 1 with no jerk at either end (Perlin's smoother step); t is clipped to 0..1."""
    t = min(max(t, 0.0), 1.0)
    return t * t * t * (t * (6.0 * t - 15.0) + 10.0)


def mix(first: Expression, second: Expression, amount: float) -> Expression:
    """`first` at amount 0, `second` at 1, each parameter between them in proportion."""
    values = {
        field.name: (1.0 - amount) * getattr(first, field.name) + amount * getattr(second, field.name)
        for field in fields(Expression)
    }
    return Expression(**values)


def performed_at(seconds: float) -> str | None:
    """The emotion held at that time of the performance; None while the face moves from one to the next."""
    seconds += 1e-6  # a frame's time is a rounded fraction: it must not fall short of the moment that it stands for
    number, within = divmod(seconds % CYCLE_SECONDS, EMOTION_SECONDS)
    return None if within < EASE_SECONDS and seconds >= EASE_SECONDS else ORDER[int(number)]


def expression_at(seconds: float) -> Expression:
    """The face at that time: key poses eased into one another, with blinks, saccades and a little life in the hold."""
    number, within = divmod(seconds % CYCLE_SECONDS, EMOTION_SECONDS)
    target = KEY_POSES[ORDER[int(number)]]
    previous = KEY_POSES[ORDER[int(number) - 1]] if seconds >= EMOTION_SECONDS else NEUTRAL
    face = mix(previous, target, ease(within / EASE_SECONDS))
    face = mix(NEUTRAL, face, 0.97 + 0.03 * math.cos(2.1 * seconds))
    gaze_x, gaze_y = _gaze(seconds)
    lid = face.upper_lid_raise
    return replace(
        face,
        upper_lid_raise=lid - (1.0 + lid) * _blink(seconds % CYCLE_SECONDS),
        gaze_x=face.gaze_x + gaze_x,
        gaze_y=face.gaze_y + gaze_y,
    )


def pose_at(seconds: float) -> Pose:
    """Slow sway of the head; the periods share no small multiple, so that it does not look like a loop."""
    return Pose(
        x=1.7 * math.sin(0.53 * seconds) + 0.5 * math.sin(1.31 * seconds),
        y=0.6 * math.sin(0.71 * seconds + 1.0) + 0.25 * math.sin(1.63 * seconds),
        roll=2.6 * math.sin(0.43 * seconds) + 0.8 * math.sin(1.07 * seconds),
        scale=1.0 + 0.018 * math.sin(0.37 * seconds),
    )


def _blink(within: float) -> float:
    """How far the lids are closed, 0 to 1, at that second of the cycle."""
    closeness = max(1.0 - abs(within - moment) / (_BLINK_SECONDS / 2) for moment in _BLINKS)
    return ease(1.6 * closeness)


def _gaze(seconds: float) -> tuple[float, float]:
    """Fixations with quick moves between them, smooth pursuit never: that is how eyes move."""
    number, within = divmod(seconds, _SACCADE_SECONDS)
    old = _SACCADES[(int(number) - 1) % len(_SACCADES)] if seconds >= _SACCADE_SECONDS else (0.0, 0.0)
    new = _SACCADES[int(number) % len(_SACCADES)]
    amount = ease(within / 0.12)
    return old[0] + amount * (new[0] - old[0]), old[1] + amount * (new[1] - old[1])
