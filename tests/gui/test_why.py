"""View ▸ Why: the key, the setting, what is painted and saved, and a model that cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from fer_desktop.core.types import Analysis, Frame, Track
from tests.core_values import face
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeClassifier, FakePipeline, FakeWorld

WAIT_MS = 5000
TEXT = "This model cannot show why."


class Mapping(FakePipeline):
    """One happy face; its prediction carries maps where the classifier has them and they are asked for."""

    maps = False

    def analyse(self, of: Frame) -> Analysis:
        plain = super().analyse(of)
        maps = np.zeros((6, 6, 7), np.float32)
        maps[3, 3, 3] = 2.0
        given = maps if self.maps and self.classifier.has_maps else None
        return replace(plain, tracks=tuple(_with(track, given) for track in plain.tracks))


def _with(one: Track, maps: np.ndarray | None) -> Track:
    return replace(one, face=face(200, 100, 160), prediction=replace(one.prediction, maps=maps))


def has_maps(desk: Desk) -> bool:
    faces = desk.window.feed.faces
    return bool(faces) and faces[0].prediction.maps is not None


def coloured(image: QImage) -> np.ndarray:
    """Where the picture, which is grey, has a colour: bool[h, w]."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    pixels = rows[:, : image.width(), :3].astype(int)
    return (pixels.max(axis=2) - pixels.min(axis=2)) > 40


def test_w_warms_the_face_and_is_remembered(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    world.pipeline = Mapping()
    desk.window.actions_.boxes.setChecked(False)
    desk.window.actions_.bars.setChecked(False)
    desk.start()
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    assert not desk.window.actions_.why.isChecked() and not has_maps(desk)
    assert not coloured(desk.window.view.grab().toImage()).any()
    qtbot.keyClick(desk.window, Qt.Key.Key_W)
    assert desk.window.actions_.why.isChecked() and desk.saved().show_why
    qtbot.waitUntil(lambda: has_maps(desk), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: coloured(desk.window.view.grab().toImage()).sum() > 500, timeout=WAIT_MS)
    assert desk.window.info.isHidden() or desk.window.info.key != "why"
    qtbot.keyClick(desk.window, Qt.Key.Key_W)
    assert not desk.saved().show_why
    qtbot.waitUntil(lambda: not has_maps(desk), timeout=WAIT_MS)
    assert not coloured(desk.window.view.grab().toImage()).any()


def test_in_a_pause_it_comes_too_and_a_snapshot_has_it(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    world.pipeline = Mapping()
    desk.window.actions_.boxes.setChecked(False)
    desk.window.actions_.bars.setChecked(False)
    desk.start()
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    desk.window.actions_.pause.trigger()
    stands = desk.window.feed.frame
    desk.window.actions_.why.trigger()
    qtbot.waitUntil(lambda: has_maps(desk), timeout=WAIT_MS)
    assert desk.window.feed.frame is stands and desk.window.session.paused
    saved: list[str] = []
    desk.window._saver.saved.connect(lambda path, problem: saved.append(path))
    desk.window.actions_.snapshot.trigger()
    qtbot.waitUntil(lambda: bool(saved), timeout=WAIT_MS)
    assert coloured(QImage(saved[0])).sum() > 500


def test_a_model_that_cannot_tell_is_told_of_once(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    world.pipeline = Mapping(classifier=FakeClassifier("mute", has_maps=False))
    said = spy(desk)
    desk.start()
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    assert TEXT not in " ".join(said)
    desk.window.actions_.why.trigger()
    assert desk.window.info.text.text() == TEXT and not desk.window.info.isHidden()
    desk.window.actions_.mirror.trigger()
    assert said.count(TEXT) == 1
    world.models["tells"] = FakeClassifier("tells")
    desk.window.live.models.change("tells")
    qtbot.waitUntil(lambda: has_maps(desk), timeout=WAIT_MS)
    assert desk.window.info.key != "why"
    world.models["mute 2"] = FakeClassifier("mute 2", has_maps=False)
    desk.window.live.models.change("mute 2", lambda: None)
    # With the way back, which a line of its own would have taken away.
    qtbot.waitUntil(lambda: said[-1] == f"Now using mute 2. {TEXT}", timeout=WAIT_MS)
    assert desk.window.info.action.text() == "Go back"
    assert sum(TEXT in text for text in said) == 2


def test_remembered_it_is_told_of_at_the_start(desk: Desk, world: FakeWorld, qtbot: Any) -> None:
    world.pipeline = Mapping(classifier=FakeClassifier("mute", has_maps=False))
    said = spy(desk)
    desk.window.actions_.why.setChecked(True)
    assert TEXT not in said, "nobody knows the model yet"
    desk.start()
    qtbot.waitUntil(lambda: TEXT in said, timeout=WAIT_MS)


def spy(desk: Desk) -> Sequence[str]:
    """All that the info bar is told from now on."""
    said: list[str] = []
    say = desk.window.info.say

    def listen(text: str, *rest: Any, **more: Any) -> None:
        said.append(text)
        say(text, *rest, **more)

    desk.window.info.say = listen  # type: ignore[method-assign]
    return said
