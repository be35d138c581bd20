"""Between the main window and its pages: which one is shown, what can be done on it, what is opened in it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.core.types import Analysis
from fer_desktop.gui import pages, sources
from fer_desktop.gui.sources import Choice
from fer_desktop.gui.theme import Theme, ThemeKeeper
from fer_desktop.settings.store import SettingsStore

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow
    from fer_desktop.gui.photos.page import PhotosPage
    from fer_desktop.gui.recordings.page import RecordingsPage

_PHOTOS: Final = "photos"
_RECORDING: Final = "recording"
"""What a line in the window is about."""


class PageControl(QObject):
    """The camera rests while photos or a recording are shown.

    `defect` (text, traceback): a page failed for a fault of the program's own. `failed` (text): what a page was asked
    to open cannot be read.
    """

    defect = Signal(str, str)
    failed = Signal(str)

    def __init__(self, window: MainWindow, store: SettingsStore, themes: ThemeKeeper) -> None:
        super().__init__(window)
        self._window, self._store, self._themes = window, store, themes
        self.photos: PhotosPage | None = None
        self.recordings: RecordingsPage | None = None
        self.makers: dict[str, Callable[[], QWidget]] = {
            pages.PHOTOS: self._make_photos,
            pages.RECORDINGS: self._make_recordings,
        }
        self._change: tuple[Callable[[], EmotionClassifier], str] | None = None
        """The model that was changed to, and its name."""
        themes.changed.connect(self._use_theme)

    @property
    def shown_photos(self) -> PhotosPage | None:
        """The page of photos while it is shown."""
        return self.photos if self._window.pages.current == pages.PHOTOS else None

    @property
    def shown_analysis(self) -> Analysis | None:
        """What was read from the picture that is looked at, of which a face can be corrected; None for a recording."""
        if self._window.pages.current == pages.LIVE:
            return self._window.feed.analysis
        return None if self.shown_photos is None else self.shown_photos.shown_analysis

    def begin(self) -> None:
        """Once the pages are there."""
        window, actions = self._window, self._window.actions_
        window.pages.changed.connect(self._turned)
        actions.full_screen.toggled.connect(self.allow)
        self._actions = dict(zip(pages.NAMES, (actions.live, actions.photos, actions.recordings), strict=True))
        for name, action in self._actions.items():
            action.triggered.connect(lambda _=False, name=name: window.pages.show_page(name))

    def open_photos(self, paths: Sequence[Path]) -> None:
        self._window.pages.show_page(pages.PHOTOS)
        assert self.photos is not None
        self.photos.open(paths)

    def paste(self, image: QImage) -> None:
        self._window.pages.show_page(pages.PHOTOS)
        assert self.photos is not None
        self.photos.paste(image)

    def open_recording(self, path: Path) -> None:
        self._window.pages.show_page(pages.RECORDINGS)
        assert self.recordings is not None
        self.recordings.open(path)

    def change_model(self, make_classifier: Callable[[], EmotionClassifier], model_id: str, name: str) -> None:
        """Read photos with another model from now on; those that are there are read again, recordings if asked for."""
        self._change = make_classifier, name
        if self.photos is not None:
            self.photos.change_model(make_classifier, name)
        if self.recordings is not None:
            self.recordings.model_changed(model_id)

    def allow(self) -> None:
        """What can be done now."""
        window, actions = self._window, self._window.actions_
        live = window.pages.current == pages.LIVE
        for action in (
            actions.pause, actions.snapshot, actions.mirror, actions.my_neutral, actions.collect,
            actions.next_face,
        ):  # fmt: skip
            action.setEnabled(live)
        actions.record.setEnabled(live or window.recording.active)
        for with_faces in (actions.why, actions.corrections):
            with_faces.setEnabled(window.pages.current != pages.RECORDINGS)
        # Photos and recordings have an Esc of their own.
        actions.leave_full_screen.setEnabled(live or actions.full_screen.isChecked())
        actions.back_to_live.setEnabled(not live or window.live.kind == sources.FILE or window.timeline.looks_back)

    def may_close(self) -> bool:
        """Whether the program may close now. If not, the person is asked, and closing goes on with the answer."""
        return not self._window.asks or all(page.may_close() for page in self._window.pages.others)

    def shut_down(self) -> None:
        """One page that fails keeps no other from ending its threads."""
        for page in self._window.pages.others:
            try:
                page.shut_down()
            except Exception:
                self.defect.emit(self.tr("A page did not end as it should."), traceback.format_exc())

    # Within

    def _turned(self, name: str) -> None:
        window, live = self._window, name == pages.LIVE
        self._actions[name].setChecked(True)
        if live:
            window.session.let_go()
            if not window.live.started:
                window.live.open(Choice.at_start(None, window.settings))
        else:
            window.actions_.collect.setChecked(False)
            window.session.hold()
        window.toolbar.show_live_controls(live)
        self.allow()
        window.live.refresh()

    def _make_photos(self) -> QWidget:
        from fer_desktop.gui.photos.page import PhotosPage

        window = self._window
        self.photos = page = PhotosPage(window.composition, self._store, window.dialogs)
        page.problem.connect(self._photos_refused)
        page.said.connect(lambda text: window.info.say(text, key=_PHOTOS, passing=True))
        page.defect.connect(self.defect)
        page.opened.connect(lambda: window.info.settle(_PHOTOS))
        page.photos_wanted.connect(window.files.ask_for_photos)
        page.folder_wanted.connect(window.files.ask_for_folder)
        page.why_toggled.connect(window.actions_.why.setChecked)
        page.collection.changed.connect(self._look_at_photos)
        if self._change is not None:
            page.change_model(*self._change)
        return self._dressed(page)

    def _photos_refused(self, text: str) -> None:
        self._window.info.say(text, warning=True, key=_PHOTOS)
        if self.photos is not None and not self._window.live.started and not self.photos.collection.counts().there:
            self.failed.emit(text)

    def _look_at_photos(self) -> None:
        """A run that began with photos of which none can be read."""
        if self.photos is None or self._window.live.started:
            return
        collection = self.photos.collection
        counts = collection.counts()
        if counts.there and counts.problems == counts.there and not collection.reading:
            self.failed.emit(collection.records.result(0).error or "")

    def _make_recordings(self) -> QWidget:
        from fer_desktop.gui.recordings.page import RecordingsPage

        window = self._window
        self.recordings = page = RecordingsPage(window.composition, self._store, window.dialogs)
        page.told.connect(
            lambda text, warning: window.info.say(text, warning=warning, key=_RECORDING, passing=not warning)
        )
        page.recording_wanted.connect(window.files.ask_for_recording)
        page.refused.connect(self._recording_refused)
        page.opened.connect(lambda _: window.info.settle(_RECORDING))
        window.recording.ended.connect(page.sessions_changed)
        page.defect.connect(self.defect)
        return self._dressed(page)

    def _recording_refused(self, text: str) -> None:
        action, act = self.tr("Open recording…"), self._window.files.ask_for_recording
        self._window.info.say(text, action, act, warning=True, key=_RECORDING)

    def _dressed(self, page: PhotosPage | RecordingsPage) -> QWidget:
        page.set_theme(self._themes.theme)
        self._window.view_settings.dress(page)
        return page

    def _use_theme(self, theme: Theme) -> None:
        for page in self._window.pages.others:
            page.set_theme(theme)
