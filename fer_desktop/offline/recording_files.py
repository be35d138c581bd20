"""Files made of a recording's kept readings, as a person edited them: tables, reports, the annotated copy.

To be called off the GUI thread. Nothing is left of a file that is not finished. Raises InputError where it cannot be
written, MissingComponentError where its form needs what is not installed, Cancelled.
"""

# With pathlib, paths would not be kept as given.
# ruff: noqa: PTH110, PTH121

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from fer_desktop.core.errors import Cancelled, InputError
from fer_desktop.core.types import UInt8Array
from fer_desktop.offline import face_crops, formats
from fer_desktop.offline.files import whole_file
from fer_desktop.offline.names import shown
from fer_desktop.offline.outputs import Outputs
from fer_desktop.offline.playback import Pictures
from fer_desktop.offline.readings import Readings, SeenFace
from fer_desktop.offline.video import FrameResult, Recording

Progress = Callable[[float], None]
_EVERY: Final = 16
"""Pictures between two looks at what the person wants meanwhile, where a picture takes next to no time."""


def write_results(
    target: str,
    form: str,
    path: str,
    readings: Readings,
    faces: Sequence[SeenFace],
    names: Mapping[int, str],
    progress: Progress,
    cancelled: Callable[[], bool],
    model_name: str | None = None,
    pictures: Pictures | None = None,
) -> None:
    """form: one of formats.FORMS; path: the recording's; names: of faces, by their ids; progress: told the part that
    is done, 0 to 1; pictures: for a report that shows the faces, and closed here."""
    _refuse_original(target, path)
    beginning = readings.beginning
    crops: Mapping[tuple[int, int], UInt8Array] = {}
    if pictures is not None:
        with contextlib.closing(pictures):
            crops = face_crops.surest(pictures, readings, faces, lambda part: progress(part / 2), cancelled)
    settings = formats.Settings(
        beginning.model_id, model_name, thumbnails=pictures is not None, sources=(path,), names=names
    )
    writer = formats.video_writer(form, settings, path, beginning)
    outputs: Outputs[FrameResult] = Outputs()
    begun = 0.0 if pictures is None else 0.5
    with outputs:
        outputs.open(target)(writer)
        for result in readings.results(faces):
            outputs.add(face_crops.added(result, crops))
            _raise_first(outputs)
            if result.index % _EVERY == 0:
                progress(begun + (1 - begun) * result.index / readings.count)
                if cancelled():
                    raise Cancelled("stopped before the file was whole")
        outputs.finish()
        _raise_first(outputs)


def write_copy(
    target: str,
    path: str,
    recording: Recording,
    whole: bool,
    readings: Readings,
    faces: Sequence[SeenFace],
    progress: Progress,
    cancelled: Callable[[], bool],
    painted: bool = False,
) -> list[str]:
    """The recording, decoded anew, with the readings painted on: H.264, with its sound. recording: not opened yet;
    whole: it was read to its end; painted: the readings are on its pictures already. Gives what is not as promised in
    the file, for people."""
    from fer_desktop.offline.video_copy import AnnotatedCopy, check_target

    _refuse_original(target, path)
    if not os.path.exists(path):
        raise InputError(f"{shown(path)} is not there any more", "Put it back, or open another recording")
    check_target(target, path, overwrite=True)
    with contextlib.ExitStack() as stack:
        stack.callback(recording.close)
        recording.open()
        file = stack.enter_context(whole_file(target))
        copy = AnnotatedCopy(file, path, recording, readings.beginning, painted)
        stack.callback(copy.close)
        copy.ends_early = not whole
        for result in readings.results(faces):
            frame = recording.read()
            if frame is None:
                raise InputError(f"{shown(path)} is shorter than it was", "Open it again")
            copy.add(FrameResult(result.index, result.time_s, result.analysis, result.error, frame))
            progress(result.index / readings.count)
            if cancelled():
                raise Cancelled("stopped before the file was whole")
        copy.finish()
        return copy.remarks


def _refuse_original(target: str, path: str) -> None:
    with contextlib.suppress(OSError):
        if os.path.samefile(target, path):
            raise InputError(f"{shown(target)} is the recording itself", "Name another file")


def _raise_first(outputs: Outputs[FrameResult]) -> None:
    for failure in outputs.failures():
        raise failure
