"""The lists with painted rows: filled again under a person's hands, and their keys."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStyleOptionViewItem

from fer_desktop.gui.row_list import THING, RowList, Rows, Words


@dataclass(frozen=True)
class Thing:
    key: int
    text: str


class HighRows(Rows):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, 60 if index.data(THING).text == "high" else 30)


class Things(RowList):
    def __init__(self) -> None:
        super().__init__("Things", HighRows())
        self.put_into_words: list[int] = []

    def key_of(self, thing: Thing) -> int:
        return thing.key

    def words_of(self, thing: Thing) -> Words:
        self.put_into_words.append(thing.key)
        if thing.text == "fault":
            raise OverflowError(thing.text)
        return Words(thing.text, f"told {thing.text}")


@pytest.fixture
def things(qtbot: Any) -> Things:
    made = Things()
    qtbot.addWidget(made)
    made.resize(200, 300)
    made.show()
    return made


def many(count: int) -> list[Thing]:
    return [Thing(number, f"thing {number}") for number in range(count)]


def shown(things: Things) -> list[tuple[Thing, str, str]]:
    items = [things.item(row) for row in range(things.count())]
    return [(item.data(THING), item.text(), item.data(Qt.ItemDataRole.AccessibleTextRole)) for item in items]


def test_whatever_it_is_filled_with_it_shows_that_and_keeps_what_stays(things: Things) -> None:
    generator = random.Random(6)
    at: Thing | None = None
    for _ in range(60):
        wanted = [Thing(key, generator.choice("abc")) for key in generator.sample(range(12), generator.randrange(13))]
        before = {things.item(row).data(THING).key: things.item(row) for row in range(things.count())}
        things.fill(wanted, [None if at is None else at.key])
        assert shown(things) == [(one, one.text, f"told {one.text}") for one in wanted]
        for row, one in enumerate(wanted):
            assert one.key not in before or things.item(row) is before[one.key]
        assert (things.thing is None) == (not wanted)
        if at is not None and at.key in [one.key for one in wanted]:
            assert things.thing is not None and things.thing.key == at.key
        if wanted:
            things.setCurrentRow(generator.randrange(len(wanted)))
        at = things.thing


def test_only_what_changed_is_put_into_words_and_the_list_stays_in_its_place(things: Things) -> None:
    things.fill(many(200))
    things.verticalScrollBar().setValue(2000)
    things.put_into_words.clear()
    changed = many(200)
    changed[150] = Thing(150, "high")
    things.fill(changed, [0])
    assert things.put_into_words == [150] and things.verticalScrollBar().value() == 2000
    assert things.visualItemRect(things.item(150)).height() == 60
    assert things.visualItemRect(things.item(151)).top() == things.visualItemRect(things.item(150)).bottom() + 1
    things.fill(changed, [199])
    assert things.visualItemRect(things.item(199)).intersects(things.viewport().rect()), "another choice is shown"


def test_a_fault_leaves_it_as_it_was(things: Things) -> None:
    things.fill(many(3))
    with pytest.raises(OverflowError):
        things.fill([Thing(7, "new"), Thing(8, "fault")])
    assert things.things == many(3) == [one for one, _, _ in shown(things)] and not things.signalsBlocked()


def test_its_keys_ask_once_however_long_they_are_held(things: Things) -> None:
    things.fill(many(3))
    asked: list[str] = []
    things.asked.connect(lambda: asked.append("asked"))
    things.deleted.connect(lambda: asked.append("deleted"))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete):
        for held in (False, True):
            things.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", held))
    assert asked == ["asked", "asked", "deleted"]
    things.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier))
    assert things.thing == Thing(1, "thing 1")
