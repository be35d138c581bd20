"""Buttons, lines and questions that several windows share."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from fer_desktop.gui.parts import Button, Elided
from fer_desktop.gui.question import YesNo

LONG = "/home/somebody/<b>models</b>/" + "a-very-long-name-" * 20 + "/model.onnx"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_key_that_is_held_presses_a_button_once(qtbot: Any, key: Qt.Key) -> None:
    button, pressed = Button("Take"), []
    qtbot.addWidget(button)
    button.clicked.connect(lambda: pressed.append(1))
    for repeated in (False, *[True] * 15):
        QApplication.sendEvent(
            button, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", repeated)
        )
    assert len(pressed) == 1
    qtbot.keyClick(button, key)
    assert len(pressed) == 2


def test_a_line_without_room_gives_up_its_middle(qtbot: Any) -> None:
    window, line = QWidget(), Elided()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(line)
    line.say(LONG)
    window.resize(300, 60)
    window.show()
    qtbot.waitExposed(window)
    assert window.width() == 300, "the line asks for no room"
    assert line.text() == LONG, "for a screen reader, the whole of it"
    assert "&lt;b&gt;models" in line.toolTip(), "shown as it is, not as HTML"
    elided = window.grab().toImage()
    line.say(LONG.replace("a-very", "another-very"))
    assert window.grab().toImage() == elided, "what changed is in the middle"
    line.say("short")
    assert not line.toolTip() and window.grab().toImage() != elided
    window.resize(60, 60)
    line.say("not so short")
    assert line.toolTip()


def test_the_way_out_of_a_question_has_the_focus(qtbot: Any) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    for keys, done in (
        ((Qt.Key.Key_Return,), False),
        ((Qt.Key.Key_Escape,), False),
        ((Qt.Key.Key_Backtab, Qt.Key.Key_Return), True),
    ):
        accepted: list[bool] = []
        question = YesNo(parent, "Delete it?", "For good.", "&Delete", "&Keep")
        question.accepted.connect(lambda said=accepted: said.append(True))
        question.open()
        qtbot.waitUntil(question.leaving.hasFocus)
        with qtbot.waitSignal(question.finished):
            for key in keys:
                qtbot.keyClick(question.focusWidget(), key)
        assert bool(accepted) is done
