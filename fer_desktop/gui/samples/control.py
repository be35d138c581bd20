"""Between the main window and a person's own samples: the keys 1 to 7, what can be undone, and the two windows."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from fer_desktop.core.types import Frame
from fer_desktop.gui.pages import LIVE
from fer_desktop.gui.samples.collecting import Collecting
from fer_desktop.gui.samples.correcting import Correcting
from fer_desktop.gui.samples.library import CORRECTED, Kept, Library
from fer_desktop.gui.samples.words import samples
from fer_desktop.gui.theme import Theme, ThemeKeeper
from fer_desktop.overlay import words

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow
    from fer_desktop.gui.samples.fine_tune_window import FineTuneWindow
    from fer_desktop.gui.samples.window import SamplesWindow

_KEY: Final = "samples"
MOST_TAKES: Final = 50
"""So many can be undone, one after another; what was kept before stays for good."""


class SamplesControl(QObject):
    """Nothing is kept but what a person asked for. `tuned`: a fine-tuning has begun, or the one there was is over."""

    tuned = Signal()

    def __init__(self, window: MainWindow, themes: ThemeKeeper) -> None:
        super().__init__(window)
        self._window, self._themes = window, themes
        self.library = Library(self)
        self.faces = window.chosen_face
        self.collecting = Collecting(window, self.library, self.faces, themes)
        self.samples_window: SamplesWindow | None = None
        self.tune_window: FineTuneWindow | None = None
        self._correcting = Correcting(self.library)
        self._takes: list[list[Kept]] = []
        """What can be undone, the newest at the end."""
        self._offered: list[Kept] = []
        """What the line in the main window offered to undo."""
        self._refused = ""
        """The take of which it was told that the disk refuses."""
        actions = window.actions_
        actions.corrections.triggered.connect(self._number)
        actions.my_samples.triggered.connect(self.open_samples)
        actions.leave_full_screen.triggered.connect(self._escape)
        window.feed.turned.connect(self._turn)
        window.feed.source_shown.connect(self._correcting.forget_whose)
        self.collecting.made.connect(self._connect_strip)
        self.collecting.took.connect(self._take_over)
        self.collecting.taking.changed.connect(self._show_undo)
        self.collecting.taking.ended.connect(self._show_undo)
        self.library.saved.connect(self._saved)
        self.library.gone.connect(self._gone)
        self.library.exported.connect(self._exported)
        self.library.refused.connect(self._not_saved)
        themes.changed.connect(self._use_theme)

    def shut_down(self) -> None:
        self.collecting.taking.stop()
        for window in (self.samples_window, self.tune_window):
            if window is not None:
                window.shut_down()
                window.hide()
        self.library.finish()

    @property
    def tuning(self) -> bool:
        """A fine-tuning goes on."""
        return self.tune_window is not None and self.tune_window.run.active

    def may_close(self) -> bool:
        """Whether the program may close now. If not, the person is asked, and closing goes on with the answer."""
        window = self.tune_window
        if window is None or not self._window.asks:
            return True
        return window.may_close_program()

    def correct(self, emotion: str) -> None:
        """Keep the face that is meant under this emotion, whatever it was read as."""
        track, why = self.faces.track, self.faces.why_not
        if why or track is None:
            self._say(self.tr("{why} Nothing was saved.").format(why=why))
            return
        kept = self._correcting.correct(track, self._photo(), emotion, self._takes)
        if kept is not None:
            self._took([kept])

    def _photo(self) -> Frame | None:
        photos = self._window.page_control.shown_photos
        return None if photos is None else photos.shown_frame

    def undo(self) -> None:
        """Take back what was kept last, one take or one correction."""
        if self._takes and not self.collecting.taking.active:
            self._undo(self._takes[-1])

    def open_samples(self) -> None:
        if self.samples_window is None:
            from fer_desktop.gui.samples.window import SamplesWindow

            key = self._window.actions_.quit.shortcut()
            runs = self._window.retraining
            self.samples_window = SamplesWindow(self._window, self.library, runs, self._themes.theme, key)
            self.samples_window.collect.connect(self._collect)
            self.samples_window.tune.connect(self.open_fine_tuning)
            self.samples_window.went.connect(self._samples_gone)
        _bring(self.samples_window)

    def open_fine_tuning(self) -> None:
        if self.tune_window is None:
            from fer_desktop.gui.samples.fine_tune_window import FineTuneWindow

            self.collecting.taking.stop()
            self.tune_window = FineTuneWindow(self._window, self.library, self._themes.theme)
            self.tune_window.went.connect(self._tune_gone)
            self.tune_window.tuned.connect(self.tuned)
        _bring(self.tune_window)

    # Keys

    def _number(self, action: QAction) -> None:
        """While samples are collected a number chooses what is to be collected; else it corrects a label."""
        if self.collecting.shown:
            self.collecting.choose(action.data())
        elif self.collecting.away:
            self.collecting.choose(action.data())
            text = self.tr("{emotion} is to be collected next, after full screen.")
            self._say(text.format(emotion=words.label(action.data())))
        else:
            self.correct(action.data())

    def _escape(self) -> None:
        full_screen, live = self._window.actions_.full_screen, self._window.pages.current == LIVE
        # A face that is followed is let go first, as is told over its picture.
        if full_screen.isChecked() and not (live and self.faces.followed is not None):
            full_screen.setChecked(False)
        elif self.collecting.taking.active:
            self.collecting.taking.stop()
        elif self.faces.chosen is not None:
            self.faces.choose(None)
        else:
            self._window.actions_.collect.setChecked(False)

    def _turn(self) -> None:
        self.collecting.turn()

    # What was kept

    def _took(self, kept: list[Kept]) -> None:
        self._takes = [*self._takes, kept][-MOST_TAKES:]
        self._show_undo()

    def _take_over(self, kept: list[Kept], said: str) -> None:
        self._took(kept)
        if not self.collecting.shown:
            self._offer_undo(said, kept)

    def _offer_undo(self, said: str, kept: list[Kept]) -> None:
        self._offered, undo = kept, partial(self._undo, kept)
        self._window.info.say(said, self.tr("Undo"), undo, key=_KEY, passing=True, at_once=True)

    def _gone(self, gone: list[Kept]) -> None:
        """Deleted in My samples: nothing of it is shown here or can be undone any more."""
        if self.collecting.strip is not None:
            self.collecting.strip.thumbnails.forget(gone)
        offered = bool(self._offered)
        for take in (*self._takes, self._offered):
            take[:] = [kept for kept in take if kept not in gone]
        self._takes = [take for take in self._takes if take]
        if offered and not self._offered:
            self._window.info.settle(_KEY)
        self._show_undo()

    def _undo(self, take: list[Kept]) -> None:
        if take not in self._takes:
            return
        self._takes.remove(take)
        self._correcting.forget_last()
        self.library.take_back(take)
        self._window.info.settle(_KEY)
        said = self.tr("Undone: {n}.").format(n=samples(len(take)))
        if self.collecting.strip is not None:
            self.collecting.strip.thumbnails.forget(take)
        if self.collecting.shown:
            self.collecting.say(said)
        else:
            self._say(said)
        self._show_undo()

    def _saved(self, kept: Kept) -> None:
        if self.collecting.strip is not None:
            self.collecting.strip.thumbnails.add(kept)
        if kept.origin == CORRECTED and [kept] in self._takes:
            text = self.tr("Saved as a sample of {emotion}.").format(emotion=words.label(kept.emotion))
            self._offer_undo(text, [kept])

    def _not_saved(self, why: str, kept: Kept | None) -> None:
        """Of a take it is said once, and the take is over."""
        if kept is None:
            if self.samples_window is not None:
                self.samples_window.warn(why)
            else:
                self._window.info.say(why, warning=True, key=_KEY)
            return
        if kept.burst == self._refused:
            return
        if kept.origin == CORRECTED:
            self._takes = [take for take in self._takes if take != [kept]]
            self._show_undo()
        else:
            self._refused = kept.burst
            self.collecting.taking.stop()
            self.collecting.say("")
        text = self.tr("The face was not saved. {why}").format(why=why)
        self._window.info.say(text, warning=True, key=_KEY, must_read=True, at_once=True)

    def _exported(self, path: Path) -> None:
        if self.samples_window is None:
            self._say(self.tr("Exported as {path}").format(path=path))

    def _say(self, text: str) -> None:
        self._window.info.say(text, key=_KEY, passing=True, at_once=True)

    def _show_undo(self) -> None:
        if self.collecting.strip is not None:
            strip, possible = self.collecting.strip, bool(self._takes) and not self.collecting.taking.active
            if not possible and strip.undo.hasFocus():
                strip.focus_first()
            strip.undo.setEnabled(possible)

    # The strip and the windows

    def _connect_strip(self) -> None:
        strip = self.collecting.strip
        assert strip is not None
        strip.undo.clicked.connect(self.undo)
        # Return is to take samples again, as the keys have it.
        strip.undo.clicked.connect(strip.focus_first)
        strip.samples.clicked.connect(self.open_samples)
        strip.tune.clicked.connect(self.open_fine_tuning)
        self._show_undo()

    def _collect(self) -> None:
        self._window.pages.show_page(LIVE)
        self._window.actions_.collect.setChecked(True)
        self._window.raise_()
        self._window.activateWindow()

    def _samples_gone(self) -> None:
        window, self.samples_window = self.samples_window, None
        if window is not None:
            window.deleteLater()

    def _tune_gone(self) -> None:
        window, self.tune_window = self.tune_window, None
        if window is not None:
            window.deleteLater()

    def _use_theme(self, theme: Theme) -> None:
        for window in (self.samples_window, self.tune_window):
            if window is not None:
                window.set_theme(theme)


def _bring(window: SamplesWindow | FineTuneWindow) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
