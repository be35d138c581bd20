"""Whose face is meant: the chosen one, else the only or the largest."""

from __future__ import annotations

from fer_desktop.core.reasons import NOT_SURE
from fer_desktop.core.types import Analysis, Track
from fer_desktop.gui.samples.words import tr
from fer_desktop.overlay import words


def subject(analysis: Analysis | None, chosen: int | None) -> Track | None:
    """None where there is no face, or where the chosen one is not in view: another's must not stand for it."""
    tracks = () if analysis is None else analysis.tracks
    if chosen is not None:
        return next((track for track in tracks if track.id == chosen), None)
    return max(tracks, key=lambda track: track.face.box.area, default=None)


def why_not(analysis: Analysis | None, track: Track | None, chosen: bool = True) -> str:
    """Why nothing can be saved now, in words; empty where it can. chosen: a person chose the face that is meant.

    A face of which the network is not sure is seen well enough: there is most to learn from it.
    """
    if track is not None:
        if track.reason in (None, NOT_SURE):
            return ""
        return tr("The face is {reason}.").format(reason=words.reason(track.reason or ""))
    if analysis is None:
        return tr("Nothing is read from the picture yet.")
    if not analysis.tracks:
        return tr("No face in view.")
    return tr("The chosen face is not in view.") if chosen else tr("The face being taken is not in view.")


def next_after(analysis: Analysis | None, chosen: int | None) -> int | None:
    """The face to choose after `chosen`, in the order of their ids; from the last one back to none chosen."""
    ids = sorted(track.id for track in analysis.tracks) if analysis is not None else []
    return next((one for one in ids if chosen is None or one > chosen), None)
