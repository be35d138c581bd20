"""One kind of stream: what it is for, where it goes, whether it is on, how it goes, and a client for it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QRegularExpressionValidator
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from fer_desktop.core.errors import InputError
from fer_desktop.gui.parts import Button, Text, WarningCard
from fer_desktop.gui.streams import words
from fer_desktop.gui.streams.words import tr
from fer_desktop.gui.theme import Theme
from fer_desktop.overlay.painter import font
from fer_desktop.streams import libraries
from fer_desktop.streams.address import LOOPBACK, written
from fer_desktop.streams.client import client
from fer_desktop.streams.spec import LSL, LSL_NAME, OSC, PORTS, StreamSpec, is_port, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fer_desktop.streams.runner import StreamState

CODE_LINES: Final = 7
"""Of one client: five, of which two may be wrapped."""
MOST_CODE_LINES: Final = 15
"""Of more than one; the rest is scrolled to."""
_PORT: Final = "[0-9]{1,5}"


class StreamCard(QFrame):
    """`turned` (on): a person turns the kind on or off. What is written in its fields is `wanted`."""

    turned = Signal(bool)

    def __init__(self, kind: str, spec: StreamSpec) -> None:
        super().__init__()
        self.setObjectName("card")
        self.kind, self.title = kind, tr(words.TITLES[kind])
        self._spec = spec
        self._running: list[StreamSpec] = []
        self._known: list[StreamSpec] = []
        """Those that run or failed: what the fields were filled from last."""
        self._refused = ""
        """Why what stands in the fields cannot be used."""
        self._command = ""
        """What mends the problem that is told, for a person to run."""
        self._wrong: QLineEdit
        """The field that was looked at last, which is the wrong one where it is refused."""
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
        self.copy_client = Button(tr("Copy"))
        self.copy_client.clicked.connect(self._copy_client)
        self.fields = self._fields()
        top, low = QHBoxLayout(), QHBoxLayout()
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
        column.addWidget(self.fields)
        column.addWidget(self.problem)
        column.addWidget(self.caution)
        column.addLayout(low)
        column.addWidget(self.code)
        for part in (self.code, self.copy_client, self.copy_command):
            part.hide()
        self.show_states({})

    def _fields(self) -> QWidget:
        """Where it goes, or what it is called."""
        spec = self._spec
        self.port: QLineEdit | None = None
        self.network: QCheckBox | None = None
        fields = QWidget()
        row = QHBoxLayout(fields)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        if spec.port:
            self.place = self._field(row, tr("Address"), LOOPBACK, 200)
            self.port = self._field(row, tr("Port"), str(PORTS[spec.kind]), 72)
            # Not QIntValidator, which lets a person write "9,000".
            self.port.setValidator(QRegularExpressionValidator(QRegularExpression(_PORT), self.port))
        elif spec.kind == LSL:
            self.place = self._field(row, tr("Name"), LSL_NAME, 200)
            self.network = QCheckBox(tr("Announce it on the network"))
            self.network.toggled.connect(self._show_client)
            row.addSpacing(8)
            row.addWidget(self.network)
        else:
            self.place = self._field(row, tr("Device"), tr("the first one found"), 240)
        row.addStretch(1)
        self._wrong = self.place
        self._fill(spec)
        return fields

    def _fill(self, spec: StreamSpec) -> None:
        self.place.setText(spec.host if spec.port else spec.name)
        if self.port is not None:
            self.port.setText(str(spec.port))
        if self.network is not None:
            self.network.setChecked(spec.network)

    def _field(self, row: QHBoxLayout, text: str, usual: str, wide: int) -> QLineEdit:
        field = QLineEdit()
        field.textChanged.connect(self._show_client)
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
        text, self._wrong = self.place.text().strip(), self.place
        if self.port is not None:
            host = text.strip("[]") or LOOPBACK
            if not _is_address(host):
                raise InputError(tr('"{host}" is no address').format(host=host), tr("Write one such as 127.0.0.1"))
            self._wrong = self.port
            port = self.port.text().strip() or str(PORTS[self.kind])
            if not is_port(port):
                raise InputError(tr('"{port}" is no port').format(port=port), tr("Choose one from 1 to 65535"))
            return StreamSpec(self.kind, host, int(port))
        if self.network is not None:
            if ":" in text:
                raise InputError(tr("A name has no colon"), tr("Choose another name"))
            return StreamSpec(LSL, name=text or LSL_NAME, network=self.network.isChecked())
        return StreamSpec(self.kind, name=text)

    # What is shown

    def show_states(self, states: Mapping[StreamSpec, StreamState]) -> None:
        """Those of this kind; empty: it is off. Its fields can be changed then. Of more than one the lines below tell
        where they go: there are fields for one alone."""
        problems = [f"{state.problem}." for state in states.values() if state.problem is not None]
        running = [words.state(spec, state) for spec, state in states.items() if state.problem is None]
        self.switch.setChecked(bool(running))
        self._show_specs([spec for spec, state in states.items() if state.problem is None], list(states))
        for field in (self.place, self.port, self.network):
            if field is not None:
                field.setEnabled(not running)
        self.fields.setVisible(len(running) < 2)
        self.state.say("\n".join(running) or tr("Off"))
        problem = self._refused or "\n".join(problems)
        self.problem.say(problem)
        command = libraries.command_in(problem, self._spec.package)
        if command != self._command:
            self._command = command
            self.copy_command.setText(tr("Copy the command"))
        self.copy_command.setVisible(bool(command))
        cautions = dict.fromkeys(state.caution for state in states.values() if state.open and state.caution)
        self.caution.say("\n".join(f"{caution}." for caution in cautions if caution))

    def refuse(self, error: InputError | None) -> None:
        """What stands in the fields cannot be used; None: that is over."""
        self._refused = "" if error is None else f"{error}."
        self.problem.say(self._refused)
        if error is not None:
            self.switch.setChecked(False)
            self._wrong.setFocus()
            self._wrong.selectAll()

    def set_theme(self, theme: Theme) -> None:
        for part in (self.problem, self.caution):
            part.set_theme(theme)
        self.setStyleSheet(f"QLineEdit:disabled {{ color: {theme.muted}; border-color: {theme.line}; }}")

    # Within

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self._command)
        self.copy_command.setText(tr("Copied"))

    def _show_specs(self, running: list[StreamSpec], known: list[StreamSpec]) -> None:
        """Whoever began them: the fields and the client tell of what there is, until a person writes something else."""
        if (running, known) == (self._running, self._known):
            return
        failed = [spec for spec in known if spec not in self._known]
        told = running if running != self._running else []
        self._running, self._known = running, known
        if told or (failed and not running):
            self._fill((told or failed)[0])
        self._show_client()

    def _toggle_client(self) -> None:
        show = self.code.isHidden()
        if show:
            try:
                self._write_client(self._running or [self.wanted()])
            except InputError as error:
                self.refuse(error)
                return
        self.code.setVisible(show)
        self.copy_client.setVisible(show)
        self.show_client.setText(tr("Hide the client") if show else tr("Show a client"))

    def _show_client(self) -> None:
        """Anew, where it is shown. What cannot be used has none, and leaves the one before."""
        if not self.code.isHidden():
            with contextlib.suppress(InputError):
                self._write_client(self._running or [self.wanted()])

    def _write_client(self, specs: Sequence[StreamSpec]) -> None:
        """One for each."""
        clients = [client(spec) for spec in specs]
        if len(specs) > 1:
            clients = [f"# {spec}\n{code}" for spec, code in zip(specs, clients, strict=True)]
        lines = min(CODE_LINES if len(specs) == 1 else (CODE_LINES + 2) * len(specs), MOST_CODE_LINES)
        self.code.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff if len(specs) == 1 else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        )
        self.code.setFixedHeight(self.code.fontMetrics().lineSpacing() * lines + 24)
        self.code.setPlainText("\n".join(clients).rstrip())
        self.copy_client.setText(tr("Copy"))

    def _copy_client(self) -> None:
        QGuiApplication.clipboard().setText(self.code.toPlainText())
        self.copy_client.setText(tr("Copied"))


def _is_address(host: str) -> bool:
    """A name, or an IPv4 or IPv6 address, as the command line takes them."""
    if "%" in host:
        return False
    try:
        return parse(f"{OSC}:{written(host, PORTS[OSC])}").host == host
    except InputError:
        return False
