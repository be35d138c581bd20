"""Records numbered pictures at 30 a second into the folder given until it is killed. A line of output for each: how
many seconds after the first it was taken, once the recorder has it."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from fer_desktop.core.types import Frame
from fer_desktop.record.recorder import Recorder
from fer_desktop.record.session_folder import Sessions
from fer_desktop.record.session_writer import Wanted
from tests.record.pictures import analysis, numbered

if __name__ == "__main__":
    # Loading the encoder takes seconds on a busy machine: it is there already when the kills are counted.
    with tempfile.TemporaryDirectory() as warm:
        first = Recorder(Sessions(Path(warm)), Wanted())
        first.start()
        first.put(Frame(numbered(0), 0, time.monotonic(), "Camera"), None)
        first.stop()
    recorder = Recorder(Sessions(Path(sys.argv[1])), Wanted())
    recorder.start()
    began_s = time.monotonic()
    number = 0
    while True:
        of = Frame(numbered(number % 4096), number, time.monotonic(), "Camera")
        recorder.put(of, analysis(of))
        if not number:
            began_s = of.captured_at
        print(of.captured_at - began_s, flush=True)
        if number % 30 == 15:
            recorder.mark(str(number))
        number += 1
        time.sleep(max(began_s + number / 30 - time.monotonic(), 0))
