"""The gallery with a hundred thousand photos: its work is that of what is seen, counted and not timed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QObject, QPoint, Qt
from PySide6.QtGui import QImage

from fer_desktop.core.types import Frame
from fer_desktop.gui.photos.cell import HEIGHT, PhotoCell
from fer_desktop.gui.photos.gallery import Gallery
from fer_desktop.gui.photos.gallery_model import GalleryModel
from fer_desktop.gui.photos.pictures import Thumbnails
from fer_desktop.gui.photos.reading import FACE, Reading
from fer_desktop.gui.photos.records import Records

MANY = 100_000
WAIT_MS = 10_000


def read_photo(path: str, at_least: int | None) -> Frame:
    return Frame(np.full((60, 80, 3), 90, np.uint8), 0, 0.0, path)


@pytest.fixture(scope="module")
def many() -> Records:
    records = Records()
    for start in range(0, MANY, 10_000):
        records.add([f"/photos/{number}.jpg" for number in range(start, start + 10_000)])
    records.photos["state"] = 1
    return records


@pytest.fixture
def gallery(qtbot: Any, many: Records) -> Iterator[Gallery]:
    owner = QObject()
    thumbnails = Thumbnails(owner, read_photo)
    view = Gallery(GalleryModel(owner, many, thumbnails))
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    qtbot.waitExposed(view)
    yield view
    assert thumbnails.stop()


class Counted:
    """How often something of the gallery is called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, what: type, name: str) -> None:
        self.times = 0
        called = getattr(what, name)

        def count(*args: Any, **named: Any) -> Any:
            self.times += 1
            return called(*args, **named)

        monkeypatch.setattr(what, name, count)


def test_work_is_that_of_what_is_seen(gallery: Gallery, monkeypatch: pytest.MonkeyPatch, qtbot: Any) -> None:
    painted = Counted(monkeypatch, PhotoCell, "paint")
    counted = [Counted(monkeypatch, GalleryModel, name) for name in ("rowCount", "data")]
    rng, rows = np.random.default_rng(0), np.arange(MANY)
    gallery.show_rows(rows[: MANY // 2])
    gallery.show_rows(rows)
    gallery.show_rows(rng.permutation(rows))
    gallery.go_to(MANY // 2)
    gallery.selectAll()
    gallery.show_rows(rows[::3])
    gallery.viewport().repaint()
    assert 0 < painted.times < 200 and sum(one.times for one in counted) < 2000
    assert len(gallery.photos.thumbnails._asked) < 200


def test_where_a_photo_is_and_which_one_is_there_agree(gallery: Gallery, rng: np.random.Generator) -> None:
    gallery.show_rows(rng.permutation(MANY))
    for row in rng.integers(0, MANY, 100):
        index = gallery.photos.index(int(row))
        gallery.scrollTo(index)
        rect = gallery.visualRect(index)
        assert gallery.viewport().rect().contains(rect)
        assert gallery.indexAt(rect.center()) == index
    assert not gallery.indexAt(QPoint(-5, 10)).isValid()


def test_the_selection_stays_with_its_photos(gallery: Gallery, rng: np.random.Generator) -> None:
    gallery.show_rows(np.arange(MANY))
    chosen = sorted(map(int, rng.choice(MANY, 50, replace=False)))
    for record in chosen:
        gallery.selectionModel().select(gallery.photos.index(record), QItemSelectionModel.SelectionFlag.Select)
    gallery.selectionModel().setCurrentIndex(
        gallery.photos.index(chosen[7]), QItemSelectionModel.SelectionFlag.NoUpdate
    )
    gallery.verticalScrollBar().setValue(40 * HEIGHT)
    gallery.show_rows(rng.permutation(MANY))
    assert sorted(gallery.chosen()) == chosen and gallery.current == chosen[7]
    assert gallery.verticalScrollBar().value() == 40 * HEIGHT, "it does not run away from who looks at it"
    even = np.arange(0, MANY, 2)
    gallery.show_rows(even)
    assert sorted(gallery.chosen()) == [record for record in chosen if record % 2 == 0]


def test_keys_move_by_columns_and_pages(gallery: Gallery, qtbot: Any) -> None:
    gallery.show_rows(np.arange(MANY))
    gallery.go_to(0)
    gallery.setFocus()
    columns = gallery.columns
    assert columns == 4
    for key, row in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 1 + columns),
        (Qt.Key.Key_Left, columns),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_PageDown, 3 * columns),
        (Qt.Key.Key_End, MANY - 1),
        (Qt.Key.Key_Right, MANY - 1),
        (Qt.Key.Key_Home, 0),
    ):
        qtbot.keyClick(gallery, key)
        assert gallery.current == row, key
    with qtbot.waitSignal(gallery.opened) as opened:
        qtbot.keyClick(gallery, Qt.Key.Key_Return)
    assert opened.args == [0]


def test_thumbnails_come_for_what_is_seen_and_are_bounded(gallery: Gallery, qtbot: Any) -> None:
    size = 80 * 60 * 4
    thumbnails = gallery.photos.thumbnails
    thumbnails.most_bytes = 30 * size
    gallery.show_rows(np.arange(MANY))
    qtbot.waitUntil(lambda: not thumbnails._timer.isActive() and thumbnails._bytes > 0, timeout=WAIT_MS)
    seen = thumbnails._bytes // size
    assert 4 <= seen <= 30
    for _ in range(4):
        qtbot.keyClick(gallery, Qt.Key.Key_PageDown)
        gallery.viewport().repaint()
        qtbot.waitUntil(lambda: not thumbnails._timer.isActive(), timeout=WAIT_MS)
    assert thumbnails._bytes <= 30 * size
    current = gallery.photos.records.paths[gallery.current or 0]
    assert thumbnails.of(current, gallery.current or 0) is not None


def test_a_photo_that_cannot_be_shown_any_more_is_no_picture(qtbot: Any, tmp_path: Path) -> None:
    from fer_desktop.offline.images import read_image

    owner = QObject()
    thumbnails = Thumbnails(owner, read_image)
    with qtbot.waitSignal(thumbnails.came, timeout=WAIT_MS):
        assert thumbnails.of(str(tmp_path / "gone.jpg"), 3) is None
    image = thumbnails.of(str(tmp_path / "gone.jpg"), 3)
    assert isinstance(image, QImage) and image.isNull()
    assert thumbnails.stop()


def test_a_fault_with_some_photos_is_reported_once_and_leaves_the_other_thumbnails(qtbot: Any) -> None:
    def faulty(path: str, at_least: int | None) -> Frame:
        if "fault" in path:
            raise ZeroDivisionError(path)
        return read_photo(path, at_least)

    owner = QObject()
    thumbnails = Thumbnails(owner, faulty)
    there: list[QImage | None] = []
    with qtbot.capture_exceptions() as reported:
        for record, path in enumerate(("/fault.jpg", "/another fault.jpg", "/good.jpg")):
            qtbot.waitUntil(lambda r=record, p=path: thumbnails.of(p, r) is not None, timeout=WAIT_MS)
            there.append(thumbnails.of(path, record))
        qtbot.waitUntil(lambda: not thumbnails._timer.isActive(), timeout=WAIT_MS)
    assert [image is not None and image.isNull() for image in there] == [True, True, False]
    assert [(kind, str(error)) for kind, error, _ in reported] == [(ZeroDivisionError, "/fault.jpg")]
    assert thumbnails.stop()


def test_the_scroll_bar_has_a_handle_only_where_there_is_more(gallery: Gallery) -> None:
    for count, more in ((3, False), (MANY, True), (0, False)):
        gallery.show_rows(np.arange(count))
        assert gallery.verticalScrollBar().isEnabled() is more


def test_a_cell_of_every_kind_is_painted(gallery: Gallery) -> None:
    records = Records()
    records.add([f"/{name}.jpg" for name in ("none", "one", "several", "problem", "unlabelled")])
    faces = np.zeros(2, FACE)
    faces["box"], faces["probabilities"][:, 3], faces["label"] = 10, 1, 3
    shy = faces[:1].copy()
    shy["label"] = 255
    for record, reading in enumerate(
        (
            Reading((80, 60), "m", faces[:0]),
            Reading((80, 60), "m", faces[:1]),
            Reading((80, 60), "m", faces),
            Reading((0, 0), "", faces[:0], (), "/problem.jpg is no photo"),
            Reading((80, 60), "m", shy, ("too small",)),
        )
    ):
        records.put(record, reading)
    gallery.photos.records = records
    gallery.show_rows(np.arange(5))
    assert not gallery.grab().isNull()
    text = [gallery.photos.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(5)]
    percent = "100\u00a0%"
    assert text == [
        "none.jpg: No face",
        f"one.jpg: 1 face, Happy\u00a0{percent}",
        f"several.jpg: 2 faces, Happy\u00a0{percent}, Happy\u00a0{percent}",
        "problem.jpg is no photo",
        "unlabelled.jpg: 1 face, too small",
    ]
