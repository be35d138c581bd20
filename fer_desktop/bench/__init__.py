"""`fer-desktop bench`: how fast the program is on this computer, what it costs, and whether it leaks."""

from typing import Final

PARTS: Final = {
    "startup": "Start-up",
    "stages": "Stages, a frame of 1280×720",
    "pipeline": "Whole pipeline, as fast as it goes",
    "live": "The window, live at 60 fps",
    "idle": "The window, when little goes on",
    "batch": "Photos",
}
"""What is measured, in this order: the name after --only, and the title for people."""
