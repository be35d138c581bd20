"""My neutral: three seconds of a resting face, and from then on that face is read against it, until it is undone."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject

from fer_desktop.core import neutral
from fer_desktop.core.neutral import NeutralRecorder
from fer_desktop.core.types import Analysis, Frame, Prediction
from fer_desktop.gui.samples.subject import subject
from fer_desktop.overlay import words

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow

_KEY: Final = "my neutral"
_MARKED = (
    QT_TRANSLATE_NOOP("neutral", "The face moved."),
    QT_TRANSLATE_NOOP("neutral", "The face was lost."),
    QT_TRANSLATE_NOOP("neutral", "The face was seen too rarely."),
    QT_TRANSLATE_NOOP("neutral", "The face was not at rest."),
    QT_TRANSLATE_NOOP("neutral", "The expression changed."),
)


class MyNeutral(QObject):
    """Of the chosen face, else the largest, in the live picture. It ends with the face, the source and the model, and
    where the face goes out over the picture's edge for a while: who comes in there may be somebody else."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._action = window.actions_.my_neutral
        self._recorder: NeutralRecorder | None = None
        self._whom = 0
        self._model = ""
        self._analyses: deque[Analysis] = deque()
        """Those that came since the last turn: the analysis thread puts them here, so that none is missed where the
        window stands still for a moment."""
        self._prediction: Prediction | None = None
        """The one that was learnt from last: a face that is missed for a moment keeps it."""
        self._action.triggered.connect(self._press)
        window.feed.turned.connect(self._turn)
        window.feed.source_shown.connect(lambda: self._stop(self.tr("Another picture came.")))

    @property
    def message(self) -> str:
        """What stands over the picture while it learns; else empty."""
        if self._recorder is None:
            return ""
        left_s = math.ceil(self._recorder.seconds * (1 - self._recorder.progress))
        text = self.tr("Rest your face and hold still… {s} s").format(s=max(left_s, 1))
        faces = self._window.feed.faces
        number = next((face.number for face in faces if face.track_id == self._whom), 0)
        return self.tr("Face {n}: {text}").format(n=number, text=text) if len(faces) > 1 and number else text

    def _press(self) -> None:
        faces = self._window.chosen_face
        track, analysis = faces.track, self._window.feed.analysis
        if self._recorder is not None:
            self._stop("")
        elif self._window.session.paused:
            self._say(self.tr("The picture is paused. Press Space to go on."))
        elif track is None or analysis is None:
            self._say(faces.why_not)
        elif track.own_neutral:
            self._window.session.set_baseline(track.id, None, analysis.model_id)
            self._say(self.tr("My neutral is undone: the face is read as others are."))
        else:
            self._recorder = NeutralRecorder(time.monotonic())
            self._whom, self._model, self._prediction = track.id, analysis.model_id, None
            self._analyses.clear()
            self._window.session.add_listener(self._note)
            self._window.info.settle(_KEY)
        self._show()

    def _note(self, frame: Frame, analysis: Analysis) -> None:
        """On the analysis thread."""
        self._analyses.append(analysis)

    def _turn(self) -> None:
        """With each turn of the window's timer."""
        if self._recorder is not None:
            session = self._window.session
            if session.held:
                self._stop("")
            elif session.paused:
                self._stop(self.tr("The picture was paused."))
            else:
                self._learn(self._recorder)
        self._show()

    def _learn(self, recorder: NeutralRecorder) -> None:
        now = time.monotonic()
        while self._analyses and not recorder.done:
            analysis = self._analyses.popleft()
            if analysis.model_id != self._model:
                self._stop(self.tr("Another model reads now."))
                return
            if analysis.captured_at >= recorder.started_s:
                self._look(recorder, analysis)
        recorder.wait(now)
        if recorder.baseline is not None:
            self._end()
            self._window.session.set_baseline(self._whom, recorder.baseline, self._model)
            self._say(self.tr("My neutral is set for this face. Press N to undo it."))
        elif recorder.refusal is not None:
            self._stop(_in_words(recorder.refusal))

    def _look(self, recorder: NeutralRecorder, analysis: Analysis) -> None:
        track = subject(analysis, self._whom)
        if track is None or track.prediction is self._prediction:
            recorder.miss(analysis.captured_at)
        else:
            self._prediction = track.prediction
            recorder.add(track.face, track.prediction, track.reason, analysis.captured_at)

    def _end(self) -> None:
        self._recorder = None
        self._window.session.remove_listener(self._note)

    def _stop(self, why: str) -> None:
        """why: empty where a person ended it."""
        if self._recorder is not None:
            self._end()
            if why:
                self._say(self.tr("{why} My neutral was not set. Press N to try again.").format(why=why))

    def _say(self, text: str) -> None:
        self._window.info.say(text, key=_KEY, passing=True, at_once=True)

    def _show(self) -> None:
        """In the menu and over the picture."""
        window = self._window
        track = None if window.session.held else window.chosen_face.track
        on = self._recorder is not None or (track is not None and track.own_neutral)
        if self._action.isChecked() != on:
            self._action.setChecked(on)
        if self._recorder is not None or window.view.message:
            window.view.set_message(window.live.message())


def _in_words(refusal: str) -> str:
    """Why there is none, as a sentence in the person's language."""
    if refusal in neutral.REFUSALS:
        return QCoreApplication.translate("neutral", refusal)
    text = QCoreApplication.translate("neutral", "The face was {reason}.")
    return text.format(reason=words.reason(refusal))
