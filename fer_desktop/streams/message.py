"""One analysis as a JSON object: the faces of `fer-desktop video --json`, and when and where they were seen."""

from __future__ import annotations

import json
import time

from fer_desktop.core.records import SCHEMA, tracked_face_record
from fer_desktop.core.types import Analysis, Track


class Messages:
    """Times count from the first analysis that was handed out. `unix_time`: the same moment since 1970, UTC."""

    def __init__(self) -> None:
        self._first_s: float | None = None
        # Once: a clock that is set meanwhile must not make times jump.
        self._unix_offset_s = time.time() - time.monotonic()

    def record(self, analysis: Analysis) -> dict[str, object]:
        if self._first_s is None:
            self._first_s = analysis.captured_at
        width, height = analysis.size
        return {
            "schema": SCHEMA,
            "model": analysis.model_id,
            "index": analysis.frame_index,
            "time": round(analysis.captured_at - self._first_s, 6),
            "unix_time": round(analysis.captured_at + self._unix_offset_s, 6),
            "width": width,
            "height": height,
            "faces": [tracked_face_record(track) for track in analysis.tracks],
        }

    def text(self, analysis: Analysis) -> str:
        """On one line."""
        return json.dumps(self.record(analysis), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def one_face(analysis: Analysis, followed: int | None) -> Track | None:
    """Where only one can be told of: the followed face while it is in view, else the largest; None without a face."""
    for track in analysis.tracks:
        if track.id == followed:
            return track
    return max(analysis.tracks, key=lambda track: track.face.box.area, default=None)
