"""The page of recordings: the picture, what each face showed along the time, and the moments worth looking at."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from fer_desktop.gui.composition import Composition
from fer_desktop.gui.recordings.document import Document
from fer_desktop.gui.recordings.export import Export
from fer_desktop.gui.recordings.keys import action_of
from fer_desktop.gui.recordings.leaving import Leaving
from fer_desktop.gui.recordings.opening import Opening
from fer_desktop.gui.recordings.player import Picture, Player
from fer_desktop.gui.recordings.reader import Reader
from fer_desktop.gui.recordings.view import RecordingsView
from fer_desktop.gui.recordings.words import tr
from fer_desktop.offline.moments import Moment
from fer_desktop.offline.video import Beginning, FrameResult
from fer_desktop.overlay.painter import Look
from fer_desktop.settings.store import SettingsStore

if TYPE_CHECKING:
    from fer_desktop.gui.dialog_host import DialogHost


class RecordingsPage(RecordingsView):
    """`told` (text, warning): a line for the info bar. `opened` (path): a recording was found to be one and is read.
    `recording_wanted`: a person wants to choose one. `refused` (text): what was to be opened is none. `defect` (text,
    traceback): a fault of the program's own."""

    told = Signal(str, bool)
    opened = Signal(object)
    recording_wanted = Signal()
    refused = Signal(str)
    defect = Signal(str, str)

    def __init__(self, composition: Composition, store: SettingsStore, dialogs: DialogHost) -> None:
        super().__init__(dialogs)
        self.document: Document | None = None
        self._opening = Opening(self, composition)
        self._model = ""
        """The id of the model in use, once it was changed."""
        self.player = Player(self)
        self.export = Export(self, dialogs, composition)
        self._leaving = Leaving(self, dialogs, self.export)
        self.export.make_picture = self.display.image
        self.header.export.setMenu(self.export.menu())
        self._connect()
        self.set_look(Look(boxes=store.settings.show_boxes, bars=store.settings.show_bars))
        self._refresh_header()

    def _connect(self) -> None:
        player, transport, side, timeline = self.player, self.transport, self.side, self.timeline
        self._opening.begun.connect(self._begun)
        self._opening.came.connect(self._came)
        self._opening.over.connect(self._over)
        transport.play.clicked.connect(player.toggle)
        transport.back.clicked.connect(lambda: player.step(-1))
        transport.forward.clicked.connect(lambda: player.step(1))
        transport.back_moment.clicked.connect(lambda: self.to_neighbour(-1))
        transport.next_moment.clicked.connect(lambda: self.to_neighbour(1))
        transport.whole.clicked.connect(timeline.show_whole)
        transport.speed_chosen.connect(player.set_speed)
        timeline.asked.connect(player.go_to_time)
        timeline.face_asked.connect(self._choose)
        side.moments.asked.connect(self._go_to_moment)
        side.panel.face_clicked.connect(self._choose)
        side.faces.told.connect(lambda text: self.told.emit(text, False))
        self.display.view.face_clicked.connect(self._choose)
        player.moved.connect(self._moved)
        player.shown.connect(self._shown)
        player.state_changed.connect(lambda: transport.set_playing(player.playing))
        player.failed.connect(lambda text: self.told.emit(text, True))
        self.export.told.connect(self.told)
        self.export.changed.connect(self._refresh_header)
        self.header.open.clicked.connect(self.recording_wanted)
        self.header.cancel.clicked.connect(self._cancel)
        self.header.again.clicked.connect(self._read_again)
        self.header.back.clicked.connect(self.back_to_sessions)
        self.home.recording_wanted.connect(self.recording_wanted)
        self.home.opened.connect(self.open)

    @property
    def reader(self) -> Reader | None:
        """Of what is open; None where nothing is."""
        return self._opening.reader

    # What the main window calls

    def open(self, path: Path) -> None:
        """Read a recording from its first picture; the one that is open is left, after a question where names or
        merged faces of it would be lost."""
        if self._leaving.may(self.document, None, lambda: self.open(path)):
            self._open(path)

    def back_to_sessions(self) -> None:
        """Leave what is open, after a question where something of it would be lost, for the list of sessions."""
        if self.stack.currentIndex() and self._leaving.may(self.document, self.export.job, self.back_to_sessions):
            self.export.cancel()
            self._show_home()

    def sessions_changed(self) -> None:
        """One was begun or ended."""
        self.home.look()

    def model_changed(self, model_id: str) -> None:
        """Recordings are read with another model from now on; the one that is open stays as it was read."""
        self._model = model_id
        self._refresh_header()

    def may_close(self) -> bool:
        """Whether the program may close now. If not, the person is asked, and closing goes on with the answer."""
        return self._leaving.may(self.document, self.export.job, self.window().close)

    def shut_down(self) -> None:
        """End all threads, bounded. May be called more than once."""
        readers = self._opening.take_readers()
        with ExitStack() as parts:  # one that fails keeps no other from its end
            for end in (self.player.close, self.home.shut_down, *(reader.stop for reader in readers), self.export.stop):
                parts.callback(end)
            if self.document is not None:
                parts.callback(self.document.close)

    # Opening and reading

    def _open(self, path: Path, anew: bool = False) -> None:
        """anew: by the model, whatever was read of it while it was made."""
        self._leave()
        self._opening.open(path, anew)
        self.stack.setCurrentIndex(1)
        self.setFocus()
        self.display.say(tr("Opening {name}…").format(name=path.name))
        self._refresh_header()

    def _leave(self) -> None:
        self._opening.leave()
        self.player.leave()
        document, self.document = self.document, None
        self.export.document = self.export.opened = None
        self.timeline.set_coming(0.0)
        for part in (self.timeline, self.side):
            part.set_document(None)
        self.display.clear()
        self.transport.set_playing(False)
        if document is not None:
            document.close()
            document.deleteLater()

    def _show_home(self) -> None:
        self._leave()
        self.stack.setCurrentIndex(0)
        self.setFocus()
        self._refresh_header()

    def _begun(self, beginning: Beginning) -> None:
        path, opened, live = self._opening.path, self._opening.opened, self._opening.read_live
        assert path is not None and opened is not None
        self.document = document = Document(self, path, beginning)
        document.markers = () if live is None else live.markers
        document.chosen_changed.connect(self._chosen)
        document.changed.connect(self._changed)
        document.moments_changed.connect(self._changed)
        document.undo.indexChanged.connect(lambda _: self.player.again())
        for part in (self.timeline, self.side):
            part.set_document(document)
        self.player.more_comes = True
        self.player.open(document, opened.pictures())
        self.display.say("")
        self.export.painted = live is not None and live.painted
        self.display.set_painted(self.export.painted)
        self.opened.emit(path)
        self._refresh_header()

    def _came(self, results: list[FrameResult]) -> None:
        document, reader = self.document, self.reader
        assert document is not None and reader is not None
        first = document.readings.count == 0
        document.add(results)
        if first:
            document.refresh()
            self.player.go_to(0)
        self.timeline.set_coming(reader.recording.duration_s or 0.0)
        self._refresh_header()
        self._show_time()

    def _over(self, problem: str, report: str) -> None:
        reader = self.reader
        assert reader is not None
        self.player.more_comes = False
        self.timeline.set_coming(0.0)
        if self.document is None or not self.document.readings.count:
            self._show_home()
        else:
            self.document.complete = True
            self.export.document, self.export.opened = self.document, self._opening.opened
            self.export.whole = not reader.cancelled and not problem
            self.document.refresh()
            self.player.again()
        if report:
            self.defect.emit(tr("{name} could not be read.").format(name=reader.recording.name), report)
        elif problem:
            if self.document is None:
                self.refused.emit(problem)
            else:
                self.told.emit(problem, True)
        self._refresh_header()

    def _read_again(self) -> None:
        path = self._opening.path
        if path is not None and self._leaving.may(self.document, None, lambda: self._open(path, anew=True)):
            self._open(path, anew=True)

    def _cancel(self) -> None:
        if self.export.job is not None:
            self.export.cancel()
        else:
            self._opening.cancel()

    # Going about

    def _moved(self) -> None:
        at_s = self.player.at_s
        self.timeline.set_at(at_s, follow=True)
        self.side.moments.follow(at_s)
        current = self.side.moments.current
        self.timeline.mark(None if current is None else current.at_s)
        self._show_time()

    def _shown(self, picture: Picture) -> None:
        if self.document is not None:
            self.display.show(picture, self.document.given_name)
            self.display.choose(self.document.chosen)
            self.side.show_picture(self.display.faces)

    def _show_time(self) -> None:
        until_s = 0.0 if self.document is None else self.document.readings.until_s
        self.transport.set_time(self.player.at_s, until_s)

    def to_neighbour(self, by: int) -> None:
        """To the next moment (by 1) or the one before (by -1)."""
        one = self.side.moments.neighbour(self.player.at_s, by)
        if one is not None:
            self._go_to_moment(one)

    def _go_to_moment(self, one: Moment) -> None:
        if self.document is not None:
            if one.face is not None:
                self.document.choose(one.face)
            self.player.go_to(one.frame)
            self.timeline.mark(one.at_s)

    def _choose(self, face: int) -> None:
        if self.document is not None:
            self.document.choose(face)

    def _chosen(self) -> None:
        assert self.document is not None
        self.display.choose(self.document.chosen)
        self.side.show_chosen()

    def _changed(self) -> None:
        self.side.show_document(self.player.at_s)
        self._refresh_header()

    def _refresh_header(self) -> None:
        self.header.setVisible(self.stack.currentIndex() > 0)
        document = self.document
        outdated = document is not None and self._model not in ("", document.readings.beginning.model_id)
        self.header.show_state(self._opening.title, document, self.reader, self.export, outdated)

    # Keys

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._action(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._action(event)
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def _action(self, event: QKeyEvent) -> Callable[[], object] | None:
        return None if isinstance(self.focusWidget(), QLineEdit) else action_of(self, event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody watches."""
        self.player.pause()
        super().hideEvent(event)
