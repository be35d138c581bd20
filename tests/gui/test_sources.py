"""Which source is made for a choice, the first time and after it was lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fer_desktop.core.errors import CameraError, Fault
from fer_desktop.gui.composition import CameraWish
from fer_desktop.gui.sources import CAMERA, DEMO, Choice, Own, SourceBook
from fer_desktop.settings.schema import Settings
from tests.gui.fakes import FakeCamera, FakeSource, FakeWorld


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


ONE, TWO = FakeCamera("Webcam", "port 1"), FakeCamera("Webcam (2)", "port 2")
THREE = FakeCamera("Webcam (2)", "port 3")
BUILT_IN = FakeCamera("Built-in", "board")


@pytest.mark.parametrize(
    ("own", "there", "found"),
    [
        (Own("Webcam", "port 1"), [BUILT_IN, ONE, TWO], "port 1"),
        (Own("Webcam (2)", "port 2"), [BUILT_IN, ONE, TWO], "port 2"),
        # The first was pulled out: the second is the only "Webcam" now.
        (Own("Webcam (2)", "port 2"), [BUILT_IN, FakeCamera("Webcam", "port 2")], "port 2"),
        (Own("Webcam", "port 1", frozenset({"port 2"})), [FakeCamera("Webcam", "port 2")], None),
        # It came back in another port.
        (
            Own("Webcam", "port 1", frozenset({"port 2"})),
            [FakeCamera("Webcam", "port 2"), FakeCamera("Webcam (2)", "port 3")],
            "port 3",
        ),
        (Own("Webcam", "port 1"), [BUILT_IN], None),
        (Own("Webcam (2)", "port 9"), [ONE, TWO], "port 2"),
        (Own("Virtual", ""), [FakeCamera("Virtual", "")], ""),
        (Own("", ""), [ONE], None),
    ],
)
def test_the_same_camera_is_known_by_its_make_and_its_place(
    own: Own, there: list[FakeCamera], found: str | None
) -> None:
    camera = own.among(there)
    assert (None if camera is None else camera.path) == found


def test_a_lost_camera_is_not_replaced_by_its_twin_whatever_it_is_called_now() -> None:
    world = FakeWorld(cameras=[ONE, TWO])
    book = SourceBook(world.composition(), Settings())
    make = book.factory(Choice(CAMERA, "camera:Webcam"))
    make()
    world.cameras = [FakeCamera("Webcam", "port 2")]
    for maker in (make, book.again("Webcam")):
        with pytest.raises(CameraError) as caught:
            maker()
        assert caught.value.fault is Fault.GONE
    world.cameras = [FakeCamera("Webcam", "port 2"), FakeCamera("Webcam (2)", "port 1")]
    assert make().name == book.again("Webcam")().name == "Webcam (2)"


def test_the_camera_of_last_time_is_taken_by_its_place_where_two_are_alike() -> None:
    settings = Settings(camera_name="Webcam (2)", camera_path="port 2")
    world = FakeWorld(cameras=[BUILT_IN, FakeCamera("Webcam", "port 2"), FakeCamera("Webcam (2)", "port 3")])
    assert SourceBook(world.composition(), settings).factory(Choice(CAMERA, None))().name == "Webcam"


def test_cameras_are_asked_for_what_the_settings_say() -> None:
    settings = Settings(camera_size="640x480", camera_rate=60)
    world, asked = FakeWorld(cameras=[BUILT_IN]), []

    def make_camera(name: str, wish: CameraWish) -> FakeSource:
        asked.append(wish)
        return FakeSource(name)

    book = SourceBook(replace(world.composition(), make_camera=make_camera), settings)
    make = book.factory(Choice(CAMERA, None))
    make()
    settings.camera_size = "1920x1080"
    make()
    book.again("Built-in")()
    assert asked == [CameraWish(640, 480, 60), CameraWish(640, 480, 60), CameraWish(1920, 1080, 60)]
