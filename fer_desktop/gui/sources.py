"""Which source to open, and what kind of thing is on the picture now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_desktop.core.ports import FrameSource
from fer_desktop.gui.composition import Composition
from fer_desktop.offline.images import SUFFIXES
from fer_desktop.settings.schema import Settings

CAMERA: Final = "camera"
DEMO: Final = "demo"
FILE: Final = "file"

IMAGE_SUFFIXES: Final = tuple(sorted(SUFFIXES))
VIDEO_SUFFIXES: Final = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".ogv")


def is_image(path: Path) -> bool:
    """Told by its name: a photo to be read, not a video to be played."""
    return path.suffix.lower() in IMAGE_SUFFIXES


def is_video(path: Path) -> bool:
    """Told by its name."""
    return path.suffix.lower() in VIDEO_SUFFIXES


@dataclass(frozen=True, slots=True)
class Choice:
    """kind: CAMERA, DEMO or FILE; spec: what `Composition.make_source` takes, or None for "a camera, else the demo"."""

    kind: str
    spec: str | None

    @staticmethod
    def parse(spec: str | None) -> Choice:
        """Of `--source`; None: nothing was asked for."""
        if spec is None or spec == "camera" or spec.startswith("camera:"):
            return Choice(CAMERA, spec)
        return Choice(DEMO, spec) if spec == "demo" else Choice(FILE, spec)

    @staticmethod
    def at_start(asked: str | None, settings: Settings) -> Choice:
        if asked is None and settings.source == DEMO:
            return Choice(DEMO, DEMO)
        return Choice.parse(asked)


class SourceBook:
    """Makes sources on the capture thread, and remembers which kind each name stands for.

    `fell_back` is True once a camera was wanted without being named, none was there, and the demo was made instead.
    """

    def __init__(self, composition: Composition, settings: Settings) -> None:
        self._composition = composition
        self._settings = settings
        self._kinds: dict[str, str] = {}
        self.fell_back = False

    def kind_of(self, source_name: str) -> str:
        return self._kinds.get(source_name, FILE)

    def factory(self, choice: Choice) -> Callable[[], FrameSource]:
        """A maker for LiveSession.start and .switch; it is called again when a camera has to be opened anew.

        Then it asks for that very camera, by name: one that is unplugged is waited for, not replaced by another source.
        """
        kind, spec = choice.kind, choice.spec

        def make() -> FrameSource:
            nonlocal kind, spec
            if spec is None:
                kind, spec = self._camera_or_demo()
            source = self._composition.make_source(spec)
            if kind == CAMERA:
                spec = f"camera:{source.name}"
            self._kinds[source.name] = kind
            return source

        return make

    def _camera_or_demo(self) -> tuple[str, str]:
        cameras = list(self._composition.list_cameras())
        if not cameras:
            self.fell_back = True
            return DEMO, DEMO
        wanted = self._settings
        alike = [camera for camera in cameras if camera.name == wanted.camera_name]
        exact = [camera for camera in alike if camera.path == wanted.camera_path]
        chosen = (exact or alike or cameras)[0]
        return CAMERA, f"camera:{chosen.name}"
