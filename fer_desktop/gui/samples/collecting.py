"""Collect samples in the main window: shows the strip, takes, and says in one line what happens."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout

from fer_desktop.gui.chosen_face import ChosenFace
from fer_desktop.gui.samples.library import Library
from fer_desktop.gui.samples.taking import Taking
from fer_desktop.gui.samples.words import samples
from fer_desktop.gui.theme import Theme, ThemeKeeper
from fer_desktop.overlay import words

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow
    from fer_desktop.gui.samples.strip import CollectStrip

STATUS_EVERY_S: Final = 0.2


class Collecting(QObject):
    """`took` (list of Kept, words): a take is over and gave these. `made`: the strip is there from now on."""

    took = Signal(object, str)
    made = Signal()

    def __init__(self, window: MainWindow, library: Library, faces: ChosenFace, themes: ThemeKeeper) -> None:
        super().__init__(window)
        self._window, self._library, self._faces, self._themes = window, library, faces, themes
        self.taking = Taking(self, window.feed, library)
        self.strip: CollectStrip | None = None
        self._said = ""
        self._status_s = 0.0
        self._comes_back = False
        window.actions_.collect.toggled.connect(self._show_strip)
        window.actions_.take_samples.triggered.connect(self.take)
        window.actions_.full_screen.toggled.connect(self._full_screen)
        self.taking.changed.connect(self._show_status)
        self.taking.ended.connect(self._taken)
        faces.changed.connect(self._show_status)
        library.changed.connect(self._counted)
        themes.changed.connect(self._use_theme)

    @property
    def shown(self) -> bool:
        return self.strip is not None and self.strip.isVisible()

    @property
    def away(self) -> bool:
        """Full screen has put it away for as long as it lasts."""
        return self._comes_back

    def choose(self, emotion: str) -> None:
        """What is to be collected next."""
        if self.strip is not None and not self.taking.active:
            self.strip.choose(emotion)

    def take(self) -> None:
        """Begin a take, or end the one that goes on."""
        if self.strip is None or not self.shown:
            return
        if self.taking.active:
            self.taking.stop()
            return
        why = self._faces.why_not
        if self._window.session.paused:
            why = self.tr("The picture is paused. Press Space to go on.")
        if why:
            self.say(self.tr("{why} Nothing was saved.").format(why=why))
            return
        self._said = ""
        self.taking.start(self.strip.emotion, self._faces.chosen)
        self.strip.show_taking(True)

    def say(self, text: str) -> None:
        """What has just happened; it stands in the line until the next thing does."""
        self._said = text
        self._show_status()

    def turn(self) -> None:
        """With each turn of the window's timer."""
        if self.strip is not None and self.taking.active:
            self.taking.held = self.strip.take.isDown()
            self.taking.turn()
        if self.shown and time.monotonic() - self._status_s >= STATUS_EVERY_S:
            self._show_status()

    # Within

    def _show_strip(self, on: bool) -> None:
        if on and self._window.isFullScreen():
            self._window.actions_.full_screen.setChecked(False)
        if self.strip is None:
            self.strip = self._make_strip()
            self.made.emit()
        self.strip.setVisible(on)
        self._window.actions_.take_samples.setEnabled(on)
        if on:
            self._library.read()
            self.say("")
            self.strip.focus_first()
        else:
            self.taking.stop()
            self._window.view.setFocus()

    def _make_strip(self) -> CollectStrip:
        from fer_desktop.gui.samples.strip import CollectStrip

        strip = CollectStrip(self._library.folder)
        strip.set_theme(self._themes.theme)
        strip.hide()
        centre = self._window.centralWidget()
        column = centre.layout() if centre is not None else None
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.indexOf(self._window.retraining.line), strip)
        strip.pressed.connect(self.take)
        # What was said of another emotion before would seem to be said of this one.
        strip.chosen.connect(lambda: self.say(""))
        strip.close_button.clicked.connect(lambda: self._window.actions_.collect.setChecked(False))
        return strip

    def _full_screen(self, on: bool) -> None:
        """It comes back as it was."""
        collect = self._window.actions_.collect
        if on:
            self._comes_back = collect.isChecked()
            collect.setChecked(False)
        elif self._comes_back:
            self._comes_back = False
            collect.setChecked(True)

    def _counted(self) -> None:
        if self.strip is not None:
            self.strip.show_counts(self._library.counts)

    def _use_theme(self, theme: Theme) -> None:
        if self.strip is not None:
            self.strip.set_theme(theme)

    def _taken(self) -> None:
        kept = self.taking.kept
        if self.strip is not None:
            self.strip.show_taking(False)
        if kept:
            emotion = words.label(self.taking.emotion)
            text = self.tr("{n} of {emotion} taken.").format(n=samples(len(kept)), emotion=emotion)
            text = f"{text} {self.taking.why}".strip()
            self.say(text)
            self.took.emit(kept, text)
        else:
            self.say(self.tr("{why} Nothing was saved.").format(why=self.taking.why).strip())

    def _show_status(self) -> None:
        if self.strip is not None and self.strip.isVisible():
            self._status_s = time.monotonic()
            self.strip.status.say(self._taking_now() if self.taking.active else self._status())

    def _taking_now(self) -> str:
        taking, emotion = self.taking, words.label(self.taking.emotion)
        if taking.wait_s:
            return self.tr("{emotion}: make the face and hold it…").format(emotion=emotion)
        if taking.why:
            return self.tr("{why} Nothing is saved now.").format(why=taking.why)
        return self.tr("{emotion}: hold it… {n}").format(emotion=emotion, n=samples(len(taking.kept)))

    def _status(self) -> str:
        """What has happened, and whose face would be taken."""
        track, analysis = self._faces.track, self._window.feed.analysis
        why = self._faces.why_not
        if track is None or analysis is None or why:
            return self._said or why
        parts = [self._said] if self._said else []
        if len(analysis.tracks) > 1:
            number = next((face.number for face in self._window.feed.faces if face.track_id == track.id), 0)
            if self._faces.chosen is None:
                text = self.tr("Face {n}, the largest, is taken. Click another to choose it.")
            else:
                text = self.tr("Face {n}, which you chose, is taken. Esc releases it.")
            parts.append(text.format(n=number))
        elif not parts:
            parts.append(self.tr("Choose an emotion, press Take samples, and hold the expression for three seconds."))
        return " ".join(parts)
