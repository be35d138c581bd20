"""Faces are named, merged and taken out, undone."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QLineEdit

from fer_desktop.gui.recordings.document import Document
from tests.gui.recordings.conftest import COUNT, Desk

CLICK = Qt.MouseButton.LeftButton


def choose(desk: Desk, *rows: int) -> None:
    faces = desk.page.side.faces.list
    faces.setCurrentRow(rows[0])
    for row in rows[1:]:
        faces.setCurrentRow(row, QItemSelectionModel.SelectionFlag.Select)


def test_naming_by_keyboard(desk: Desk, document: Document) -> None:
    faces = desk.page.side.faces
    faces.list.setFocus()
    choose(desk, 0)
    desk.bot.keyClick(faces.list, Qt.Key.Key_F2)
    editor = faces.list.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    desk.bot.keyClicks(editor, " Ada  L, 1 ")
    assert desk.page.player.number == 0, "what is written in a name is no key of the page"
    desk.bot.keyClick(editor, Qt.Key.Key_Return)
    desk.until(lambda: document.name_of(1) == "Ada L, 1")
    desk.until(lambda: faces.list.item(0).text() == "Ada L, 1")
    desk.bot.mouseClick(faces.undo, CLICK)
    assert document.name_of(1) == "Face 1"
    desk.bot.mouseClick(faces.redo, CLICK)
    assert faces.list.item(0).text() == "Ada L, 1"


def test_merging_keeps_the_reading_of_the_one_seen_longest(desk: Desk, document: Document) -> None:
    before = {face.id: len(face.frames) for face in document.faces}
    faces = desk.page.side.faces
    assert not faces.merge.isEnabled()
    choose(desk, 1, 0)
    desk.bot.mouseClick(faces.merge, CLICK)
    assert [face.id for face in document.faces] == [1]
    assert len(document.faces[0].frames) == COUNT < sum(before.values())
    assert desk.told and "Face 1" in desk.told[-1][0]
    desk.page.player.go_to(30)
    desk.at(30)
    assert [(face.track_id, face.label) for face in desk.page.display.faces] == [(1, "sad")]
    desk.page.player.go_to(70)
    desk.at(70)
    assert [(face.track_id, face.reason) for face in desk.page.display.faces] == [(1, "too small")]
    desk.bot.keyClick(desk.page.display.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert {face.id: len(face.frames) for face in document.faces} == before
    desk.until(lambda: [face.track_id for face in desk.page.display.faces] == [2])


def test_taking_a_face_out(desk: Desk, document: Document) -> None:
    faces = desk.page.side.faces
    choose(desk, 0)
    faces.list.setFocus()
    desk.bot.keyClick(faces.list, Qt.Key.Key_Delete)
    assert [face.id for face in document.faces] == [2]
    assert document.chosen == 2
    desk.until(lambda: all(one.face == 2 for one in document.moments))
    desk.bot.mouseClick(faces.undo, CLICK)
    assert [face.id for face in document.faces] == [1, 2]
