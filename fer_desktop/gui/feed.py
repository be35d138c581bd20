"""Pulls from the live session with a timer and pushes to the picture and the panel. Never waits."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fer_desktop.core.history import History
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.gui.face_panel import FacePanel
from fer_desktop.gui.video_view import VideoView
from fer_desktop.live.pairing import View
from fer_desktop.live.session import LiveSession
from fer_desktop.overlay.motion import Motion, Shown
from fer_desktop.overlay.painter import Look

TURN_MS: Final = 10
EASE_EVERY_S: Final = 1 / 30
PANEL_EVERY_S: Final = 1 / 15
STATUS_EVERY_S: Final = 0.5
STALE_S: Final = 0.3
NO_FACE_AFTER_S: Final = 3.0


class Feed(QObject):
    """Owns the timer."""

    event_came = Signal(object)
    source_shown = Signal()
    """Before the first frame of another source goes on the picture."""
    frame_shown = Signal()
    turned = Signal()
    status_due = Signal()

    def __init__(self, session: LiveSession, view: VideoView, panel: FacePanel) -> None:
        super().__init__()
        self._session, self._view_widget, self._panel = session, view, panel
        self.motion = Motion()
        self.look = Look()
        self.history = panel.history = History()
        """What was read of what was shown, for the last minutes."""
        self.view: View | None = None
        self.no_face_since: float | None = None
        self._faces: tuple[Shown, ...] = ()
        self._eased_at = self._panel_at = self._status_at = 0.0
        self._panel_due = self._another = False
        self._to_report: View | None = None
        view.painted.connect(self._painted)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self.turn)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    @property
    def faces(self) -> tuple[Shown, ...]:
        return self._faces

    @property
    def frame(self) -> Frame | None:
        """The frame on the picture now."""
        return None if self.view is None else self.view.frame

    @property
    def analysis(self) -> Analysis | None:
        """What was read from the picture shown now; None while nothing was, or only long before it."""
        age_s = None if self.view is None else self.view.analysis_age_s
        return None if self.view is None or age_s is None or age_s > STALE_S else self.view.analysis

    def turn(self) -> None:
        now = time.monotonic()
        self._session.turn(now)
        events, newest = self._session.news()
        for event in events:
            self.event_came.emit(event)
        if newest is not None:
            self._show(newest, now)
        elif self.view is not None and now - self._eased_at >= EASE_EVERY_S and self.motion.moving(now):
            self._show_faces(now)
        if self._panel_due and now - self._panel_at >= PANEL_EVERY_S:
            self._panel.set_faces(self._faces)
            self._panel_at, self._panel_due = now, False
        self.turned.emit()
        if now - self._status_at >= STATUS_EVERY_S:
            self._status_at = now
            self.status_due.emit()

    def expect_another(self) -> None:
        """Another source was opened: the next view is its first one. Until then the old one's picture stays."""
        self._another = True

    def _forget(self) -> None:
        self.motion.clear()
        self.no_face_since = None
        self._faces = ()

    def repaint_faces(self) -> None:
        """After a change of what is to be seen (bars, boxes, mirror)."""
        if self.view is not None:
            self._show_faces(time.monotonic())

    def _show(self, view: View, now: float) -> None:
        if self._another:
            self._another = False
            self._forget()
            # Before the faces are laid out: whether to mirror depends on the source that the frame came from.
            self.view = None
            self.source_shown.emit()
        self.view = self._to_report = view
        if view.analysis is None or view.analysis.tracks:
            self.no_face_since = None
        elif self.no_face_since is None:
            self.no_face_since = now
        self._view_widget.set_frame(view.frame)
        self.frame_shown.emit()
        self._show_faces(now)
        if view.analysis is not None:
            numbers = {face.track_id: face.number for face in self._faces}
            self.history.add(view.analysis, view.frame.source, numbers, time.time() - time.monotonic())

    def _show_faces(self, now: float) -> None:
        assert self.view is not None
        self._faces = self.motion.shown(self.view.analysis, now)
        age_s = self.view.analysis_age_s
        look = self.look
        if age_s is not None and age_s > STALE_S:
            look = replace(look, faded=True)
        self._view_widget.set_faces(self._faces, look)
        self._eased_at = now
        self._panel_due = True

    def _painted(self, at_s: float) -> None:
        if self._to_report is not None:
            self._session.painted(self._to_report, at_s)
            self._to_report = None
