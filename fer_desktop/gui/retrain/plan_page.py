"""Step 2: how long and how hard, from where, and what it will take on this machine."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fer_desktop.core.errors import ModelError
from fer_desktop.gui.composition import Training
from fer_desktop.gui.parts import Text, WarningCard, card
from fer_desktop.gui.retrain.estimate import Measured
from fer_desktop.gui.theme import Theme
from fer_desktop.gui.training import commands, words
from fer_desktop.gui.training.child import Child
from fer_desktop.gui.training.child_page import ChildPage
from fer_desktop.gui.training.commands import Plan
from fer_desktop.modelstore.store import ModelFolder, ModelStore

MOST_EPOCHS: Final = 1000
MOST_SEED: Final = 2**31 - 1


class PlanPage(ChildPage):
    """`prepare` before it is shown. The probe runs once, in a child, while the page can be used already."""

    def __init__(self, training: Training) -> None:
        super().__init__()
        self._training = training
        self._faces = 0
        self._active: ModelFolder | None = None
        self.measured: Measured | None = None
        self._probe_problem = self._other = ""
        self.warning = WarningCard()
        self.presets: dict[str, QRadioButton] = {}
        self._told_of: dict[str, Text] = {}
        self._preset_group, self._start_group = QButtonGroup(self), QButtonGroup(self)
        self.from_active = QRadioButton()
        self.from_scratch = QRadioButton(self.tr("From &scratch"))
        self.from_scratch.setChecked(True)
        self.start_note = Text(muted=True)
        self.more = QToolButton()
        self.more.setObjectName("disclose")
        self.more.setText(self.tr("A&dvanced"))
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setArrowType(Qt.ArrowType.RightArrow)
        self.network = QComboBox()
        self.network.addItem("", None)
        for name in training.networks:
            self.network.addItem(name, name)
        self.epochs = self._number(1, MOST_EPOCHS, self.tr("Epochs"))
        self.seed = self._number(0, MOST_SEED, self.tr("Seed"))
        self.seed.setValue(1)
        self.device = Text(bold=True)
        self.advice = Text(muted=True)
        self._lay_out()
        self._connect()
        next(iter(self.presets.values())).setChecked(True)
        self._preset_changed()

    def _number(self, least: int, most: int, name: str) -> QSpinBox:
        box = QSpinBox()
        box.setRange(least, most)
        box.setAccessibleName(name)
        box.setFixedWidth(120)
        box.lineEdit().setTextMargins(8, 0, 8, 0)
        return box

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(16)
        for part in (self._presets_card(), self._start_card(), self._device_card()):
            column.addWidget(part)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._advanced, inner = card()
        form = QGridLayout()
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(16)
        fields = ((self.tr("Net&work"), self.network), (self.tr("&Epochs"), self.epochs), (self.tr("Seed"), self.seed))
        for row, (name, field) in enumerate(fields):
            label = QLabel(name)
            label.setBuddy(field)
            form.addWidget(label, row, 0)
            form.addWidget(field, row, 1, Qt.AlignmentFlag.AlignLeft)
        self.network.setMinimumWidth(240)
        form.setColumnStretch(1, 1)
        inner.addLayout(form)
        inner.addWidget(
            Text(
                self.tr("An epoch shows the network every face once. The same seed draws the same pictures."),
                muted=True,
            )
        )
        self._advanced.hide()
        column.addWidget(self._advanced)
        column.addStretch(1)
        self._scroll = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addWidget(scroll)
        whole.addWidget(self.warning)

    def _presets_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(Text(self.tr("How long"), 16, bold=True))
        titles = {"quick": self.tr("&Quick"), "standard": self.tr("S&tandard"), "thorough": self.tr("T&horough")}
        meant = {
            "quick": self.tr("to try the data out"),
            "standard": self.tr("for a model to use"),
            "thorough": self.tr("for the best this program can do"),
        }
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for row, name in enumerate(self._training.presets):
            button = QRadioButton(titles.get(name, name))
            self._preset_group.addButton(button)
            self.presets[name] = button
            self._told_of[name] = Text()
            grid.addWidget(button, row, 0)
            grid.addWidget(self._told_of[name], row, 1)
            grid.addWidget(Text(meant.get(name, ""), muted=True), row, 2)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)
        column.addLayout(grid)
        return frame

    def _start_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(Text(self.tr("Begin"), 16, bold=True))
        for button in (self.from_scratch, self.from_active):
            self._start_group.addButton(button)
            column.addWidget(button)
        column.addWidget(self.start_note)
        return frame

    def _device_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(Text(self.tr("On this computer"), 16, bold=True))
        column.addWidget(self.device)
        column.addWidget(self.advice)
        return frame

    def _connect(self) -> None:
        for button in self.presets.values():
            button.toggled.connect(self._preset_changed)
        self.from_active.toggled.connect(self._show)
        self.network.currentIndexChanged.connect(self._show)
        self.epochs.valueChanged.connect(self._show)
        self.more.toggled.connect(self._unfold)

    @property
    def preset(self) -> str:
        return next(name for name, button in self.presets.items() if button.isChecked())

    @property
    def plan(self) -> Plan:
        own = self._training.presets[self.preset]
        start_from = self._active.path if self._active is not None and self.from_active.isChecked() else None
        return Plan(
            self.preset,
            architecture=None if start_from is not None else self.network.currentData(),
            epochs=None if self.epochs.value() == own.epochs else self.epochs.value(),
            seed=self.seed.value(),
            start_from=start_from,
        )

    def prepare(self, faces: int) -> None:
        """faces: to train on."""
        self._faces = faces
        try:
            self._active = ModelStore.default().active()
        except ModelError:
            self._active = None
        if self.measured is None and self._child is None:
            self._probe_problem = ""
            self._start_child(commands.probe(), "probe.log")
        self._show()

    def can_go_on(self) -> bool:
        return not self._other

    def set_theme(self, theme: Theme) -> None:
        self.warning.set_theme(theme)

    def show_other(self, why: str) -> None:
        """Why it must wait for something else; empty where it need not."""
        self._other = why
        self.warning.say(why)
        self.changed.emit()

    # Within

    def _told(self, event: dict[str, Any]) -> None:
        if event.get("event") == "probe":
            self.measured = Measured.of(event)
            self._show()
        elif event.get("event") == "error":
            self._probe_problem = event["text"]

    def _ended(self, child: Child, status: int) -> None:
        if self.measured is None and not self._probe_problem:
            self._probe_problem = child.reason() or self.tr("exit status {n}").format(n=status)
        self._show()

    def _unfold(self, on: bool) -> None:
        self._advanced.setVisible(on)
        self.more.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        if on:
            # Its place is known when the layout has made room for it.
            QTimer.singleShot(0, lambda: self._scroll.ensureWidgetVisible(self._advanced))

    def _preset_changed(self) -> None:
        with QSignalBlocker(self.epochs):
            self.epochs.setValue(self._training.presets[self.preset].epochs)
        self._show()

    def _show(self) -> None:
        self._show_start()
        for name, preset in self._training.presets.items():
            chosen = name == self.preset
            epochs = self.epochs.value() if chosen else preset.epochs
            network = self._network(preset.architecture) if chosen else preset.architecture
            parts = [self.tr("{n} epochs").format(n=epochs), network, self._time(name, network, epochs)]
            self._told_of[name].say("  ·  ".join(parts))
            self.presets[name].setAccessibleDescription(", ".join(parts))
        own = self._training.presets[self.preset].architecture
        self.network.setItemText(0, self.tr("The preset's: {name}").format(name=own))
        self.network.setEnabled(not self.from_active.isChecked())
        self._show_device()

    def _network(self, of_preset: str) -> str:
        if self.from_active.isChecked() and self._active is not None:
            return str(self._active.manifest.architecture.get("name", of_preset))
        return self.network.currentData() or of_preset

    def _time(self, name: str, network: str, epochs: int) -> str:
        if self.measured is None:
            return self.tr("measuring…") if self._child is not None else self.tr("time not known")
        seconds = self.measured.seconds(self._training.presets[name], self._faces, network, epochs)
        if seconds is None:
            return self.tr("time not known")
        return (
            self.tr("about {time}").format(time=words.duration(seconds)) if seconds >= 30 else words.duration(seconds)
        )

    def _show_start(self) -> None:
        model = self._active
        name = model.name if model is not None else ""
        self.from_active.setText(self.tr("From the model in &use: {name}").format(name=name.replace("&", "&&")))
        network = None if model is None else model.manifest.architecture.get("name")
        why = ""
        if model is None:
            why = self.tr("No model is in use.")
        elif not model.can_teach:
            why = self.tr("{name} came as an ONNX file: it reads faces, but cannot learn more.").format(name=name)
        elif network not in self._training.networks:
            why = self.tr("{name} has a network that this program cannot train.").format(name=name)
        if why:
            self.from_scratch.setChecked(True)
        self.from_active.setEnabled(not why)
        if not why and self.from_active.isChecked():
            why = self.tr("Keeps its network, {network}, and learns gently.").format(network=network)
        self.start_note.say(why or self.tr("A new network, which knows nothing yet. Needs some thousands of faces."))

    def _show_device(self) -> None:
        found = self.measured
        if found is None:
            if self._child is not None:
                self.device.say(self.tr("Measuring how fast this computer trains…"))
                self.advice.say(self.tr("You need not wait for it."))
            else:
                self.device.say(self.tr("How fast this computer trains could not be measured."))
                self.advice.say(self._probe_problem)
            return
        self.device.say(found.where)
        own = self._training.presets[self.preset]
        network = self._network(own.architecture)
        self.advice.say(found.advice(found.seconds(own, self._faces, network, self.epochs.value())))
