"""The photo that is shown large: its pixels, its faces, which of them is chosen, and why they got their labels."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from fer_desktop.core import emotions
from fer_desktop.core.types import Analysis, Frame, Prediction
from fer_desktop.gui.photos import words
from fer_desktop.gui.photos.collection import Collection
from fer_desktop.gui.photos.large import LargePhoto
from fer_desktop.gui.photos.pictures import Large, Loader, Thumbnails
from fer_desktop.gui.photos.reader import Maps
from fer_desktop.gui.photos.records import PROBLEM, READ, WAITING
from fer_desktop.gui.photos.words import tr
from fer_desktop.overlay.motion import Shown, still
from fer_desktop.overlay.painter import Look


class Closer(QObject):
    """`record`: the photo, None while none is shown. `problem` (text)."""

    problem = Signal(str)

    def __init__(
        self, parent: QObject, collection: Collection, large: LargePhoto, thumbnails: Thumbnails, look: Look
    ) -> None:
        super().__init__(parent)
        self._collection, self._large, self._thumbnails = collection, large, thumbnails
        self.look = look
        self.record: int | None = None
        self.analysis: Analysis | None = None
        self.faces: tuple[Shown, ...] = ()
        self.chosen: int | None = None
        self._loaded: Large | None = None
        self._state = WAITING
        self._predictions: tuple[Prediction, ...] = ()
        self._told_of_maps = False
        self._missing = ""
        self._loader = Loader(self, collection.picture)
        self._loader.came.connect(self._came)
        self._loader.failed.connect(self._failed)
        collection.maps.connect(self._maps_came)
        large.face_chosen.connect(self.choose)
        large.emotion_chosen.connect(self._choose_emotion)
        large.view.emotion_asked.connect(self._next_emotion)

    @property
    def frame(self) -> Frame | None:
        return None if self._loaded is None else self._loaded.frame

    @property
    def is_whole(self) -> bool:
        """Whether the faces have their crops: they are cut when both the picture and its reading are there."""
        return self._loaded is not None and self.analysis is not None and len(self._loaded.crops) == len(self.faces)

    @property
    def name(self) -> str:
        return "" if self.record is None else words.name_of(self._collection.records, self.record)

    def show(self, record: int) -> None:
        if record == self.record:
            return
        records, view = self._collection.records, self._large.view
        self._forget()
        self.record = record
        view.clear()
        self.refresh()
        if records.photos[record]["state"] != PROBLEM:
            self._stand_in()
            self._loader.ask(record, records)

    def leave(self) -> None:
        self._forget()
        self.record = None
        self._large.view.clear()
        self._large.view.set_message("")
        self._tell()

    def refresh(self) -> None:
        """The photo that is shown may have been read since, or once more."""
        if self.record is None:
            return
        photo = self._collection.records.photos[self.record]
        state = int(photo["state"])
        model = self._collection.records.model_of(self.record) if state == READ else ""
        if state != self._state or (self.analysis is not None and self.analysis.model_id != model):
            self._state = state
            self._predictions = ()
            if self._loaded is not None and state == READ:
                # Its crops were cut before it was known where its faces are.
                self._loader.ask(self.record, self._collection.records)
            self._read()
        self._say()

    def choose(self, track_id: int | None) -> None:
        if track_id is not None and track_id not in [face.track_id for face in self.faces]:
            track_id = None
        self.chosen = track_id
        self._large.choose(track_id)

    def set_look(self, look: Look) -> None:
        # For which emotion, is chosen here, and stays from photo to photo until why is not shown any more.
        self.look = replace(look, mirror=False, emotion=self.look.emotion if look.why else None)
        self._large.bar.why.setChecked(look.why)
        self._large.panel.ask_for_emotion(look.why, self.look.emotion)
        self._show_faces()
        self._ask_why()

    def set_why(self, on: bool) -> None:
        self.set_look(replace(self.look, why=on))

    def set_emotion(self, emotion: int | None) -> None:
        """Show why for this one; None: for each face's label. Only while why is shown."""
        if self.look.why:
            self.look = replace(self.look, emotion=emotion)
            self._large.panel.ask_for_emotion(True, emotion)
            self._show_faces()

    def _choose_emotion(self, emotion: int) -> None:
        self.set_emotion(None if emotion == self.look.emotion else emotion)

    def _next_emotion(self) -> None:
        following = 0 if self.look.emotion is None else self.look.emotion + 1
        self.set_emotion(following if following < emotions.COUNT else None)

    def stop(self) -> None:
        self._loader.stop()

    # Within

    def _forget(self) -> None:
        self._loaded, self.analysis, self._predictions = None, None, ()
        self.faces, self.chosen, self._state, self._missing = (), None, WAITING, ""
        self._large.choose(None)

    def _stand_in(self) -> None:
        """The thumbnail, until the photo itself is there."""
        assert self.record is not None
        records = self._collection.records
        size = records.size_of(self.record)
        image = self._thumbnails.of(records.paths[self.record], self.record)
        if image is not None and not image.isNull() and size[0]:
            self._large.view.show_picture([image], size, anew=True)

    def _came(self, large: Large) -> None:
        if large.record != self.record:
            return
        first = self._loaded is None
        self._loaded = large
        self._large.view.show_picture(large.levels, large.frame.size, anew=False)
        if first:
            self._large.view.fit()
        self._read()
        self._say()
        if self.analysis is not None and not self.is_whole:
            # It was read after the picture was asked for, when it was not known yet where its faces are.
            assert self.record is not None
            self._loader.ask(self.record, self._collection.records)

    def _failed(self, record: int, why: str) -> None:
        if record == self.record:
            self._missing = why
            self._say()

    def _read(self) -> None:
        """Its faces, as far as they are known."""
        assert self.record is not None
        records = self._collection.records
        crops = None
        if self._loaded is not None and len(self._loaded.crops) == int(records.photos[self.record]["faces"]):
            crops = self._loaded.crops
        self.analysis = records.analysis(self.record, crops, self._predictions)
        if self.analysis is not None and self._loaded is not None and self._loaded.frame.size != self.analysis.size:
            # The file is another picture by now: boxes would lie anywhere.
            self.analysis = None
        self._tell()
        self._ask_why()

    def _tell(self) -> None:
        self.faces = () if self.analysis is None else still(self.analysis)
        if self.chosen is not None and self.chosen not in [face.track_id for face in self.faces]:
            self.chosen = None
            self._large.choose(None)
        self._show_faces()

    def _show_faces(self) -> None:
        self._large.view.set_faces(self.faces, self.look)
        self._large.panel.set_faces(self.faces)

    def _say(self) -> None:
        assert self.record is not None
        records, text = self._collection.records, ""
        if self._state == PROBLEM:
            text = words.problem_of(records, self.record)
        elif self._state == WAITING:
            text = tr("Reading {name}…") if self._collection.reading else tr("{name} is not read yet")
            text = text.format(name=self.name)
        elif self._missing:
            text = self._missing
        elif not records.photos[self.record]["faces"]:
            text = tr("No face found in this photo")
        self._large.view.set_message(text)

    def _ask_why(self) -> None:
        wanted = self.look.why and self.faces and not self._predictions and self._loaded is not None
        if wanted and self._loaded is not None and len(self._loaded.crops) == len(self.faces):
            self._collection.explain(self._loaded, self._loaded.crops)

    def _maps_came(self, maps: Maps) -> None:
        if maps.token is not self._loaded or not self.faces or len(maps.predictions) != len(self.faces):
            return
        if maps.predictions[0].maps is not None:
            self._predictions = maps.predictions
            self._read()
        elif not self._told_of_maps:
            self._told_of_maps = True
            self.problem.emit(tr("This model cannot show why."))
