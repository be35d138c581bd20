"""What a person wants to see, and the settings that remember it: boxes, bars, the panel, the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fer_desktop.gui import sources
from fer_desktop.gui.motion_preference import reduced_motion
from fer_desktop.gui.pages import Page
from fer_desktop.gui.theme import ThemeKeeper
from fer_desktop.overlay.painter import Look
from fer_desktop.settings.schema import STEADINESS
from fer_desktop.settings.store import SettingsStore

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow


class ViewSettings(QObject):
    """Brings the window in line with the settings, and the settings in line with what is switched in the menus."""

    def __init__(self, window: MainWindow, store: SettingsStore, themes: ThemeKeeper, save: bool) -> None:
        """save=False: a run that leaves the person's settings alone."""
        super().__init__(window)
        self._window, self._store, self._themes, self._save = window, store, themes, save
        self._failed = False
        self._emotion: int | None = None
        """The emotion of which the living picture shows why; None: of each face's label."""
        actions = window.actions_
        actions.mirror.toggled.connect(lambda on: self._change("mirror", on))
        actions.boxes.toggled.connect(lambda on: self._change("show_boxes", on))
        actions.bars.toggled.connect(lambda on: self._change("show_bars", on))
        actions.why.toggled.connect(lambda on: self._change("show_why", on))
        actions.panel.toggled.connect(lambda on: self._change("show_panel", on))
        actions.timeline.toggled.connect(lambda on: self._change("show_timeline", on))
        actions.themes.triggered.connect(lambda action: self._change("theme", action.data()))
        window.feed.source_shown.connect(self.look)
        window.chosen_face.changed.connect(self.look)
        window.panel.emotion_clicked.connect(self._ask_why)

    def save(self) -> None:
        """That the disk refuses is said once: the program goes on, and the next start has what was saved before."""
        if self._save and not self._store.save() and not self._failed:
            self._failed = True
            text = self.tr(
                "The settings cannot be saved as {path}, so they last until you quit. "
                "Make room on the disk, or make the folder writable."
            )
            self._window.info.say(text.format(path=self._store.path), warning=True, key="settings", must_read=True)

    def tell_damage(self) -> None:
        """That the settings could not be read, once."""
        if self._store.damage is None:
            return
        kept = self._store.damage.kept_as
        where = self.tr(" The old file is kept as {path}.").format(path=kept) if kept else ""
        text = self.tr("The settings could not be read, so the defaults are used.") + where
        self._window.info.say(text, warning=True, must_read=True)
        self._store.damage = None

    def apply(self) -> None:
        """Bring the whole window in line with the settings."""
        settings, actions = self._window.settings, self._window.actions_
        actions.mirror.setChecked(settings.mirror)
        actions.boxes.setChecked(settings.show_boxes)
        actions.bars.setChecked(settings.show_bars)
        actions.why.setChecked(settings.show_why)
        actions.panel.setChecked(settings.show_panel)
        actions.timeline.setChecked(settings.show_timeline)
        for action in actions.themes.actions():
            action.setChecked(action.data() == settings.theme)
        self._themes.prefer(settings.theme)
        self.show_panel()
        self._window.feed.motion.smooth = settings.smooth_motion and not reduced_motion()
        self._window.feed.motion.strength = STEADINESS[settings.steadiness]
        self._window.session.set_strength(STEADINESS[settings.steadiness])
        self._window.live.cameras.ask_as_set()
        self.look()

    def show_panel(self) -> None:
        visible = self._window.settings.show_panel and not self._window.isFullScreen()
        self._window.panel.setVisible(visible)
        self._window.timeline.set_visible(self._window.settings.show_timeline and not self._window.isFullScreen())
        for page in self._window.pages.others:
            page.set_panel_visible(visible)

    def look(self) -> None:
        """What is painted on the faces, on every page."""
        window, settings = self._window, self._window.settings
        mirrored = settings.mirror and window.live.kind == sources.CAMERA
        self._emotion = self._emotion if settings.show_why else None
        window.feed.look = Look(
            boxes=settings.show_boxes,
            bars=settings.show_bars,
            mirror=mirrored,
            why=settings.show_why,
            emotion=self._emotion,
            followed=window.chosen_face.followed,
        )
        window.panel.ask_for_emotion(settings.show_why, self._emotion)
        window.session.ask_for_maps(settings.show_why)
        window.live.models.look_at_why()
        window.feed.repaint_faces()
        for page in window.pages.others:
            self.dress(page)

    def dress(self, page: Page) -> None:
        """A page beside the living picture: its faces as they are everywhere, never mirrored."""
        settings = self._window.settings
        page.set_look(Look(boxes=settings.show_boxes, bars=settings.show_bars, why=settings.show_why))

    def _ask_why(self, track_id: int, emotion: int) -> None:
        """A row of a face's card was clicked, which chooses the face too; the same once more: of the label again."""
        if self._window.chosen_face.chosen != track_id:
            self._window.chosen_face.choose(track_id)
        self._emotion = None if emotion == self._emotion else emotion
        self.look()

    def _change(self, name: str, value: bool | str) -> None:
        if getattr(self._window.settings, name) != value:
            setattr(self._window.settings, name, value)
            self.apply()
            self.save()
