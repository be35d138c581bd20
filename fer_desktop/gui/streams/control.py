"""Between the main window and its streams: begins and ends them, remembers them, and shows that one is on."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from fer_desktop.core.errors import InputError
from fer_desktop.gui.streams.sign import StreamsSign
from fer_desktop.gui.theme import Theme, ThemeKeeper

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow
    from fer_desktop.gui.recording_sign import RecordingSign
    from fer_desktop.gui.streams.window import StreamsWindow
    from fer_desktop.streams.runner import Streams, StreamState
    from fer_desktop.streams.spec import StreamSpec

LOOK_MS: Final = 300
_KEY: Final = "streams"


class StreamsControl(QObject):
    """Nothing of the streams is loaded before a person opens their window, or one is on. `changed`: with each look at
    them, a few times a second while there is something to see."""

    changed = Signal()

    def __init__(self, window: MainWindow, themes: ThemeKeeper) -> None:
        super().__init__(window)
        self._window, self._themes = window, themes
        self._streams: Streams | None = None
        self.dialog: StreamsWindow | None = None
        self._told: set[StreamSpec] = set()
        """Those of which it was said that they ended by themselves."""
        self.sign = StreamsSign(window.status)
        self._in_full_screen: RecordingSign | None = None
        self.sign.clicked.connect(self.open)
        window.actions_.streams.triggered.connect(self.open)
        themes.changed.connect(self._use_theme)
        self.sign.set_theme(themes.theme)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        if window.composition.streams is not None:
            self._take(window.composition.streams)

    def share(self, sign: RecordingSign) -> None:
        """The one sign of full screen, where the status line is hidden: it tells of what leaves this computer."""
        self._in_full_screen = sign
        self._look()

    def start(self) -> None:
        """With the program, if a person ticked that: what was on, but for what would leave this computer. A run that
        nobody sits at has only what its command line asks for."""
        settings = self._window.settings
        if not (self._window.asks and settings.streams_at_start and settings.streams_on):
            return
        left_out = False
        for kind in settings.streams_on:
            with contextlib.suppress(InputError, KeyError):
                spec = self.wanted(kind)
                if spec.leaves:
                    left_out = True
                elif not any(other.kind == kind for other in self.states()):
                    self._begin(spec)
        if left_out:
            text = self.tr("A stream that leaves this computer does not start with the program. Turn it on yourself.")
            self._window.info.say(text, self.tr("Streams…"), self.open, key=_KEY)

    def open(self) -> None:
        if self.dialog is None:
            from fer_desktop.gui.streams.window import StreamsWindow

            window = self._window
            self.dialog = StreamsWindow(window, self, self._themes.theme, window.actions_.quit.shortcut())
            self.dialog.went.connect(self._gone)
            self._timer.start()
        self._window.info.settle(_KEY)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def shut_down(self) -> None:
        """End them, bounded."""
        self._timer.stop()
        if self.dialog is not None:
            self.dialog.hide()
        if self._streams is not None:
            self._window.session.remove_listener(self._streams.put)
            self._streams.stop()

    # What the window of streams asks for

    def states(self) -> dict[StreamSpec, StreamState]:
        """Those that are on, or were until they failed."""
        return {} if self._streams is None else self._streams.states()

    def wanted(self, kind: str) -> StreamSpec:
        """What a person chose last, or the usual. Raises KeyError for a kind that there is not."""
        from fer_desktop.streams import spec

        for text in self._window.settings.streams:
            with contextlib.suppress(InputError):
                found = spec.parse(text)
                if found.kind == kind:
                    return found
        return spec.USUAL[kind]

    def choose(self, spec: StreamSpec) -> None:
        """Remember where it is to go."""
        settings = self._window.settings
        others = [text for text in settings.streams if text.partition(":")[0] != spec.kind]
        settings.streams = [*others, str(spec)]
        self._window.view_settings.save()

    def turn_on(self, spec: StreamSpec) -> None:
        self.choose(spec)
        self.turn_off(spec.kind)
        self._begin(spec)
        self._remember(spec.kind, True)

    def turn_off(self, kind: str) -> None:
        """All of that kind."""
        for spec in self.states():
            if spec.kind == kind and self._streams is not None:
                self._told.discard(spec)
                self._streams.end(spec)
        self._remember(kind, False)
        self._look()

    @property
    def at_start(self) -> bool:
        return self._window.settings.streams_at_start

    def set_at_start(self, on: bool) -> None:
        self._window.settings.streams_at_start = on
        self._window.view_settings.save()

    # Within

    def _remember(self, kind: str, on: bool) -> None:
        settings = self._window.settings
        others = [one for one in settings.streams_on if one != kind]
        settings.streams_on = sorted([*others, kind]) if on else others
        self._window.view_settings.save()

    def _begin(self, spec: StreamSpec) -> None:
        if self._streams is None:
            self._take(self._window.composition.make_streams())
        assert self._streams is not None
        self._told.discard(spec)
        self._streams.begin(spec)
        self._look()

    def _take(self, streams: Streams) -> None:
        """Hand them what is read from now on, and the face that is chosen."""
        self._streams = streams
        self._window.chosen_face.changed.connect(self._follow)
        self._follow()
        self._window.session.add_listener(streams.put)
        self._look()

    def _follow(self) -> None:
        if self._streams is not None:
            self._streams.followed = self._window.chosen_face.followed

    def _look(self) -> None:
        states = self.states()
        failed = {spec for spec, state in states.items() if state.problem is not None}
        on = [spec for spec in states if spec not in failed]
        self._show_signs(on)
        for spec in failed - self._told:
            self._told.add(spec)
            if self.dialog is None:
                text = self.tr("{what} ended: {why}").format(what=_title(spec), why=states[spec].problem)
                self._window.info.say(text, self.tr("Streams…"), self.open, warning=True, key=_KEY)
        if on or self.dialog is not None:
            self._timer.start()
        else:
            self._timer.stop()
        self.changed.emit()

    def _show_signs(self, on: list[StreamSpec]) -> None:
        destination, session = _destination(on), self._window.session
        paused = session.paused or session.held
        self.sign.show_streams(list(dict.fromkeys(_title(spec) for spec in on)), destination, paused)
        if self._in_full_screen is not None:
            self._in_full_screen.show_stream(self.sign.text().strip() if destination else "")

    def _use_theme(self, theme: Theme) -> None:
        self.sign.set_theme(theme)
        if self.dialog is not None:
            self.dialog.set_theme(theme)

    def _gone(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.deleteLater()
        self._look()


def _destination(specs: list[StreamSpec]) -> str:
    if not specs:
        return ""
    from fer_desktop.gui.streams.words import destination

    return destination(specs)


def _title(spec: StreamSpec) -> str:
    from fer_desktop.gui.streams.words import TITLES, tr

    return tr(TITLES[spec.kind])
