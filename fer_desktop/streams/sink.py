"""What a stream is to the program. Its contract suite is tests/contracts/test_sinks.py."""

from __future__ import annotations

from typing import Protocol

from fer_desktop.core.types import Analysis, Frame


class AnalysisSink(Protocol):
    """Hands analyses to other programs. Opened, used and closed by one thread; not opened twice."""

    name: str
    """What a person calls it, with the place where others find it: "WebSocket at 127.0.0.1:8765"."""
    wants_frames: bool
    """Whether `put` has a use for the picture; otherwise it is given none."""

    def open(self) -> None:
        """Take the port or device. Raises a FerError, and then holds nothing."""

    def put(self, frame: Frame | None, analysis: Analysis) -> bool:
        """Hand out one analysis, without waiting for whoever receives it. False where nobody could be given it.

        Raises a FerError where it cannot go on.
        """

    def close(self) -> None:
        """Let go of everything. May be called more than once, and after a failed `open`."""

    @property
    def clients(self) -> int | None:
        """How many receive it; None where that cannot be known. May be asked by any thread."""

    @property
    def caution(self) -> str | None:
        """Known once it is open: a sentence for the person if other computers can receive it, else None."""
