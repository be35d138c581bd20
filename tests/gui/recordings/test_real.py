"""The page over the real pipeline: the drawn person, and a recording of a real one where it is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_desktop import app, resources
from fer_desktop.core import emotions
from fer_desktop.gui.recordings.page import RecordingsPage
from fer_desktop.gui.theme import DARK
from fer_desktop.offline.lanes import Lane
from fer_desktop.settings.store import SettingsStore
from tests.gui.fakes import FakeWorld
from tests.gui.recordings.conftest import Desk, Dialogs, Gate
from tests.videos import write_film


@pytest.fixture
def real(qtbot: Any, needs_detector_models: None) -> Iterator[Desk]:
    composition = replace(FakeWorld().composition(), make_video_pipeline=app.composition().make_video_pipeline)
    dialogs = Dialogs()
    page = RecordingsPage(composition, SettingsStore(resources.settings_file()), dialogs)
    qtbot.addWidget(page)
    page.set_theme(DARK)
    page.show()
    told: list[tuple[str, bool]] = []
    page.told.connect(lambda text, warning: told.append((text, warning)))
    yield Desk(page, dialogs, Gate(), told, [], qtbot)
    page.shut_down()


def leading(lane: Lane, part: slice) -> str:
    """What stands longest in a part of the face's pictures."""
    labels = lane.labels[part]
    return emotions.NAMES[int(np.bincount(labels[labels >= 0], minlength=emotions.COUNT).argmax())]


def test_the_drawn_person(real: Desk, tmp_path: Path) -> None:
    real.open(write_film(tmp_path / "film.mp4", count=24, size=(640, 480)))
    document = real.page.document
    assert document is not None
    assert document.readings.count == 24
    assert [len(face.frames) for face in document.faces] == [24], "from its first picture on"
    real.page.player.go_to(20)
    real.at(20)
    shown = real.page.display.faces[0]
    place = document.faces[0].place(20)
    assert place is not None
    assert np.array_equal(shown.bars, document.faces[0].rows["smoothed"][place])
    assert shown.crop.std() > 10, "cut from the picture anew"
    assert real.told == []


def test_sad_at_first_and_happy_at_last(real: Desk, shared_dir: Path) -> None:
    real.open(shared_dir / "media" / "one_face_sad_to_happy.mp4")
    document = real.page.document
    assert document is not None
    assert document.readings.count == 472
    assert (np.diff(document.readings.times) > 0).all()
    (lane,) = document.lanes
    quarter = len(lane.labels) // 4
    assert leading(lane, slice(0, quarter)) == "sad"
    assert leading(lane, slice(-quarter, None)) == "happy"


def test_a_cartoon_shows_next_to_nothing(real: Desk, shared_dir: Path) -> None:
    real.open(shared_dir / "media" / "no_face.mp4")
    document = real.page.document
    assert document is not None
    labelled = {frame for lane in document.lanes for frame in lane.face.frames[lane.labels >= 0].tolist()}
    assert len(labelled) <= 0.02 * document.readings.count
