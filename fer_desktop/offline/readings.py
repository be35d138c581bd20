"""What was read of a recording, kept in columns: 172 bytes a face and picture, so that an hour of it fits in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fer_desktop.core import emotions
from fer_desktop.core.band import NO_LABEL, Float64Array
from fer_desktop.core.types import CROP_SIDE, Analysis, Box, Face, Prediction, Track, UInt8Array
from fer_desktop.offline.edits import Edits
from fer_desktop.offline.video import Beginning, FrameResult

ROW: Final = np.dtype(
    [
        ("box", np.float64, 4),
        ("shown_box", np.float32, 4),
        ("score", np.float64),
        ("keypoints", np.float32, (6, 2)),
        ("probabilities", np.float32, emotions.COUNT),
        ("smoothed", np.float32, emotions.COUNT),
        ("label", np.int8),
        ("reason", np.uint8),
        ("own_neutral", np.bool_),
        ("seen", np.bool_),
    ]
)
"""One face in one picture. box: as it was found, which is what files tell; shown_box: where it is painted. label: index
of the emotion, NO_LABEL where there is none, and then reason is its number."""
STEP_S: Final = 0.04
"""How long the only picture of a file stands."""
_FIRST: Final = 256
_SMALLEST: Final = np.float32(1e-30)
_NO_CROP: Final[UInt8Array] = np.zeros((CROP_SIDE, CROP_SIDE), np.uint8)

Int32Array = NDArray[np.int32]
Rows = NDArray[Any]


class _Column:
    """An array that grows. What `values` gave stays as it is."""

    def __init__(self, kind: np.dtype[Any] | type) -> None:
        self._array: NDArray[Any] = np.empty(_FIRST, kind)
        self._count = 0

    @property
    def values(self) -> NDArray[Any]:
        return self._array[: self._count]

    def add(self, value: object) -> None:
        if self._count == len(self._array):
            # What others hold of the old array is never written to again.
            larger = np.empty(self._count * 2, self._array.dtype)
            larger[: self._count] = self._array
            self._array = larger
        self._array[self._count] = value
        self._count += 1


@dataclass(frozen=True, slots=True, eq=False)
class SeenFace:
    """One face over the recording, as edited. `tracks`: what it was put together from, its own first; `frames`
    int32[n], rising: the pictures it is in; `rows` ROW[n]: what was read there."""

    id: int
    name: str
    tracks: tuple[int, ...]
    frames: Int32Array
    rows: Rows

    def place(self, frame: int) -> int | None:
        """Where in the rows that picture is; None where the face is not in it."""
        place = int(np.searchsorted(self.frames, frame))
        return place if place < len(self.frames) and self.frames[place] == frame else None


class Readings:
    """Filled by `add`, in order, by one thread; what is read out of it may go to others."""

    def __init__(self, beginning: Beginning) -> None:
        self.beginning = beginning
        self.errors: dict[int, str] = {}
        self._times = _Column(np.float64)
        self._tracks: dict[int, tuple[_Column, _Column]] = {}
        self._reasons: list[str] = []

    @property
    def count(self) -> int:
        """How many pictures were read."""
        return len(self._times.values)

    @property
    def times(self) -> Float64Array:
        """Seconds since the first picture, one a picture."""
        return self._times.values

    @property
    def until_s(self) -> float:
        """When the last picture ends: it stands as long as the one before it."""
        times = self.times
        if not len(times):
            return 0.0
        return float(times[-1]) + (float(times[-1] - times[-2]) if len(times) > 1 else STEP_S)

    def add(self, result: FrameResult) -> None:
        frame = self.count
        self._times.add(result.time_s)
        if result.error is not None:
            self.errors[frame] = result.error
        for track in () if result.analysis is None else result.analysis.tracks:
            columns = self._tracks.get(track.id)
            if columns is None:
                columns = self._tracks[track.id] = (_Column(np.int32), _Column(ROW))
            columns[0].add(frame)
            columns[1].add(self._row(track))

    def frame_at(self, at_s: float) -> int:
        """The picture that stands at a time; the first before it, the last after it. There must be one."""
        return max(int(np.searchsorted(self.times, at_s, "right")) - 1, 0)

    def ends(self) -> Float64Array:
        """When each picture ends, float64[count]: it stands until the next one comes."""
        times = self.times
        return np.append(times[1:], self.until_s) if len(times) else times

    def reason(self, row: Any) -> str:
        return self._reasons[int(row["reason"])]

    def faces(self, edits: Edits) -> tuple[SeenFace, ...]:
        """In the order in which they were first seen. Of faces put together, each picture keeps one reading: that of
        the track that stands first among them."""
        return tuple(self._face(tracks, edits) for tracks in edits.grouped(self._tracks))

    def _face(self, tracks: tuple[int, ...], edits: Edits) -> SeenFace:
        parts = [self._tracks[track] for track in tracks]
        name = edits.name(tracks)
        if len(parts) == 1:
            return SeenFace(tracks[0], name, tracks, parts[0][0].values, parts[0][1].values)
        frames = np.concatenate([part[0].values for part in parts])
        # The first of equal ones: that of the track that stands first.
        kept, places = np.unique(frames, return_index=True)
        return SeenFace(tracks[0], name, tracks, kept, np.concatenate([part[1].values for part in parts])[places])

    def _row(self, track: Track) -> tuple[object, ...]:
        box, painted = track.face.box, track.shown_box
        reason = 0
        if track.reason is not None:
            if track.reason not in self._reasons:
                self._reasons.append(track.reason)
            reason = self._reasons.index(track.reason)
        return (
            (box.x, box.y, box.width, box.height),
            (painted.x, painted.y, painted.width, painted.height),
            track.face.score,
            track.face.keypoints,
            track.prediction.probabilities,
            track.smoothed,
            NO_LABEL if track.label is None else emotions.NAMES.index(track.label),
            reason,
            track.own_neutral,
            track.seen,
        )

    # Back into the values that the rest of the program knows

    def track(self, face: SeenFace, place: int, crop: UInt8Array | None = None) -> Track:
        row = face.rows[place]
        probabilities, label = row["probabilities"].copy(), int(row["label"])
        return Track(
            id=face.id,
            face=Face(Box(*row["box"].tolist()), float(row["score"]), row["keypoints"].copy()),
            # The network's own logits are these but for a factor and an offset.
            prediction=Prediction(probabilities, np.log(np.maximum(probabilities, _SMALLEST))),
            smoothed=row["smoothed"].copy(),
            label=None if label == NO_LABEL else emotions.NAMES[label],
            reason=self.reason(row) if label == NO_LABEL else None,
            crop=_NO_CROP if crop is None else crop,
            steady=Box(*row["shown_box"].tolist()),
            own_neutral=bool(row["own_neutral"]),
            seen=bool(row["seen"]),
        )

    def analysis(self, tracks: Sequence[Track], frame: int) -> Analysis:
        return Analysis(frame, float(self.times[frame]), self.beginning.size, tuple(tracks), self.beginning.model_id)

    def results(self, faces: Sequence[SeenFace]) -> Iterator[FrameResult]:
        """Every picture in order, with these faces: what was read, as the writers of files take it."""
        count, times, errors = self.count, self.times, dict(self.errors)
        frames = np.concatenate([np.empty(0, np.int32), *(face.frames for face in faces)])
        which = np.repeat(np.arange(len(faces)), [len(face.frames) for face in faces])
        places = np.concatenate([np.empty(0, np.int64), *(np.arange(len(face.frames)) for face in faces)])
        order = np.argsort(frames, kind="stable")
        edges = np.searchsorted(frames[order], np.arange(count + 1))
        for frame in range(count):
            there = order[edges[frame] : edges[frame + 1]]
            tracks = [self.track(faces[which[one]], int(places[one])) for one in there]
            error = errors.get(frame)
            analysis = None if error is not None else self.analysis(tracks, frame)
            yield FrameResult(frame, float(times[frame]), analysis, error, None)
