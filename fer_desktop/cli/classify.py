"""`fer-desktop classify`: the emotions in photos and folders of photos, as a table, JSON, CSV or annotated pictures."""

# With pathlib, a name too long would raise where os.path says no.
# ruff: noqa: PTH110, PTH113, PTH119

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from fer_desktop import native_stderr
from fer_desktop.cli.common import ProgressLine, interruptible
from fer_desktop.core.errors import Cancelled, FerError, InputError
from fer_desktop.modelstore.store import ModelStore

if TYPE_CHECKING:
    from fer_desktop.core.ports import EmotionClassifier
    from fer_desktop.offline.export import Write
    from fer_desktop.offline.find import Found
    from fer_desktop.offline.image_result import ImageResult


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="an image, or a folder of images")
    parser.add_argument("--recursive", action="store_true", help="look into the folders' subfolders as well")
    parser.add_argument(
        "--fast", action="store_true", help="look for faces once: three times as fast, and small faces are missed"
    )
    parser.add_argument("--json", metavar="FILE", help="write JSON to FILE, - for standard output")
    parser.add_argument("--csv", metavar="FILE", help="write CSV, one line a face, to FILE, - for standard output")
    parser.add_argument("--annotate", metavar="DIR", help="write the pictures with their readings painted on into DIR")
    parser.epilog = (
        "Exit status: 0 done; 2 nothing could be read or written; 3 stopped; 4 done, but some images could not be "
        "read, or an annotated picture or one of several outputs could not be written (each is told; the readings are "
        "kept)."
    )


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 1 if the program itself failed on an image; 2 if no image was usable or nothing could be written;
    4 if some images were not usable, or an annotated picture or one of several outputs could not be written: the
    readings are kept and each failure is told on stderr."""
    from fer_desktop.offline.find import find_images

    found = find_images(args.paths, args.recursive)
    _check_outputs(args, found)
    with interruptible() as cancelled:
        tally = _classify(args, found, cancelled)
        if tally.total < len(found) and tally.kept:
            raise Cancelled(f"stopped after {tally.total} of {len(found)} images, whose results are kept")
    return tally.exit_status()


class _Tally:
    """Counts what became of the images."""

    def __init__(self) -> None:
        self.total = self.failed = self.defects = self.unwritten = 0
        self.kept = True
        """False once no output is left to write to."""

    def add(self, result: ImageResult) -> None:
        self.total += 1
        self.failed += result.error is not None
        self.defects += result.defect

    def tell(self, failures: Sequence[FerError]) -> None:
        """Count what could not be written, and say it, a line each."""
        for failure in failures:
            self.unwritten += 1
            print(f"fer-desktop: {failure}", file=sys.stderr)

    def exit_status(self) -> int:
        from fer_desktop.cli import EXIT_DEFECT, EXIT_OK, EXIT_PARTIAL, EXIT_USAGE

        if self.defects:
            return EXIT_DEFECT
        if not self.kept or self.failed == self.total:
            return EXIT_USAGE
        return EXIT_PARTIAL if self.failed or self.unwritten else EXIT_OK


def _classify(args: argparse.Namespace, found: Sequence[Found], cancelled: Callable[[], bool]) -> _Tally:
    """Everything between the inputs found and the outputs written. What stops it keeps the results so far."""
    from fer_desktop.offline import batch
    from fer_desktop.offline.annotate import AnnotatedFolder
    from fer_desktop.offline.export import STDOUT, CsvWriter, JsonWriter
    from fer_desktop.offline.outputs import Annotations, Outputs

    tally = _Tally()
    progress = _Progress(len(found))
    stopped_by: FerError | None = None
    readable = any(image.error is None and os.path.isfile(image.path) for image in found)
    with contextlib.ExitStack() as stack:
        # Outputs first: one that cannot be written is known before the work, not after it.
        outputs = stack.enter_context(Outputs())
        begin_json = outputs.open(args.json) if args.json else None
        begin_csv = outputs.open(args.csv) if args.csv else None
        begin_table = None if args.json or args.csv else outputs.open(STDOUT)
        drawn = None
        if args.annotate and readable:
            paths = [image.path for image in found if image.error is None]
            drawn = Annotations(AnnotatedFolder(args.annotate, paths))
        stack.enter_context(native_stderr.pythons_alone())
        results: Iterator[ImageResult] = map(batch.refused, found)
        reader: EmotionClassifier | None = None
        # Only here: a wrong path is answered at once, without loading any model.
        if readable:
            from fer_desktop.app import classifier, photo_detector

            reader = stack.enter_context(contextlib.closing(classifier()))
            photos = stack.enter_context(batch.Batch(lambda: photo_detector(args.fast), reader))
            results = photos.results(found, on_analysed=drawn.write if drawn else None, cancelled=cancelled)

        def json_writer(write: Write) -> JsonWriter:
            # Of the model that reads, or of the one that would.
            return JsonWriter(write, reader.model_id if reader else ModelStore.default().active().id)

        # What goes to stdout cannot be taken back: it begins when the file has.
        if begin_json and args.json != STDOUT:
            begin_json(json_writer)
        if begin_csv:
            begin_csv(CsvWriter)
        if begin_json and args.json == STDOUT:
            begin_json(json_writer)
        if begin_table:
            begin_table(lambda write: _TableWriter(write, [image.path for image in found]))
        try:
            for result in results:
                progress.clear()
                tally.add(result)
                outputs.add(result)
                if result.error is not None:
                    print(f"fer-desktop: {result.error}", file=sys.stderr)
                tally.tell([*(drawn.failures() if drawn else ()), *outputs.failures()])
                if not outputs.alive and (drawn is None or drawn.failing):
                    break
                progress.show(tally.total, result.path)
        except FerError as error:
            stopped_by = error
        finally:
            progress.clear()
        outputs.finish()
        tally.tell(outputs.failures())
        tally.kept = outputs.alive or (drawn is not None and drawn.written > 0)
    if stopped_by is not None:
        raise stopped_by
    return tally


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


class _Progress(ProgressLine):
    def __init__(self, total: int) -> None:
        super().__init__(wanted=total > 1)
        self._total = total

    def show(self, done: int, path: str) -> None:
        from fer_desktop.offline.names import shown

        self.tell(f"{done}/{self._total}  {shown(os.path.basename(path))[:50]}")


def _check_outputs(args: argparse.Namespace, found: Sequence[Found]) -> None:
    """Refuse outputs that would destroy each other or an input. Raises InputError."""
    from fer_desktop.offline.export import STDOUT
    from fer_desktop.offline.names import shown

    for option in ("json", "csv", "annotate"):
        if getattr(args, option) == "":
            raise InputError(f"the name after --{option} is empty", "Name a file or folder for the results")
    if args.json == args.csv == STDOUT:
        raise InputError("both --json and --csv are to go to standard output", "Name a file for one of them")
    targets = [os.path.realpath(target) for target in (args.json, args.csv) if target and target != STDOUT]
    if len(set(targets)) < len(targets):
        raise InputError(f"--json and --csv name the same file, {shown(args.json)}", "Name two files")
    inputs = {os.path.realpath(image.path) for image in found if image.error is None}
    for target in targets:
        if target in inputs and os.path.exists(target):
            raise InputError(f"{shown(target)} is one of the images to read", "Name another file for the results")
