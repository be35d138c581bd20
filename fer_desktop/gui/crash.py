"""What happens when something unexpected is raised: it is logged, shown so that it can be copied, and never lost."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import platform
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from fer_desktop import __version__, resources

logger = logging.getLogger(__name__)


class _QuietFile(logging.handlers.RotatingFileHandler):
    """A log that cannot be written, on a full disk say, is no news to whoever reads stderr."""

    def handleError(self, record: logging.LogRecord) -> None:
        pass


@contextlib.contextmanager
def log_to_file() -> Iterator[None]:
    """Warnings and worse go to the person's log folder meanwhile; the file is made with the first of them."""
    try:
        folder = resources.log_dir()
        folder.mkdir(parents=True, exist_ok=True)
        handler = _QuietFile(
            folder / "fer-desktop.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        yield
        return
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


class ReportDialog(QDialog):
    """The traceback, a button that copies it, and the choice to go on."""

    def __init__(self, parent: QWidget | None, report: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Something went wrong"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 420)
        words = QLabel(
            self.tr(
                "This is a mistake in the program, not yours. You can go on, or quit and start it again. "
                "The report below is also in {folder}."
            ).format(folder=resources.log_dir())
        )
        words.setWordWrap(True)
        self.text = QPlainTextEdit(report)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Report"))
        buttons = QDialogButtonBox()
        copy = buttons.addButton(self.tr("Copy the report"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        leave = buttons.addButton(self.tr("Quit"), QDialogButtonBox.ButtonRole.DestructiveRole)
        leave.clicked.connect(QApplication.closeAllWindows)
        buttons.addButton(self.tr("Go on"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        for widget in (words, self.text, buttons):
            column.addWidget(widget)


class CrashReporter(QObject):
    """Takes over Python's hooks for uncaught exceptions, on every thread. `count`: how many there were."""

    _came = Signal(str)

    def __init__(self, parent: QObject, dialogs: bool) -> None:
        super().__init__(parent)
        self._dialogs = dialogs
        self._window: QWidget | None = None
        self._open: ReportDialog | None = None
        self._seen: set[str] = set()
        self.count = 0
        # Queued where it comes from another thread: dialogs belong to this one.
        self._came.connect(self._show)
        self._hooks = sys.excepthook, threading.excepthook
        sys.excepthook = self._main_thread
        threading.excepthook = self._other_thread

    def watch(self, window: QWidget) -> None:
        """The window that dialogs belong to."""
        self._window = window

    def restore(self) -> None:
        sys.excepthook, threading.excepthook = self._hooks

    def report(self, text: str, details: str) -> None:
        """A defect that was caught elsewhere; `details` is its traceback."""
        self.count += 1
        logger.error("%s\n%s", text, details)
        self._came.emit(f"{text}\n\n{details}")

    def _main_thread(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.closeAllWindows()
            return
        self.report(f"{kind.__name__}: {error}", "".join(traceback.format_exception(kind, error, trace)))

    def _other_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_type is SystemExit:
            return
        details = "".join(traceback.format_exception(args.exc_type, args.exc_value, args.exc_traceback))
        name = args.thread.name if args.thread else "?"
        self.report(f"{args.exc_type.__name__}: {args.exc_value} (thread {name})", details)

    def _show(self, report: str) -> None:
        # A timer that fails fails a hundred times a second: each report is shown once.
        if report in self._seen:
            return
        self._seen.add(report)
        print(f"fer-desktop: {report}", file=sys.stderr)
        if not self._dialogs or self._open is not None:
            return
        system = f"FER Desktop {__version__}, Python {platform.python_version()}, {platform.platform()}"
        self._open = ReportDialog(self._window, f"{system}\n\n{report}")
        self._open.finished.connect(self._closed)
        self._open.open()

    def _closed(self) -> None:
        self._open = None
