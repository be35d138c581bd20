"""Which model reads: changes it while the window runs, and tells a person which one is in use and why one is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.live.events import Event

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow

_KEY: Final = "model change"


@dataclass(slots=True, eq=False)
class _Change:
    """A model that was asked for. Called on the threads that read."""

    make: Callable[[], EmotionClassifier]
    go_back: Callable[[], None] | None
    name: str = ""
    """Its id, once it is made."""

    def __call__(self) -> EmotionClassifier:
        classifier = self.make()
        self.name = classifier.model_id
        return classifier


class ModelControl(QObject):
    """Of a model that was asked for: `changed` (its id), or `refused` (why; the one before stays in use).

    `failed` (why): no model works.
    """

    changed = Signal(str)
    refused = Signal(str)
    failed = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._wanted: _Change | None = None
        self.none_works = False
        """Faces cannot be read until another model is asked for."""

    def change(self, model_id: str | None, go_back: Callable[[], None] | None = None) -> None:
        """Read live pictures and photos with this model, None for the active one; returns at once.

        The model before stays until the new one is ready. go_back: what the button in the line that tells of it does,
        such as to activate the model before and to ask for it here; None: no button.
        """
        make = self._window.composition.make_classifier
        self._wanted = _Change(lambda: make(model_id), go_back)
        self._window.info.settle(_KEY)
        self._window.session.change_model(self._wanted)

    # What the session tells

    def ready(self, event: Event) -> None:
        info, toolbar, model = self._window.info, self._window.toolbar, self._window.session.model
        toolbar.set_model(event.text)
        toolbar.set_device(model.device if model is not None else "")
        if self.none_works:
            self.none_works = False
            info.settle("model")
        wanted = self._wanted
        # Another name: the model before, made anew, or one that was asked for and given up for this one.
        if wanted is None or wanted.name != event.text:
            return
        self._wanted = None
        self._window.photos.change_model(wanted)
        text = self.tr("Now using {name}.").format(name=event.text)
        if wanted.go_back is None:
            info.say(text, key=_KEY, passing=True)
        else:
            info.say(text, self.tr("Go back"), partial(self._go_back, wanted.go_back), key=_KEY)
        self.changed.emit(event.text)

    def change_failed(self, event: Event) -> None:
        model = self._window.session.model
        text = self.tr("The model was not changed. {why}").format(why=event.sentence)
        if model is not None:
            text += " " + self.tr("Still using {name}.").format(name=model.id)
        self._window.info.say(text, warning=True, key=_KEY)
        self.refused.emit(event.sentence)

    def failed_for_now(self, event: Event) -> None:
        self.none_works = True
        self._window.toolbar.set_model("")
        # Nothing else that is told at the start, such as that there is no camera, may take its place.
        self._window.info.say(
            self.tr("Faces cannot be read. {why}").format(why=event.sentence), warning=True, key="model", must_read=True
        )
        self.failed.emit(event.sentence)

    def _go_back(self, go_back: Callable[[], None]) -> None:
        # A second click must not ask for the way back from there.
        self._window.info.settle(_KEY)
        go_back()
