"""Recording the live picture: started and stopped by one key, with a red sign while it goes on, and markers."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from fer_desktop.core.types import Analysis, Frame, UInt8Array
from fer_desktop.gui.recording_sign import RecordingSign

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow
    from fer_desktop.overlay.picture import Film
    from fer_desktop.record.recorder import Progress, Recorder

logger = logging.getLogger(__name__)

_KEY: Final = "recording"
CLOSE_S: Final = 4.0
"""So long closing the window waits for the files to be whole, at most."""
PATIENCE_S: Final = 5.0
"""Files that take longer to be finished than this are told of."""


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
    """Has the session hand every picture to a recorder, with what was read of it. The recorder never makes it wait.

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
        self._finishing_since_s: float | None = None
        self._slow = False
        self.sign = RecordingSign(window.pages)
        window.actions_.full_screen.toggled.connect(self.sign.set_full_screen)
        self._action = window.actions_.record
        self._action.triggered.connect(lambda on: self._start() if on else self._stop())
        window.actions_.marker.triggered.connect(self._mark)
        window.feed.turned.connect(self._turn)

    @property
    def active(self) -> bool:
        """It records, or its files are being finished."""
        return self._recorder is not None

    def signal_stop(self) -> None:
        """Have it end; returns at once."""
        if self._recorder is not None:
            self._window.session.follow(None)
            self._recorder.signal_stop()

    def shut_down(self) -> None:
        """End it, bounded; its files are whole, or else the log says why not."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        self._window.session.follow(None)
        if not recorder.stop(CLOSE_S):
            logger.error("the recording in %s was not finished; it is whole up to its last second", _where(recorder))
        elif (error := recorder.progress.error) is not None:
            logger.error("the recording in %s: %s", _where(recorder), error)

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
        wanted = Wanted(paint=paint, blur=settings.record_blurred)
        # What is on the picture now may have stood there for minutes: it is no part of the recording.
        self._recorder = Recorder(Sessions.default(), wanted, since_s=time.monotonic())
        self._recorder.start()
        window.session.follow(self._recorder.put)
        self._markers, self._finishing_since_s, self._slow = 0, None, False
        window.info.settle(_KEY)
        self._show(clock(0))

    def _stop(self) -> None:
        self.signal_stop()
        self._turn()

    def _mark(self) -> None:
        if self._recorder is None:
            text = self.tr("Nothing is being recorded, so no marker was set. Press R in the live view to record.")
            self._window.info.say(text, key=_KEY, passing=True, at_once=True)
            return
        marker = self.tr("Marker {n}").format(n=self._markers + 1)
        at_s = self._recorder.mark(marker)
        if at_s is None:
            self._window.info.say(self.tr("The marker was not kept."), key=_KEY, passing=True, at_once=True)
            return
        self._markers += 1
        self.marked.emit(marker)
        text = self.tr("Marker {n} set at {time}.").format(n=self._markers, time=clock(at_s))
        self._window.info.say(text, key=_KEY, passing=True, at_once=True)

    def _turn(self) -> None:
        """With each turn of the window's timer."""
        if self._recorder is None:
            return
        progress = self._recorder.progress
        if progress.running:
            at = clock(progress.seconds)
            self._show(self.tr("{time}, waiting").format(time=at) if progress.waiting else at)
        elif progress.finishing:
            self._show_finishing(progress)
        else:
            self._recorder = None
            self._window.session.follow(None)
            self._show("")
            # On another page it can be ended, not begun.
            self._window.page_control.allow()
            self._tell(progress)
            self.ended.emit()

    def _show_finishing(self, progress: Progress) -> None:
        """It was stopped, or stopped by itself, and what waits is written still."""
        now_s = time.monotonic()
        if self._finishing_since_s is None:
            self._finishing_since_s = now_s
        self._show(self.tr("Finishing…"), over=True)
        if now_s - self._finishing_since_s > PATIENCE_S and not self._slow:
            self._slow = True
            text = self.tr("The recording takes long to finish: the disk or the encoder does not answer. {path}")
            self._window.info.say(text.format(path=progress.folder or ""), warning=True, key=_KEY)

    def _show(self, text: str, over: bool = False) -> None:
        """The sign; empty for none. over: nothing more is recorded."""
        on = bool(text) and not over
        self._action.setChecked(on)
        self._action.setText(self.tr("Stop &recording") if on else self.tr("&Record"))
        if over:
            self._action.setEnabled(False)
        self._window.toolbar.show_recording(text)
        self.sign.show_time(text)

    def _tell(self, progress: Progress) -> None:
        window = self._window
        if progress.report:
            self.defect.emit(self.tr("The recording ended by a defect"), progress.report)
        if progress.error is not None:
            text = str(progress.error).removesuffix(".")
            if progress.folder is not None:
                text = self.tr("{what}. Its folder: {path}").format(what=text, path=progress.folder)
            window.info.say(text, warning=True, key=_KEY, must_read=True, at_once=True)
        elif progress.folder is not None:
            text = self.tr("Recorded {time} as {path}").format(time=clock(progress.seconds), path=progress.folder)
            if progress.dropped:
                one, more = self.tr("1 picture was left out"), self.tr("{n} pictures were left out")
                left_out = one if progress.dropped == 1 else more.format(n=progress.dropped)
                text = f"{text}. {left_out}: {self.tr('the computer was too slow.')}"
            open_it = partial(window.page_control.open_recording, progress.folder / "video.mp4")
            window.info.say(text, self.tr("Open"), open_it, key=_KEY, at_once=True)
        else:
            window.info.say(self.tr("Nothing was recorded: no picture came."), key=_KEY, passing=True, at_once=True)


def _where(recorder: Recorder) -> object:
    return recorder.progress.folder or "no folder yet"
