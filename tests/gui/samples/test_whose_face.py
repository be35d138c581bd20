"""Whose face a take is of: the largest or the chosen one, from its beginning to its end, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from fer_desktop.core.types import Box
from fer_desktop.gui.samples import taking
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeCamera
from tests.gui.samples.conftest import living
from tests.gui.samples.steps import CLICK, WAIT_MS, at_rest, files, living_view, middle, opened, stored, take

SMALL, LARGE = Box(420, 120, 90, 100), Box(60, 90, 180, 220)


def begun(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch, faces: int = 1) -> taking.Taking:
    """A long take of which there is something already."""
    monkeypatch.setattr(taking, "TAKE_S", 60.0)
    living_view(desk, qtbot, faces)
    strip, control = opened(desk, qtbot), desk.window.samples.collecting.taking
    qtbot.mouseClick(strip.take, CLICK)
    qtbot.waitUntil(lambda: len(control.kept) >= 2, timeout=WAIT_MS)
    return control


def ended(desk: Desk, control: taking.Taking, qtbot: Any) -> str:
    """What is said then."""
    qtbot.waitUntil(lambda: not control.active, timeout=WAIT_MS)
    at_rest(desk, qtbot)
    assert len(files()) == len(control.kept)
    return str(desk.window.samples.collecting.strip.status.text())


def faces_stored() -> set[int]:
    """The numbers of the faces that were saved."""
    return {int(one.read()[20, 20]) // 10 for one in stored()}


def test_a_face_that_goes_away_in_the_take_is_told(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "TAKE_S", 2.0)
    living_view(desk, qtbot)
    strip, control = opened(desk, qtbot), desk.window.samples
    qtbot.mouseClick(strip.take, CLICK)
    qtbot.waitUntil(lambda: len(control.collecting.taking.kept) >= 2, timeout=WAIT_MS)
    desk.world.pipeline.tracks = lambda _: ()
    qtbot.waitUntil(lambda: strip.status.text() == "No face in view. Nothing is saved now.", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not control.collecting.taking.active, timeout=WAIT_MS)
    at_rest(desk, qtbot)
    assert len(files()) == len(control.collecting.taking.kept)


def test_of_several_the_largest_counts_until_another_is_chosen(desk: Desk, qtbot: Any) -> None:
    desk.world.pipeline.tracks = lambda of: (living(of, 1, SMALL), living(of, 2, LARGE))
    living_view(desk, qtbot, faces=2)
    strip, view = opened(desk, qtbot), desk.window.view
    qtbot.waitUntil(lambda: "the largest, is taken" in strip.status.text(), timeout=WAIT_MS)
    take(desk, "happy", qtbot)
    assert {int(one.read()[20, 20]) for one in stored("happy")} == {20}
    small = next(item for item in view.placed if item.key == 1)
    qtbot.mouseClick(view, CLICK, pos=middle(small.box))
    assert desk.window.chosen_face.chosen == 1 and "which you chose" in strip.status.text()
    take(desk, "sad", qtbot)
    assert {int(one.read()[20, 20]) for one in stored("sad")} == {10}
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert desk.window.chosen_face.chosen is None and strip.isVisible(), "the first Esc only releases the face"
    cards = desk.window.panel.cards
    qtbot.mouseClick(cards[0], CLICK)
    assert desk.window.chosen_face.chosen == cards[0].face.track_id
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    for wanted in (1, 2, None):
        qtbot.keyClick(desk.window, Qt.Key.Key_G)
        assert desk.window.chosen_face.chosen == wanted


def test_another_face_never_stands_for_the_chosen_one(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "TAKE_S", 1.5)
    desk.world.pipeline.tracks = lambda of: (living(of, 1, SMALL), living(of, 2, LARGE))
    living_view(desk, qtbot, faces=2)
    opened(desk, qtbot)
    control = desk.window.samples
    control.faces.choose(1)
    qtbot.mouseClick(control.collecting.strip.take, CLICK)
    qtbot.waitUntil(lambda: len(control.collecting.taking.kept) >= 2, timeout=WAIT_MS)
    desk.world.pipeline.tracks = lambda of: (living(of, 2, LARGE),)
    qtbot.waitUntil(lambda: not control.collecting.taking.active, timeout=WAIT_MS)
    at_rest(desk, qtbot)
    assert {int(one.read()[20, 20]) for one in stored()} == {10}
    qtbot.waitUntil(lambda: control.faces.chosen is None, timeout=WAIT_MS)


def test_in_a_mirrored_picture_the_face_under_the_pointer_is_chosen(desk: Desk, qtbot: Any) -> None:
    desk.world.cameras = [FakeCamera("Desk")]
    desk.world.pipeline.tracks = lambda of: (living(of, 1, SMALL), living(of, 2, LARGE))
    desk.start("camera:Desk")
    view = desk.window.view
    qtbot.waitUntil(lambda: len(view.placed) == 2 and view.look.mirror, timeout=WAIT_MS)
    opened(desk, qtbot)
    where, scale = view.picture_rect(), view.picture_rect().width() / 640
    # The small face is at the right of the frame, so at the left of the window.
    x = where.x() + (640 - SMALL.centre[0]) * scale
    qtbot.mouseClick(view, CLICK, pos=middle(next(item for item in view.placed if item.key == 1).box))
    assert desk.window.chosen_face.chosen == 1
    assert abs(middle(next(item for item in view.placed if item.key == 1).box).x() - x) < 3
    take(desk, "fear", qtbot)
    assert {int(one.read()[20, 20]) for one in stored("fear")} == {10}


@pytest.mark.parametrize("at_once", [False, True])
def test_who_comes_after_is_not_taken_for_the_one_who_left(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    control = begun(desk, qtbot, monkeypatch)
    if not at_once:
        desk.world.pipeline.tracks = lambda _: ()
        qtbot.wait(300)
    desk.world.pipeline.tracks = lambda of: (living(of, 7),)
    said = ended(desk, control, qtbot)
    assert faces_stored() == {0} and "The face went out of view, so the take has ended." in said


def test_the_same_face_goes_on_after_a_moment(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    control = begun(desk, qtbot, monkeypatch)
    desk.world.pipeline.tracks = lambda _: ()
    qtbot.wait(200)
    desk.world.pipeline.tracks = lambda of: (living(of),)
    before = len(control.kept)
    qtbot.waitUntil(lambda: len(control.kept) > before, timeout=WAIT_MS)
    assert control.active and not control.why


def test_a_face_that_nobody_chose_is_not_called_chosen(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.world.pipeline.tracks = lambda of: (living(of, 1, SMALL), living(of, 2, LARGE))
    control = begun(desk, qtbot, monkeypatch, faces=2)
    desk.world.pipeline.tracks = lambda of: (living(of, 1, SMALL),)
    strip = desk.window.samples.collecting.strip
    assert strip is not None
    words = "The face being taken is not in view. Nothing is saved now."
    qtbot.waitUntil(lambda: strip.status.text() == words, timeout=WAIT_MS)
    ended(desk, control, qtbot)
    assert faces_stored() == {2}


def test_another_page_ends_the_take(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    control = begun(desk, qtbot, monkeypatch)
    desk.window.actions_.photos.trigger()
    ended(desk, control, qtbot)
    assert not desk.window.samples.collecting.shown and faces_stored() == {0}


def test_another_source_ends_the_take(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.world.cameras = [FakeCamera("Desk")]
    control = begun(desk, qtbot, monkeypatch)
    desk.start("camera:Desk")
    assert "Another picture came, so the take has ended." in ended(desk, control, qtbot)
