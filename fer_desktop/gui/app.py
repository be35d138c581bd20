"""Starts the window: shows it first, then lets the threads load what is slow."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from fer_desktop import __version__, resources
from fer_desktop.core.errors import Cancelled, InputError
from fer_desktop.gui import icons, timed_run
from fer_desktop.gui.composition import Composition, LiveOptions
from fer_desktop.gui.crash import CrashReporter, log_to_file
from fer_desktop.gui.main_window import MainWindow
from fer_desktop.gui.sources import Choice
from fer_desktop.gui.theme import ThemeKeeper
from fer_desktop.settings.store import SettingsStore

EXIT_OK, EXIT_DEFECT = 0, 1


class _Run:
    """One run of the window, from the first paint to the last file written."""

    def __init__(self, app: QApplication, options: LiveOptions, composition: Composition) -> None:
        self._app, self._options = app, options
        self._timed = options.for_s is not None
        self._problem: str | None = None
        self._signalled = False
        self._screenshot: QImage | None = None
        store = SettingsStore(resources.settings_file())
        self._crash = CrashReporter(app, dialogs=not self._timed)
        self._window = window = MainWindow(composition, store, ThemeKeeper(app, store.settings.theme), not self._timed)
        self._crash.watch(window)
        window.live.defect.connect(self._crash.report)
        window.page_control.defect.connect(self._crash.report)
        window.live.failed.connect(self._failed)
        window.page_control.failed.connect(self._failed)
        # A run without a person at it must not show the demo as if it were what was asked for.
        window.live.falls_back = not self._timed or options.source is None
        window.first_painted.connect(self._begin)
        self._fallback = QTimer(app)
        self._fallback.setSingleShot(True)
        # A window that opens minimised is never painted.
        self._fallback.timeout.connect(self._begin)
        self._begun_at: float | None = None
        self._limit = QTimer(app)
        self._limit.setSingleShot(True)
        # Else Qt may be off by a twentieth, which in a run of a minute is three seconds.
        self._limit.setTimerType(Qt.TimerType.PreciseTimer)
        self._limit.timeout.connect(self._end)
        # A signal's handler runs when Python does next, which without a source on the picture may be never.
        self._breath = QTimer(app)
        self._breath.timeout.connect(lambda: None)
        self._breath.start(100)
        self._interrupt = QTimer(app)
        self._interrupt.setSingleShot(True)
        self._interrupt.timeout.connect(self._end)
        # With the window the run is over, even where a dialog is still open. By timer: the loop may not have begun.
        self._leave = QTimer(app)
        self._leave.setSingleShot(True)
        self._leave.timeout.connect(lambda: QApplication.exit(0))
        window.closed.connect(lambda: self._leave.start(0))

    def run(self) -> int:
        previous = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        self._window.show()
        self._fallback.start(1000)
        try:
            self._app.exec()
        finally:
            for timer in (self._fallback, self._limit, self._breath, self._interrupt, self._leave):
                timer.stop()
            self._window.shut_down()
            self._crash.restore()
            for number, handler in previous.items():
                signal.signal(number, handler)
        unwritten = timed_run.write_all(self._write_screenshot, self._write_stats)
        if self._crash.count and self._timed:
            if unwritten:
                print(f"fer-desktop: {unwritten}", file=sys.stderr)
            return EXIT_DEFECT
        if unwritten:
            raise InputError(f"{self._problem} {unwritten}" if self._problem is not None else unwritten)
        if self._signalled and self._timed:
            raise Cancelled("Stopped before its time")
        if self._problem is not None and self._timed:
            raise InputError(self._problem)
        return EXIT_OK

    def _write_screenshot(self) -> None:
        if self._screenshot is not None and self._options.screenshot is not None:
            timed_run.write_screenshot(self._screenshot, self._options.screenshot)

    def _write_stats(self) -> None:
        if self._options.stats is not None:
            statistics = self._window.session.statistics()
            timed_run.write_stats(statistics, self._window.shown_at, self._seconds(), self._options.stats)

    def _begin(self) -> None:
        if self._begun_at is not None or self._window.closed_at is not None:
            return
        self._begun_at = time.monotonic()
        self._fallback.stop()
        window, options = self._window, self._options
        choice = Choice.at_start(options.source, window.settings)
        if options.for_s is not None:
            self._limit.start(round(options.for_s * 1000))
            window.start(choice)
        elif window.settings.first_run_notice_seen:
            window.start(choice)
        else:
            # Nothing is opened or read before the person has agreed to what the program does with it.
            notice = window.dialogs.first_run_notice()
            notice.accepted.connect(lambda: window.start(choice))
            notice.rejected.connect(self._refused)

    def _refused(self) -> None:
        if self._window.closed_at is None:
            self._window.close()

    def _seconds(self) -> float:
        """How long sources were shown: from the first one asked for until the window began to close."""
        closed_at = self._window.closed_at
        return closed_at - self._begun_at if closed_at is not None and self._begun_at is not None else 0.0

    def _end(self) -> None:
        if self._options.screenshot is not None and self._window.closed_at is None:
            # Written when the threads have ended: encoding takes a while, and frames would be missed meanwhile.
            self._screenshot = self._window.grab().toImage()
        # Whoever sent a signal is not there to answer; a retraining goes on alone.
        self._window.asks = False
        self._window.close()

    def _failed(self, text: str) -> None:
        if self._timed and self._problem is None:
            self._problem = text
            # Not now: this comes out of the window's timer, which closing stops.
            self._interrupt.start(0)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        # On the GUI thread, but perhaps in the midst of painting: what is to be done waits for the next turn.
        self._signalled = True
        self._interrupt.start(0)


def run(options: LiveOptions, composition: Composition) -> int:
    """Show the window until it is closed, or for `options.for_s` seconds. Returns the exit status.

    The display has been checked before (`gui.display.prepare`). Raises InputError where a timed run cannot show what
    it was asked for, Cancelled where it was interrupted.
    """
    timed_run.check_screenshot(options.screenshot)
    timed_run.check_writable(options.stats)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName(resources.APP_NAME)
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("fer-desktop")
    app.setWindowIcon(icons.app_icon())
    with log_to_file():
        return _Run(app, options, composition).run()
