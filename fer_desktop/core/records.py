"""One face in words and numbers: the form that files, logs and streams share. Extend it, do not change it.

A mapping for JSON, a row for CSV. Boxes in pixels of the picture, probabilities and valence to four digits.
"""

from __future__ import annotations

from typing import Final

from fer_desktop.core import emotions
from fer_desktop.core.types import Float32Array, Track

SCHEMA: Final = 1
FACE_COLUMNS: Final = ("x", "y", "w", "h", "score", "label", "reason", *emotions.NAMES, "valence")
OWN_NEUTRAL: Final = "own_neutral"
FOUND: Final = "found"
"""False: it was missed in this picture, and the row repeats what was read of it last."""
SHOWN: Final = "shown"
"""The box as it is painted, without the detector's tremble."""
TRACK_COLUMNS: Final = ("frame", "time", "track", *FACE_COLUMNS, OWN_NEUTRAL, FOUND)
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet may take for the beginning of a formula, directly or once it has trimmed the cell."""

Cell = str | int | float


def face_record(track: Track) -> dict[str, object]:
    """One entry of "faces" of a photo."""
    return {
        "box": track.face.box.as_list(),
        "score": rounded(track.face.score),
        "label": track.label,
        "reason": track.reason,
        "probabilities": by_name(track.prediction.probabilities),
        "valence": _valence(track),
    }


def tracked_face_record(track: Track) -> dict[str, object]:
    """One entry of "faces" where pictures follow each other. The label follows from the smoothed probabilities; both
    are read against the person's own resting face where `own_neutral` is true, "probabilities" never are. Where `found`
    is false nothing was read: the rest is of the picture before in which it was found, but for "shown"."""
    followed = {"track": track.id, "smoothed": by_name(track.smoothed), OWN_NEUTRAL: track.own_neutral}
    return face_record(track) | followed | {FOUND: track.seen, SHOWN: track.shown_box.as_list()}


def face_values(track: Track) -> list[Cell | None]:
    """The row of FACE_COLUMNS, as it is."""
    return [
        *track.face.box.as_list(),
        rounded(track.face.score),
        track.label,
        track.reason,
        *(rounded(value) for value in track.prediction.probabilities),
        _valence(track),
    ]


def track_values(track: Track) -> list[Cell | None]:
    """The row of TRACK_COLUMNS but for its first two."""
    return [track.id, *face_values(track), track.own_neutral, track.seen]


def no_face_values(error: str | None) -> list[Cell | None]:
    """The same where there is no face: nothing, but for the reason why nothing could be read."""
    return [error if name == "reason" else None for name in FACE_COLUMNS]


def face_cells(track: Track) -> list[Cell]:
    """The same as a spreadsheet may have them."""
    return [_cell(value) for value in face_values(track)]


def track_cells(track: Track) -> list[Cell]:
    return [_cell(value) for value in track_values(track)]


def no_face_cells(error: str | None) -> list[Cell]:
    return [_cell(value) for value in no_face_values(error)]


def _cell(value: Cell | None) -> Cell:
    if isinstance(value, bool):
        return int(value)
    return "" if value is None else harmless_text(value) if isinstance(value, str) else value


def harmless_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before it."""
    return "'" + text if text.startswith(FORMULA) else text


def by_name(values: Float32Array) -> dict[str, float]:
    """float32[7] under the emotions' names."""
    return {name: rounded(value) for name, value in zip(emotions.NAMES, values, strict=True)}


def rounded(value: float) -> float:
    return round(float(value), 4)


def _valence(track: Track) -> float:
    return rounded(emotions.valence(track.prediction.probabilities))
