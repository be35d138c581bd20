"""A page of photos over a detector and a classifier that know what they will say; everything else is the real thing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QDialog

from fer_desktop.core import emotions
from fer_desktop.core.crop import crop_face
from fer_desktop.core.types import Prediction
from fer_desktop.gui.composition import Composition
from fer_desktop.gui.photos import listing
from fer_desktop.gui.photos.page import PhotosPage
from fer_desktop.gui.theme import DARK
from fer_desktop.offline.find import Found
from fer_desktop.offline.images import read_image
from fer_desktop.settings.store import SettingsStore
from tests.core_values import prediction
from tests.fake_photos import FakePhotos
from tests.gui.fakes import FakeWorld
from tests.pictures import encoded, picture

WAIT_MS = 20_000


class Reads(FakePhotos):
    """One happy face in each picture that is wide enough, as sure as `sure` says, or as its picture says where that is
    None. May be held up, or `allowed` so many pictures."""

    def __init__(self, model_id: str = "fake", sure: float | None = 0.7) -> None:
        super().__init__()
        self.model_id, self.sure = model_id, sure
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.allowed: threading.Semaphore | None = None
        self.with_maps = 0

    def detect(self, frame: Any, known: Any = ()) -> Any:
        self.may_go_on.wait(20)
        if self.allowed is not None:
            self.allowed.acquire(timeout=20)
        return super().detect(frame, known)

    def classify(self, crops: np.ndarray, maps: bool = False) -> tuple[Prediction, ...]:
        self.batches.append(len(crops))
        self.with_maps += len(crops) if maps else 0
        read = [prediction("happy", sureness(crop) if self.sure is None else self.sure) for crop in crops]
        if maps:
            read = [replace(one, maps=np.zeros((6, 6, emotions.COUNT), np.float32)) for one in read]
        return tuple(read)


def sureness(crop: np.ndarray) -> float:
    """0.5 to 0.9, another one for each picture."""
    return 0.5 + 0.4 * (int(crop.sum()) % 997) / 997


def sureness_of(path: Path) -> float:
    """Of the face that Reads finds in a photo, read by itself."""
    frame = read_image(path)
    (found,) = FakePhotos().find(frame)
    return sureness(crop_face(frame.bgr, found))


class HeldUp:
    """Listing: after `first` photos, what follows waits until it may `go_on`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, first: int) -> None:
        self.go_on = threading.Event()
        default = listing.find_images

        def find(paths: Sequence[str], recursive: bool) -> Iterator[Found]:
            for number, found in enumerate(default(paths, recursive)):
                if number == first:
                    self.go_on.wait(20)
                yield found

        monkeypatch.setattr(listing, "find_images", find)
        monkeypatch.setattr(listing, "CHUNK", 1)


class Dialogs:
    """As the window's: one at a time. `asked`: those that were opened."""

    def __init__(self) -> None:
        self.asked: list[QDialog] = []
        self._now: QDialog | None = None

    def open(self, dialog: QDialog) -> None:
        self.close()
        self.asked.append(dialog)
        self._now = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def close(self) -> None:
        if self._now is not None:
            self._now.close()

    def _closed(self) -> None:
        self._now = None


class Told:
    """What the page said."""

    def __init__(self, page: PhotosPage) -> None:
        self.problems: list[str] = []
        self.said: list[str] = []
        self.defects: list[str] = []
        page.problem.connect(self.problems.append)
        page.said.connect(self.said.append)
        page.defect.connect(lambda text, report: self.defects.append(report))


@pytest.fixture
def reads() -> Reads:
    return Reads()


def composition(reads: Reads) -> Composition:
    return replace(
        FakeWorld().composition(),
        make_photo_detector=reads.detector,
        make_classifier=lambda model: reads,
    )


@pytest.fixture
def make_page(qtbot: Any, reads: Reads, tmp_path: Path) -> Iterator[Callable[..., PhotosPage]]:
    made: list[PhotosPage] = []

    def make(of: Composition | None = None) -> PhotosPage:
        page = PhotosPage(of or composition(reads), SettingsStore(tmp_path / "settings.json"), Dialogs())
        made.append(page)
        page.set_theme(DARK)
        page.resize(1000, 700)
        page.show()
        page.activateWindow()
        qtbot.waitExposed(page)
        return page

    yield make
    reads.may_go_on.set()
    for page in made:
        page.export._dialogs.close()
        page.shut_down()
        page.close()
        page.deleteLater()


@pytest.fixture
def page(make_page: Callable[..., PhotosPage]) -> PhotosPage:
    return make_page()


@pytest.fixture
def told(page: PhotosPage) -> Told:
    return Told(page)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten photos with a face, one without, and two that are none: in the order of their names."""
    return filled(tmp_path / "photos")


def filled(folder: Path, count: int = 10) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"photo {number + 1}.png").write_bytes(encoded(picture(64, 48, seed=number), "PNG"))
    (folder / "q none.png").write_bytes(encoded(picture(20, 15), "PNG"))
    (folder / "r cut.jpg").write_bytes(encoded(picture(200, 150), "JPEG")[:900])
    (folder / "s text.jpg").write_text("not a photo")
    return folder


def names(page: PhotosPage) -> list[str]:
    """Of the photos that are shown, in order."""
    records = page.collection.records
    return [Path(records.paths[record]).name for record in page.gallery.photos.rows]


def read(page: PhotosPage, qtbot: Any, paths: Sequence[Path]) -> None:
    """Open these, and wait until all that is to be read is."""
    page.open(paths)
    at_rest(page, qtbot)


def at_rest(page: PhotosPage, qtbot: Any) -> None:
    def done() -> bool:
        counts, collection = page.collection.counts(), page.collection
        return counts.done == counts.there > 0 and not collection.reading and not collection._timer.isActive()

    qtbot.waitUntil(done, timeout=WAIT_MS)
