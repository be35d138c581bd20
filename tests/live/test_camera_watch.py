"""Cameras that come and go, noticed off the window's thread."""

from __future__ import annotations

import threading

import pytest

from fer_desktop.live import camera_watch
from fer_desktop.live.camera_watch import CameraWatch
from tests.live.fakes import wait_for


class Plugs:
    """What is plugged in; keeps who asked."""

    def __init__(self) -> None:
        self.cameras = ["Desk"]
        self.listings = 0
        self.looks = 0
        self.threads: set[threading.Thread] = set()

    def list(self) -> list[str]:
        self.listings += 1
        self.threads.add(threading.current_thread())
        return list(self.cameras)

    def sign(self) -> object:
        self.looks += 1
        self.threads.add(threading.current_thread())
        return tuple(self.cameras)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_watch, "LOOK_EVERY_S", 0.01)


def test_nothing_is_asked_before_somebody_asks() -> None:
    plugs = Plugs()
    watch = CameraWatch(plugs.list, plugs.sign)
    assert watch.news() is None
    watch.stop()
    assert plugs.threads == set()


def test_a_listing_is_told_once_and_made_on_another_thread() -> None:
    plugs = Plugs()
    watch = CameraWatch(plugs.list, plugs.sign)
    for _ in range(2):
        watch.look_now()
        found: list[object] = []
        wait_for(lambda found=found: found.append(watch.news()) or found[-1])
        assert found[-1] == ["Desk"] and watch.news() is None
    watch.stop()
    assert threading.current_thread() not in plugs.threads and plugs.listings == 2


def test_while_somebody_waits_each_change_is_told_and_nothing_else_is_listed() -> None:
    plugs = Plugs()
    watch = CameraWatch(plugs.list, plugs.sign)
    news: list[object] = []

    def told(*cameras: str) -> None:
        wait_for(lambda: (one := watch.news()) is not None and (news.append(one) or one == list(cameras)))

    watch.wait_for_one(True)
    told("Desk")
    for cameras in (["Desk", "New"], ["New"], []):
        plugs.cameras = cameras
        told(*cameras)
        looks = plugs.looks
        wait_for(lambda looks=looks: plugs.looks > looks + 3)
    watch.wait_for_one(False)
    assert len(news) == plugs.listings == 4
    watch.stop()


def test_a_system_that_fails_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    plugs = Plugs()
    failures = iter([OSError("no service"), RuntimeError("busy")])

    def sign() -> object:
        error = next(failures, None)
        if error is not None:
            raise error
        return plugs.sign()

    watch = CameraWatch(plugs.list, sign)
    watch.wait_for_one(True)
    wait_for(watch.news)
    watch.stop()
    assert caplog.text.count("could not be listed") == 2


def test_it_ends_and_is_not_woken_again() -> None:
    plugs = Plugs()
    watch = CameraWatch(plugs.list, plugs.sign)
    watch.wait_for_one(True)
    wait_for(watch.news)
    watch.stop()
    listings = plugs.listings
    watch.look_now()
    watch.stop()
    assert plugs.listings == listings
