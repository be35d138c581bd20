"""Goes about in a recording: plays it, steps, jumps. Pictures are decoded on a thread; the newest wish wins."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fer_desktop.core.errors import FerError
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.gui.recordings.document import Document
from fer_desktop.live.latest import LatestSlot
from fer_desktop.offline.playback import LATE_S, Pictures, Playhead

TURN_MS: Final = 8
SHOWN_EVERY_S: Final = 0.3
"""While one wish follows the other, a picture is seen at least so often, even if it is not the newest one."""
JOIN_S: Final = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class _Wish:
    serial: int
    number: int
    at_s: float
    analysis: Analysis | None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture with what was read from it; the tracks' crops are cut from it. `problem`: why there is none; `fault`:
    of the program's own, which is why."""

    serial: int
    number: int
    frame: Frame | None
    analysis: Analysis | None
    problem: str = ""
    fault: Exception | None = None


class _Decoder:
    """The thread's side: takes wishes, leaves pictures."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self.wishes: LatestSlot[_Wish] = LatestSlot()
        self.done: LatestSlot[Picture] = LatestSlot()
        self.newest = 0
        self.stop = threading.Event()
        self._shown_s = 0.0

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                wish = self.wishes.take(timeout_s=60.0)
                if wish is not None and not self.stop.is_set():
                    self._fulfil(wish)
        finally:
            self._pictures.close()

    def _fulfil(self, wish: _Wish) -> None:
        gave_up = False

        def given_up() -> bool:
            nonlocal gave_up
            outdated = self.newest != wish.serial and time.monotonic() - self._shown_s < SHOWN_EVERY_S
            gave_up = gave_up or outdated or self.stop.is_set()
            return gave_up

        problem, analysis = "", wish.analysis
        frame: Frame | None = None
        fault: Exception | None = None
        try:
            frame = self._pictures.frame(wish.number, wish.at_s, given_up)
            if frame is None and gave_up:
                return
            if frame is not None and analysis is not None:
                analysis = _with_crops(analysis, frame)
        except FerError as error:
            problem = str(error)
        except Exception as error:  # raised again on the GUI thread
            fault = error
        self._shown_s = time.monotonic()
        self.done.put(Picture(wish.serial, wish.number, frame, analysis, problem, fault))


def _with_crops(analysis: Analysis, frame: Frame) -> Analysis:
    from fer_desktop.core import crop

    tracks = (replace(track, crop=crop.crop_face(frame.bgr, track.face)) for track in analysis.tracks)
    return replace(analysis, tracks=tuple(tracks))


class Player(QObject):
    """`moved`: the playhead stands elsewhere, its picture may still be on its way. `shown` (Picture): a picture came.
    `state_changed`: it plays or rests, or plays at another speed. `failed` (text): the file is gone."""

    moved = Signal()
    shown = Signal(object)
    state_changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.number = 0
        """Of the picture where the playhead stands."""
        self.more_comes = False
        """Whether the end so far is not the end: it is being read."""
        self._document: Document | None = None
        self._head = Playhead()
        self._decoder: _Decoder | None = None
        self._threads: list[threading.Thread] = []
        """Of the recording that is open, and of those that were left, which may still be ending."""
        self._serial = self._answered = 0
        self._wished_s = 0.0
        self._told_of_fault = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self._turn)

    def open(self, document: Document, pictures: Pictures) -> None:
        self.leave()
        self._document = document
        self._told_of_fault = False
        self._decoder = _Decoder(pictures)
        thread = threading.Thread(target=self._decoder.run, name="recording pictures", daemon=True)
        self._threads.append(thread)
        thread.start()

    def leave(self) -> None:
        """Nothing is shown any more, and the thread ends by itself: one that waits for the disk takes its time."""
        self._timer.stop()
        self._head.stop()
        if self._decoder is not None:
            self._decoder.stop.set()
            self._decoder.wishes.close()
        self._document = self._decoder = None
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self.number, self._answered = 0, self._serial

    def close(self) -> None:
        """The same, and wait for the threads, bounded."""
        self.leave()
        until_s = time.monotonic() + JOIN_S
        for thread in self._threads:
            thread.join(max(until_s - time.monotonic(), 0.0))

    @property
    def playing(self) -> bool:
        return self._head.playing

    @property
    def speed(self) -> float:
        return self._head.speed

    @property
    def count(self) -> int:
        return 0 if self._document is None else self._document.readings.count

    @property
    def at_s(self) -> float:
        """Where the playhead stands, in seconds of the recording."""
        return self.time_of(self.number) if self.count else 0.0

    @property
    def waits(self) -> bool:
        """Whether a picture is on its way."""
        return self._answered != self._serial

    def time_of(self, number: int) -> float:
        assert self._document is not None
        return float(self._document.readings.times[number])

    # What a person does

    def toggle(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        if not self.count:
            return
        if self.number >= self.count - 1 and not self.more_comes:
            self.go_to(0)
        self._head.start(self.at_s, time.monotonic())
        self._timer.start()
        self.state_changed.emit()

    def pause(self) -> None:
        if self.playing:
            self._head.stop()
            self.state_changed.emit()

    def set_speed(self, speed: float) -> None:
        self._head.set_speed(speed, time.monotonic())
        self.state_changed.emit()

    def go_to(self, number: int) -> None:
        """Show a picture; a play goes on from there."""
        if self.count:
            number = min(max(number, 0), self.count - 1)
            self._wish(number)
            if self.playing:
                self._head.hold(self.time_of(number), time.monotonic())

    def go_to_time(self, at_s: float) -> None:
        if self._document is not None and self.count:
            self.go_to(self._document.readings.frame_at(at_s))

    def step(self, by: int) -> None:
        self.pause()
        self.go_to(self.number + by)

    def jump(self, by_s: float) -> None:
        self.go_to_time(self.at_s + by_s)

    def again(self) -> None:
        """The same picture once more: what was read from it is another now."""
        if self.count:
            self._wish(min(self.number, self.count - 1))

    # Within

    def _wish(self, number: int) -> None:
        assert self._document is not None and self._decoder is not None
        if not self.waits:
            self._wished_s = time.monotonic()
        self._serial += 1
        self._decoder.newest = self._serial
        wish = _Wish(self._serial, number, self.time_of(number), self._document.analysis(number))
        self._decoder.wishes.put(wish)
        moved, self.number = number != self.number, number
        self._timer.start()
        if moved:
            self.moved.emit()

    def _turn(self) -> None:
        if self._decoder is None or self._document is None:
            return
        now_s = time.monotonic()
        picture = self._decoder.done.take()
        if picture is not None:
            self._answered = picture.serial
            self._wished_s = now_s
            if picture.problem:
                self.pause()
                self.failed.emit(picture.problem)
            self.shown.emit(picture)
        if self.playing:
            self._play_on(now_s)
        elif not self.waits:
            self._timer.stop()
        if picture is not None and picture.fault is not None and not self._told_of_fault:
            self._told_of_fault = True
            raise picture.fault  # for the report of it: once, for the other pictures may well fail alike

    def _play_on(self, now_s: float) -> None:
        assert self._document is not None
        if self.waits and now_s - self._wished_s > LATE_S:
            self._head.hold(self.at_s, now_s)
        number, last = self._head.due(self._document.readings.times, now_s)
        if number != self.number:
            self._wish(number)
        if not last:
            return
        if self.more_comes:
            self._head.hold(self.at_s, now_s)
        elif not self.waits:
            self.pause()
