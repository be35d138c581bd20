"""A file's name ends as the form that was chosen does, and nothing is replaced unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog, QWidget

from fer_desktop.gui import save_file
from fer_desktop.gui.question import YesNo


class Dialogs:
    def __init__(self) -> None:
        self.asked: list[QDialog] = []

    def open(self, dialog: QDialog) -> None:
        self.asked.append(dialog)
        dialog.open()


@pytest.mark.parametrize(
    ("given", "suffix", "name"),
    [
        ("holiday", "csv", "holiday.csv"),
        ("holiday.2024", "csv", "holiday.2024.csv"),
        ("x.html", "csv", "x.html.csv"),
        ("x.CSV", "csv", "x.CSV"),
        ("x.htm", "html", "x.htm"),
        ("x.htm", "pdf", "x.htm.pdf"),
        ("x.pq", "parquet", "x.pq"),
    ],
)
def test_the_name_says_the_form(given: str, suffix: str, name: str) -> None:
    assert save_file.named(Path("folder") / given, suffix) == Path("folder") / name


def test_a_file_of_that_name_is_replaced_only_where_a_person_says_so(qtbot: Any, tmp_path: Path) -> None:
    parent, dialogs = QWidget(), Dialogs()
    qtbot.addWidget(parent)
    chosen: list[Path] = []
    (tmp_path / "x.csv").write_text("there")

    def choose(name: str) -> None:
        asked = len(dialogs.asked)
        dialog = save_file.ask(parent, dialogs, "Table", "csv", tmp_path / "Photos", chosen.append)  # type: ignore[arg-type]
        assert dialog.selectedFiles() == [str(tmp_path / "Photos.csv")]
        dialog.fileSelected.emit(str(tmp_path / name))
        dialog.close()
        qtbot.waitUntil(lambda: bool(chosen) or len(dialogs.asked) == asked + 2)

    choose("x")
    question = dialogs.asked[-1]
    assert isinstance(question, YesNo) and question.windowTitle() == "Replace x.csv?" and chosen == []
    question.reject()
    assert chosen == []
    choose("x.csv")
    dialogs.asked[-1].accept()
    assert chosen == [tmp_path / "x.csv"]
    chosen.clear()
    choose("x.txt")
    assert chosen == [tmp_path / "x.txt.csv"] and not isinstance(dialogs.asked[-1], YesNo)
