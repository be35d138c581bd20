"""The demo as a frame source: a drawn person performs the seven emotions in turn. Needs no camera and no file."""

from __future__ import annotations

import bisect
import math
import threading
import time
from typing import Final

from fer_desktop.capture.drawn_face.expressions import CYCLE_SECONDS, expression_at, performed_at, pose_at
from fer_desktop.capture.drawn_face.face import draw_face
from fer_desktop.core.types import Frame

SMALLEST: Final = 64
"""Least width and height in pixels."""


class DemoSource:
    """A FrameSource whose pictures follow from the moment of the performance alone: the same moment, the same pixels.

    realtime: True plays at `fps` as a camera would: a reader that is late misses pictures, while the frames it gets
    are still numbered without gaps. False gives every picture as fast as it is asked for.
    loop: False ends after one round of the seven emotions.
    Raises ValueError for a size below SMALLEST or an fps that is not positive.
    """

    def __init__(
        self, width: int = 1280, height: int = 720, fps: float = 30, realtime: bool = True, loop: bool = True
    ) -> None:
        if min(width, height) < SMALLEST:
            raise ValueError(f"a demo of {width}x{height} is too small: {SMALLEST} pixels a side at least")
        if not (math.isfinite(fps) and fps > 0):
            raise ValueError(f"a demo cannot run at {fps} frames a second")
        self.name = "Demo"
        self.live = realtime
        self._size = (width, height)
        self._fps = float(fps)
        self._end = math.inf if loop else round(CYCLE_SECONDS * fps)
        self._closed = threading.Event()
        self._opened_at: float | None = None
        self._index = 0
        self._step = 0
        # Where pictures were missed: from frame number _from[i] on, the picture is the frame's number plus _missed[i].
        self._from = [0]
        self._missed = [0]

    @property
    def fps(self) -> float:
        return self._fps

    def open(self) -> None:
        """Draws one picture, so that what is made once (hair, room) does not delay the first frame."""
        draw_face(expression_at(0.0), pose_at(0.0), self._size)
        self._opened_at = time.monotonic()

    def read(self) -> Frame | None:
        """The next picture, when it is due; None at the end and after `close`. RuntimeError before `open`."""
        if self._opened_at is None:
            raise RuntimeError("the demo was not opened")
        if self.live:
            self._miss_what_is_past(self._opened_at)
        if self._step >= self._end or self._closed.is_set():
            return None
        moment = self._step / self._fps
        picture = draw_face(expression_at(moment), pose_at(moment), self._size)
        due = self._opened_at + moment
        # Drawn ahead and held back until due: drawing must not count as delay.
        if self.live and self._closed.wait(max(due - time.monotonic(), 0.0)):
            return None
        frame = Frame(picture, self._index, due, self.name)
        self._index += 1
        self._step += 1
        return frame

    def close(self) -> None:
        """Ends a waiting `read`. May come from another thread."""
        self._closed.set()

    def performed(self, index: int) -> str | None:
        """The emotion that the face holds in the frame of that number; None while it changes from one to the next.

        Right for every frame already read, and for those to come as long as none is missed.
        """
        if index < 0:
            raise ValueError(f"frame index {index} is negative")
        missed = self._missed[bisect.bisect_right(self._from, index) - 1]
        return performed_at((index + missed) / self._fps)

    def _miss_what_is_past(self, opened_at: float) -> None:
        now = (time.monotonic() - opened_at) * self._fps
        if now < self._step + 1:
            return
        self._step = math.ceil(now)
        self._from.append(self._index)
        self._missed.append(self._step - self._index)
        # The past matters only as far back as someone may still ask: a late reader must not fill the memory.
        if len(self._from) > 4096:
            del self._from[1:2049], self._missed[1:2049]
