"""Which source is made for a choice, the first time and after it was lost."""

from __future__ import annotations

import pytest

from fer_desktop.core.errors import CameraError
from fer_desktop.gui.sources import CAMERA, DEMO, Choice, SourceBook
from fer_desktop.settings.schema import Settings
from tests.gui.fakes import FakeCamera, FakeWorld


@pytest.mark.parametrize("left", [[], [FakeCamera("Other")]], ids=["no camera left", "another camera left"])
def test_the_first_camera_is_asked_for_again_after_it_was_unplugged(left: list[FakeCamera]) -> None:
    world = FakeWorld(cameras=[FakeCamera("Desk"), FakeCamera("Other")])
    book = SourceBook(world.composition(), Settings())
    make = book.factory(Choice.parse(None))
    assert make().name == "Desk"
    world.cameras = left
    with pytest.raises(CameraError, match="Desk"):
        make()
    assert not book.fell_back and book.kind_of("Desk") == CAMERA
    world.cameras = [FakeCamera("Other"), FakeCamera("Desk")]
    assert make().name == "Desk"


def test_a_camera_that_was_not_named_is_kept_too() -> None:
    world = FakeWorld(cameras=[FakeCamera("Desk")])
    first = world.make_source
    world.make_source = lambda spec: first("camera:Desk" if spec == "camera" else spec)  # type: ignore[method-assign]
    make = SourceBook(world.composition(), Settings()).factory(Choice.parse("camera"))
    make()
    world.cameras = []
    with pytest.raises(CameraError, match="Desk"):
        make()


def test_the_demo_stays_the_demo_when_a_camera_comes() -> None:
    world = FakeWorld()
    book = SourceBook(world.composition(), Settings())
    make = book.factory(Choice.parse(None))
    assert make().name == "Demo" and book.fell_back
    world.cameras = [FakeCamera("Desk")]
    assert make().name == "Demo" and book.kind_of("Demo") == DEMO
