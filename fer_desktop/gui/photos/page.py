"""The page of photos: opens them, has them read, and shows what came of it as a gallery or one photo large."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QShowEvent

from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.gui.composition import Composition
from fer_desktop.gui.photos import cell
from fer_desktop.gui.photos.closer import Closer
from fer_desktop.gui.photos.collection import Collection
from fer_desktop.gui.photos.export import PhotoExport
from fer_desktop.gui.photos.gallery_model import GalleryModel
from fer_desktop.gui.photos.overview import Overview
from fer_desktop.gui.photos.pictures import Thumbnails
from fer_desktop.gui.photos.progress import reading_words
from fer_desktop.gui.photos.view import PhotosView
from fer_desktop.overlay.motion import Shown
from fer_desktop.overlay.painter import Look
from fer_desktop.settings.store import SettingsStore

if TYPE_CHECKING:
    from fer_desktop.gui.dialog_host import DialogHost


class PhotosPage(PhotosView):
    """`problem`, `said` (text): for the line over the page. `defect` (text, traceback): a fault of the program's own.
    `photos_wanted`, `folder_wanted`: a person pressed Open…. `opened`: there is something to read. `why_toggled`
    (on): as Look.why should be.
    """

    problem = Signal(str)
    said = Signal(str)
    defect = Signal(str, str)
    opened = Signal()
    photos_wanted = Signal()
    folder_wanted = Signal()
    why_toggled = Signal(bool)

    def __init__(self, composition: Composition, store: SettingsStore, dialogs: DialogHost) -> None:
        super().__init__()
        self.collection = Collection(self, composition)
        self.thumbnails = Thumbnails(self, self.collection.picture)
        overview = Overview(GalleryModel(self, self.collection.records, self.thumbnails))
        self.gallery, self.filters = overview.gallery, overview.filters
        settings = store.settings
        look = Look(boxes=settings.show_boxes, bars=settings.show_bars)
        self.closer = Closer(self, self.collection, self.large, self.thumbnails, look)
        self.export = PhotoExport(self, self.collection, dialogs)
        self.lay_out(overview, self.export.row)
        self._connect()
        self.large.panel.setVisible(settings.show_panel)
        self._refresh()

    def _connect(self) -> None:
        collection, view, bar = self.collection, self.large.view, self.large.bar
        overview = self.overview
        for part in (self.empty, overview):
            part.open_photos.clicked.connect(self.photos_wanted)
            part.open_folder.clicked.connect(self.folder_wanted)
        overview.export.clicked.connect(lambda: self.export.ask(self.filters.wanted))
        overview.clear.clicked.connect(self.clear)
        self.filters.changed.connect(self._choice_changed)
        collection.changed.connect(self._refresh)
        collection.moved.connect(self._tell_progress)
        collection.there_already.connect(self._point_out)
        collection.problem.connect(self.problem)
        collection.defect.connect(self.defect)
        self.progress.cancelled.connect(collection.cancel)
        self.progress.went_on.connect(collection.go_on)
        self.gallery.opened.connect(self.open_large)
        self.gallery.taken_out.connect(self.take_out)
        for source in (view, bar):
            source.left.connect(self.back_to_gallery)
            source.stepped.connect(self._step)
            source.why_asked.connect(self._toggle_why)
        view.taken_out.connect(self._take_out_shown)
        self.closer.problem.connect(self.problem)
        self.export.problem.connect(self.problem)
        self.export.said.connect(self.said)
        self.export.moved.connect(self._tell_progress)

    # For the window

    @property
    def shown_frame(self) -> Frame | None:
        """The photo that is shown large, once it is there."""
        return self.closer.frame if self.is_large else None

    @property
    def shown_analysis(self) -> Analysis | None:
        """What was read from it, once its crops are there."""
        return self.closer.analysis if self.is_large and self.closer.is_whole else None

    @property
    def faces(self) -> tuple[Shown, ...]:
        return self.closer.faces if self.is_large else ()

    @property
    def chosen(self) -> int | None:
        """The id of the chosen face's track."""
        return self.closer.chosen if self.is_large else None

    @property
    def look(self) -> Look:
        return self.closer.look

    def open(self, paths: Sequence[Path], recursive: bool = True) -> None:
        """Add photos, and those in folders, to what is there. One alone is shown large at once."""
        if not paths:
            return
        self.collection.open([str(path) for path in paths], recursive)
        if self.is_large and (len(paths) > 1 or paths[0].is_dir()):
            self.back_to_gallery()
        self._begun()

    def paste(self, image: QImage) -> None:
        """A picture without a file."""
        if image.isNull():
            return
        self.collection.paste(image)
        self._begun()

    def change_model(self, make_classifier: Callable[[], EmotionClassifier], name: str = "") -> None:
        """Read with another model; what is there is read again. name: what people call it."""
        self.collection.change_model(make_classifier, name)

    def choose(self, track_id: int | None) -> None:
        self.closer.choose(track_id)

    def set_look(self, look: Look) -> None:
        """What of the faces is painted."""
        self.closer.set_look(look)

    def may_close(self) -> bool:
        """Whether the program may close now: a file that is being written is asked about, and closing goes on with the
        answer. What was read can be read again."""
        return self.export.may_be_left(self.window().close)

    def shut_down(self) -> None:
        """End the threads, bounded. May be called more than once."""
        self.export.stop()
        self.closer.stop()
        self.collection.stop()
        self.thumbnails.stop()

    # What a person does

    def clear(self) -> None:
        self.closer.leave()
        self.collection.clear()
        self.thumbnails.forget()
        self.gallery.photos.exchange(self.collection.records)
        self.filters.show_all()
        self._refresh()
        self.empty.open_photos.setFocus()

    def take_out(self, records: Sequence[int]) -> None:
        """From the list; the files stay."""
        following = self.gallery.photos.following(np.asarray(records))
        self.collection.take_out([int(record) for record in records])
        self._refresh()
        if following is not None:
            self.gallery.go_to(following)

    def open_large(self, record: int) -> None:
        self.closer.show(record)
        self._show_parts()
        if self.isVisible():
            # The stack has moved the focus there as if by Tab.
            self.large.view.clearFocus()
            self.large.view.setFocus()
        self._tell_place()

    def back_to_gallery(self) -> None:
        record = self.closer.record
        self.closer.leave()
        self._show_parts()
        if record is not None:
            self.gallery.go_to(record)
        self.gallery.setFocus()

    def _begun(self) -> None:
        self.opened.emit()
        self._tell_progress()
        self._show_parts()

    def _step(self, step: int) -> None:
        rows, record = self.gallery.photos.rows, self.closer.record
        if record is None or not len(rows):
            return
        row = self.gallery.photos.row_of(record)
        # The filter may leave out the one that is shown: from there to the first one.
        following = 0 if row is None else row + step
        if 0 <= following < len(rows):
            self.gallery.go_to(int(rows[following]))
            self.open_large(int(rows[following]))

    def _take_out_shown(self) -> None:
        record = self.closer.record
        if record is None:
            return
        following = self.gallery.photos.following(np.asarray([record]))
        self.take_out([record])
        if following is None:
            self.back_to_gallery()
        else:
            self.open_large(following)

    def _toggle_why(self) -> None:
        self.closer.set_why(not self.look.why)
        self.why_toggled.emit(self.look.why)

    def _point_out(self, record: int) -> None:
        """It was opened before."""
        if self.is_large:
            self.open_large(record)
        self.gallery.go_to(record)

    # What came of it

    def _refresh(self) -> None:
        """After a change of the photos, or of what of them is wanted."""
        self.filters.offer(self.collection.records.reasons)
        rows = self.collection.select(self.filters.wanted)
        self.gallery.photos.emotion = self.filters.wanted.emotion
        self.gallery.show_rows(rows)
        self.overview.nothing.setVisible(not len(rows) and self.collection.counts().shown > 0)
        if self.gallery.current is None and len(rows):
            self.gallery.setCurrentIndex(self.gallery.photos.index(0))
        self.closer.refresh()
        alone = self.collection.opened_alone()
        if alone is not None:
            self.open_large(alone)
        self._show_parts()
        self._tell_place()
        self._tell_progress()

    def _choice_changed(self) -> None:
        self._refresh()
        self.gallery.scrollToTop()

    def _show_parts(self) -> None:
        if self.closer.record is not None:
            self.turn_to(self.large, self.large.view)
        elif self.collection.counts().there or self.collection.reading:
            self.turn_to(self.overview, self.gallery)
        else:
            self.turn_to(self.empty, self.empty.open_photos)

    def _tell_place(self) -> None:
        if self.closer.record is not None:
            row = self.gallery.photos.row_of(self.closer.record)
            self.large.bar.show_place(self.closer.name, row, len(self.gallery.photos.rows))

    def _tell_progress(self) -> None:
        collection, counts = self.collection, self.collection.counts()
        self.filters.tell(len(self.gallery.photos.rows), counts.shown, counts.problems)
        self.overview.export.setEnabled(counts.done > counts.problems and not self.export.at_work)
        busy, listing = collection.reading, collection.listing
        text = reading_words(busy, listing, counts.done, counts.there, counts.problems, collection.again)
        self.progress.tell(busy, counts.done, counts.there, text, timed=not listing)

    # Keys, shown and hidden

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_large:
            self.back_to_gallery()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.thumbnails.side = cell.PICTURE * self.devicePixelRatioF()
        self.collection.live_runs(False)

    def hideEvent(self, event: QHideEvent) -> None:
        """The living picture is read now, or a recording: not every core is for photos any more."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.collection.live_runs(True)
