"""Between the session and the window: opens sources, tells a person what happened, fills the status line."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from fer_desktop.core.errors import Fault
from fer_desktop.gui import sources
from fer_desktop.gui.camera_control import CameraControl
from fer_desktop.gui.composition import CameraLike
from fer_desktop.gui.feed import NO_FACE_AFTER_S
from fer_desktop.gui.model_control import ModelControl
from fer_desktop.gui.pages import LIVE
from fer_desktop.gui.sources import Choice
from fer_desktop.gui.status_bar import StatusLine
from fer_desktop.live.events import Event, Kind

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow


logger = logging.getLogger(__name__)
_LOGGED: Final = (
    Kind.SOURCE_FAILED, Kind.SOURCE_STALLED, Kind.MODEL_FAILED, Kind.MODEL_CHANGE_FAILED, Kind.ANALYSIS_FAILED
)  # fmt: skip


class LiveControl(QObject):
    """Follows the live source. `failed` (text): nothing can be shown of the source that was asked for by name."""

    failed = Signal(str)
    defect = Signal(str, str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session, self._feed = window.session, window.feed
        self.models = ModelControl(window)
        self.models.failed.connect(self.failed)
        self.book = sources.SourceBook(window.composition, window.settings)
        self.cameras = CameraControl(window, self.book)
        self._wanted: Choice | None = None
        self._instead_of: Choice | None = None
        """What the demo was opened in place of."""
        self.falls_back = True
        """Show the demo where the first source fails. A timed run ends instead."""
        self._started = False
        self._stalled: Fault | None = None
        self.source_name = ""
        self.kind = sources.CAMERA
        self._on_event: dict[Kind, Callable[[Event], None]] = {
            Kind.SOURCE_OPENED: self._source_opened,
            Kind.SOURCE_FAILED: self._source_failed,
            Kind.SOURCE_STALLED: self._source_stalled,
            Kind.SOURCE_RESUMED: self._source_resumed,
            Kind.SOURCE_ENDED: self._source_ended,
            Kind.PICTURE_CHANGED: lambda _: self.cameras.picture_changed(),
            Kind.MODEL_READY: self.models.ready,
            Kind.MODEL_FAILED: self.models.failed_for_now,
            Kind.MODEL_CHANGE_FAILED: self.models.change_failed,
            Kind.ANALYSIS_FAILED: self._analysis_failed,
            Kind.DEFECT: lambda event: self.defect.emit(event.text, event.detail),
        }
        self._feed.event_came.connect(self._event)
        self._feed.frame_shown.connect(self._frame_shown)
        self._feed.status_due.connect(self.refresh)

    @property
    def started(self) -> bool:
        """False until a live source is asked for: a run may begin with photos or a recording."""
        return self._started

    @property
    def camera_in_use(self) -> str:
        """Name of the camera on the picture; empty for other sources."""
        return self.source_name if self.kind == sources.CAMERA else ""

    def open(self, choice: Choice) -> None:
        """Show another source. The present one stays until the new one delivers."""
        if self._window.closed_at is None:
            self._instead_of = None
            self._open(choice)
            self._window.pages.show_page(LIVE)

    def _open(self, choice: Choice) -> None:
        self._wanted = choice
        factory = self.book.factory(choice)
        if self._started:
            self._session.switch(factory)
        else:
            self._started = True
            self.kind = choice.kind
            self._session.start(factory)
        self._window.info.settle("source")
        self.refresh()

    def choose_camera(self, camera: CameraLike) -> None:
        settings = self._window.settings
        settings.source, settings.camera_name, settings.camera_path = sources.CAMERA, camera.name, camera.path
        self._window.view_settings.save()
        if camera.name == self.camera_in_use and self._session.running:
            # A device can be open only once: it would be found in use by ourselves.
            self._session.stay()
            self._session.retry_now()
            self._session.resume()
            self._window.actions_.pause.setChecked(False)
            self._window.pages.show_page(LIVE)
            return
        self.open(Choice(sources.CAMERA, f"camera:{camera.name}"))

    def choose_demo(self) -> None:
        self._window.settings.source = sources.DEMO
        self._window.view_settings.save()
        self.cameras.demo_chosen()
        self.open(Choice(sources.DEMO, sources.DEMO))

    def change_model(self, model: str | None, go_back: Callable[[], None] | None = None) -> None:
        """Read live pictures and photos with another model: see `ModelControl.change`."""
        if self._window.closed_at is None:
            self.models.change(model, go_back)

    def set_paused(self, paused: bool) -> None:
        if paused:
            self._session.pause()
        else:
            self._session.resume()
        self.refresh()

    def refresh(self) -> None:
        """The line over the picture and the status line: twice a second, and at once after a change."""
        self._window.view.set_message(self.message())
        statistics = self._session.statistics()
        rolling, source, model = statistics.rolling, self._session.source, self._session.model
        if self._session.held:
            device, name = (model.device, self.models.name_of(model.id)) if model is not None else ("", "")
            self._window.status.show_line(StatusLine(device=device, model=name))
            return
        running = not self._session.paused and self._feed.view is not None
        self._window.status.show_line(
            StatusLine(
                source=self.source_name,
                size=source.size if source is not None else None,
                capture_fps=rolling.capture_fps if running else None,
                analysis_fps=rolling.analysis_fps if running and model is not None else None,
                latency_ms=rolling.latency_ms if running else None,
                dropped=rolling.dropped if running and model is not None else None,
                device=model.device if model is not None else "",
                model=self.models.name_of(model.id) if model is not None else "",
            )
        )

    def message(self) -> str:
        """What stands over the live picture now; empty most of the time."""
        if self._session.paused:
            return self.tr("Paused")
        if self._stalled is not None:
            if self.kind == sources.CAMERA:
                return self.cameras.of_fault(self._stalled)
            return self.tr("No new pictures. Waiting…")
        if self._feed.view is None:
            return self.tr("Starting…") if self._started else ""
        if self.kind == sources.CAMERA and (text := self.cameras.of_picture()):
            return text
        if self._session.model is None:
            return self.tr("Faces cannot be read") if self.models.none_works else self.tr("Loading the model…")
        if text := self._window.my_neutral.message or self._window.chosen_face.message:
            return text
        since = self._feed.no_face_since
        if since is not None and time.monotonic() - since >= NO_FACE_AFTER_S:
            return self.tr("No face in view")
        return ""

    def _event(self, event: Event) -> None:
        if event.kind in _LOGGED:
            logger.warning("%s: %s", event.kind.value, event.sentence)
        handler = self._on_event.get(event.kind)
        if handler is not None:
            handler(event)
            self.refresh()

    def _frame_shown(self) -> None:
        if self._window.view.message and self._feed.no_face_since is None:
            self._window.view.set_message(self.message())

    def _source_opened(self, event: Event) -> None:
        self.source_name, self.kind = event.text, self.book.kind_of(event.text)
        self._no_longer_stalled()
        self._feed.expect_another()
        self._window.source_changed(self.kind, event.text)
        self.cameras.opened(self.kind)
        if self.kind != sources.DEMO:
            self._window.info.settle("source")
        elif self.book.fell_back:
            self.book.fell_back = False
            self.tell_no_camera()
            self.cameras.demo_stands_in(Choice(sources.CAMERA, None))
        elif self._instead_of is not None:
            self.cameras.demo_stands_in(self._instead_of)
        self._instead_of = None

    def tell_no_camera(self) -> None:
        self._window.info.say(
            self.tr("No camera found. This is the demo."),
            self.tr("Choose a camera…"),
            self._window.show_source_menu,
            key="source",
        )

    def _source_failed(self, event: Event) -> None:
        text = event.sentence
        wanted, nothing_shown = self._wanted, self._session.source is None
        if not self._session.running:
            self._no_longer_stalled()
        if nothing_shown and wanted is not None and wanted.kind != sources.DEMO:
            if wanted.spec is not None:
                self.failed.emit(text)
            if not self.falls_back:
                return
            if wanted.kind == sources.CAMERA:
                self._instead_of = wanted
            text = self.demo_instead(text)
        if wanted is not None and wanted.kind == sources.FILE:
            action, act = self.tr("Play video…"), self._window.files.ask_for_video
        else:
            action, act = self.tr("Choose a camera…"), self._window.show_source_menu
        self._window.info.say(text, action, act, warning=True, key="source")

    def demo_instead(self, why: str) -> str:
        """A living picture is better than a black one. Gives the line that says it is not what was asked for."""
        self._open(Choice(sources.DEMO, sources.DEMO))
        if self._instead_of is not None:
            return self.tr("{what} Until then this is the demo.").format(what=why)
        return self.tr("{what} This is the demo.").format(what=why)

    def _source_stalled(self, event: Event) -> None:
        self._stalled = event.fault
        self.cameras.lost(self.kind == sources.CAMERA)
        # What is read from the last picture is of the past.
        self._feed.look = replace(self._feed.look, faded=True)
        self._feed.repaint_faces()

    def _source_resumed(self, event: Event) -> None:
        self._no_longer_stalled()

    def _no_longer_stalled(self) -> None:
        if self._stalled is not None:
            self._stalled = None
            self.cameras.lost(False)
            self._window.view_settings.look()

    def _source_ended(self, event: Event) -> None:
        self._window.info.say(self.tr("{name} is over.").format(name=event.text), key="source")

    def _analysis_failed(self, event: Event) -> None:
        self._window.info.say(event.sentence, warning=True, key="analysis")
