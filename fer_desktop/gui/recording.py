"""Recording the live picture: started and stopped by one key, with a red sign while it goes on, and markers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from fer_desktop.core.types import Analysis, Frame, UInt8Array
from fer_desktop.gui.recording_sign import RecordingSign

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow
    from fer_desktop.overlay.picture import Film
    from fer_desktop.record.recorder import Progress, Recorder

_KEY: Final = "recording"


def clock(seconds: float) -> str:
    """ "1:07", "1:02:07"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class _Painter:
    """Paints the readings on the video. Called on the recorder's thread, where the first call makes what it needs."""

    def __init__(self) -> None:
        self._film: Film | None = None

    def __call__(self, frame: Frame, analysis: Analysis | None) -> UInt8Array:
        if self._film is None:
            from fer_desktop.overlay.picture import Film

            self._film = Film()
        return self._film.painted(frame, analysis)


class RecordingControl(QObject):
    """Hands every picture that is shown to a recorder, with what was read of it. The recorder never makes it wait.

    `defect` (text, traceback): a fault of the program's own ended it. `marked` (text): a marker was set.
    `ended`: its files are whole.
    """

    defect = Signal(str, str)
    marked = Signal(str)
    ended = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._recorder: Recorder | None = None
        self._markers = 0
        self.sign = RecordingSign(window.pages)
        window.actions_.full_screen.toggled.connect(self.sign.set_full_screen)
        self._action, self._marker = window.actions_.record, window.actions_.marker
        self._marker.setEnabled(False)
        self._action.triggered.connect(lambda on: self._start() if on else self._stop())
        self._marker.triggered.connect(self._mark)
        window.feed.frame_shown.connect(self._put)
        window.feed.turned.connect(self._turn)

    @property
    def active(self) -> bool:
        """It records, or its files are being finished."""
        return self._recorder is not None

    def shut_down(self) -> None:
        """End it, bounded; its files are whole."""
        if self._recorder is not None:
            self._recorder.stop()
            self._recorder = None

    def _start(self) -> None:
        window, settings = self._window, self._window.settings
        if self._recorder is not None or window.feed.frame is None:
            self._action.setChecked(self._recorder is not None)
            if self._recorder is None:
                window.info.say(self.tr("There is no picture to record yet."), key=_KEY, passing=True, at_once=True)
            return
        from fer_desktop.record.recorder import Recorder
        from fer_desktop.record.session_folder import Sessions
        from fer_desktop.record.session_writer import Wanted

        paint = _Painter() if settings.record_readings else None
        self._recorder = Recorder(Sessions.default(), Wanted(paint=paint, blur=settings.record_blurred))
        self._recorder.start()
        self._markers = 0
        window.info.settle(_KEY)
        self._show(clock(0))
        self._put()

    def _stop(self) -> None:
        if self._recorder is not None:
            self._recorder.signal_stop()

    def _mark(self) -> None:
        if self._recorder is not None and self._recorder.progress.running:
            self._markers += 1
            marker = self.tr("Marker {n}").format(n=self._markers)
            self._recorder.mark(marker)
            self.marked.emit(marker)
            text = self.tr("Marker {n} set at {time}.").format(
                n=self._markers, time=clock(self._recorder.progress.seconds)
            )
            self._window.info.say(text, key=_KEY, passing=True, at_once=True)

    def _put(self) -> None:
        frame = self._window.feed.frame
        if self._recorder is not None and frame is not None:
            self._recorder.put(frame, self._window.feed.analysis)

    def _turn(self) -> None:
        """With each turn of the window's timer."""
        if self._recorder is None:
            return
        progress = self._recorder.progress
        if progress.running:
            self._show(clock(progress.seconds))
        elif self._recorder.stop(timeout_s=0.0):
            # Asked again: what went wrong at the very end is told only once the thread has ended.
            progress, self._recorder = self._recorder.progress, None
            self._show("")
            # On another page it can be ended, not begun.
            self._window.page_control.allow()
            self._tell(progress)
            self.ended.emit()

    def _show(self, text: str) -> None:
        """The sign; empty for none."""
        self._action.setChecked(bool(text))
        self._action.setText(self.tr("Stop &recording") if text else self.tr("&Record"))
        self._marker.setEnabled(bool(text))
        self._window.toolbar.show_recording(text)
        self.sign.show_time(text)

    def _tell(self, progress: Progress) -> None:
        window = self._window
        if progress.report:
            self.defect.emit(self.tr("The recording ended by a defect"), progress.report)
        if progress.error is not None:
            window.info.say(str(progress.error), warning=True, key=_KEY, must_read=True, at_once=True)
        elif progress.folder is not None:
            text = self.tr("Recorded {time} as {path}").format(time=clock(progress.seconds), path=progress.folder)
            if progress.dropped:
                why = self.tr("{n} pictures were left out: the computer was too slow.").format(n=progress.dropped)
                text = f"{text}. {why}"
            open_it = partial(window.page_control.open_recording, progress.folder / "video.mp4")
            window.info.say(text, self.tr("Open"), open_it, key=_KEY, at_once=True)
