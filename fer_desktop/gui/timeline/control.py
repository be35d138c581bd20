"""Opens the timeline under the living picture, feeds it ten times a second while it is in sight, and exports it."""

from __future__ import annotations

import importlib
import os
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QStackedLayout

from fer_desktop import resources
from fer_desktop.core.history import History
from fer_desktop.gui import save_file
from fer_desktop.gui.info_bar import PASSING_MS
from fer_desktop.gui.parts import Text
from fer_desktop.gui.task import Task
from fer_desktop.gui.theme import Theme, ThemeKeeper
from fer_desktop.gui.timeline.words import tr

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow
    from fer_desktop.gui.timeline.dock import Dock

REFRESH_MS: Final = 100
LEAST_HEIGHT: Final = 176
"""Within the window on a screen of 800×500; the shares scroll there."""
WRITING_S: Final = 10.0
"""An export that is being written when the window closes is waited for."""
_KEY, _CLEARED = "timeline", "timeline cleared"
_CSV, _PICTURE = "csv", "png"


def _load() -> None:
    for name in ("pyqtgraph", "fer_desktop.gui.timeline.dock"):
        importlib.import_module(name)


class TimelineFrame(QFrame):
    """The place of the dock, with a word in it until the dock is made."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(LEAST_HEIGHT)
        self.stack = QStackedLayout(self)
        self.loading = Text(tr("Loading…"), muted=True)
        self.loading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack.addWidget(self.loading)


class TimelineControl(QObject):
    """The history is kept from the start, by the feed. pyqtgraph, which takes a second, is imported in a thread when
    the timeline is first opened, and not before a model reads: what is seen first comes first."""

    def __init__(self, window: MainWindow, themes: ThemeKeeper) -> None:
        super().__init__(window)
        self._window, self._themes = window, themes
        self.frame: TimelineFrame | None = None
        self.dock: Dock | None = None
        self._import: Task | None = None
        self._export: Task | None = None
        self._cannot = False
        """It could not be imported; tried again when it is opened again."""
        self._taken: History | None = None
        """What was cleared, for as long as that can be undone."""
        self._forget = QTimer(self, singleShot=True, interval=PASSING_MS)
        self._forget.timeout.connect(self._forget_taken)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._turn)
        window.recording.marked.connect(self.history.mark)
        window.chosen_face.changed.connect(lambda: self.dock and self.dock.let_go())
        themes.changed.connect(self._use_theme)

    @property
    def history(self) -> History:
        return self._window.feed.history

    @property
    def looks_back(self) -> bool:
        """A person has moved it away from what is read now, and sees that."""
        return self.dock is not None and self.dock.isVisible() and not self.dock.sight.goes_on

    def go_on(self) -> None:
        """Back to what is read now."""
        if self.dock is not None:
            self.dock.go_on()

    def set_visible(self, visible: bool) -> None:
        if visible and self.frame is None:
            self.frame = TimelineFrame()
            self.frame.installEventFilter(self)
            splitter = self._window.live_parts
            splitter.addWidget(self.frame)
            splitter.setStretchFactor(0, 1)
            splitter.setStretchFactor(1, 0)
            splitter.setCollapsible(1, False)
            height = self._window.settings.timeline_height
            splitter.setSizes([max(splitter.height() - height, 1), height])
            splitter.splitterMoved.connect(self._keep_height)
        if self.frame is not None:
            self.frame.setVisible(visible)
            self._window.page_control.allow()

    def shut_down(self) -> None:
        """What only reads is left alone; a file is written to its end, bounded."""
        self._timer.stop()
        for task, longest_s in ((self._import, 0.0), (self._export, WRITING_S)):
            if task is not None:
                task.finish(longest_s)
        self._import = self._export = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Out of sight it costs nothing: folded away, or another page is shown."""
        if event.type() == QEvent.Type.Show:
            self._cannot = False
            self._timer.start()
            self._turn()
        elif event.type() == QEvent.Type.Hide:
            self._timer.stop()
        return super().eventFilter(watched, event)

    def _turn(self) -> None:
        if self.dock is not None:
            self.dock.refresh()
        elif self._import is None and self._may_load and not self._cannot:
            self._import = Task(self, _load)
            self._import.done.connect(self._make)
            self._import.failed.connect(self._tell_failed)

    @property
    def _may_load(self) -> bool:
        live = self._window.live
        return self._window.session.model is not None or live.models.none_works or not live.started

    def _tell_failed(self, why: str) -> None:
        assert self.frame is not None
        self._import, self._cannot = None, True
        self.frame.loading.say(tr("The timeline cannot be shown: {why}").format(why=why))

    def _make(self) -> None:
        from fer_desktop.gui.timeline.dock import Dock

        assert self.frame is not None
        self._import = None
        window = self._window
        self.dock = dock = Dock(self.history, self._meant, window.live.models.name_of)
        dock.cleared.connect(self._clear)
        dock.turned.connect(window.page_control.allow)
        settings, header = window.settings, dock.header
        dock.show_span(settings.timeline_span)
        header.valence.setChecked(settings.timeline_valence)
        dock.side.set_of_all(settings.timeline_all_faces)
        header.span.activated.connect(lambda at: self._keep("timeline_span", header.span.itemData(at)))
        header.valence.toggled.connect(partial(self._keep, "timeline_valence"))
        dock.side.changed.connect(partial(self._keep, "timeline_all_faces"))
        menu = header.export.menu()
        menu.addAction(tr("Table (CSV)…")).triggered.connect(partial(self.ask, _CSV))
        menu.addAction(tr("This picture (PNG)…")).triggered.connect(partial(self.ask, _PICTURE))
        self.frame.stack.addWidget(dock)
        self.frame.stack.setCurrentWidget(dock)
        self._use_theme(self._themes.theme)

    def _keep(self, name: str, value: int) -> None:
        setattr(self._window.settings, name, value)
        self._window.view_settings.save()

    def _keep_height(self) -> None:
        """Saved with the window's own size, when it closes."""
        self._window.settings.timeline_height = self._window.live_parts.sizes()[1]

    def _meant(self) -> int | None:
        """Whose curves are shown where nobody chose otherwise: the chosen face, else the largest, which stays it for as
        long as it is in view."""
        chosen, faces = self._window.chosen_face.chosen, self._window.feed.faces
        shown = None if self.dock is None else self.dock.shown
        if chosen is not None or not faces or any(face.track_id == shown for face in faces):
            return shown if chosen is None else chosen
        return max(faces, key=lambda face: face.box.area).track_id

    def _clear(self) -> None:
        """At one click, and for a moment it can be undone."""
        info = self._window.info
        if not len(self.history.rows):
            info.say(tr("There is nothing to clear."), key=_KEY, passing=True, at_once=True)
            return
        taken = self.history.take()
        if self._taken is not None:
            taken.begin_with(self._taken)
        self._taken = taken
        self._forget.start()
        self.go_on()
        text = tr("Timeline cleared.")
        info.say(text, tr("Undo"), self._undo, key=_CLEARED, passing=True, at_once=True)

    def _undo(self) -> None:
        if self._taken is not None:
            self.history.begin_with(self._taken)
            self._forget_taken()
            self.go_on()

    def _forget_taken(self) -> None:
        self._taken = None
        self._forget.stop()
        self._window.info.settle(_CLEARED)

    def _use_theme(self, theme: Theme) -> None:
        if self.dock is not None:
            self.dock.set_theme(theme)

    # Export

    def ask(self, form: str, *_: object) -> None:
        """Ask for the file's name, and before an existing file is replaced."""
        window = self._window
        if not len(self.history.rows):
            window.info.say(tr("There is nothing to export yet."), key=_KEY, passing=True, at_once=True)
            return
        folder = Path(window.settings.snapshot_folder) if window.settings.snapshot_folder else resources.pictures_dir()
        kind = tr("Table") if form == _CSV else tr("Picture")
        beginning = folder / f"{tr('Timeline')} {time.strftime('%Y-%m-%d %H-%M-%S')}"
        save_file.ask(window, window.dialogs, kind, form, beginning, partial(self.write, form))

    def write(self, form: str, target: Path) -> None:
        """Replace or make the file, in the background."""
        if self.dock is None:
            return
        if self._export is not None:
            text = tr("Another export is still being written. Export this one when it is done.")
            self._window.info.say(text, key=_KEY, passing=True, at_once=True)
            return
        self.dock.header.export.setEnabled(False)
        if form == _CSV:
            history = self.history.copy()

            def work() -> None:
                from fer_desktop.gui.timeline.export import write_csv

                write_csv(os.fspath(target), history)

        else:
            image = self.dock.picture()

            def work() -> None:
                from fer_desktop.gui.snapshot import write_png

                if problem := write_png(image, target):
                    raise OSError(tr("The picture was not saved as {path}: {why}.").format(path=target, why=problem))

        self._export = Task(self, work)
        self._export.done.connect(lambda _: self._told(tr("Exported as {path}.").format(path=target), False))
        self._export.failed.connect(lambda why: self._told(why, True))

    def _told(self, text: str, warning: bool) -> None:
        self._export = None
        if self.dock is not None:
            self.dock.header.export.setEnabled(True)
        self._window.info.say(text, warning=warning, key=_KEY, passing=not warning, at_once=True)
