"""`fer-desktop classify`: the emotions in photos and folders of photos, as a table, JSON, CSV or annotated pictures."""

# With pathlib, a name too long would raise where os.path says no.
# ruff: noqa: PTH110, PTH113, PTH119

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from fer_desktop import native_stderr
from fer_desktop.core.errors import Cancelled, FerError, InputError
from fer_desktop.modelstore.store import ModelStore

if TYPE_CHECKING:
    from fer_desktop.core.pipeline import Pipeline
    from fer_desktop.core.types import Analysis, Frame
    from fer_desktop.offline.classify import ImageResult
    from fer_desktop.offline.export import ResultWriter, Write
    from fer_desktop.offline.find import Found


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="an image, or a folder of images")
    parser.add_argument("--recursive", action="store_true", help="look into the folders' subfolders as well")
    parser.add_argument("--json", metavar="FILE", help="write JSON to FILE, - for standard output")
    parser.add_argument("--csv", metavar="FILE", help="write CSV, one line a face, to FILE, - for standard output")
    parser.add_argument("--annotate", metavar="DIR", help="write the pictures with their readings painted on into DIR")


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 1 if the program itself failed on an image; 2 if no image was usable; 4 if some were not."""
    from fer_desktop.offline.find import find_images

    found = find_images(args.paths, args.recursive)
    _check_outputs(args, found)
    with _interruptible() as cancelled:
        tally = _classify(args, found, cancelled)
        if tally.total < len(found):
            raise Cancelled(f"stopped after {tally.total} of {len(found)} images, whose results are kept")
    return tally.exit_status()


class _Tally:
    """Counts what became of the images."""

    def __init__(self) -> None:
        self.total = self.failed = self.defects = 0

    def add(self, result: ImageResult) -> None:
        self.total += 1
        self.failed += result.error is not None
        self.defects += result.defect

    def exit_status(self) -> int:
        from fer_desktop.cli import EXIT_DEFECT, EXIT_OK, EXIT_PARTIAL, EXIT_USAGE

        if self.defects:
            return EXIT_DEFECT
        if not self.failed:
            return EXIT_OK
        return EXIT_USAGE if self.failed == self.total else EXIT_PARTIAL


class _PhotoPipeline:
    """The pipeline, built when first needed: a wrong path is answered at once, without loading any model."""

    def __init__(self) -> None:
        self._pipeline: Pipeline | None = None

    def build(self) -> Pipeline:
        from fer_desktop.app import photo_pipeline

        if self._pipeline is None:
            with native_stderr.silenced():
                self._pipeline = photo_pipeline()
        return self._pipeline

    def analyse(self, frame: Frame) -> Analysis:
        return self.build().analyse(frame)

    @property
    def model_id(self) -> str:
        """Of the pipeline, or of the one that would be built. Raises ModelError."""
        if self._pipeline:
            return self._pipeline.classifier.model_id
        return ModelStore.default().active().id

    def close(self) -> None:
        if self._pipeline:
            with native_stderr.silenced():
                self._pipeline.close()


def _classify(args: argparse.Namespace, found: Sequence[Found], cancelled: Callable[[], bool]) -> _Tally:
    """Everything between the inputs found and the outputs written. What stops it keeps the results so far."""
    from fer_desktop.offline.annotate import AnnotatedFolder
    from fer_desktop.offline.classify import classify_images
    from fer_desktop.offline.export import STDOUT, CsvWriter, JsonWriter, output

    tally = _Tally()
    progress = _Progress(len(found))
    stopped_by: FerError | None = None
    readable = any(image.error is None and os.path.isfile(image.path) for image in found)
    with contextlib.ExitStack() as stack:
        # Outputs first: one that cannot be written is known before the work, not after it.
        write_json = stack.enter_context(output(args.json)) if args.json else None
        write_csv = stack.enter_context(output(args.csv)) if args.csv else None
        write_table = None if args.json or args.csv else stack.enter_context(output(STDOUT))
        folder = None
        if args.annotate and readable:
            folder = AnnotatedFolder(args.annotate, [image.path for image in found if image.error is None])
        pipeline = stack.enter_context(contextlib.closing(_PhotoPipeline()))
        if readable:
            pipeline.build()
        writers: list[ResultWriter] = []
        if write_json:
            writers.append(JsonWriter(write_json, pipeline.model_id))
        if write_csv:
            writers.append(CsvWriter(write_csv))
        if write_table:
            writers.append(_TableWriter(write_table, [image.path for image in found]))
        try:
            on_analysed = folder.write if folder else None
            results = classify_images(found, pipeline, on_analysed=on_analysed, cancelled=cancelled)
            for result in _without_remarks(results):
                progress.clear()
                tally.add(result)
                for writer in writers:
                    writer.add(result)
                if result.error is not None:
                    print(f"fer-desktop: {result.error}", file=sys.stderr)
                progress.show(tally.total, result.path)
        except FerError as error:
            stopped_by = error
        finally:
            progress.clear()
        for writer in writers:
            writer.finish()
    if stopped_by is not None:
        raise stopped_by
    return tally


def _without_remarks(results: Iterator[ImageResult]) -> Iterator[ImageResult]:
    """The same results. What image libraries and MediaPipe remark on stderr while each is worked out is not seen."""
    while True:
        with native_stderr.silenced():
            result = next(results, None)
        if result is None:
            return
        yield result


class _TableWriter:
    """For people: one line a face. Images that failed are told of on stderr."""

    def __init__(self, write: Write, paths: Sequence[str]) -> None:
        from fer_desktop.offline.names import shown

        self._write = write
        self._width = min(max(len(shown(path)) for path in paths), 60)

    def add(self, result: ImageResult) -> None:
        from fer_desktop.offline.names import shown

        if result.analysis is None:
            return
        path = shown(result.path).ljust(self._width)
        lines = []
        for number, track in enumerate(result.analysis.tracks, start=1):
            reading = (
                f"{track.label:<8}  {track.confidence * 100:>3.0f} %" if track.label else f"no label: {track.reason}"
            )
            lines.append(f"{path}  face {number}  {reading}")
        text = "".join(line + "\n" for line in lines or [f"{path}  no face found"])
        self._write(text.encode(sys.stdout.encoding or "utf-8", "replace"))

    def finish(self) -> None:
        pass


class _Progress:
    """One line on stderr that is written over, only where a person is looking."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._active = sys.stderr.isatty() and total > 1
        self._shown = False

    def show(self, done: int, path: str) -> None:
        from fer_desktop.offline.names import shown

        if self._active:
            name = shown(os.path.basename(path))[:50]
            print(f"\r{done}/{self._total}  {name}\x1b[K", end="", file=sys.stderr, flush=True)
            self._shown = True

    def clear(self) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self._shown = False


def _check_outputs(args: argparse.Namespace, found: Sequence[Found]) -> None:
    """Refuse outputs that would destroy each other or an input. Raises InputError."""
    from fer_desktop.offline.export import STDOUT
    from fer_desktop.offline.names import shown

    if args.json == args.csv == STDOUT:
        raise InputError("both --json and --csv are to go to standard output", "Name a file for one of them")
    targets = [os.path.realpath(target) for target in (args.json, args.csv) if target and target != STDOUT]
    if len(set(targets)) < len(targets):
        raise InputError(f"--json and --csv name the same file, {shown(args.json)}", "Name two files")
    inputs = {os.path.realpath(image.path) for image in found if image.error is None}
    for target in targets:
        if target in inputs and os.path.exists(target):
            raise InputError(f"{shown(target)} is one of the images to read", "Name another file for the results")


@contextlib.contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl+C ends the work after the image at hand; a second one at once. Gives a function that tells of the first."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # signals reach no other
        yield stop.is_set
        return

    def interrupt(signum: int, _frame: object) -> None:
        stop.set()
        signal.signal(signum, signal.default_int_handler)

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
