from __future__ import annotations

import dataclasses

import pytest

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Analysis, Box
from fer_desktop.streams.osc import OscSink
from tests.fake_pipeline import track
from tests.streams.fakes import analysis, frame, library
from tests.streams.receivers import Osc


def test_each_value_has_its_address_and_type() -> None:
    receiver = Osc()
    sink = receiver.make()
    shown = frame(width=200, height=100)
    happy, unknown = track(3), track(11, None, "too small")
    seen = Analysis(0, shown.captured_at, shown.size, (happy, unknown), "fake", {})
    sink.open()
    try:
        assert sink.put(None, seen)
        picture, first, second = receiver.bundle(), receiver.bundle(), receiver.bundle()
    finally:
        sink.close()
        receiver.leave()
    assert picture == {"/fer/faces": [2], "/fer/ids": [3, 11]}
    assert set(first) == {
        f"/fer/face/3/{name}" for name in (*emotions.NAMES, "valence", "label", "reason", "box", "own_neutral", "found")
    }  # fmt: skip
    assert first["/fer/face/3/happy"] == [pytest.approx(0.7)]
    assert first["/fer/face/3/valence"] == [pytest.approx(0.65)]
    assert first["/fer/face/3/label"] == ["happy"] and first["/fer/face/3/reason"] == [""]
    assert first["/fer/face/3/box"] == [pytest.approx(value, abs=1e-4) for value in (0.0163, 0.04, 0.1, 0.2)]
    assert second["/fer/face/11/label"] == [""] and second["/fer/face/11/reason"] == ["too small"]


def test_the_box_is_the_steady_one_that_is_shown() -> None:
    receiver = Osc()
    sink = receiver.make()
    steady = dataclasses.replace(track(3), steady=Box(16, 12, 32, 24))
    sink.open()
    try:
        sink.put(None, Analysis(0, 0.0, (64, 48), (steady,), "fake", {}))
        receiver.bundle()
        assert receiver.bundle()["/fer/face/3/box"] == [0.25, 0.25, 0.5, 0.5]
    finally:
        sink.close()
        receiver.leave()


def test_a_face_that_was_missed_is_no_new_reading() -> None:
    receiver = Osc()
    sink = receiver.make()
    missed = dataclasses.replace(track(3), steady=Box(16, 12, 32, 24), seen=False)
    sink.open()
    try:
        sink.put(None, Analysis(0, 0.0, (64, 48), (missed,), "fake", {}))
        assert receiver.bundle() == {"/fer/faces": [1], "/fer/ids": [3]}
        assert receiver.bundle() == {"/fer/face/3/found": [0], "/fer/face/3/box": [0.25, 0.25, 0.5, 0.5]}
    finally:
        sink.close()
        receiver.leave()


@pytest.mark.parametrize("host", ["a..b", "a" * 70])
def test_what_cannot_be_a_name_is_said_so(host: str) -> None:
    library("pythonosc")
    with pytest.raises(InputError, match="There is no computer called"):
        OscSink(host).open()


def test_thirty_faces_get_through() -> None:
    receiver = Osc()
    sink = receiver.make()
    sink.open()
    try:
        assert sink.put(None, analysis(30))
        assert receiver.faces() == 30
        assert all(len(receiver.bundle()) == 13 for _ in range(30))
    finally:
        sink.close()
        receiver.leave()


def test_who_begins_to_listen_is_heard_of() -> None:
    receiver = Osc()
    sink = receiver.make()
    receiver.leave()
    sink.open()
    try:
        heard = [sink.put(None, analysis(1)) for _ in range(5)]
        assert not all(heard), "nobody listens"
        receiver = Osc(receiver.port)
        assert sink.put(None, analysis(2)) or sink.put(None, analysis(2))
        assert receiver.faces() in (1, 2)
    finally:
        sink.close()
        receiver.leave()


@pytest.mark.parametrize(("host", "other"), [("127.0.0.1", False), ("::1", False), ("192.0.2.9", True)])
def test_another_computer_is_warned_of(host: str, other: bool) -> None:
    caution = OscSink(host).caution
    assert (caution is not None) == other
    assert caution is None or host in caution
