"""The page of recordings while none is open: the sessions that were recorded, or how one is."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fer_desktop.core.errors import InputError
from fer_desktop.gui.drop_here import DropHere
from fer_desktop.gui.parts import Button, Elided, Text, WarningCard
from fer_desktop.gui.question import YesNo
from fer_desktop.gui.recordings import file_manager
from fer_desktop.gui.recordings import session_words as words
from fer_desktop.gui.recordings.session_list import SessionList
from fer_desktop.gui.recordings.words import tr
from fer_desktop.gui.task import Task
from fer_desktop.gui.theme import Theme
from fer_desktop.record.session_folder import Session, Sessions

if TYPE_CHECKING:
    from fer_desktop.gui.dialog_host import DialogHost

AGAIN_MS: Final = 2000
"""While one is being recorded they are looked at so often."""
DELETE_S: Final = 10.0
WIDEST: Final = 880
EMPTY, LIST, UNKNOWN = range(3)


class Home(QStackedWidget):
    """`opened` (path of a video): a person wants to see a session. `recording_wanted`: they want to choose a file."""

    opened = Signal(object)
    recording_wanted = Signal()

    def __init__(self, dialogs: DialogHost) -> None:
        super().__init__()
        self._dialogs = dialogs
        self._looking: Task | None = None
        self._look_again = False
        self._came_back = False
        """It was not seen for a while, and the sessions were not read since."""
        self._deleting: Task | None = None
        self._showing: Task | None = None
        self.list = SessionList()
        self.warning = WarningCard()
        self.where = Elided(12, muted=True)
        self.open_file = Button(tr("Open recording…"))
        self.choose_file = Button(tr("Open &file…"))
        self.show_folder = Button(tr("Show in &folder"))
        self.delete = Button(tr("&Delete…"))
        self.open_session = Button(tr("&Open"))
        self.empty = self._empty()
        self.addWidget(self.empty)
        self.addWidget(self._page())
        self.addWidget(QWidget())
        self.setCurrentIndex(UNKNOWN)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self.look)
        self.list.asked.connect(self._open)
        self.list.deleted.connect(self._ask)
        self.list.currentItemChanged.connect(lambda *_: self._show_buttons())
        self.open_session.clicked.connect(self._open)
        self.delete.clicked.connect(self._ask)
        self.show_folder.clicked.connect(self._show_folder)
        for button in (self.open_file, self.choose_file):
            button.clicked.connect(self.recording_wanted)
        self._show_buttons()

    def _empty(self) -> DropHere:
        title = tr("Nothing is recorded yet")
        what = tr("Press R in the live view to record it. Or drop any video here, to have every picture of it read.")
        promise = tr("A video that you open here stays on this computer, with what is read of it, and is not changed.")
        return DropHere("video", title, what, promise, [self.open_file])

    def _page(self) -> QWidget:
        inside = QWidget()
        inside.setMaximumWidth(WIDEST)
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(Text(tr("Recorded sessions"), 16, bold=True))
        column.addWidget(self.warning)
        column.addWidget(self.list, 1)
        column.addWidget(self.where)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.choose_file)
        row.addStretch(1)
        for button in (self.show_folder, self.delete, self.open_session):
            row.addWidget(button)
        column.addLayout(row)
        page = QWidget()
        across = QHBoxLayout(page)
        across.setContentsMargins(0, 0, 0, 0)
        across.addStretch(1)
        across.addWidget(inside, 1000)
        across.addStretch(1)
        return page

    def set_theme(self, theme: Theme) -> None:
        for part in (self.empty, self.warning, self.list):
            part.set_theme(theme)

    def look(self) -> None:
        """Read what there is, off the GUI thread, while anybody sees it."""
        if not self.isVisible():
            return
        if self._looking is not None:
            self._look_again = True
            return
        sessions, to_new = Sessions.default(), self._came_back
        self._look_again, self._came_back, self._looking = False, False, Task(self, sessions.sessions)
        self._looking.done.connect(partial(self._found, sessions.folder, to_new=to_new))
        self._looking.failed.connect(partial(self._unread, to_new=to_new))

    def shut_down(self) -> None:
        """What is being deleted is waited for, bounded."""
        self._again.stop()
        for task, longest_s in ((self._looking, 0.0), (self._deleting, DELETE_S), (self._showing, 0.0)):
            if task is not None:
                task.finish(longest_s)
        self._looking = self._deleting = self._showing = None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.warning.say("")
        self._came_back = True
        self.look()

    def hideEvent(self, event: QHideEvent) -> None:
        self._again.stop()
        super().hideEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._focus_first()

    # Within

    def _focus_first(self) -> None:
        if self.currentIndex() != UNKNOWN:
            (self.list if self.currentIndex() == LIST else self.empty).setFocus()

    def _found(self, folder: Path, sessions: list[Session], to_new: bool = False) -> None:
        """to_new: what was recorded while nobody looked at the list is chosen in it."""
        # First of all: whatever goes wrong below, one can look again.
        self._looking = None
        self.list.show_sessions(sessions, to_new)
        self.where.say(tr("They lie on this computer alone, in {path}").format(path=folder))
        self._show_page(LIST if sessions or self.warning.text.text() else EMPTY)
        if any(session.running for session in sessions) and self.isVisible():
            self._again.start()
        if self._look_again:
            self.look()

    def _unread(self, why: str, to_new: bool = False) -> None:
        """What stood in the list stays."""
        self._looking = None
        self._came_back |= to_new
        self.warning.say(why)
        self._show_page(LIST)
        if self._look_again:
            self.look()

    def _show_page(self, number: int) -> None:
        """The focus, if it was here, goes along."""
        focus, before = self.window().focusWidget(), self.currentIndex()
        had = focus is not None and (focus is self or self.isAncestorOf(focus))
        self.setCurrentIndex(number)
        if had and number != before:
            self._focus_first()
        self._show_buttons()

    def _show_buttons(self) -> None:
        session = self.list.chosen
        self.open_session.setEnabled(session is not None and words.can_open(session))
        self.delete.setEnabled(session is not None and not session.running and self._deleting is None)
        self.show_folder.setEnabled(session is not None)

    def _open(self) -> None:
        session = self.list.chosen
        if session is None:
            return
        if session.running:
            self.warning.say(tr("It is being recorded. Stop the recording first."))
        elif session.video is None:
            self.warning.say(tr("It cannot be opened: its video is missing."))
        else:
            self.opened.emit(session.video)

    def _show_folder(self) -> None:
        session = self.list.chosen
        if session is None:
            return
        if self._showing is not None:
            self._showing.finish()
        self.warning.say("")
        self._showing = file_manager.show(self, session.folder, partial(self._shown, session.folder))

    def _shown(self, folder: Path, there: bool) -> None:
        self._showing = None
        if not there:
            text = tr("No program that shows folders was found, or it failed. The session lies in {path}")
            self.warning.say(text.format(path=folder))

    def _ask(self) -> None:
        session = self.list.chosen
        if session is None or self._deleting is not None:
            return
        if session.running:
            self.warning.say(tr("It is being recorded. Stop the recording first."))
            return
        what = tr("Its video, its readings and its markers are deleted, and cannot be brought back.")
        text = f"{self.list.chosen_name}\n{words.facts(session)}\n\n{what}"
        question = YesNo(self.window(), tr("Delete this session?"), text, tr("&Delete"), tr("&Keep it"))
        question.accepted.connect(lambda: self._delete(session))
        self._dialogs.open(question)

    def _delete(self, session: Session) -> None:
        if self._deleting is not None:
            return
        self.warning.say("")
        self._deleting = Task(self, lambda: _deleted(Sessions(session.folder.parent), session))
        self._deleting.done.connect(self._gone)
        self._deleting.failed.connect(self._gone)
        self._show_buttons()

    def _gone(self, why: str) -> None:
        """why: empty where all of it has gone."""
        self._deleting = None
        self.warning.say(why)
        self._show_buttons()
        self.look()


def _deleted(sessions: Sessions, session: Session) -> str:
    """On a thread. What is left of it, in words; empty where nothing is."""
    try:
        if sessions.delete(session):
            return ""
    except InputError as error:
        return f"{error}."
    return tr("Other files in {path} were left there.").format(path=session.folder)
