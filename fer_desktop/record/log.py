"""What was read, line by line while it is read: JSON lines, one object a face and picture.

    {"record":"session","schema":1,"started":…,"source":…,"model":…,"size":[w,h],"columns":[…]}
    {"record":"face","frame":0,"time":0.0,"track":1,"x":…, …, "found":true,"smoothed":[…],"shown":[x,y,w,h]}
    {"record":"no face","frame":1,"time":0.033}
    {"record":"marker","time":2.5,"text":"…"}
    {"record":"model","time":9.1,"model":…}      also "source": from then on
    {"record":"rest","time":9.5,"seconds":312.4}    no picture came for so long before this time, and it is left out
    {"record":"end","time":60.2,"pictures":1806,"dropped":0,"error":null}

A face has the columns of `fer-desktop video --csv`, its seven smoothed probabilities, and the box as it was painted.
`found` false: it was missed in this picture, and what was read of it last stands there again. `frame` counts the
pictures of the video from 0, null where this one was left out of it; `time` is in seconds since the first; boxes are
in pixels of the video. Each line is the system's at once, so that a kill costs at most the line it cut short, which is
passed over; a power cut may cost what the system had not put on the disk yet.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.records import FOUND, OWN_NEUTRAL, SCHEMA, SHOWN, TRACK_COLUMNS, rounded, track_values
from fer_desktop.core.types import CROP_SIDE, Box, Face, Float32Array, Prediction, Track, UInt8Array
from fer_desktop.record.canvas import Fit
from fer_desktop.record.place import Place

_TAIL: Final = 65_536
_ROUNDING: Final = 0.001
_SMALLEST: Final = np.float32(1e-6)
_NO_CROP: Final[UInt8Array] = np.zeros((CROP_SIDE, CROP_SIDE), np.uint8)


@dataclass(frozen=True, slots=True)
class Marker:
    """`time_s` in seconds since the first picture."""

    time_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """The first line. started: wall-clock time as ISO 8601; size: (width, height) of the video in pixels."""

    started: str
    source: str
    model: str | None
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class LoggedFrame:
    """One picture's faces. number: which picture of the video, None where it was left out of it."""

    number: int | None
    time_s: float
    tracks: tuple[Track, ...]


class LogWriter:
    """Made, fed and ended by one thread. Raises OSError where the disk refuses; the file ends with a whole line."""

    def __init__(self, path: Path, head: Head) -> None:
        # Without a buffer: what was written survives this process.
        self._file = path.open("xb", buffering=0)
        self.place = Place(path, self._file.fileno())
        self._whole = 0
        try:
            self._write(
                {"record": "session", "schema": SCHEMA, "started": head.started, "source": head.source}
                | {"model": head.model, "size": list(head.size), "columns": list(TRACK_COLUMNS)}
            )
        except BaseException:
            self._file.close()
            raise

    def add(self, number: int | None, time_s: float, tracks: Sequence[Track], fit: Fit) -> None:
        """One picture's faces. fit: where pictures of its size lie in the video."""
        where = {"frame": number, "time": _time(time_s)}
        if not tracks:
            self._write({"record": "no face"} | where)
            return
        self._write(*({"record": "face"} | where | _face(track, fit) for track in tracks))

    def marker(self, marker: Marker) -> None:
        self._write({"record": "marker", "time": _time(marker.time_s), "text": marker.text})

    def change(self, what: str, time_s: float, name: str) -> None:
        """what: "model" or "source"; name: of the one that is used from now on."""
        self._write({"record": what, "time": _time(time_s), what: name})

    def rest(self, time_s: float, seconds: float) -> None:
        """Before that time no picture came for `seconds` that are left out."""
        self._write({"record": "rest", "time": _time(time_s), "seconds": _time(seconds)})

    def end(self, time_s: float, pictures: int, dropped: int, error: str | None) -> None:
        self._write({"record": "end", "time": _time(time_s), "pictures": pictures, "dropped": dropped, "error": error})

    def close(self) -> None:
        """May be called more than once."""
        self._file.close()

    def _write(self, *records: dict[str, Any]) -> None:
        """All of them, or none."""
        lines = (json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False) for record in records)
        data = "".join(line + "\n" for line in lines).encode("utf-8", "backslashreplace")
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            # What follows, once there is room again, must not stand behind a gap.
            self._file.truncate(self._whole)
            self._file.seek(self._whole)
            raise
        self._whole += len(data)


class LogReader:
    """A log, whole or cut short. Raises InputError where there is none, or it is something else."""

    def __init__(self, path: Path) -> None:
        self._path = path
        first = next(self._records(), {})
        try:
            if first["record"] != "session" or not isinstance(first["schema"], int):
                raise KeyError("session")
            if first["schema"] > SCHEMA:
                raise InputError(f"{path} was written by a newer version of this program", "Bring this one up to date")
            width, height = (int(side) for side in first["size"])
            model = first["model"]
            self.head = Head(
                str(first["started"]), str(first["source"]), None if model is None else str(model), (width, height)
            )
        except (KeyError, TypeError, ValueError, OverflowError):
            raise InputError(f"{path} is no log of a session, or its beginning is damaged", "Choose another") from None

    def frames(self) -> Iterator[LoggedFrame]:
        """Every picture that was read, in order. Lines that say nothing usable are passed over."""
        frame: LoggedFrame | None = None
        for record in self._records():
            kind = record.get("record")
            if kind not in ("face", "no face"):
                continue
            try:
                number = None if record["frame"] is None else int(record["frame"])
                time_s = float(record["time"])
                tracks = (_track(record),) if kind == "face" else ()
            except (KeyError, TypeError, ValueError, OverflowError):
                continue
            if frame is not None and time_s == frame.time_s:
                frame = replace(frame, tracks=(*frame.tracks, *tracks))
                continue
            if frame is not None:
                yield frame
            frame = LoggedFrame(number, time_s, tracks)
        if frame is not None:
            yield frame

    def markers(self) -> list[Marker]:
        return [
            Marker(float(record["time"]), str(record.get("text", "")))
            for record in self._records('"marker"')
            if record.get("record") == "marker" and isinstance(record.get("time"), (int, float))
        ]

    def last(self) -> dict[str, Any]:
        """The end, or where there is none the last picture; looked for in the file's last part, however long it is.
        Empty where nothing was read."""
        with _told(self._path), self._path.open("rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - _TAIL, 0))
            lines = file.read().split(b"\n")
        # What follows the last line break is not whole.
        for record in map(_parsed, reversed(lines[:-1])):
            if record is not None and record.get("record") in ("end", "face", "no face"):
                return record
        return {}

    def _records(self, with_text: str = "") -> Iterator[dict[str, Any]]:
        wanted = with_text.encode()
        with _told(self._path), self._path.open("rb") as file:
            for line in file:
                if wanted in line and line.endswith(b"\n") and (record := _parsed(line)) is not None:
                    yield record


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """The disk's refusals as InputError."""
    try:
        yield
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InputError(f"{path} cannot be read ({why})", "Choose another") from error


def _face(track: Track, fit: Fit) -> dict[str, Any]:
    box = fit.box(track.face.box)
    face = Face(box, track.face.score, track.face.keypoints)
    values = track_values(replace(track, face=face))
    return dict(zip(TRACK_COLUMNS[2:], values, strict=True)) | {
        "smoothed": [rounded(value) for value in track.smoothed],
        SHOWN: fit.box(track.shown_box).as_list(),
    }


def _track(record: dict[str, Any]) -> Track:
    """Raises KeyError, TypeError or ValueError where the record is no face. Keypoints, crop and the network's own
    logits are not in the log: the keypoints lie at the box's centre, the logits are the probabilities' logarithms."""
    box = Box(*(float(record[name]) for name in ("x", "y", "w", "h")))
    probabilities = _seven(record[name] for name in emotions.NAMES)
    label, reason = record["label"], record["reason"]
    return Track(
        id=int(record["track"]),
        face=Face(box, float(record["score"]), np.tile(np.array(box.centre, np.float32), (6, 1))),
        prediction=Prediction(probabilities, np.log(np.maximum(probabilities, _SMALLEST))),
        smoothed=_seven(record["smoothed"]),
        label=label,
        reason=None if label is not None else str(reason or ""),
        crop=_NO_CROP,
        # Not in the logs of earlier versions.
        steady=Box(*map(float, record[SHOWN])) if SHOWN in record else None,
        own_neutral=record.get(OWN_NEUTRAL) is True,
        seen=record.get(FOUND) is not False,
    )


def _seven(values: Any) -> Float32Array:
    """float32[7] that sum to 1: in the log they are rounded. Raises TypeError or ValueError for anything else."""
    array = np.array(list(values), np.float32)
    if array.shape != (emotions.COUNT,) or not abs(float(array.sum()) - 1.0) < _ROUNDING:
        raise ValueError(f"{array} are no probabilities")
    return np.asarray(array / array.sum(), np.float32)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _time(time_s: float) -> float:
    return round(time_s, 6)
