"""How long the live threads wait for what, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds."""

    hold: float = 0.1
    """A frame waits for its analysis no longer than this behind the newest captured frame."""
    stall: float = 1.5
    """Without a new frame for this long, a source counts as stalled. A person hears of it within 2 s."""
    stuck: float = 5.0
    """A read that takes this long does not come back by itself: its source is closed and made anew."""
    first_frame: float = 20.0
    """A new source is given up if it has not delivered by then. Some cameras take more than ten seconds to open."""
    back_off_first: float = 0.5
    back_off_longest: float = 2.0
    """With the time to open, pictures come again within 3 s of the cure."""
    join_capture: float = 1.5
    """For threads to end by themselves, and once more after their source was closed under them."""
    join_analysis: float = 5.0
    """Loading the libraries cannot be interrupted and takes a few seconds."""
    repeat: float = 5.0
    """The same complaint about single frames is not made more often."""
    memory: float = 0.25
    """Between two samples of memory."""
