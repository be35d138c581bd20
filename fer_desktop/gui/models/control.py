"""Between the main window and the store of models: opens the window of Models…, makes its changes, and has the running
view follow them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject

from fer_desktop.core.errors import ModelError
from fer_desktop.gui.models.words import tr
from fer_desktop.gui.models.work import Work
from fer_desktop.gui.theme import Theme, ThemeKeeper
from fer_desktop.modelstore.store import ModelFolder, ModelStore

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow
    from fer_desktop.gui.models.window import ModelsWindow

_KEY: Final = "models"


@dataclass(frozen=True, slots=True)
class _Switch:
    """The model that is the active one now, and the one that read before; None where none worked."""

    to: ModelFolder
    before: ModelFolder | None


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who offered the model that is to be used, and is told what became of that: nothing, or why it is not used."""

    used: Callable[[], None]
    refused: Callable[[str], None]


def _nothing(*_: object) -> None:
    """Nobody waits to be told."""


_NOBODY: Final = _Asker(_nothing, _nothing)


class ModelsControl(QObject):
    """`use` and `go_back` are for whoever has a model to offer; the rest is what the window asks for."""

    def __init__(self, window: MainWindow, themes: ThemeKeeper) -> None:
        super().__init__(window)
        self._window, self._themes = window, themes
        self.dialog: ModelsWindow | None = None
        self.work = Work(self)
        self._switch: _Switch | None = None
        """Of the model that is being loaded."""
        self._astray = False
        """The active model may be another one than the one that reads, and nobody chose it to be."""
        self._before: ModelFolder | None = None
        self._asker = _NOBODY
        self.work.failed.connect(self._failed)
        self.work.changed.connect(self._follow)
        window.actions_.models.triggered.connect(self.open)
        window.live.models.changed.connect(self._changed)
        window.live.models.refused.connect(self._refused)
        themes.changed.connect(self._use_theme)

    def open(self) -> None:
        if self.dialog is None:
            from fer_desktop.gui.models.window import ModelsWindow

            self.dialog = ModelsWindow(self._window, self, self._themes.theme)
            self.dialog.went.connect(self._gone)
        self._window.info.settle(_KEY)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self.dialog.refresh()

    def shut_down(self) -> None:
        self.work.finish()
        if self.dialog is not None:
            self.dialog.shut_down()
            self.dialog.hide()

    @property
    def live_id(self) -> str | None:
        """The id of the model that reads in this window; None while none does."""
        model = self._window.session.model
        return None if model is None else model.id

    @property
    def live_name(self) -> str:
        """What people call it; empty while none reads."""
        return "" if self.live_id is None else self._window.live.models.name_of(self.live_id)

    # What a person asks for

    def use(
        self,
        path: Path,
        name: str,
        used: Callable[[], None] = _nothing,
        refused: Callable[[str], None] | None = None,
    ) -> None:
        """Make it the active model, and read with it; then `used` is called, or `refused` with the reason."""
        saying = tr("Checking {name}…").format(name=name)
        asker = _Asker(used, refused or _nothing)
        self._exchange(saying, lambda store: store.activate(str(path)), asker, refused)

    def go_back(self) -> None:
        """To the model that was used before; where the one that reads was deleted, to the one the next start uses."""
        reading = self.live_id

        def back(store: ModelStore) -> ModelFolder:
            if reading is None or _is_there(store, reading):
                return store.go_back()
            return store.activate(str(store.active().path))

        self._exchange(tr("Going back…"), back, offers_back=False)

    def rename(self, path: Path, name: str) -> None:
        self._change(tr("Renaming…"), lambda store: store.rename(str(path), name), self._renamed)

    def remove(self, path: Path, name: str) -> None:
        def removed(_: None) -> None:
            self._say(tr("{name} is deleted.").format(name=name))

        self._change(tr("Deleting…"), lambda store: store.remove(str(path)), removed)

    def export(self, path: Path, target: Path) -> None:
        def written(where: Path) -> None:
            self._say(tr("Saved as {path}").format(path=where))

        self._change(tr("Saving…"), lambda store: store.export(str(path), target), written)

    def import_(self, file: Path) -> None:
        said = tr("Checking {name}…").format(name=file.name)
        self._change(said, lambda store: store.import_(file), self._imported)

    # Within

    def _change(
        self,
        saying: str,
        change: Callable[[ModelStore], Any],
        then: Callable[[Any], None],
        otherwise: Callable[[str], None] | None = None,
    ) -> None:
        def done(result: Any) -> None:
            then(result)
            self._refresh()

        self._say("")
        self.work.do(saying, lambda: change(ModelStore.default()), done, otherwise)

    def _exchange(
        self,
        saying: str,
        choose: Callable[[ModelStore], ModelFolder],
        asker: _Asker = _NOBODY,
        otherwise: Callable[[str], None] | None = None,
        offers_back: bool = True,
    ) -> None:
        """`choose` makes another model the active one; then the view is to read with it."""
        reading = self.live_id

        def exchanged(store: ModelStore) -> _Switch:
            before = _reads(store, reading, _active(store))
            return _Switch(choose(store), before)

        def load(switch: _Switch) -> None:
            self._take_asker().refused(tr("another model was chosen meanwhile"))
            self._switch, self._asker = switch, asker
            differs = switch.before is not None and switch.before.path != switch.to.path
            self._window.live.change_model(str(switch.to.path), self.go_back if offers_back and differs else None)

        self._change(saying, exchanged, load, otherwise)

    def _changed(self, _: str) -> None:
        # Without a switch: the refusal of the one before came late and was taken for its.
        self._switch, self._astray = None, self._switch is None
        self._put_right()
        self._take_asker().used()
        self._refresh()

    def _take_asker(self) -> _Asker:
        asker, self._asker = self._asker, _NOBODY
        return asker

    def _refused(self, why: str) -> None:
        """The view keeps the model that it had. The main window has told of it."""
        if self._switch is not None:
            self._before, self._astray = self._switch.before, True
            self._switch = None
        self._take_asker().refused(why)
        if self.dialog is not None:
            self.dialog.say(tr("The model was not changed. {why}").format(why=why), warning=True)
        self._put_right()
        self._refresh()

    def _put_right(self) -> None:
        """The next start must have the model that reads now, unless another one is on its way."""
        if not self._astray or self._switch is not None or self.work.saying:
            return
        self._astray, before, reading = False, self._before, self.live_id

        def put_right() -> ModelFolder | None:
            store = ModelStore.default()
            model = _reads(store, reading, before)
            return None if model is None else store.activate(str(model.path))

        self.work.do(tr("Going back…"), put_right, lambda _: self._refresh())

    def _renamed(self, folder: ModelFolder) -> None:
        self._window.live.models.renamed(folder.id, folder.name)

    def _imported(self, folder: ModelFolder) -> None:
        self._say(tr("{name} is imported. It is not in use yet.").format(name=folder.name))
        if self.dialog is not None:
            self.dialog.choose(folder.path)

    def _failed(self, why: str) -> None:
        self._warn(why)
        self._refresh()

    def _say(self, text: str) -> None:
        """Only the window of Models… asks for what is told so; where it was closed meanwhile, the main window tells."""
        if self.dialog is not None:
            self.dialog.say(text)
        elif text:
            self._window.info.say(text, key=_KEY, passing=True)

    def _warn(self, text: str) -> None:
        if self.dialog is not None:
            self.dialog.say(text, warning=True)
        else:
            self._window.info.say(text, warning=True, key=_KEY)

    def _follow(self) -> None:
        self._put_right()
        if self.dialog is not None:
            self.dialog.set_busy(self.work.saying)

    def _refresh(self) -> None:
        if self.dialog is not None:
            self.dialog.refresh()

    def _use_theme(self, theme: Theme) -> None:
        if self.dialog is not None:
            self.dialog.set_theme(theme)

    def _gone(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.deleteLater()


def _active(store: ModelStore) -> ModelFolder | None:
    try:
        return store.active()
    except ModelError:
        return None


def _is_there(store: ModelStore, model_id: str) -> bool:
    return any(folder.id == model_id for folder in store.models())


def _reads(store: ModelStore, model_id: str | None, probably: ModelFolder | None) -> ModelFolder | None:
    """The model of that id, which reads in this window: `probably`, unless there is another one of that id."""
    if model_id is None or (probably is not None and probably.id == model_id):
        return probably
    try:
        return store.get(model_id)
    except ModelError:
        return probably  # it was deleted meanwhile
