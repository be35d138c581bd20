"""The recording that is being read: opened, read on or cancelled, and left for another. What is shown is the page's."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fer_desktop.gui.composition import Composition
from fer_desktop.gui.recordings.reader import Reader
from fer_desktop.offline.playback import OpenedRecording, ReadLive
from fer_desktop.offline.video import VideoPipeline


class Opening(QObject):
    """`begun` (Beginning), `came` (list of FrameResults), `over` (problem, report): those of the reader of the
    recording that is open; of one that was left nothing is told any more."""

    begun = Signal(object)
    came = Signal(object)
    over = Signal(str, str)

    def __init__(self, parent: QObject, composition: Composition) -> None:
        super().__init__(parent)
        self._composition = composition
        self.path: Path | None = None
        """What is open, or is being opened."""
        self.opened: OpenedRecording | None = None
        self.reader: Reader | None = None
        self._left: list[Reader] = []
        """Of recordings that were left, and whose threads may still be ending."""
        self._read_live: list[ReadLive] = []

    @property
    def read_live(self) -> ReadLive | None:
        """What was read of it while it was made, if anything was; known once it has begun."""
        return self._read_live[0] if self._read_live else None

    @property
    def title(self) -> str:
        """Empty where nothing is open."""
        if self.read_live is not None:
            return self.read_live.title
        return "" if self.path is None else self.path.name

    def open(self, path: Path, anew: bool = False) -> None:
        """In the place of what is open. anew: read by the model, whatever was read of it while it was made."""
        self.leave()
        self.path = path
        self.opened = self._composition.make_recording(path)
        found: list[ReadLive] = []
        read_live, make_pipeline = self.opened.read_live, self._composition.make_video_pipeline

        def make() -> VideoPipeline:
            """On the reader's thread, before it tells that it has begun."""
            live = read_live()
            if live is not None:
                found.append(live)
            return make_pipeline() if live is None or anew else live

        self._read_live = found
        self.reader = reader = Reader(self, self.opened.recording, make)
        reader.begun.connect(self.begun)
        reader.came.connect(self.came)
        reader.over.connect(self.over)

    def leave(self) -> None:
        """Nothing comes of it any more."""
        if self.reader is not None:
            self.reader.leave()
            self._left.append(self.reader)
        self._left = [reader for reader in self._left if not reader.ended]
        self.reader = self.path = None
        self._read_live = []

    def cancel(self) -> None:
        """Read no further; what was read stays."""
        if self.reader is not None:
            self.reader.cancel()

    def take_readers(self) -> list[Reader]:
        """All whose threads may run still, for the end of the program; nothing is read any more."""
        readers = [*self._left, *([self.reader] if self.reader is not None else [])]
        self.reader, self._left = None, []
        return readers
