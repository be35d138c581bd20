"""Lab Streaming Layer: one stream of one face, the one that is followed or else the largest.

A sample an analysis, irregular, of the channels in `lsl_outlet.CHANNELS`; all but `faces` are NaN where no face is in
view, and a picture in which the face was missed has none. Its time is when the picture was taken, on LSL's clock. The
probabilities are those of the picture alone, never read against the own neutral of a person.

A client:

    from pylsl import StreamInlet, resolve_byprop
    inlet = StreamInlet(resolve_byprop("type", "Expression")[0])
    while True:
        sample, taken_at = inlet.pull_sample()
        print(taken_at, "happy", sample[3], flush=True)
"""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fer_desktop.core import emotions
from fer_desktop.core.errors import FerError, InputError, MissingComponentError
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.streams import libraries, lsl_outlet
from fer_desktop.streams.lsl_outlet import CHANNELS, NETWORK, RECORD, THIS_COMPUTER
from fer_desktop.streams.message import one_face
from fer_desktop.streams.spec import LSL_NAME

_START_S: Final = 15.0
_STOP_S: Final = 1.0
_INSTALL: Final = "Install liblsl from its releases page (github.com/sccn/liblsl), or name its file in PYLSL_LIB"
_ON_THE_NETWORK: Final = "Every computer on the network can receive readings of faces over LSL"


class LslSink:
    """One outlet, held by a process of its own. network: announce it to other computers too; `followed` gives the id of
    the face chosen, or None."""

    wants_frames = False

    def __init__(
        self, name: str = LSL_NAME, network: bool = False, followed: Callable[[], int | None] = lambda: None
    ) -> None:
        self.name = f"LSL as {name}"
        self.caution: str | None = None
        self._stream, self._network, self._followed = name, network, followed
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._answered = threading.Event()
        self._answer = ""
        self._clients = 0

    def open(self) -> None:
        libraries.require("pylsl")
        if not self._network and not lsl_outlet.CONFINES:
            raise self._not_kept()
        self._process = process = self._started()
        self._listener = threading.Thread(target=self._listen, args=(process,), name="stream-lsl", daemon=True)
        self._listener.start()
        self._answered.wait(_START_S)
        word, _, rest = self._answer.partition(" ")
        if word != "open":
            self.close()
            raise MissingComponentError(f"LSL cannot be used ({rest.rstrip('.') or 'it does not answer'})", _INSTALL)
        if self._network:
            self.caution = _ON_THE_NETWORK
        elif rest != "1":
            self.close()
            raise self._not_kept()
        if os.name == "posix":
            assert process.stdin is not None
            os.set_blocking(process.stdin.fileno(), False)

    def put(self, frame: Frame | None, analysis: Analysis) -> bool:
        assert self._process is not None and self._process.stdin is not None
        sample = _sample(analysis, self._followed())
        if sample is None:
            return False
        record = RECORD.pack(analysis.captured_at, *sample)
        try:
            # A record is shorter than what a pipe takes in one piece, so it goes whole or not at all.
            os.write(self._process.stdin.fileno(), record)
        except BlockingIOError:
            return False
        except OSError as error:
            raise FerError("The LSL library broke down", "Start the stream again") from error
        return self._clients > 0

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._listener is not None:
            self._listener.join()
        process.stdout.close()
        self._clients = 0

    @property
    def clients(self) -> int | None:
        """LSL tells only whether there are any."""
        return self._clients

    def _not_kept(self) -> InputError:
        what = "LSL answers every computer on the network here, so the stream was not started"
        return InputError(what, f"Announce it on the network, lsl:{self._stream}:network, if others may receive it")

    def _started(self) -> subprocess.Popen[bytes]:
        # From the folder that holds this program: with -m Python imports from where it is started.
        return subprocess.Popen(
            [sys.executable, "-m", lsl_outlet.__name__, self._stream, NETWORK if self._network else THIS_COMPUTER],
            cwd=Path(__file__).resolve().parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, bufsize=0, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            text = line.decode(errors="replace").strip()
            if not self._answered.is_set():
                self._answer = text
                self._answered.set()
            elif text.startswith("clients "):
                self._clients = int(text.partition(" ")[2])
        self._answered.set()
        self._clients = 0


def _sample(analysis: Analysis, followed: int | None) -> list[float] | None:
    """Float for each channel; None where nothing was read of the face in this picture."""
    track = one_face(analysis, followed)
    if track is None:
        return [math.nan] * (len(CHANNELS) - 1) + [0.0]
    if not track.seen:
        return None
    probabilities, box = track.prediction.probabilities, track.face.box
    place = (box.x, box.y, box.width, box.height)
    return [*map(float, probabilities), emotions.valence(probabilities), *place, track.id, len(analysis.tracks)]
