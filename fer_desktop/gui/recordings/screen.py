"""The recording's picture with the readings of that very picture, painted by the one drawing code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtGui import QImage

from fer_desktop.core.types import Frame
from fer_desktop.gui.recordings.player import Picture
from fer_desktop.gui.recordings.words import tr
from fer_desktop.gui.snapshot import compose
from fer_desktop.gui.video_view import VideoView
from fer_desktop.overlay.motion import Shown, still
from fer_desktop.overlay.painter import Look


class Screen:
    """`view` is the widget."""

    def __init__(self) -> None:
        self.view = VideoView()
        self.view.setMinimumSize(240, 120)
        self.faces: tuple[Shown, ...] = ()
        self.number: int | None = None
        """Of the picture that is shown."""
        self._frame: Frame | None = None
        self._look = Look()
        self._painted = False

    def show(self, picture: Picture, given_name: Callable[[int], str]) -> None:
        """given_name: by a face's id what a person called it; empty where nobody did."""
        if picture.frame is None:
            self.say(tr("This picture cannot be shown"))
            return
        self.say("" if picture.analysis is not None else tr("This picture could not be analysed"))
        self._frame, self.number = picture.frame, picture.number
        # The number on the picture is the one along the time and in files.
        faces = [
            replace(face, number=face.track_id, name=given_name(face.track_id))
            for face in (() if picture.analysis is None else still(picture.analysis))
        ]
        self.faces = tuple(sorted(faces, key=lambda one: one.number))
        self.view.set_frame(picture.frame)
        self.view.set_faces(self.faces, self._seen_look)

    @property
    def _seen_look(self) -> Look:
        return replace(self._look, boxes=False, bars=False) if self._painted else self._look

    def set_painted(self, painted: bool) -> None:
        """The readings are on the pictures already."""
        self._painted = painted
        self.view.set_faces(self.faces, self._seen_look)

    def set_look(self, look: Look) -> None:
        # Why a label was given is not kept with the readings.
        self._look = replace(look, mirror=False, faded=False, why=False)
        self.view.set_faces(self.faces, self._seen_look)

    def choose(self, face: int | None) -> None:
        """A ring around the chosen face where there are several."""
        self.view.set_chosen(face if len(self.faces) > 1 else None)

    def say(self, text: str) -> None:
        self.view.set_message(text)

    def clear(self) -> None:
        self._frame, self.number, self.faces = None, None, ()
        self.say("")
        self.view.clear()

    def image(self) -> QImage | None:
        """The picture with its overlays, in its own size."""
        return None if self._frame is None else compose(self._frame, self.faces, self._seen_look)
