"""Rare news from the threads, in words for a person. The window drains them with its timer."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from enum import Enum

from fer_desktop.core.errors import Fault


class Kind(str, Enum):
    """What happened. Equal to its own text: `event.kind == "source_ended"` works."""

    SOURCE_OPENED = "source_opened"
    """A source delivered its first frame and is the one shown now. `text` is its name."""
    SOURCE_FAILED = "source_failed"
    """A source could not be used, or was given up. If another one was running, it runs on."""
    SOURCE_ENDED = "source_ended"
    """A file is over. The last view stays."""
    SOURCE_STALLED = "source_stalled"
    """No new frame for a while, or the camera is gone; the program keeps trying. Said once for each `fault`."""
    SOURCE_RESUMED = "source_resumed"
    """Frames come again after SOURCE_STALLED."""
    PICTURE_CHANGED = "picture_changed"
    """Something is wrong with the pictures that come, or no more: see LiveSession.picture."""
    MODEL_READY = "model_ready"
    """Analysis starts, or goes on with another model. `text` is the model's id."""
    MODEL_FAILED = "model_failed"
    """There is no analysis, and there will be none until a model is chosen or the program is started again."""
    MODEL_CHANGE_FAILED = "model_change_failed"
    """A model that was asked for cannot be used. If another one was running, it runs on."""
    ANALYSIS_FAILED = "analysis_failed"
    """One frame could not be analysed; the next ones are tried. The same text is said at most every 5 s."""
    DEFECT = "defect"
    """A mistake in the program itself. `detail` holds the traceback for a report."""


@dataclass(frozen=True, slots=True)
class Event:
    """`text`: what happened; `remedy`: what a person can do, may be empty; `detail`: for a report, may be empty.

    fault: what is the matter with a source that is stalled or failed.
    """

    kind: Kind
    text: str
    remedy: str = ""
    detail: str = ""
    fault: Fault = Fault.FAILED

    @property
    def sentence(self) -> str:
        """What happened, then what to do."""
        return ". ".join(part.rstrip(".") for part in (self.text, self.remedy) if part) + "."


class EventQueue:
    """Events on their way to the window. Bounded: if nobody drains it, the oldest are forgotten."""

    def __init__(self, limit: int = 200) -> None:
        self._lock = threading.Lock()
        self._events: deque[Event] = deque(maxlen=limit)

    def put(self, event: Event) -> None:
        with self._lock:
            self._events.append(event)

    def drain(self) -> list[Event]:
        """All events since the last call, oldest first."""
        with self._lock:
            events = list(self._events)
            self._events.clear()
            return events
