"""Preferences. Every change takes effect at once, so there is nothing to apply; but a recording goes on as it began."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fer_desktop import resources
from fer_desktop.gui.fitting import Fitting, fit
from fer_desktop.settings.schema import CAMERA_RATES, CAMERA_SIZES, SOURCES, STEADINESS, THEMES, Settings


class Preferences(QDialog):
    """Writes into the Settings it is given; `changed` after each change."""

    changed = Signal()

    def __init__(self, parent: QWidget | None, settings: Settings) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setWindowTitle(self.tr("Preferences"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(480)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setHorizontalSpacing(16)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.source = self._choice("source", SOURCES, (self.tr("A camera, if there is one"), self.tr("The demo")))
        form.addRow(self.tr("Start with"), self.source)
        sizes = tuple(f"{width} × {height}" for width, height in CAMERA_SIZES.values())
        self.camera_size = self._choice("camera_size", tuple(CAMERA_SIZES), sizes)
        rates = tuple(self.tr("{fps} pictures a second").format(fps=rate) for rate in CAMERA_RATES)
        self.camera_rate = self._choice("camera_rate", CAMERA_RATES, rates)
        camera = QHBoxLayout()
        camera.setSpacing(8)
        for choice, name in (
            (self.camera_size, self.tr("Size of the camera's picture")),
            (self.camera_rate, self.tr("Pictures a second of the camera")),
        ):
            choice.setAccessibleName(name)
            choice.setToolTip(self.tr("What the camera cannot do is replaced by the nearest it can"))
            camera.addWidget(choice, 1)
        form.addRow(self.tr("Camera"), camera)
        self.theme = self._choice("theme", THEMES, (self.tr("As the system"), self.tr("Light"), self.tr("Dark")))
        form.addRow(self.tr("Theme"), self.theme)
        self.mirror = self._check("mirror", self.tr("Mirror cameras"))
        self.boxes = self._check("show_boxes", self.tr("Boxes and labels"))
        self.bars = self._check("show_bars", self.tr("Bars beside faces"))
        self.why = self._check("show_why", self.tr("Why: the places that spoke for the label"))
        self.panel = self._check("show_panel", self.tr("Side panel"))
        self.motion = self._check("smooth_motion", self.tr("Let bars glide to new values"))
        form.addRow(self.tr("Picture"), self.mirror)
        for box in (self.boxes, self.bars, self.why, self.panel, self.motion):
            form.addRow("", box)
        calm = (
            self.tr("Off: each picture as it is read"),
            self.tr("Light"),
            self.tr("Normal"),
            self.tr("Strong: calmer, and later"),
        )
        self.steadiness = self._choice("steadiness", tuple(STEADINESS), calm)
        form.addRow(self.tr("Steadiness"), self.steadiness)
        self.folder = QLabel()
        self.folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        choose = QPushButton(self.tr("Choose…"))
        choose.setAccessibleName(self.tr("Choose the folder for snapshots"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose_folder)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(choose)
        form.addRow(self.tr("Snapshots"), row)
        self._show_folder()
        self.readings = self._check("record_readings", self.tr("Paint boxes and readings on the video"))
        self.blurred = self._check("record_blurred", self.tr("Blur faces"))
        form.addRow(self.tr("Recording"), self.readings)
        form.addRow("", self.blurred)
        self.next_time = QLabel(self.tr("From the next recording on, not in this one."))
        self.next_time.setObjectName("muted")
        form.addRow("", self.next_time)
        self.set_recording(False)
        buttons = QDialogButtonBox()
        buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole).setDefault(True)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        body = Fitting(form)
        column.addWidget(body, 1)
        column.addWidget(buttons)
        fit(self, body)

    def set_recording(self, on: bool) -> None:
        """Whether a recording runs: what is set for recordings is for the next one then."""
        self.next_time.setVisible(on)
        for box in (self.readings, self.blurred):
            box.setAccessibleDescription(self.next_time.text() if on else "")

    def recording_ended(self) -> None:
        self.set_recording(False)

    def _check(self, name: str, text: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setChecked(getattr(self._settings, name))

        def store(on: bool) -> None:
            setattr(self._settings, name, on)
            self.changed.emit()

        box.toggled.connect(store)
        return box

    def _choice(self, name: str, values: tuple[str | int, ...], texts: tuple[str, ...]) -> QComboBox:
        box = QComboBox()
        for value, text in zip(values, texts, strict=True):
            box.addItem(text, value)
        box.setCurrentIndex(values.index(getattr(self._settings, name)))

        def store(index: int) -> None:
            setattr(self._settings, name, box.itemData(index))
            self.changed.emit()

        box.currentIndexChanged.connect(store)
        return box

    def set_folder(self, folder: str) -> None:
        self._settings.snapshot_folder = folder
        self._show_folder()
        self.changed.emit()

    def _choose_folder(self) -> None:
        start = self._settings.snapshot_folder or str(resources.pictures_dir())
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder for snapshots"), start)
        if chosen:
            self.set_folder(chosen)

    def _show_folder(self) -> None:
        path = self._settings.snapshot_folder or str(resources.pictures_dir())
        text = str(Path(path))
        self.folder.setText(self.folder.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, 260))
        self.folder.setToolTip(text)
