"""The reason for no label that more than core.quality has to know. Apart from it: the window starts without OpenCV."""

from __future__ import annotations

from typing import Final

NOT_SURE: Final = "not sure"
"""The only reason that speaks of the reading, not of the picture: such a face can be corrected and learnt from."""
