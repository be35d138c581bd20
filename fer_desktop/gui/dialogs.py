"""Short texts in dialogs: the first-run notice, About, Privacy, Keys."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from fer_desktop import __version__, resources
from fer_desktop.gui.actions import Actions
from fer_desktop.gui.fitting import Fitting, fit
from fer_desktop.gui.icons import app_icon
from fer_desktop.overlay.painter import font

WIDTH: Final = 480
KEYS_WIDTH: Final = 800
MARGIN: Final = 24


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dialogs", text)


class TextDialog(QDialog):
    """A heading, paragraphs or else a body, a button that accepts and perhaps one that refuses. The picture goes on
    behind it. What is between the heading and the buttons scrolls where the screen is too low for it."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        paragraphs: Sequence[str],
        button: str = "",
        refuse: str = "",
        body: QBoxLayout | None = None,
        width: int = WIDTH,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(width)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, 16)
        column.setSpacing(12)
        heading = QLabel(title)
        heading.setStyleSheet("font-size: 22px; font-weight: 600")
        top = QHBoxLayout()
        top.setSpacing(12)
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(40, 40))
        top.addWidget(picture)
        top.addWidget(heading, 1)
        column.addLayout(top)
        column.addSpacing(4)
        if body is None:
            body = QVBoxLayout()
            body.setSpacing(12)
        for text in paragraphs:
            label = QLabel(text)
            label.setWordWrap(True)
            label.setFont(font(13))
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.LinksAccessibleByMouse
            )
            # A label that wraps guesses its height for another width than this dialog's.
            label.setFixedHeight(label.heightForWidth(width - 2 * MARGIN))
            body.addWidget(label)
        scrolled = Fitting(body)
        column.addWidget(scrolled, 1)
        column.addSpacing(8)
        buttons = QDialogButtonBox()
        close = buttons.addButton(button or _tr("Close"), QDialogButtonBox.ButtonRole.AcceptRole)
        close.setDefault(True)
        close.setFocus()
        buttons.accepted.connect(self.accept)
        if refuse:
            buttons.addButton(refuse, QDialogButtonBox.ButtonRole.RejectRole).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        fit(self, scrolled)
        self.setFixedWidth(self.width())


def first_run_notice(parent: QWidget) -> TextDialog:
    """Accepted only by its first button. Esc and closing it are the second one: refused."""
    return TextDialog(
        parent,
        _tr("Before you start"),
        [
            _tr("<b>Everything stays on this computer.</b> Pictures are read here and sent nowhere."),
            _tr(
                "<b>Reads expressions, not feelings.</b> It names what a face looks like. "
                "What the person feels may be something else, and it is often wrong."
            ),
            _tr(
                "<b>Not for use on people at work or in education.</b> "
                "In the European Union that is forbidden: AI Act, Article 5(1)(f)."
            ),
            _tr("<b>Others in view should know.</b> Tell them before you point a camera at them."),
        ],
        _tr("I understand"),
        _tr("Quit"),
    )


def about(parent: QWidget, model: str) -> TextDialog:
    """model: what people call the one in use; empty where there is none."""
    return TextDialog(
        parent,
        _tr("FER Desktop"),
        [
            _tr("Version {version}").format(version=__version__),
            _tr("Reads expressions, not feelings: live, on this computer alone."),
            _tr("Model in use: {model}").format(model=f"<span>{escape(model)}</span>" if model else _tr("none")),
            _tr("Apache License 2.0. Faces are found with MediaPipe, read with ONNX Runtime, shown with Qt."),
        ],
    )


def privacy(parent: QWidget) -> TextDialog:
    return TextDialog(
        parent,
        _tr("Privacy"),
        [
            _tr(
                "<b>Nothing leaves this computer.</b> The program opens no network connection, but where you turn on a "
                "stream to other programs in Settings, Streams. Only where you ask for the training component to be "
                "installed does pip fetch it."
            ),
            _tr(
                "<b>Nobody is identified.</b> A face has a number for as long as it is in view, by nothing but its "
                "place and size. Who is away for over two seconds comes back as somebody else."
            ),
            _tr(
                "<b>Nothing is kept unless you ask.</b> Pictures live in memory until the next one comes. "
                "The timeline holds the readings of the last ten minutes in memory alone, until you clear it or quit. "
                "A snapshot is written when you press S, a recording from R to R, samples of a face only when you take "
                "them in Collect samples or correct a label with the keys 1 to 7."
            ),
            _tr(
                "<b>What is kept:</b> your settings, a log of errors, without pictures, and the samples you took, "
                "until you delete them in My samples. A model that you fine-tune with them keeps what it learnt from "
                "your face until you delete it in Models."
            ),
            _tr("Settings: {settings}<br>Log: {log}<br>Samples: {samples}<br>Recordings: {recordings}").format(
                settings=resources.settings_file(),
                log=resources.log_dir(),
                samples=resources.user_samples_dir(),
                recordings=resources.sessions_dir(),
            ),
            _tr(
                "It must not be used to read the emotions of people at work or in education "
                "(EU AI Act, Article 5(1)(f)). Others in view should know."
            ),
        ],
    )


def keys(parent: QWidget, actions: Actions) -> TextDialog:
    """Those of every page and of the living picture; beside them those of the two other pages and of the timeline."""
    from fer_desktop.gui.photos import words as photos
    from fer_desktop.gui.recordings import keys as recordings
    from fer_desktop.gui.recordings.words import tr as of_recordings
    from fer_desktop.gui.timeline import hands
    from fer_desktop.gui.timeline.words import tr as of_timeline

    shown = []
    for name in Actions.__slots__:
        action = getattr(actions, name)
        if name == "corrections":
            shown.append((_tr("1 to 7"), _tr("Correct a label, choose what to collect")))
        elif name != "themes" and not action.shortcut().isEmpty():
            shown.append((action.shortcut().toString(), action.text().replace("&", "").rstrip("…")))
    left, right = QVBoxLayout(), QVBoxLayout()
    for column in (left, right):
        column.setSpacing(4)
    for column, title, rows in (
        (left, _tr("Everywhere, and Live"), shown),
        (right, _tr("Photos"), [(photos.tr(key), photos.tr(what)) for key, what in photos.KEYS]),
        (right, _tr("Timeline, reached by Tab"), [(of_timeline(key), of_timeline(what)) for key, what in hands.KEYS]),
        (right, _tr("Recordings"), [(of_recordings(key), of_recordings(what)) for key, what in recordings.KEYS]),
    ):
        column.addWidget(_heading(title))
        column.addLayout(_table(rows))
        column.addSpacing(8)
    row = QHBoxLayout()
    row.setSpacing(32)
    for column in (left, right):
        column.addStretch(1)
        row.addLayout(column, 1)
    return TextDialog(parent, _tr("Keys"), [], body=row, width=KEYS_WIDTH)


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font(13, bold=True))
    return label


def _table(rows: Sequence[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    for row, (key, text) in enumerate(rows):
        letters, what = QLabel(key), QLabel(text)
        letters.setStyleSheet("font-weight: 600")
        grid.addWidget(letters, row, 0)
        grid.addWidget(what, row, 1)
    grid.setColumnStretch(1, 1)
    return grid
