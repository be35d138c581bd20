"""Which model reads: changes it while the window runs, and tells a person which one is in use and why one is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from fer_desktop.core.errors import FerError
from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.live.events import Event

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow

_KEY: Final = "model change"
_NOT_CHOSEN: Final = "another model than chosen"


@dataclass(slots=True, eq=False)
class _Change:
    """A model that was asked for. Called on the threads that read."""

    model: str | None
    make: Callable[[str | None], EmotionClassifier]
    name_of: Callable[[str], str]
    go_back: Callable[[], None] | None
    id: str = ""
    name: str = ""
    """Known once it is made, as the id is."""

    def __call__(self) -> EmotionClassifier:
        classifier = self.make(self.model)
        self.id, self.name = classifier.model_id, self.name_of(self.model or classifier.model_id)
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
        self._names: dict[str, str] = {}
        self.none_works = False
        """Faces cannot be read until another model is asked for."""
        self._mute: str | None = None
        """The model of which a person was told that it cannot show why."""

    def begin(self) -> None:
        """Show the name of the model that is about to be loaded, and say so where it is not the one that was chosen."""
        window = self._window
        try:
            active = window.composition.active_model()
        except FerError:
            return  # told when the pipeline is made
        self._show(active.id, active.name)
        if active.problem:
            window.info.say(
                f"{active.problem}.", self.tr("Models…"), window.actions_.models.trigger, True, _NOT_CHOSEN, True
            )

    def name_of(self, model_id: str) -> str:
        """What people call a model that was used in this window."""
        return self._names.get(model_id, model_id)

    def renamed(self, model_id: str, name: str) -> None:
        """A person gave a model another name."""
        model = self._window.session.model
        if model is not None and model.id == model_id:
            self._show(model_id, name)
            self._window.live.refresh()

    def change(self, model: str | None, go_back: Callable[[], None] | None = None) -> None:
        """Read live pictures and photos with this model (its id or folder), None for the active one; returns at once.

        The model before stays until the new one is ready. go_back: what the button in the line that tells of it does,
        such as to activate the model before and to ask for it here; None: no button.
        """
        composition = self._window.composition
        self._wanted = _Change(model, composition.make_classifier, composition.model_name, go_back)
        self._window.info.settle(_KEY)
        self._window.session.change_model(self._wanted)

    # What the session tells

    def ready(self, event: Event) -> None:
        info, model, wanted = self._window.info, self._window.session.model, self._wanted
        if wanted is not None and wanted.id == event.text:
            self._names[wanted.id] = wanted.name
        self._show(event.text, self.name_of(event.text))
        self._window.toolbar.set_device(model.device if model is not None else "")
        if self.none_works:
            self.none_works = False
            info.settle("model")
        # Another id: the model before, made anew, or one that was asked for and given up for this one.
        if wanted is None or wanted.id != event.text:
            self.look_at_why()
            return
        self._wanted = None
        self._window.page_control.change_model(wanted, wanted.id, wanted.name)
        info.settle(_NOT_CHOSEN)
        text = self.tr("Now using {name}.").format(name=wanted.name)
        if no_why := self._told_of_no_why():
            text += f" {no_why}"
        if wanted.go_back is None:
            info.say(text, key=_KEY, passing=True)
        else:
            info.say(text, self.tr("Go back"), partial(self._go_back, wanted.go_back), key=_KEY)
        self.changed.emit(event.text)

    def look_at_why(self) -> None:
        """Where a person wants to see why and the model in use cannot tell, say so, once."""
        if text := self._told_of_no_why():
            self._window.info.say(text, key="why", passing=True)
        elif self._mute is None:
            self._window.info.settle("why")

    def _told_of_no_why(self) -> str:
        """What is to be told, and is told by that; empty where there is nothing to tell, or it was told before."""
        model = self._window.session.model
        if not self._window.settings.show_why or model is None or model.has_maps:
            self._mute = None
        elif model.id != self._mute:
            self._mute = model.id
            return self.tr("This model cannot show why.")
        return ""

    def change_failed(self, event: Event) -> None:
        model = self._window.session.model
        text = self.tr("The model was not changed. {why}").format(why=event.sentence)
        if model is not None:
            text += " " + self.tr("Still using {name}.").format(name=self.name_of(model.id))
        self._window.info.say(text, warning=True, key=_KEY)
        self.refused.emit(event.sentence)

    def failed_for_now(self, event: Event) -> None:
        self.none_works = True
        self._window.toolbar.set_model("", "")
        text, action = self.tr("Faces cannot be read. {why}").format(why=event.sentence), self.tr("Models…")
        # Nothing else that is told at the start, such as that there is no camera, may take its place.
        self._window.info.say(text, action, self._window.actions_.models.trigger, True, "model", must_read=True)
        self.failed.emit(event.sentence)

    def _show(self, model_id: str, name: str) -> None:
        self._names[model_id] = name
        self._window.toolbar.set_model(model_id, name)

    def _go_back(self, go_back: Callable[[], None]) -> None:
        # A second click must not ask for the way back from there.
        self._window.info.settle(_KEY)
        go_back()
