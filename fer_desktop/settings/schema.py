"""Every setting, declared once: name, type, default. To add one: add a field with a default and, if needed, a check.

A value in the file that has the wrong type or fails its check is replaced by the default; the others stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

VERSION: Final = 1
"""Version of the file's layout. Raise it with an upgrade step in `store.UPGRADES` when a name or meaning changes."""

THEMES: Final = ("system", "light", "dark")
SOURCES: Final = ("camera", "demo")
STEADINESS: Final[Mapping[str, float]] = {"off": 0.0, "light": 0.5, "normal": 1.0, "strong": 2.0}
"""How calm live readings, labels and boxes are: by name, what core.tracking.Tracker takes."""
CAMERA_SIZES: Final[Mapping[str, tuple[int, int]]] = {
    "640x480": (640, 480), "1280x720": (1280, 720), "1920x1080": (1920, 1080)
}  # fmt: skip
CAMERA_RATES: Final = (15, 30, 60)
TIMELINE_SPANS: Final = (60, 120, 300, 600)


@dataclass(slots=True)
class Settings:
    """The values in use. Change a field, then `SettingsStore.save`."""

    mirror: bool = True
    """Show cameras as a mirror does. Files, photos and the demo are never mirrored."""
    show_boxes: bool = True
    show_bars: bool = True
    show_why: bool = False
    """The places of a face that spoke for its label, over it."""
    show_panel: bool = True
    show_timeline: bool = False
    timeline_span: int = 60
    """How much of it is in sight, in seconds: one of TIMELINE_SPANS."""
    timeline_height: int = 264
    """Pixels."""
    timeline_valence: bool = False
    timeline_all_faces: bool = False
    """Its shares are of all faces together."""
    smooth_motion: bool = True
    """Let the bars glide to a new value instead of jumping."""
    steadiness: str = "normal"
    """How much a live reading is steadied over time: one of STEADINESS. Recordings are read with the normal one."""
    theme: str = "system"
    source: str = "camera"
    """What to open at start: a camera if there is one, or the demo."""
    camera_name: str = ""
    """The camera chosen last; by name, since indices change. Empty: the first one found."""
    camera_path: str = ""
    """Its device path where the system tells it: tells two cameras of the same name apart."""
    camera_size: str = "1280x720"
    """What cameras are asked for, in pixels: one of CAMERA_SIZES."""
    camera_rate: int = 30
    """Pictures a second that cameras are asked for: one of CAMERA_RATES."""
    snapshot_folder: str = ""
    """Empty: the person's pictures folder."""
    record_readings: bool = False
    """Paint what was read on the video that is recorded; it stands beside it in any case."""
    record_blurred: bool = False
    """Make faces unrecognisable in it."""
    streams: list[str] = field(default_factory=list)
    """Where streams to other programs go, as --stream takes it ("osc:127.0.0.1:9000"); of a kind that is not among
    them the usual place."""
    streams_on: list[str] = field(default_factory=list)
    """The kinds that are on, "osc" …; with streams_at_start they start with the program."""
    streams_at_start: bool = False
    base_data: str = ""
    """Faces of others that a fine-tuning learns from beside one's own samples: a file or a folder; empty: none."""
    first_run_notice_seen: bool = False
    window_geometry: str = ""
    """Base64 of QWidget.saveGeometry; empty at first."""
    unknown: dict[str, Any] = field(default_factory=dict)
    """Keys of the file that this version does not know: written back as they came."""
    version: int = VERSION
    """Of the file read: that of a newer program is kept, so that it knows its own file again."""
    unread: dict[str, Any] = field(default_factory=dict)
    """Values of a newer file that mean nothing here, by name: written back until the person chooses another."""


CHECKS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "theme": lambda value: value in THEMES,
    "source": lambda value: value in SOURCES,
    "steadiness": lambda value: value in STEADINESS,
    "camera_size": lambda value: value in CAMERA_SIZES,
    "camera_rate": lambda value: value in CAMERA_RATES,
    "timeline_span": lambda value: value in TIMELINE_SPANS,
    "timeline_height": lambda value: 1 <= value <= 10_000,
    "streams": lambda value: all(isinstance(one, str) for one in value),
    "streams_on": lambda value: all(isinstance(one, str) for one in value),
}


def names() -> tuple[str, ...]:
    """The settings' names, in the order declared."""
    return tuple(item.name for item in fields(Settings) if item.name not in ("unknown", "version", "unread"))


def from_dict(values: Mapping[str, Any]) -> Settings:
    """Settings out of a file's object: good values taken, bad ones defaulted, unknown ones kept aside."""
    settings = Settings(version=max(values.get("version", VERSION), VERSION))
    known = set(names())
    for name, value in values.items():
        if name == "version":
            continue
        if name not in known:
            settings.unknown[name] = value
        elif type(value) is type(getattr(settings, name)) and CHECKS.get(name, lambda _: True)(value):
            setattr(settings, name, value)
        elif settings.version > VERSION:
            settings.unread[name] = value
    return settings


def to_dict(settings: Settings) -> dict[str, Any]:
    """What is written to the file: the version, every known setting, and what other versions left there."""
    values: dict[str, Any] = {"version": settings.version}
    values.update({name: getattr(settings, name) for name in names()})
    default = Settings()
    values.update({name: old for name, old in settings.unread.items() if values[name] == getattr(default, name)})
    for name, value in settings.unknown.items():
        values.setdefault(name, value)
    return values
