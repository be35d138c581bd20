"""What `session.json` says of a recorded session."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import psutil

from fer_desktop import atomic_file
from fer_desktop.core.records import SCHEMA
from fer_desktop.record.log import Marker

VIDEO: Final = "video.mp4"
LOG: Final = "log.jsonl"
ABOUT: Final = "session.json"


@dataclass(frozen=True, slots=True)
class About:
    """What `session.json` says. Everything but the first two is known only once the session has begun or ended.

    created: with its offset from UTC; size: (width, height) of the video in pixels; annotated: the readings are painted
    on; seconds: the length; dropped: pictures left out because the encoder or the disk was too slow; error: what ended
    it early, for people.
    """

    created: datetime
    has_video: bool
    annotated: bool = False
    blurred: bool = False
    source: str = ""
    model: str | None = None
    size: tuple[int, int] | None = None
    encoder: str = ""
    markers: tuple[Marker, ...] = ()
    pictures: int = 0
    dropped: int = 0
    seconds: float | None = None
    ended: bool = False
    error: str = ""
    process: tuple[int, float] | None = None
    """Who records it: number and start of the process."""

    def as_json(self) -> bytes:
        record = {
            "schema": SCHEMA,
            "created": self.created.isoformat(),
            "source": self.source,
            "model": self.model,
            "size": None if self.size is None else list(self.size),
            "video": VIDEO if self.has_video else None,
            "log": LOG,
            "annotated": self.annotated,
            "blurred": self.blurred,
            "encoder": self.encoder,
            "markers": [{"time": round(one.time_s, 6), "text": one.text} for one in self.markers],
            "pictures": self.pictures,
            "dropped": self.dropped,
            "seconds": self.seconds,
            "ended": self.ended,
            "error": self.error,
            "process": None if self.process is None else list(self.process),
        }
        return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")

    @classmethod
    def from_json(cls, content: bytes) -> About:
        """Raises KeyError, TypeError or ValueError where it is none."""
        record = json.loads(content)
        if record["schema"] != SCHEMA:
            raise ValueError("another schema")
        size, process, seconds = record["size"], record["process"], record["seconds"]
        return cls(
            created=datetime.fromisoformat(record["created"]).astimezone(),
            has_video=record["video"] is not None,
            annotated=bool(record["annotated"]),
            blurred=bool(record["blurred"]),
            source=str(record["source"]),
            model=None if record["model"] is None else str(record["model"]),
            size=None if size is None else (int(size[0]), int(size[1])),
            encoder=str(record["encoder"]),
            markers=tuple(Marker(float(one["time"]), str(one["text"])) for one in record["markers"]),
            pictures=int(record["pictures"]),
            dropped=int(record["dropped"]),
            seconds=None if seconds is None else float(seconds),
            ended=bool(record["ended"]),
            error=str(record["error"]),
            process=None if process is None else (int(process[0]), float(process[1])),
        )


def new_about(has_video: bool, annotated: bool, blurred: bool) -> About:
    """Of a session that begins now, recorded by this process."""
    me = psutil.Process()
    process = (me.pid, me.create_time())
    return About(datetime.now().astimezone(), has_video, annotated, blurred, process=process)


def write_about(folder: Path, about: About) -> None:
    """Raises OSError where the disk refuses; what was there before is there still."""
    atomic_file.write(folder / ABOUT, about.as_json())
