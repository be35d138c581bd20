"""Which source to open, and what kind of thing is on the picture now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_desktop.core.errors import CameraError, Fault
from fer_desktop.core.ports import FrameSource
from fer_desktop.gui.composition import CameraLike, CameraWish, Composition
from fer_desktop.offline.images import SUFFIXES
from fer_desktop.settings.schema import CAMERA_SIZES, Settings

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
    """kind: CAMERA, DEMO or FILE; spec: what `--source` takes, or None for "a camera, else the demo"."""

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


@dataclass(frozen=True, slots=True)
class Own:
    """A camera that was opened. others: paths of the cameras that were there beside it, none of which it can be."""

    name: str
    path: str = ""
    others: frozenset[str] = frozenset()

    def among(self, cameras: Iterable[CameraLike]) -> CameraLike | None:
        """The same camera: in its place, or in another one where no camera was before. Of two of one make the numbers
        behind their names change when one is pulled out."""
        alike = [camera for camera in cameras if _make(camera.name) == _make(self.name)]
        there = [camera for camera in alike if self.path and camera.path == self.path]
        new = [camera for camera in alike if not camera.path or camera.path not in self.others]
        new.sort(key=lambda camera: camera.name != self.name)
        return next(iter(there or new), None)


def _make(name: str) -> str:
    """ "Webcam (2)" is a second "Webcam"."""
    return re.sub(r" \(\d+\)$", "", name)


class SourceBook:
    """Makes sources on the capture thread, and remembers which kind each name stands for.

    fell_back: a camera was wanted without being named, none was there, and the demo was made instead. tried: the name
    of the camera that was made last, though it may not have opened.
    """

    def __init__(self, composition: Composition, settings: Settings) -> None:
        self._composition = composition
        self._settings = settings
        self._kinds: dict[str, str] = {}
        self._own: dict[str, Own] = {}
        self.fell_back = False
        self.tried = ""

    @property
    def wish(self) -> CameraWish:
        """What the settings ask cameras for."""
        width, height = CAMERA_SIZES[self._settings.camera_size]
        return CameraWish(width, height, self._settings.camera_rate)

    def kind_of(self, source_name: str) -> str:
        return self._kinds.get(source_name, FILE)

    def factory(self, choice: Choice) -> Callable[[], FrameSource]:
        """A maker for LiveSession.start and .switch; it is called again when a camera has to be opened anew.

        Then it asks for that very camera: one that is unplugged is waited for, not replaced by another source.
        """
        kind, spec, own, wish = choice.kind, choice.spec, None, self.wish

        def make() -> FrameSource:
            nonlocal kind, spec, own
            if spec is None:
                kind, spec = self._camera_or_demo()
            if kind != CAMERA:
                source = self._composition.make_source(spec)
            elif own is not None:
                source = self._make_again(own, wish)
            else:
                source = self._composition.make_camera(spec.partition(":")[2], wish)
                own = self._remember(source.name)
            self._kinds[source.name] = kind
            return source

        return make

    def again(self, camera: str) -> Callable[[], FrameSource]:
        """A maker for the camera that was opened under this name, with what it is asked for now."""
        own, wish = self._own.get(camera, Own(camera)), self.wish
        return lambda: self._make_again(own, wish)

    def _make_again(self, own: Own, wish: CameraWish) -> FrameSource:
        found = own.among(self._composition.list_cameras())
        if found is None:
            raise CameraError(f'"{own.name}" is not plugged in', "Plug it in again", Fault.GONE)
        source = self._composition.make_camera(found.name, wish)
        self._kinds[source.name], self._own[source.name] = CAMERA, own
        return source

    def _remember(self, name: str) -> Own:
        cameras = list(self._composition.list_cameras())
        path = next((camera.path for camera in cameras if camera.name == name), "")
        others = frozenset(camera.path for camera in cameras if camera.name != name)
        own = self._own[name] = Own(name, path, others)
        self.tried = name
        return own

    def _camera_or_demo(self) -> tuple[str, str]:
        cameras = list(self._composition.list_cameras())
        if not cameras:
            self.fell_back = True
            return DEMO, DEMO
        chosen = Own(self._settings.camera_name, self._settings.camera_path).among(cameras) or cameras[0]
        return CAMERA, f"camera:{chosen.name}"
