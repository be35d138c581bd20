"""The faces of a recording that was read, cut out anew for a report: each where its reading is surest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from fer_desktop.core.band import NO_LABEL
from fer_desktop.core.errors import Cancelled
from fer_desktop.core.types import UInt8Array
from fer_desktop.offline.playback import Pictures
from fer_desktop.offline.readings import Readings, SeenFace
from fer_desktop.offline.report import MOST_FACES
from fer_desktop.offline.video import FrameResult

_NONE: Final = -1.0
"""The confidence of a reading without a label, among others."""


def surest(
    pictures: Pictures,
    readings: Readings,
    faces: Sequence[SeenFace],
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> dict[tuple[int, int], UInt8Array]:
    """By picture and face: the face as the network saw it, of the MOST_FACES faces that are read most surely. One whose
    picture cannot be had any more is left out. Raises InputError where the file is gone, and Cancelled."""
    from fer_desktop.core import crop

    best: list[tuple[float, int, int, SeenFace]] = []
    for face in faces:
        confidences = np.where(face.rows["label"] == NO_LABEL, _NONE, face.rows["smoothed"].max(axis=1))
        place = int(confidences.argmax())
        if confidences[place] > _NONE:
            best.append((float(confidences[place]), int(face.frames[place]), place, face))
    wanted = sorted(best, key=lambda one: -one[0])[:MOST_FACES]
    crops: dict[tuple[int, int], UInt8Array] = {}
    # In the order of the recording the decoder goes back least.
    for number, (_, frame, place, face) in enumerate(sorted(wanted, key=lambda one: one[1])):
        picture = pictures.frame(frame, float(readings.times[frame]), cancelled)
        if cancelled():
            raise Cancelled("stopped before the file was whole")
        if picture is not None:
            crops[frame, face.id] = crop.crop_face(picture.bgr, readings.track(face, place).face)
        progress((number + 1) / len(wanted))
    return crops


def added(result: FrameResult, crops: Mapping[tuple[int, int], UInt8Array]) -> FrameResult:
    """With the crops there are of its faces."""
    if result.analysis is None or not any((result.index, track.id) in crops for track in result.analysis.tracks):
        return result
    tracks = (replace(track, crop=crops.get((result.index, track.id), track.crop)) for track in result.analysis.tracks)
    return replace(result, analysis=replace(result.analysis, tracks=tuple(tracks)))
