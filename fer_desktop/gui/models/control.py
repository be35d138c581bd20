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
    """The model that is the active one now, and the one that was before; None where none worked."""

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

    # What a person asks for

    def use(
        self,
        path: Path,
        name: str,
        used: Callable[[], None] = _nothing,
        refused: Callable[[str], None] | None = None,
    ) -> None:
        """Make it the active model, and read with it; then `used` is called, or `refused` with the reason."""
        asker = _Asker(used, refused or _nothing)

        def switched(switch: _Switch) -> None:
            self._overtaken()
            self._asker = asker
            self._switched(switch)

        saying = tr("Checking {name}…").format(name=name)
        self._change(saying, lambda store: _activated(store, path), switched, refused)

    def go_back(self) -> None:
        """To the model that was used before."""
        self._change(tr("Going back…"), lambda store: _Switch(store.go_back(), None), self._switched)

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

    def _switched(self, switch: _Switch) -> None:
        self._switch = switch
        go_back = self.go_back if switch.before is not None and switch.before.path != switch.to.path else None
        self._window.live.change_model(str(switch.to.path), go_back)

    def _changed(self, _: str) -> None:
        self._switch = None
        self._take_asker().used()
        self._refresh()

    def _overtaken(self) -> None:
        self._take_asker().refused(tr("another model was chosen meanwhile"))

    def _take_asker(self) -> _Asker:
        asker, self._asker = self._asker, _NOBODY
        return asker

    def _refused(self, why: str) -> None:
        """The view keeps the model that it had: the next start must have it too. The main window has told of it."""
        switch, self._switch = self._switch, None
        self._take_asker().refused(why)
        before = switch.before if switch is not None else None

        def tell(_: ModelFolder | None = None) -> None:
            if self.dialog is not None:
                self.dialog.say(tr("The model was not changed. {why}").format(why=why), warning=True)
                self.dialog.refresh()

        if before is None:
            tell()
        else:
            self.work.do(tr("Going back…"), lambda: ModelStore.default().activate(str(before.path)), tell)

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


def _activated(store: ModelStore, path: Path) -> _Switch:
    try:
        before: ModelFolder | None = store.active()
    except ModelError:
        before = None
    return _Switch(store.activate(str(path)), before)
