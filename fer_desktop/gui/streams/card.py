"""One kind of stream: what it is for, where it goes, whether it is on, how it goes, and a client for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QIntValidator
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout

from fer_desktop.core.errors import InputError
from fer_desktop.gui.parts import Button, Text, WarningCard
from fer_desktop.gui.streams import words
from fer_desktop.gui.streams.words import tr
from fer_desktop.gui.theme import Theme
from fer_desktop.overlay.painter import font
from fer_desktop.streams import libraries
from fer_desktop.streams.address import LOOPBACK, written
from fer_desktop.streams.client import client
from fer_desktop.streams.spec import LSL, LSL_NAME, PORTS, StreamSpec, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fer_desktop.streams.runner import StreamState

CODE_LINES: Final = 7
"""Five, of which two may be wrapped."""


class StreamCard(QFrame):
    """`turned` (on): a person turns the kind on or off. What is written in its fields is `wanted`."""

    turned = Signal(bool)

    def __init__(self, kind: str, spec: StreamSpec) -> None:
        super().__init__()
        self.setObjectName("card")
        self.kind, self.title = kind, tr(words.TITLES[kind])
        self._spec = spec
        self._refused = ""
        """Why what stands in the fields cannot be used."""
        heading = Text(self.title, 13, bold=True)
        self.switch = QCheckBox(tr("On"))
        self.switch.setAccessibleName(tr("{title} on").format(title=self.title))
        self.switch.clicked.connect(self.turned)
        self.state = Text(size=12)
        self.problem = WarningCard()
        self.copy_command = Button(tr("Copy the command"))
        self.copy_command.clicked.connect(self._copy_command)
        self.caution = WarningCard()
        self.show_client = Button(tr("Show a client"))
        self.show_client.clicked.connect(self._toggle_client)
        self.code = QPlainTextEdit()
        self.code.setReadOnly(True)
        self.code.setTabChangesFocus(True)
        self.code.setAccessibleName(tr("A client in Python for {title}").format(title=self.title))
        self.code.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.code.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.code.setFixedHeight(self.code.fontMetrics().lineSpacing() * CODE_LINES + 24)
        self.copy_client = Button(tr("Copy"))
        self.copy_client.clicked.connect(self._copy_client)
        top, low, fields = QHBoxLayout(), QHBoxLayout(), self._fields()
        top.addWidget(heading, 1)
        top.addWidget(self.switch)
        low.setSpacing(8)
        low.addWidget(self.state, 1)
        low.addWidget(self.copy_command)
        low.addWidget(self.copy_client)
        low.addWidget(self.show_client)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(Text(tr(words.PURPOSES[kind]), muted=True))
        column.addLayout(fields)
        column.addWidget(self.problem)
        column.addWidget(self.caution)
        column.addLayout(low)
        column.addWidget(self.code)
        for part in (self.code, self.copy_client, self.copy_command):
            part.hide()
        self.show_states({})

    def _fields(self) -> QHBoxLayout:
        """Where it goes, or what it is called."""
        spec = self._spec
        self.port: QLineEdit | None = None
        self.network: QCheckBox | None = None
        row = QHBoxLayout()
        row.setSpacing(8)
        if spec.port:
            self.place = self._field(row, tr("Address"), spec.host, LOOPBACK, 200)
            usual = PORTS[spec.kind]
            self.port = self._field(row, tr("Port"), str(spec.port), str(usual), 72)
            self.port.setValidator(QIntValidator(1, 65535, self.port))
        elif spec.kind == LSL:
            self.place = self._field(row, tr("Name"), spec.name, LSL_NAME, 200)
            self.network = QCheckBox(tr("Announce it on the network"))
            self.network.setChecked(spec.network)
            row.addSpacing(8)
            row.addWidget(self.network)
        else:
            self.place = self._field(row, tr("Device"), spec.name, tr("the first one found"), 240)
        row.addStretch(1)
        return row

    def _field(self, row: QHBoxLayout, text: str, value: str, usual: str, wide: int) -> QLineEdit:
        field = QLineEdit(value)
        field.setPlaceholderText(usual)
        field.setFixedWidth(wide)
        label = QLabel(text)
        label.setFont(font(13))
        label.setBuddy(field)
        field.setAccessibleName(f"{self.title}: {text}")
        row.addWidget(label)
        row.addWidget(field)
        return field

    def wanted(self) -> StreamSpec:
        """What stands in the fields. Raises InputError."""
        text = self.place.text().strip()
        if self.port is not None:
            host = text.strip("[]") or LOOPBACK
            if any(one.isspace() or one in "/[]%" for one in host):
                raise InputError(tr("{host} is no address").format(host=host), tr("Write one such as 127.0.0.1"))
            return parse(f"{self.kind}:{written(host, int(self.port.text() or PORTS[self.kind]))}")
        if self.network is not None:
            if ":" in text:
                raise InputError(tr("A name has no colon"), tr("Choose another name"))
            return StreamSpec(LSL, name=text or LSL_NAME, network=self.network.isChecked())
        return StreamSpec(self.kind, name=text)

    # What is shown

    def show_states(self, states: Mapping[StreamSpec, StreamState]) -> None:
        """Those of this kind; empty: it is off. Its fields can be changed then."""
        problems = [f"{state.problem}." for state in states.values() if state.problem is not None]
        running = [words.state(spec, state) for spec, state in states.items() if state.problem is None]
        self.switch.setChecked(bool(running))
        for field in (self.place, self.port, self.network):
            if field is not None:
                field.setEnabled(not running)
        self.state.say("\n".join(running) or tr("Off"))
        problem = self._refused or "\n".join(problems)
        self.problem.say(problem)
        self.copy_command.setVisible(self._command in problem)
        cautions = dict.fromkeys(state.caution for state in states.values() if state.open and state.caution)
        self.caution.say("\n".join(f"{caution}." for caution in cautions if caution))

    def refuse(self, error: InputError | None) -> None:
        """What stands in the fields cannot be used; None: that is over."""
        self._refused = "" if error is None else f"{error}."
        self.problem.say(self._refused)
        if error is not None:
            self.switch.setChecked(False)
            self.place.setFocus()

    def set_theme(self, theme: Theme) -> None:
        for part in (self.problem, self.caution):
            part.set_theme(theme)
        self.setStyleSheet(f"QLineEdit:disabled {{ color: {theme.muted}; border-color: {theme.line}; }}")

    # Within

    @property
    def _command(self) -> str:
        return libraries.install_command(self._spec.package)

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self._command)
        self.copy_command.setText(tr("Copied"))

    def _toggle_client(self) -> None:
        show = self.code.isHidden()
        if show:
            try:
                self.code.setPlainText(client(self.wanted()))
            except InputError as error:
                self.refuse(error)
                return
            self.copy_client.setText(tr("Copy"))
        self.code.setVisible(show)
        self.copy_client.setVisible(show)
        self.show_client.setText(tr("Hide the client") if show else tr("Show a client"))

    def _copy_client(self) -> None:
        QGuiApplication.clipboard().setText(self.code.toPlainText())
        self.copy_client.setText(tr("Copied"))
