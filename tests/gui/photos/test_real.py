"""With the program's own detector and network: a drawn face is found and read, and why is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from fer_desktop import app
from fer_desktop.gui.photos.page import PhotosPage
from tests.core_values import demo_frame
from tests.gui.photos.conftest import WAIT_MS, Told, at_rest, read


@pytest.mark.usefixtures("needs_detector_models")
def test_a_drawn_face_is_read_and_explained(make_page: Callable[..., PhotosPage], tmp_path: Path, qtbot: Any) -> None:
    for name in ("one.png", "two.png"):
        Image.fromarray(demo_frame().bgr[:, :, ::-1]).save(tmp_path / name)
    page = make_page(app.composition())
    told = Told(page)
    read(page, qtbot, [tmp_path / "one.png", tmp_path / "two.png"])
    assert page.collection.records.photos["faces"].tolist() == [1, 1]
    assert page.collection.records.photos["lead"][0] < 7
    page.open_large(0)
    page.closer.set_why(True)
    qtbot.waitUntil(lambda: bool(page.faces) and page.faces[0].prediction.maps is not None, timeout=WAIT_MS)
    kept = page.collection.records.faces_of(0)[0]["probabilities"]
    assert page.faces[0].prediction.probabilities == pytest.approx(kept, abs=0.01), "the crop was cut as it was before"
    page.change_model(lambda: app.classifier(), "the same")
    at_rest(page, qtbot)
    assert told.problems == [] and told.defects == []
