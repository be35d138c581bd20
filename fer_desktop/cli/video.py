"""`fer-desktop video`: the emotions in every picture of a video, as a page for people, documents or a video."""

# With pathlib, a name too long would raise where os.path says no.
# ruff: noqa: PTH110

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from fer_desktop import native_stderr
from fer_desktop.cli import documents
from fer_desktop.cli.common import ProgressLine, interruptible
from fer_desktop.core.errors import Cancelled, FerError, InputError

if TYPE_CHECKING:
    from fer_desktop.offline.outputs import Outputs
    from fer_desktop.offline.video import Beginning, FrameResult, VideoReading
    from fer_desktop.offline.video_copy import AnnotatedCopy


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a video: anything that FFmpeg reads")
    documents.configure(parser, "a face and picture")
    parser.add_argument(
        "--annotate", metavar="FILE.mp4", help="write a copy with the readings painted on, its sound kept"
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="let --annotate replace a file that this program did not make"
    )
    parser.epilog = (
        "Times are in seconds from the first picture. Without any document or --annotate: each face's share of time "
        "per emotion, and when it changed. Exit status: 0 done; 2 nothing could be read or written; 3 stopped, what "
        "is done is kept; 4 done, but the video is damaged or cut short, or one of several outputs could not be "
        "written (each is told)."
    )


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 1 if the program itself failed on a picture; 2 if there was nothing to read or nowhere to write;
    4 if part of the video could not be read or one of several outputs not be written: each is told on stderr."""
    from fer_desktop.offline.names import count_of

    _check_outputs(args)
    with interruptible() as cancelled:
        tally = _Tally()
        _read(args, tally, cancelled)
        if tally.cancelled and tally.kept:
            pictures = count_of(tally.pictures, "picture", "pictures")
            raise Cancelled(f"stopped after {pictures} ({tally.reached}), whose results are kept")
    return tally.exit_status()


class _Tally:
    """Counts what became of the pictures."""

    def __init__(self) -> None:
        self.pictures = self.defects = self.troubles = 0
        self.reached_s = 0.0
        self.cancelled = False
        self.kept = True
        """False once no output is left to write to."""

    def add(self, result: FrameResult) -> None:
        self.pictures += 1
        self.reached_s = result.time_s
        if result.error is not None:
            self.defects += 1
            if self.defects == 1:  # one line, not one a picture
                self.say(f"the picture at {self.reached} {result.error}")

    @property
    def reached(self) -> str:
        from fer_desktop.offline.video_summary import clock

        return clock(self.reached_s)

    def trouble(self, what: str | FerError) -> None:
        """Something that leaves the results incomplete."""
        self.troubles += 1
        self.say(str(what))

    def say(self, text: str) -> None:
        from fer_desktop.offline.names import shown

        print(f"fer-desktop: {shown(text)}", file=sys.stderr)

    def exit_status(self) -> int:
        from fer_desktop.cli import EXIT_DEFECT, EXIT_OK, EXIT_PARTIAL, EXIT_USAGE

        if self.defects:
            return EXIT_DEFECT
        if not self.kept:
            return EXIT_USAGE
        return EXIT_PARTIAL if self.troubles else EXIT_OK


def _read(args: argparse.Namespace, tally: _Tally, cancelled: Callable[[], bool]) -> None:
    """Everything between the file and the outputs written. What stops it keeps the results so far."""
    from fer_desktop.app import video_pipeline
    from fer_desktop.capture.video_file import VideoFileSource
    from fer_desktop.offline.outputs import Outputs
    from fer_desktop.offline.video import VideoReading

    stopped_by: FerError | None = None
    with contextlib.ExitStack() as stack:
        # Outputs first: one that cannot be written is known before the work, not after it.
        outputs: Outputs[FrameResult] = stack.enter_context(Outputs())
        begin = _open(args, outputs)
        stack.enter_context(native_stderr.pythons_alone())
        recording = VideoFileSource(args.file, realtime=False, loop=False)
        reading = stack.enter_context(VideoReading(recording, video_pipeline, keep_frames=bool(args.annotate)))
        copy = begin(reading, reading.begin(cancelled))
        if copy is not None:
            stack.callback(copy.close)
        progress = _Progress(recording.duration_s)
        try:
            for result in reading.results(cancelled):
                tally.add(result)
                outputs.add(result)
                for failure in outputs.failures():
                    progress.clear()
                    tally.trouble(failure)
                if not outputs.alive:
                    break
                progress.show(result.time_s)
            tally.cancelled = cancelled()
        except FerError as error:
            stopped_by = error
        finally:
            progress.clear()
        if copy is not None:
            copy.ends_early = tally.cancelled or stopped_by is not None
        outputs.finish()
        for remark in copy.remarks if copy is not None else ():
            tally.trouble(remark)
        for failure in outputs.failures():
            tally.trouble(failure)
        tally.kept = outputs.alive
    if stopped_by is not None and not isinstance(stopped_by, InputError):
        raise stopped_by
    if stopped_by is not None:  # the decoder hangs: what came before it is as good as a file that was cut short
        tally.trouble(stopped_by)
    elif recording.loss and tally.kept and not tally.cancelled:
        tally.trouble(f"{recording.loss}. What could be read is in the results")


def _open(
    args: argparse.Namespace, outputs: Outputs[FrameResult]
) -> Callable[[VideoReading, Beginning], AnnotatedCopy | None]:
    """Open what the results go to, and give what begins the documents in it. Raises InputError."""
    from fer_desktop.offline.files import STDOUT, FileInParts
    from fer_desktop.offline.formats import video_writer
    from fer_desktop.offline.video_copy import AnnotatedCopy
    from fer_desktop.offline.video_summary import Summary
    from fer_desktop.record.session_folder import recorded_with_readings

    begin_copy = outputs.open_in_parts(args.annotate) if args.annotate else None
    painted = bool(args.annotate) and recorded_with_readings(args.file)
    begin_documents = documents.opened(args, outputs)
    begin_page = None if documents.wanted(args) or args.annotate else outputs.open(STDOUT)

    def begin(reading: VideoReading, beginning: Beginning) -> AnnotatedCopy | None:
        copies: list[AnnotatedCopy] = []

        def copy_writer(file: FileInParts) -> AnnotatedCopy:
            copies.append(AnnotatedCopy(file, args.file, reading.recording, beginning, painted))
            return copies[0]

        if begin_copy:
            begin_copy(copy_writer)
        settings = documents.settings(args, beginning.model_id)
        begin_documents(lambda form: video_writer(form, settings, args.file, beginning))
        if begin_page:
            begin_page(lambda write: Summary(write, args.file, beginning, sys.stdout.encoding or "utf-8"))
        return copies[0] if copies else None

    return begin


class _Progress(ProgressLine):
    """How far it is and how long it will take, a few times a second."""

    EVERY_S = 0.2
    SURE_AFTER_S = 2.0

    def __init__(self, duration_s: float | None) -> None:
        super().__init__()
        self._duration_s = duration_s
        self._started_s = time.monotonic()
        self._next_s = 0.0

    def show(self, reached_s: float) -> None:
        from fer_desktop.offline.time_left import time_left
        from fer_desktop.offline.video_summary import clock

        now_s = time.monotonic()
        if now_s < self._next_s:
            return
        self._next_s = now_s + self.EVERY_S
        text = clock(reached_s)
        if self._duration_s:
            text += f" of {clock(self._duration_s)}"
            spent_s = now_s - self._started_s
            if reached_s > 0 and spent_s > self.SURE_AFTER_S:
                text += f"  {time_left(spent_s * max(self._duration_s - reached_s, 0.0) / reached_s)}"
        self.tell(text)


def _check_outputs(args: argparse.Namespace) -> None:
    """Refuse outputs that would destroy each other or the input. Raises InputError, and MissingComponentError."""
    from fer_desktop.offline.files import STDOUT
    from fer_desktop.offline.names import shown
    from fer_desktop.offline.video_copy import check_target

    if args.file == "":
        raise InputError("the name of the video is empty", "Name a file")
    documents.check(args, args.annotate)
    if args.overwrite and not args.annotate:
        raise InputError("--overwrite is about the file after --annotate, and there is none", "Leave it out")
    for target in (*(target for _, target in documents.wanted(args)), args.annotate):
        if not target or target == STDOUT or not os.path.exists(target):
            continue
        if os.path.realpath(target) == os.path.realpath(args.file):
            raise InputError(f"{shown(target)} is the video to read", "Name another file for the results")
    if args.annotate:
        check_target(args.annotate, args.file, args.overwrite)
