"""A copy of a video with its readings painted on: H.264 in MP4, the pictures' own times, the sound of the original.

The drawing is the overlay's, the one that the window uses. The original is never touched.
"""

# With pathlib, paths would not be kept as given.
# ruff: noqa: PTH113, PTH121, PTH122

from __future__ import annotations

import contextlib
import os
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from fer_desktop.core.errors import InputError
from fer_desktop.core.types import UInt8Array
from fer_desktop.offline.annotate import MARK
from fer_desktop.offline.files import FileInParts
from fer_desktop.offline.names import shown
from fer_desktop.offline.video import Beginning, FrameResult, Recording
from fer_desktop.offline.video_sound import COPIED, Sound
from fer_desktop.video_encoder import ENCODERS, add_stream, first_that_opens, for_encoder

if TYPE_CHECKING:
    import av

SUFFIX: Final = ".mp4"
KEY_PICTURE_EVERY_S: Final = 2.0
FINEST: Final = 10_000
"""Times are kept to at least this part of a second."""
FINEST_WHOLE: Final = 90_000
"""The same for when the pictures begin against the sound."""


def check_target(target: str, source: str, overwrite: bool) -> None:
    """Raises InputError where the copy would destroy something, or is no MP4."""
    name = shown(target)
    if os.path.splitext(target)[1].lower() != SUFFIX:
        raise InputError(f"{name} does not end in {SUFFIX}", "The annotated copy is an MP4 video: name it so")
    with contextlib.suppress(OSError):
        if os.path.samefile(target, source):
            raise InputError(f"{name} is the video to read", "Name another file for the annotated copy")
    if os.path.isfile(target) and not overwrite and not _ours(target):
        what = f"{name} exists and is no annotated copy of this program's making"
        raise InputError(what, "Name another file, or add --overwrite to replace it")


def _ours(path: str) -> bool:
    import av

    try:
        with av.open(f"file:{path}", metadata_errors="replace", options={"protocol_whitelist": "file"}) as container:
            return container.metadata.get("encoder") == MARK
    except (av.FFmpegError, OSError, ValueError):
        return False


class AnnotatedCopy:
    """Takes a video's results with their frames, in order, on one thread: the main thread where no Qt application runs.

    A picture of an odd width or height gets one more column or row (H.264 has no odd ones); pictures that change size
    in the middle are brought to the size of the first. painted: the readings were painted on its pictures when they
    were recorded, and are not painted again. Raises InputError where the file cannot be written.
    """

    def __init__(
        self, file: FileInParts, source: str, recording: Recording, beginning: Beginning, painted: bool = False
    ) -> None:
        from fer_desktop.overlay.picture import Film

        self._film, self._file, self._painted = Film(), file, painted
        self._starts_at_s = recording.starts_at_s
        self._size = beginning.size
        self._encoded_size = tuple(side + side % 2 for side in beginning.size)
        rate = Fraction(recording.fps or 25).limit_denominator(1001)
        self._step_s = float(1 / rate)
        self._tick = _fine(recording.tick)
        self._last = -1
        self._until_s = 0.0
        self._finished = False
        self._container: av.container.OutputContainer
        self._sound: Sound | None = None
        self.ends_early = False
        """Set before `finish` where pictures are left out: then its sound ends with them."""
        with self._explained():
            self._begin(source, rate)

    @property
    def remarks(self) -> list[str]:
        """What is not as promised in the finished file, for people."""
        remarks: list[str] = []
        if not self._finished:
            return remarks
        if self._painted:
            remarks.append(f"{self._file.name} has the readings that were recorded with it, and none painted over them")
        if self.encoder == ENCODERS[-1][0]:
            remarks.append(f"{self._file.name} is MPEG-4 video: no H.264 encoder is installed")
        if self._sound is None:
            remarks.append(f"{self._file.name} has no sound: the original's could not be read")
        elif self._sound.loss:
            remarks.append(f"{self._file.name} lacks some sound: in the original {self._sound.loss}")
        return remarks

    def add(self, result: FrameResult) -> None:
        """The result's frame, with its readings."""
        assert result.frame is not None
        picture = result.frame.bgr if self._painted else self._film.painted(result.frame, result.analysis)
        picture = self._fitted(picture)
        with self._explained():
            self._encode(picture, result.time_s + self._starts_at_s)
            if self._sound is not None:
                self._sound.until(self._until_s)

    def finish(self) -> None:
        """Write what is left of the sound, and the file's index."""
        with self._explained():
            if self._sound is not None and not self.ends_early:
                self._sound.until(float("inf"))
            self._container.mux(self._stream.encode(None))
            if self._sound is not None:
                self._sound.finish()
            self._container.close()
        self._finished = True
        self.close()

    def close(self) -> None:
        """Let go of the original and of the encoder. May be called more than once."""
        if self._sound is not None:
            self._sound.close()
        with contextlib.suppress(Exception):  # it may fail once more where it failed before
            self._container.close()

    # Within

    def _begin(self, source: str, rate: Fraction) -> None:
        """Write the file's head. Sound that MP4 refuses as it is, although it should take it, is made anew or left
        out."""
        import av

        parts = min(self._tick.denominator, FINEST_WHOLE)
        for copied in (COPIED, frozenset[str](), None):
            self._file.seek(0)
            self._container = av.open(self._file, "w", format="mp4", options={"movie_timescale": str(parts)})
            self._container.metadata["encoding_tool"] = MARK
            self._stream, self.encoder = self._video_stream(rate)
            self._sound = None if copied is None else self._open_sound(source, copied)
            try:
                self._container.start_encoding()
                return
            except av.FFmpegError:
                if self._sound is None:
                    raise
                self._sound.close()

    def _video_stream(self, rate: Fraction) -> tuple[Any, str]:
        encoder = first_that_opens(ENCODERS, self._encoded_size, rate)
        if encoder is None:
            width, height = self._encoded_size
            raise InputError(f"pictures of {width} x {height} cannot be written as video", "Make the video smaller")
        stream = add_stream(self._container, encoder, self._encoded_size, rate, self._tick)
        stream.codec_context.gop_size = max(round(KEY_PICTURE_EVERY_S * rate), 1)
        return stream, encoder[0]

    def _open_sound(self, source: str, copied: frozenset[str]) -> Sound | None:
        import av

        try:
            return Sound(source, self._container, copied)
        except (av.FFmpegError, OSError, ValueError):
            return None

    def _fitted(self, picture: UInt8Array) -> UInt8Array:
        """uint8[h, w, 3] in the first picture's size, both even."""
        if picture.shape[1::-1] != self._size:
            picture = np.asarray(cv2.resize(picture, self._size, interpolation=cv2.INTER_AREA), np.uint8)
        down, right = self._encoded_size[1] - self._size[1], self._encoded_size[0] - self._size[0]
        if down or right:
            picture = np.asarray(cv2.copyMakeBorder(picture, 0, down, 0, right, cv2.BORDER_REPLICATE), np.uint8)
        return picture

    def _encode(self, picture: UInt8Array, at_s: float) -> None:
        frame = for_encoder(picture)
        frame.time_base = self._tick
        frame.pts = self._last = max(round(at_s / self._tick), self._last + 1)
        frame.duration = max(round(self._step_s / self._tick), 1)
        self._until_s = at_s + self._step_s
        self._container.mux(self._stream.encode(frame))

    @contextlib.contextmanager
    def _explained(self) -> Any:
        import av

        try:
            yield
        except (av.FFmpegError, OSError, ValueError) as error:
            remedy = "Name a file in a folder that exists, has room and may be written to"
            raise InputError(f"{self._file.name} cannot be written ({error})", remedy) from error


def _fine(tick: Fraction) -> Fraction:
    """One part of a second that is at least as fine as the tick: what MP4 counts in."""
    parts = tick.denominator
    return Fraction(1, parts * -(-FINEST // parts))
