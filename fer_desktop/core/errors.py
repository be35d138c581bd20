"""The errors the program expects. Each says, in one line, what happened, where, and how to mend it."""

from __future__ import annotations

from enum import Enum


class FerError(Exception):
    """Something outside the program is not as it must be. `str(error)` is fit to show to a person.

    what: what happened and where; remedy: what to do about it (may be empty).
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what}. {remedy}".strip() if remedy else what)


class InputError(FerError):
    """A file, folder or argument cannot be used. Exit status 2."""


class OtherKindError(InputError):
    """A photo in place of a video. `remedy` is for the window; `command` reads it on the command line."""

    def __init__(self, what: str, remedy: str, command: str) -> None:
        super().__init__(what, remedy)
        self.command = command


class Fault(str, Enum):
    """What is the matter with a camera."""

    GONE = "gone"
    """It is not plugged in."""
    IN_USE = "in use"
    """Another program has it."""
    FORBIDDEN = "forbidden"
    """This person, or this program, may not use it."""
    SILENT = "silent"
    """It is there, and gives no pictures."""
    FAILED = "failed"
    """Anything else."""


class CameraError(FerError):
    """A camera does not exist, is in use, or stopped delivering: `fault` tells which."""

    def __init__(self, what: str, remedy: str = "", fault: Fault = Fault.FAILED) -> None:
        super().__init__(what, remedy)
        self.fault = fault


class ModelError(FerError):
    """A model folder or detector model is missing, damaged or not what it says it is."""


class MissingComponentError(FerError):
    """An optional part (the training component, a display) is not installed."""


class Cancelled(FerError):
    """A person stopped the work. Exit status 3."""
