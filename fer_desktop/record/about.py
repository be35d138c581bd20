"""What `session.json` says of a recorded session."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

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
        }
        return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")

    @classmethod
    def from_json(cls, content: bytes) -> About:
        """Raises KeyError, TypeError or ValueError where it is none."""
        try:
            return cls._of(json.loads(content))
        except (OverflowError, RecursionError) as error:
            raise ValueError("numbers without end, or lists in lists without end") from error

    @classmethod
    def _of(cls, record: Any) -> About:
        if record["schema"] != SCHEMA:
            raise ValueError("another schema")
        size, seconds = record["size"], record["seconds"]
        return cls(
            created=datetime.fromisoformat(record["created"]).astimezone(),
            has_video=record["video"] is not None,
            annotated=bool(record["annotated"]),
            blurred=bool(record["blurred"]),
            source=str(record["source"]),
            model=None if record["model"] is None else str(record["model"]),
            size=None if size is None else (int(_number(size[0])), int(_number(size[1]))),
            encoder=str(record["encoder"]),
            markers=tuple(Marker(_number(one["time"]), str(one["text"])) for one in record["markers"]),
            pictures=int(_number(record["pictures"])),
            dropped=int(_number(record["dropped"])),
            seconds=None if seconds is None else _number(seconds),
            ended=bool(record["ended"]),
            error=str(record["error"]),
        )


def new_about(annotated: bool, blurred: bool) -> About:
    """Of a session that begins now."""
    return About(datetime.now().astimezone(), True, annotated, blurred)


def write_about(folder: Path, about: About) -> None:
    """Raises OSError where the disk refuses; what was there before is there still."""
    atomic_file.write(folder / ABOUT, about.as_json())


def _number(value: Any) -> float:
    """Raises TypeError, ValueError or OverflowError where it is none that is finite and not negative."""
    number = float(value)
    if not 0 <= number < math.inf:
        raise ValueError(f"{number} is no length and no count")
    return number
