"""Which files the plan of a fine-tuning refuses at once as base data: only what is surely none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from fer_desktop.gui.samples import base_file
from tests.gui.conftest import Desk
from tests.gui.samples.steps import CLICK, opened_fine_tuning


@pytest.mark.parametrize(
    "start",
    [
        b"emotion,pixels,Usage\n0,1 2 3,Training\n",
        b"emotion, Usage, pixels\r\n",
        b'\xef\xbb\xbf"Emotion","pixels"\n',
        b"emotion,pixels,Usage\n" + b"\xff" * 9000,
    ],
)
def test_what_may_be_a_csv_of_faces_is_let_through(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "faces.csv"
    path.write_bytes(start)
    assert base_file.problem(path) == ""


def test_archives_and_folders_are_let_through(tmp_path: Path) -> None:
    np.savez(tmp_path / "faces.npz", image=np.zeros((1, 48, 48), np.uint8))
    assert base_file.problem(tmp_path / "faces.npz") == "" == base_file.problem(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("notes.csv", b"nonsense\n", "does not name the columns emotion and pixels"),
        ("empty.csv", b"", "does not name the columns"),
        ("twice.csv", b"emotion,emotion,pixels\n", "does not name the columns"),
        ("faces.npz", b"emotion,pixels,Usage\n", "does not begin as an .npz"),
        ("holiday.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 9000, "holds no faces"),
    ],
)
def test_what_is_surely_none_is_refused(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert why in base_file.problem(path) and str(path) in base_file.problem(path)


def test_what_is_gone_is_said(tmp_path: Path) -> None:
    assert "is not there any more" in base_file.problem(tmp_path / "gone.csv")


@pytest.mark.usefixtures("fake_program")
def test_the_plan_refuses_it_before_it_starts(
    desk: Desk, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened_fine_tuning(desk, qtbot)
    page, path = window.plan_page, tmp_path / "notes.csv"
    path.write_bytes(b"nonsense\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(page.choose_file, CLICK)
    assert "holds no faces" in page.warning.text.text() and not window.forward.isEnabled()
    assert page.base_note.text() == ""
    path.write_bytes(b"emotion,pixels\n")
    qtbot.mouseClick(page.choose_file, CLICK)
    assert window.forward.isEnabled() and "learns from these as well" in page.base_note.text()
