"""The photos that were opened and what is known of them: between the threads that read and the page that shows."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.core.types import Frame
from fer_desktop.gui.composition import Composition
from fer_desktop.gui.photos import choice
from fer_desktop.gui.photos.choice import Wanted
from fer_desktop.gui.photos.listing import Listed, Listings, at_home, is_one
from fer_desktop.gui.photos.pasted import Pasted
from fer_desktop.gui.photos.reader import Came, Maps, Memory, Reader, Stopped
from fer_desktop.gui.photos.records import Counts, Records
from fer_desktop.gui.photos.words import tr
from fer_desktop.offline.find import Found

TURN_MS: Final = 30
BUDGET_S: Final = 0.004
"""So much of a turn goes to what the threads have brought; the rest waits for the next."""
GROW_S: Final = 0.25
REORDER_S: Final = 1.0
"""How often what is shown is brought up to date: with more at the end, or in another order."""
AGAIN_SHARE: Final = 20
"""Sorting takes no more than a twentieth of the time, however many there are."""


class Collection(QObject):
    """`changed`: other photos may be shown now. `moved`: only the progress is another. `there_already` (record): what
    was opened is there. `maps` (Maps). `problem` (text), `defect` (text, traceback)."""

    changed = Signal()
    moved = Signal()
    there_already = Signal(int)
    maps = Signal(object)
    problem = Signal(str)
    defect = Signal(str, str)

    def __init__(self, parent: QObject, composition: Composition) -> None:
        super().__init__(parent)
        self._composition = composition
        self.records = Records()
        self.reader = Reader(composition, self._photo)
        self.listings = Listings(self.reader.first_read)
        self.again = ""
        """The name of the model with which photos are read once more."""
        self._opened: dict[str, None] = {}
        self._pasted: dict[str, Pasted] = {}
        self._pastes = 0
        self._cancelled = self._explaining = self._told_of_defect = False
        self._alone: int | None = None
        self._counts: Counts | None = None
        self._due_s = 0.0
        self._news = False
        self._timer = QTimer(self)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self.turn)

    # What a person asks for

    def open(self, paths: Sequence[str], recursive: bool) -> None:
        self._opened |= dict.fromkeys(paths)
        self._cancelled, self._alone = False, None
        if len(paths) == 1 and is_one(paths[0]):
            self._add_one(at_home(Found(paths[0]), {}).path)
        else:
            self.listings.begin(self.reader.epoch, paths, recursive)
        self._timer.start()

    def _add_one(self, path: str) -> None:
        """A photo by itself does not wait for a folder that is being listed."""
        new = self.records.add([path])
        self._alone = self.records.find(path)
        self._counts, self._news, self._due_s = None, True, 0.0
        self.reader.read(new, first=True)
        if not new and self._alone is not None:
            self.there_already.emit(self._alone)

    def paste(self, image: QImage) -> None:
        self._pastes += 1
        name = tr("Pasted picture {n}").format(n=self._pastes)
        self._pasted[name] = Pasted(name, image)
        self._cancelled = False
        self._add_one(name)
        self._timer.start()

    def cancel(self) -> None:
        """What was read is kept, and what was found."""
        self._cancelled = True
        self.reader.cancel()
        self.moved.emit()

    def go_on(self) -> None:
        """Read the rest."""
        self._take_all()
        self._cancelled = False
        self._read(self.records.unread())

    def take_out(self, records: Sequence[int]) -> None:
        for record in records:
            path = self.records.paths[record]
            self._pasted.pop(path, None)
            self.listings.leave_out(path)
        self.records.take_out(records)
        self._counts = None

    def clear(self) -> None:
        self.reader.forget()
        self._take_all()
        self.listings.forget(self.reader.epoch)
        self.records = Records()
        self._pasted.clear()
        self._opened.clear()
        self._alone, self.again = None, ""
        self._cancelled = self._told_of_defect = False
        self._counts = None

    def change_model(self, make_classifier: Callable[[], EmotionClassifier], name: str) -> None:
        self._take_all()
        self.reader.change_model(make_classifier)
        self.records.outdate()
        self._counts, self._told_of_defect = None, False
        self.listings.begin_again(self.reader.epoch)
        if self.counts().shown:
            self.again = name or tr("another model")
        if not self._cancelled:
            self._read(self.records.unread())

    def live_runs(self, on: bool) -> None:
        cores = os.cpu_count() or 1
        self.reader.use_workers(max(cores - 1, 1) if on else cores)

    def explain(self, token: object, crops: NDArray[np.uint8]) -> None:
        self._explaining = True
        self.reader.explain(token, crops)
        self._timer.start()

    def stop(self) -> bool:
        self._timer.stop()
        ended = self.reader.stop()
        return self.listings.stop() and ended

    # What is known

    @property
    def listing(self) -> bool:
        return bool(self.listings) and not self._cancelled

    @property
    def reading(self) -> bool:
        counts = self.counts()
        return self.listing or (counts.done < counts.there and self.reader.at_work)

    @property
    def sources(self) -> tuple[str, ...]:
        """What was opened, as given."""
        return tuple(self._opened)

    def counts(self) -> Counts:
        if self._counts is None:
            self._counts = self.records.counts()
        return self._counts

    def opened_alone(self) -> int | None:
        """The photo that was opened by itself, once: it is looked at, not its place among the others."""
        record, self._alone = self._alone, None
        return record

    def select(self, wanted: Wanted) -> NDArray[np.int64]:
        began = time.perf_counter()
        rows = choice.select(self.records, wanted)
        took_s = time.perf_counter() - began
        every = GROW_S if wanted.order == choice.FOUND and not wanted.backwards else REORDER_S
        self._due_s = time.monotonic() + max(every, AGAIN_SHARE * took_s)
        self._news = False
        return rows

    def picture(self, path: str, at_least: int | None = None) -> Frame:
        """A photo's pixels, on any thread. Raises InputError."""
        if (pasted := self._pasted.get(path)) is not None:
            return pasted.frame()
        from fer_desktop.offline.images import read_image

        return read_image(path, at_least)

    def model_name(self, model_id: str) -> str:
        """What people call it. Not on the GUI thread."""
        return self._composition.model_name(model_id)

    # What the threads bring

    def turn(self) -> None:
        """Take what has come, as much as fits into a turn."""
        until_s = time.perf_counter() + BUDGET_S
        more = True
        while more and time.perf_counter() < until_s:
            more = self._take()
        at_rest = not more and not self.reader.at_work and not self.listings
        if self._news and (time.monotonic() >= self._due_s or at_rest):
            self.changed.emit()
        else:
            self.moved.emit()
        if at_rest and not self._explaining and self.reader.news.empty() and not self._news:
            self._timer.stop()
            self.again = ""
            self.moved.emit()

    def _take_all(self) -> None:
        while self._take():
            pass

    def _take(self) -> bool:
        """One of the news; False where there is none."""
        news: Came | Maps | Stopped | Listed
        try:
            news = self.reader.news.get_nowait()
        except queue.Empty:
            try:
                news = self.listings.news.get_nowait()
            except queue.Empty:
                return False
        if isinstance(news, Came):
            if news.epoch == self.reader.epoch:
                self.records.put(news.record, news.reading)
                self._counts, self._news = None, True
                if news.reading.defect:
                    self._tell_of_defect(news.reading.error)
        elif isinstance(news, Listed):
            if news.epoch == self.reader.epoch:
                self._listed(news)
        elif isinstance(news, Maps):
            self._explaining = False
            self.maps.emit(news)
        else:
            self._stopped(news)
        return True

    def _listed(self, listed: Listed) -> None:
        wanted = self.listings.wanted(listed)
        self._news |= listed.end  # there may be nothing
        for found in listed.found:
            if found.error is not None:  # a folder without photos, or one that may not be looked into
                self.problem.emit(str(found.error))
        new = self.records.add(wanted)
        self._counts = None
        if not self._cancelled:
            self._read(new)

    def _read(self, records: Sequence[int] | NDArray[np.int64]) -> None:
        if len(records):
            self.reader.read(np.asarray(records).tolist())
            self._timer.start()

    def _photo(self, record: int) -> Found | Memory:
        """On the reading thread: lists only grow while records are asked for, and are exchanged after `forget`."""
        path = self.records.paths[record]
        return Memory(path, lambda: self.picture(path)) if path in self._pasted else Found(path)

    def _tell_of_defect(self, report: str) -> None:
        """Once: where one photo fails so, others may as well."""
        if not self._told_of_defect:
            self._told_of_defect = True
            self.defect.emit(tr("A photo could not be analysed."), report)

    def _stopped(self, stopped: Stopped) -> None:
        self._cancelled, self._explaining = True, False
        if stopped.report:
            self.defect.emit(tr("Photos could not be read."), stopped.report)
        self.problem.emit(tr("Photos cannot be read. {why}").format(why=stopped.why))
