"""The folder of a person's own labelled faces: <emotion>/<name>.png, a data set that `--data` reads as well.

There is no index that could disagree with the files. A file comes and goes by one renaming or one deletion, so that
several windows may use the folder at once; what is no sample is passed over and left alone.
"""

from __future__ import annotations

import contextlib
import io
import os
import time
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

import numpy as np

from fer_desktop import atomic_file, resources
from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import CROP_SIDE, UInt8Array
from fer_desktop.samples.sample import Sample, new_name

ARCHIVE: Final = "my face.zip"
_ATTEMPTS: Final = 3
_OWNERS: Final = 0o700
_STALE_S: Final = 600
"""A file that has been in the writing for so long was left behind by a kill."""


class SampleStore:
    """The samples in a folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._swept = False

    @classmethod
    def default(cls) -> SampleStore:
        return cls(resources.user_samples_dir())

    # Reading

    def samples(self) -> list[Sample]:
        """The newest first. What is no sample, or cannot be read, is passed over."""
        found = [sample for sample in self._named() if sample.is_whole()]
        return sorted(found, key=lambda sample: (sample.taken_at, sample.path.name), reverse=True)

    def counts(self) -> dict[str, int]:
        """Samples an emotion, all seven in their order."""
        found = [sample.emotion for sample in self.samples()]
        return {name: found.count(name) for name in emotions.NAMES}

    # Changing

    def add(self, crop: UInt8Array, emotion: str, burst: str, origin: str) -> Sample:
        """Keep a face uint8[48, 48]. Raises InputError where the disk refuses, and then leaves no trace."""
        if crop.shape != (CROP_SIDE, CROP_SIDE) or crop.dtype != np.uint8:
            raise ValueError(f"a sample is uint8[48, 48], not {crop.dtype}{list(crop.shape)}")
        self._sweep()
        import cv2  # not at the start of the window

        done, content = cv2.imencode(".png", crop)
        if not done:
            raise ValueError("the face cannot be stored as PNG")
        taken_at = datetime.now(timezone.utc)
        path = self._folder_of(emotion) / new_name(taken_at, burst, origin)
        with _told(self.folder, "written", "Make room on that disk, or allow writing there."):
            for attempt in range(_ATTEMPTS):
                try:
                    self._make(path.parent)
                    atomic_file.write(path, content.tobytes(), atomic_file.PRIVATE)
                    break
                except FileNotFoundError:  # another window deletes all
                    if attempt == _ATTEMPTS - 1:
                        raise
        return _sample(path)

    def relabel(self, samples: Iterable[Sample], emotion: str) -> list[Sample]:
        """Those that are still there, as samples of `emotion`. Raises InputError where the disk refuses."""
        target, moved = self._folder_of(emotion), []
        with _told(self.folder, "changed", "Allow writing there."):
            for sample in samples:
                path = target / sample.path.name
                if path != sample.path:
                    self._make(target)
                    if os.path.lexists(path):  # a copy made by hand: it stays as well
                        path = target / new_name(sample.taken_at, sample.burst, sample.origin)
                    try:
                        sample.path.rename(path)
                    except FileNotFoundError:
                        continue
                elif not sample.is_whole():
                    continue
                moved.append(_sample(path))
        return moved

    def delete(self, samples: Iterable[Sample]) -> None:
        """Those that have gone already are no error. Raises InputError where the disk refuses."""
        self._remove(sample.path for sample in samples)

    def delete_all(self) -> int:
        """Every sample, damaged ones and what was left half written too. How many other files there are, which stay.

        Raises InputError where the disk refuses.
        """
        self._remove([*(sample.path for sample in self._named()), *self._half_written()])
        for folder in [*self._folders(), self.folder]:
            with contextlib.suppress(OSError):
                folder.rmdir()  # only where nothing is left in it
        return sum(len(names) for _, _, names in os.walk(self.folder))

    def export(self, path: Path) -> Path:
        """Write all samples as one zip archive, a folder an emotion; into a folder, as ARCHIVE. The path written.

        Raises InputError where there is none, where something of that name is there, or the disk refuses.
        """
        target = path / ARCHIVE if path.is_dir() else path
        if os.path.lexists(target):
            raise InputError(f"{target} exists", "Give another name, or remove it first.")
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for sample in self.samples():
                with contextlib.suppress(InputError):  # gone, or damaged, since it was found
                    moment = (max(sample.taken_at.year, 1980), *sample.taken_at.timetuple()[1:6])
                    entry = zipfile.ZipInfo(f"{sample.emotion}/{sample.path.name}", moment)
                    entry.external_attr = 0o600 << 16
                    archive.writestr(entry, sample.content())
            if not archive.namelist():
                raise InputError(f"There are no faces in {self.folder}", "Collect some first.")
        with _told(target, "written", "Make room on that disk, or allow writing there."):
            atomic_file.write(target, buffer.getvalue(), atomic_file.PRIVATE)
        return target

    # Within

    def _folder_of(self, emotion: str) -> Path:
        if emotion not in emotions.NAMES:
            raise ValueError(f"{emotion!r} is no emotion")
        return self.folder / emotion

    def _make(self, folder: Path) -> None:
        """An emotion's folder: what is in the store is for its owner alone. Raises OSError."""
        self.folder.mkdir(_OWNERS, parents=True, exist_ok=True)
        folder.mkdir(_OWNERS, exist_ok=True)

    def _folders(self) -> list[Path]:
        return [self.folder / name for name in emotions.NAMES]

    def _named(self) -> Iterator[Sample]:
        """What has a sample's name, whole or damaged."""
        for path in self._files():
            sample = Sample.at(path)
            if sample is not None and not path.is_dir():
                yield sample

    def _half_written(self) -> list[Path]:
        return [path for path in self._files() if path.name.startswith(atomic_file.PREFIX)]

    def _files(self) -> Iterator[Path]:
        for folder in self._folders():
            with contextlib.suppress(OSError):  # not there, or no folder
                yield from list(folder.iterdir())

    def _remove(self, paths: Iterable[Path]) -> None:
        with _told(self.folder, "changed", "Allow writing there."):
            for path in paths:
                path.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Once for each store: delete what a kill left half written, and close a folder that others can read."""
        if self._swept:
            return
        self._swept = True
        with contextlib.suppress(OSError):  # not there yet
            self.folder.chmod(_OWNERS)
        for path in self._half_written():
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _STALE_S:
                    path.unlink()


def _sample(path: Path) -> Sample:
    sample = Sample.at(path)
    if sample is None:
        raise ValueError(f"{path} is no sample's name")
    return sample


@contextlib.contextmanager
def _told(path: Path, what: str, remedy: str) -> Iterator[None]:
    """The disk's refusals as InputError."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{path} cannot be {what} ({(error.strerror or str(error)).lower()})", remedy) from error
