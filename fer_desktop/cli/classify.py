"""`fer-desktop classify`: the emotions in photos and folders of photos, as a table, documents or annotated pictures."""

# With pathlib, a name too long would raise where os.path says no.
# ruff: noqa: PTH110, PTH112, PTH113, PTH116, PTH118, PTH120, PTH122

from __future__ import annotations

import argparse
import contextlib
import functools
import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from fer_desktop import native_stderr
from fer_desktop.cli import documents
from fer_desktop.cli.common import interruptible
from fer_desktop.core.errors import Cancelled, FerError, InputError
from fer_desktop.modelstore.store import ModelStore

if TYPE_CHECKING:
    from fer_desktop.core.types import Analysis, Frame
    from fer_desktop.offline.find import Found
    from fer_desktop.offline.image_result import ImageResult

_FIRST: Final = 100
"""Of so many paths the table's first column is as wide as the widest."""


class WouldBeLost(InputError):
    """A file to write is one of the images to read."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="an image, or a folder of images")
    parser.add_argument("--recursive", action="store_true", help="look into the folders' subfolders as well")
    parser.add_argument(
        "--fast", action="store_true", help="look for faces once: three times as fast, and small faces are missed"
    )
    documents.configure(parser, "a face")
    parser.add_argument("--annotate", metavar="DIR", help="write the pictures with their readings painted on into DIR")
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="read on the workers of the Dask cluster at ADDRESS, tcp://HOST:PORT, which must see the files under the "
        "same paths (needs the extra cluster; not with --annotate)",
    )
    parser.epilog = (
        "Exit status: 0 done; 2 nothing could be read or written; 3 stopped; 4 done, but some images could not be "
        "read, or an annotated picture or one of several outputs could not be written (each is told; the readings are "
        "kept)."
    )


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 1 if the program itself failed on an image; 2 if no image was usable or nothing could be written;
    4 if some images were not usable, or an annotated picture or one of several outputs could not be written: the
    readings are kept and each failure is told on stderr."""
    from fer_desktop.offline.names import count_of

    _check(args)
    with interruptible() as cancelled:
        tally = _classify(args, cancelled)
        if tally.cancelled and tally.kept:
            done = count_of(tally.total, "image", "images")
            if tally.of is not None:
                done = f"{tally.total:,} of {count_of(tally.of, 'image', 'images')}"
            raise Cancelled(f"stopped after {done}, whose results are kept")
    return tally.exit_status()


class _Tally:
    """Counts what became of the images."""

    def __init__(self) -> None:
        self.total = self.failed = self.defects = self.unwritten = 0
        self.of: int | None = None
        """How many there are, where that is known."""
        self.cancelled = False
        """Whether it was stopped before the last."""
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


def _classify(args: argparse.Namespace, cancelled: Callable[[], bool]) -> _Tally:
    """Everything between the paths given and the outputs written. What stops it keeps the results so far."""
    from fer_desktop.cli.classify_table import Progress, TableWriter
    from fer_desktop.offline.annotate import AnnotatedFolder
    from fer_desktop.offline.files import STDOUT
    from fer_desktop.offline.find import Listing, find_images
    from fer_desktop.offline.formats import photo_writer
    from fer_desktop.offline.outputs import Annotations, Outputs

    tally = _Tally()
    stopped_by: FerError | None = None
    targets = [target for _, target in documents.wanted(args) if target != STDOUT]
    with contextlib.ExitStack() as stack:
        images = _spared(find_images(args.paths, args.recursive), targets)
        listing = stack.enter_context(contextlib.closing(Listing(images, cancelled)))
        readable, coming = _readable(iter(listing))
        first = list(itertools.islice(coming, _FIRST))
        if cancelled():  # nothing is opened yet, so what stands under the outputs' names stays
            raise Cancelled("stopped before the first image was read")
        found = itertools.chain(first, coming)
        # Outputs first: one that cannot be written is known before the work, not after it.
        outputs: Outputs[ImageResult] = stack.enter_context(Outputs())
        begin = documents.opened(args, outputs)
        begin_table = None if documents.wanted(args) else outputs.open(STDOUT)
        drawn = None
        if args.annotate and readable:
            folder = AnnotatedFolder(args.annotate)
            stack.callback(folder.leave)
            drawn = Annotations(folder)
        stack.enter_context(native_stderr.pythons_alone())
        model_id, results = _results(args, found, readable, drawn.write if drawn else None, cancelled, stack)
        settings = documents.settings(args, model_id, args.paths, args.fast)
        begin(lambda form: photo_writer(form, settings))
        if begin_table:
            begin_table(lambda write: TableWriter(write, [image.path for image in first]))
        progress = Progress(listing, wanted=len(args.paths) > 1 or not os.path.isfile(args.paths[0]))
        try:
            for result in results:
                progress.clear()
                tally.add(result)
                outputs.add(result)
                if result.error is not None:
                    print(f"fer-desktop: {result.error}", file=sys.stderr)
                if drawn is not None and result.analysis is None:
                    drawn.pass_over(result.path)
                tally.tell([*(drawn.failures() if drawn else ()), *outputs.failures()])
                if not outputs.alive and (drawn is None or drawn.failing):
                    break
                progress.show(tally.total, result.path)
        except WouldBeLost:
            raise  # what is kept would take the image's place
        except FerError as error:
            stopped_by = error
        finally:
            progress.clear()
        tally.of = listing.total
        tally.cancelled = cancelled() and tally.total != tally.of
        outputs.finish()
        tally.tell(outputs.failures())
        tally.kept = outputs.alive or (drawn is not None and drawn.written > 0)
    if stopped_by is not None:
        raise stopped_by
    return tally


def _results(
    args: argparse.Namespace,
    found: Iterable[Found],
    readable: bool,
    on_analysed: Callable[[Frame, Analysis], None] | None,
    cancelled: Callable[[], bool],
    stack: contextlib.ExitStack,
) -> tuple[str, Iterator[ImageResult]]:
    """The id of the model that reads, or of the one that would, and what it reads."""
    from fer_desktop.offline import batch

    # Only where need be: a wrong path is answered at once, without loading any model.
    if not readable:
        return ModelStore.default().active().id, map(batch.refused, found)
    if args.cluster:
        from fer_desktop.cli import cluster_parts
        from fer_desktop.offline.cluster import Cluster

        parts = functools.partial(cluster_parts.parts, args.fast)
        cluster = stack.enter_context(Cluster(args.cluster, parts, cluster_parts.model))
        return cluster.model_id, cluster.results(found, cancelled)
    from fer_desktop.app import classifier, photo_detector

    reader = stack.enter_context(contextlib.closing(classifier()))
    photos = stack.enter_context(batch.Batch(lambda: photo_detector(args.fast), reader))
    return reader.model_id, photos.results(found, on_analysed=on_analysed, cancelled=cancelled)


def _readable(found: Iterator[Found]) -> tuple[bool, Iterator[Found]]:
    """Whether any image can be read at all, and all of them. Looked at only up to the first that can."""
    seen = []
    for image in found:
        seen.append(image)
        if image.error is None and os.path.isfile(image.path):
            return True, itertools.chain(seen, found)
    return False, iter(seen)


def _check(args: argparse.Namespace) -> None:
    """Refuse outputs that cannot be, would destroy each other, or an input as far as that can be told without looking
    into folders. Raises InputError, and MissingComponentError."""
    from fer_desktop.offline.files import STDOUT
    from fer_desktop.offline.images import SUFFIXES

    documents.check(args)
    if args.cluster == "":
        raise InputError("the address after --cluster is empty", "Give it as the cluster prints it: tcp://HOST:PORT")
    if args.cluster and args.annotate:
        raise InputError("--annotate paints on this computer, and --cluster reads on others", "Leave one of them out")
    for _, target in documents.wanted(args):
        if target == STDOUT or not os.path.exists(target):
            continue
        real = os.path.realpath(target)
        image_name = os.path.splitext(real)[1].lower() in SUFFIXES
        for given in args.paths:
            folder = os.path.realpath(given)
            inside = os.path.dirname(real) == folder or (args.recursive and real.startswith(os.path.join(folder, "")))
            if (real == folder and not os.path.isdir(folder)) or (image_name and inside):
                raise _lost(target)


def _spared(found: Iterable[Found], targets: Sequence[str]) -> Iterator[Found]:
    """The images, unless one is a file to be written under another name. Raises WouldBeLost."""
    places = {place for target in targets if (place := _place(target)) is not None}
    for image in found:
        if places and image.error is None and _place(image.path) in places:
            raise _lost(image.path)
        yield image


def _place(path: str) -> tuple[int, int] | None:
    """The same for two names of one file. None where there is none, or one that no file is put in the place of."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _lost(path: str) -> WouldBeLost:
    from fer_desktop.offline.names import shown

    return WouldBeLost(f"{shown(path)} is one of the images to read", "Name another file for the results")
