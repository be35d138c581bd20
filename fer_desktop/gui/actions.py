"""Every command of the window as a QAction, and the menus that hold them. What they do is connected in main_window."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from fer_desktop.core import emotions
from fer_desktop.overlay import words
from fer_desktop.settings.schema import THEMES


def _tr(text: str) -> str:
    return QCoreApplication.translate("Actions", text)


def _action(parent: QObject, text: str, key: str | QKeySequence.StandardKey = "", checkable: bool = False) -> QAction:
    action = QAction(text, parent)
    action.setCheckable(checkable)
    if key:
        action.setShortcut(QKeySequence(key))
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text.replace('&', '').rstrip('…')} ({keys})")
    return action


@dataclass(slots=True)
class Actions:
    open_photos: QAction
    open_folder: QAction
    paste: QAction
    open_recording: QAction
    open_video: QAction
    demo: QAction
    snapshot: QAction
    record: QAction
    marker: QAction
    quit: QAction
    live: QAction
    photos: QAction
    recordings: QAction
    pause: QAction
    mirror: QAction
    boxes: QAction
    bars: QAction
    why: QAction
    my_neutral: QAction
    panel: QAction
    timeline: QAction
    full_screen: QAction
    leave_full_screen: QAction
    back_to_live: QAction
    themes: QActionGroup
    preferences: QAction
    models: QAction
    retrain: QAction
    streams: QAction
    collect: QAction
    take_samples: QAction
    next_face: QAction
    corrections: QActionGroup
    my_samples: QAction
    keys: QAction
    about: QAction
    privacy: QAction


def make_actions(window: QMainWindow) -> Actions:
    themes = QActionGroup(window)
    labels = {"system": _tr("As the system"), "light": _tr("Light"), "dark": _tr("Dark")}
    for name in THEMES:
        action = _action(window, labels[name], checkable=True)
        action.setData(name)
        themes.addAction(action)
    corrections = QActionGroup(window)
    for number, name in enumerate(emotions.NAMES, start=1):
        action = _action(window, words.label(name), str(number))
        action.setData(name)
        action.setAutoRepeat(False)
        corrections.addAction(action)
    actions = Actions(
        open_photos=_action(window, _tr("&Open photos…"), "Ctrl+O"),
        open_folder=_action(window, _tr("Open &folder…"), "Ctrl+Alt+O"),
        paste=_action(window, _tr("P&aste photo"), QKeySequence.StandardKey.Paste),
        open_recording=_action(window, _tr("Open &recording…"), "Ctrl+Shift+O"),
        open_video=_action(window, _tr("Play &video…")),
        demo=_action(window, _tr("&Demo")),
        snapshot=_action(window, _tr("Save &snapshot"), "S"),
        record=_action(window, _tr("&Record"), "R", checkable=True),
        marker=_action(window, _tr("Set a &marker, while recording"), "M"),
        quit=_action(window, _tr("&Quit"), "Ctrl+Q"),
        live=_action(window, _tr("&Live"), "Ctrl+1", checkable=True),
        photos=_action(window, _tr("&Photos"), "Ctrl+2", checkable=True),
        recordings=_action(window, _tr("&Recordings"), "Ctrl+3", checkable=True),
        pause=_action(window, _tr("&Pause"), "Space", checkable=True),
        mirror=_action(window, _tr("&Mirror cameras"), checkable=True),
        boxes=_action(window, _tr("Bo&xes"), "X", checkable=True),
        bars=_action(window, _tr("&Bars"), "B", checkable=True),
        why=_action(window, _tr("&Why"), "W", checkable=True),
        my_neutral=_action(window, _tr("My &neutral"), "N", checkable=True),
        panel=_action(window, _tr("Side &panel"), "P", checkable=True),
        timeline=_action(window, _tr("&Timeline"), "T", checkable=True),
        full_screen=_action(window, _tr("&Full screen"), "F", checkable=True),
        leave_full_screen=_action(window, _tr("Let go of the face, leave full screen"), "Esc"),
        back_to_live=_action(window, _tr("Back to &live"), "L"),
        themes=themes,
        preferences=_action(window, _tr("&Preferences…"), "Ctrl+,"),
        models=_action(window, _tr("M&odels…"), "Ctrl+M"),
        retrain=_action(window, _tr("&Retrain…"), "Ctrl+R"),
        streams=_action(window, _tr("S&treams…")),
        collect=_action(window, _tr("&Collect samples"), "C", checkable=True),
        take_samples=_action(window, _tr("Take samples, while collecting"), "Return"),
        next_face=_action(window, _tr("F&ollow a face, then the next"), "G", checkable=True),
        corrections=corrections,
        my_samples=_action(window, _tr("My &samples…")),
        keys=_action(window, _tr("&Keys"), "F1"),
        about=_action(window, _tr("&About FER Desktop")),
        privacy=_action(window, _tr("&Privacy")),
    )
    pages = QActionGroup(window)
    for action in (actions.live, actions.photos, actions.recordings):
        pages.addAction(action)
    actions.live.setChecked(True)
    actions.back_to_live.setEnabled(False)
    actions.take_samples.setShortcuts([QKeySequence(Qt.Key.Key_Return), QKeySequence(Qt.Key.Key_Enter)])
    actions.take_samples.setAutoRepeat(False)
    actions.take_samples.setEnabled(False)
    actions.my_neutral.setAutoRepeat(False)
    actions.record.setAutoRepeat(False)
    window.addActions(corrections.actions())
    actions.quit.setMenuRole(QAction.MenuRole.QuitRole)
    actions.preferences.setMenuRole(QAction.MenuRole.PreferencesRole)
    actions.about.setMenuRole(QAction.MenuRole.AboutRole)
    for name in Actions.__slots__:
        action = getattr(actions, name)
        if isinstance(action, QAction):
            # Full screen hides the menu bar; keys must work all the same.
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            # Icons are the toolbar's: in a menu one would stand where the tick of a checked entry stands.
            action.setIconVisibleInMenu(False)
            window.addAction(action)
    return actions


def fill_menus(window: QMainWindow, actions: Actions, camera_menu: QMenu) -> None:
    bar = window.menuBar()
    file = bar.addMenu(_tr("&File"))
    file.addActions([actions.open_photos, actions.open_folder, actions.paste, actions.open_recording])
    file.addSeparator()
    file.addMenu(camera_menu)
    file.addActions([actions.demo, actions.open_video])
    file.addSeparator()
    file.addActions([actions.snapshot, actions.record, actions.marker])
    file.addSeparator()
    file.addAction(actions.quit)
    view = bar.addMenu(_tr("&View"))
    view.addActions([actions.live, actions.photos, actions.recordings])
    view.addSeparator()
    view.addActions([actions.pause, actions.back_to_live])
    view.addSeparator()
    view.addActions([actions.mirror, actions.boxes, actions.bars, actions.why, actions.panel, actions.timeline])
    view.addSeparator()
    view.addActions([actions.next_face, actions.my_neutral])
    view.addSeparator()
    view.addMenu(theme_menu(window, actions))
    view.addAction(actions.full_screen)
    settings = bar.addMenu(_tr("&Settings"))
    settings.addActions([actions.preferences, actions.models, actions.retrain, actions.streams])
    settings.addSeparator()
    settings.addActions([actions.collect, actions.my_samples])
    help_menu = bar.addMenu(_tr("&Help"))
    help_menu.addActions([actions.keys, actions.privacy, actions.about])


def theme_menu(window: QMainWindow, actions: Actions) -> QMenu:
    menu = QMenu(_tr("&Theme"), window)
    menu.addActions(actions.themes.actions())
    return menu
