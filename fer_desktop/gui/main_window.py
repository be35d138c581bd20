"""The main window: puts the parts together and lets each action do what its name says."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QVBoxLayout, QWidget

from fer_desktop import resources
from fer_desktop.gui import face_panel, pages, sources
from fer_desktop.gui.actions import fill_menus, make_actions
from fer_desktop.gui.camera_menu import CameraMenu
from fer_desktop.gui.chosen_face import ChosenFace
from fer_desktop.gui.composition import Composition
from fer_desktop.gui.dialog_host import DialogHost
from fer_desktop.gui.face_panel import FacePanel
from fer_desktop.gui.feed import Feed
from fer_desktop.gui.info_bar import InfoBar
from fer_desktop.gui.live_control import LiveControl
from fer_desktop.gui.models.control import ModelsControl
from fer_desktop.gui.my_neutral import MyNeutral
from fer_desktop.gui.open_files import OpenFiles, dropped_files
from fer_desktop.gui.page_control import PageControl
from fer_desktop.gui.pages import Pages
from fer_desktop.gui.recording import RecordingControl
from fer_desktop.gui.retrain.control import RetrainControl
from fer_desktop.gui.samples.control import SamplesControl
from fer_desktop.gui.snapshot import SnapshotSaver, compose
from fer_desktop.gui.sources import Choice
from fer_desktop.gui.status_bar import StatusBar
from fer_desktop.gui.streams.control import StreamsControl
from fer_desktop.gui.theme import Theme, ThemeKeeper
from fer_desktop.gui.timeline.control import TimelineControl
from fer_desktop.gui.toolbar import Toolbar
from fer_desktop.gui.video_view import VideoView
from fer_desktop.gui.view_settings import ViewSettings
from fer_desktop.live.session import LiveSession
from fer_desktop.settings.store import SettingsStore

SMALLEST: Final = (800, 560)
FIRST_SIZE: Final = (1280, 800)
FRAME_HIGH: Final = 40
"""Of the first window's height: room for the frame around it, of which nothing is known before it shows."""
NARROW_PANEL_BELOW: Final = 1000


class MainWindow(QMainWindow):
    """`first_painted` is emitted once, after the window has been painted for the first time; `closed` at its end."""

    first_painted = Signal()
    closed = Signal()

    def __init__(self, composition: Composition, store: SettingsStore, themes: ThemeKeeper, save: bool = True) -> None:
        """save=False: a run that leaves the person's settings alone."""
        super().__init__()
        self.composition, self._themes = composition, themes
        self.asks = save
        """Somebody is there to answer what is asked on closing."""
        self.settings = store.settings
        self.session = LiveSession(composition.make_live_pipeline)
        self.shown_at: float | None = None
        self.closed_at: float | None = None
        self.setWindowTitle(resources.APP_NAME)
        self.setAcceptDrops(True)
        room = self._room()
        self.setMinimumSize(min(SMALLEST[0], room.width()), min(SMALLEST[1], room.height()))
        self.actions_ = make_actions(self)
        self.view, self.panel = VideoView(), FacePanel()
        self.info, self.status = InfoBar(), StatusBar()
        self.feed = Feed(self.session, self.view, self.panel)
        self.live, self.dialogs = LiveControl(self), DialogHost(self)
        self.page_control = PageControl(self, store, themes)
        self.pages = Pages(self._live_page(), self.page_control.makers)
        self.page_control.begin()
        self.chosen_face = ChosenFace(self)
        self.files = OpenFiles(self)
        self.view_settings = ViewSettings(self, store, themes, save)
        self.retraining = RetrainControl(self, themes)
        self._saver = SnapshotSaver(self)
        self._saver.saved.connect(self._snapshot_saved)
        cameras = (self.live.cameras.plugged, self.live.choose_camera, lambda: self.live.camera_in_use)
        self._camera_menu = CameraMenu(self.tr("&Camera"), *cameras)
        others = (self.actions_.demo, self.actions_.open_video)
        self._source_menu = CameraMenu(self.tr("Source"), *cameras, others)
        self.toolbar = Toolbar(self.actions_, self._source_menu)
        self.live.models.begin()
        self.models = ModelsControl(self, themes)
        self.samples = SamplesControl(self, themes)
        self.my_neutral = MyNeutral(self)
        self.streams = StreamsControl(self, themes)
        self.recording = RecordingControl(self)
        self.recording.defect.connect(self.page_control.defect)
        self.streams.share(self.recording.sign)
        self.timeline = TimelineControl(self, themes)
        fill_menus(self, self.actions_, self._camera_menu)
        self._lay_out()
        self._connect()
        self._restore()
        self._use_theme(themes.theme)
        self.view.setFocus()

    def _live_page(self) -> QWidget:
        above = QWidget()
        row = QHBoxLayout(above)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.view, 1)
        row.addWidget(self.panel)
        page = self.live_parts = QSplitter(Qt.Orientation.Vertical)
        page.setChildrenCollapsible(False)
        page.addWidget(above)
        page.setFocusProxy(self.view)
        return page

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.info)
        column.addWidget(self.pages, 1)
        column.addWidget(self.retraining.line)
        column.addWidget(self.status)
        centre = QWidget()
        centre.setLayout(column)
        self.setCentralWidget(centre)

    def _connect(self) -> None:
        actions = self.actions_
        actions.open_photos.triggered.connect(self.files.ask_for_photos)
        actions.open_folder.triggered.connect(self.files.ask_for_folder)
        actions.paste.triggered.connect(self.files.paste)
        actions.open_recording.triggered.connect(self.files.ask_for_recording)
        actions.open_video.triggered.connect(self.files.ask_for_video)
        actions.demo.triggered.connect(self.live.choose_demo)
        actions.snapshot.triggered.connect(self.take_snapshot)
        actions.quit.triggered.connect(self.close)
        actions.pause.toggled.connect(self._pause)
        actions.full_screen.toggled.connect(self._full_screen)
        actions.back_to_live.triggered.connect(self.back_to_live)
        self._themes.changed.connect(self._use_theme)
        self.samples.tuned.connect(self.retraining.look_at_tuning)

    def _restore(self) -> None:
        geometry = QByteArray.fromBase64(self.settings.window_geometry.encode("ascii", "ignore"))
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            room = self._room()
            self.resize(min(FIRST_SIZE[0], room.width()), min(FIRST_SIZE[1], room.height()))
        self.view_settings.apply()

    def _room(self) -> QSize:
        """What the screen has for the window within its frame."""
        room = self.screen().availableSize()
        return QSize(room.width(), room.height() - FRAME_HIGH)

    # Starting and ending

    def start(self, choice: Choice) -> None:
        self.feed.start()
        if choice.kind == sources.FILE and choice.spec is not None and sources.is_image(Path(choice.spec)):
            self.page_control.open_photos([Path(choice.spec)])
        else:
            self.live.open(choice)
        self.streams.start()
        self.view_settings.tell_damage()
        self.retraining.look_for_runs()

    def shut_down(self) -> None:
        """Stop all threads, in order and bounded. May be called more than once."""
        self.recording.signal_stop()
        self.retraining.shut_down()
        self.models.shut_down()
        self.samples.shut_down()
        self.feed.stop()
        self.streams.shut_down()
        self.timeline.shut_down()
        self.session.stop()
        self.live.cameras.plugged.stop()
        self.page_control.shut_down()
        self._saver.finish()
        self.recording.shut_down()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.panel.setFixedWidth(face_panel.NARROW if self.width() < NARROW_PANEL_BELOW else face_panel.WIDTH)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.retraining.may_close() or not self.samples.may_close() or not self.page_control.may_close():
            event.ignore()
            return
        if self.closed_at is None:
            self.closed_at = time.monotonic()
        self.dialogs.close()
        if not self.isFullScreen():
            self.settings.window_geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self.view_settings.save()
        self.hide()
        self.shut_down()
        super().closeEvent(event)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.shown_at is None:
            self.shown_at = time.monotonic()
            # After the children have been painted too: what follows loads slow libraries.
            QTimer.singleShot(0, self.first_painted.emit)

    def _use_theme(self, theme: Theme) -> None:
        for part in (self.toolbar, self.info, self.panel, self.status):
            part.set_theme(theme)

    # What the controls do

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.isEnabled() and dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := dropped_files(event.mimeData()):
            event.acceptProposedAction()
            self.files.open(paths)

    def show_source_menu(self) -> None:
        button = self.toolbar.source
        self._source_menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _pause(self, paused: bool) -> None:
        self.live.set_paused(paused)
        action = self.actions_.pause
        action.setText(self.tr("&Go on") if paused else self.tr("&Pause"))
        self.toolbar.set_theme(self._themes.theme)

    def _full_screen(self, on: bool) -> None:
        for part in (self.menuBar(), self.toolbar, self.status):
            part.setVisible(not on)
        if on:
            self.info.put_away()
        state, full = self.windowState(), Qt.WindowState.WindowFullScreen
        self.setWindowState(state | full if on else state & ~full)
        self.view_settings.show_panel()

    def take_snapshot(self) -> None:
        frame = self.feed.frame
        if frame is None:
            self.info.say(self.tr("There is no picture to save yet."), key="snapshot", passing=True)
            return
        folder = Path(self.settings.snapshot_folder) if self.settings.snapshot_folder else resources.pictures_dir()
        self._saver.save(compose(frame, self.feed.faces, self.view.look), folder)

    def _snapshot_saved(self, path: str, problem: str) -> None:
        if problem:
            text = self.tr("The snapshot was not saved as {path}: {why}. Choose another folder in Preferences.")
            self.info.say(text.format(path=path, why=problem), warning=True, key="snapshot")
        else:
            self.info.say(self.tr("Snapshot saved as {path}").format(path=path), key="snapshot", passing=True)

    # What the controllers tell

    def source_changed(self, kind: str, name: str) -> None:
        self.toolbar.set_source(kind, name)
        self.page_control.allow()
        # Another source ends a pause; the button follows.
        self.actions_.pause.setChecked(self.session.paused)

    def back_to_live(self) -> None:
        """From photos and recordings to what was shown before them; from what the timeline looks back at to what is
        read now; from a video to the camera or the demo. One step at a time."""
        if self.pages.current != pages.LIVE:
            self.pages.show_page(pages.LIVE)
        elif self.timeline.looks_back:
            self.timeline.go_on()
        else:
            self.live.open(Choice.at_start(None, self.settings))
