"""The documents that `classify` and `video` write: their options, what is refused, and in which order they begin."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from fer_desktop.core.errors import InputError, ModelError

if TYPE_CHECKING:
    from fer_desktop.offline.export import Result, ResultWriter
    from fer_desktop.offline.files import Write
    from fer_desktop.offline.formats import Settings
    from fer_desktop.offline.outputs import Outputs

OPTIONS: Final = ("json", "csv", "parquet", "report")
STDOUT: Final = "-"


def configure(parser: argparse.ArgumentParser, line: str) -> None:
    """line: what has a line of its own in the CSV."""
    parser.add_argument("--json", metavar="FILE", help="write JSON to FILE, - for standard output")
    parser.add_argument("--csv", metavar="FILE", help=f"write CSV, one line {line}, to FILE, - for standard output")
    parser.add_argument(
        "--parquet", metavar="FILE", help="write the columns of the CSV as Parquet to FILE (needs the extra parquet)"
    )
    parser.add_argument(
        "--report", metavar="FILE", help="write a report with plots to FILE: a web page (.html) or a PDF (.pdf)"
    )
    parser.add_argument("--thumbnails", action="store_true", help="show faces in the report")


def wanted(args: argparse.Namespace) -> list[tuple[str, str]]:
    """(form, target) of each document asked for."""
    from fer_desktop.offline.formats import REPORTS, form_of

    named = [(option, getattr(args, option)) for option in OPTIONS if getattr(args, option)]
    return [(form_of(target, REPORTS) if option == "report" else option, target) for option, target in named]


def check(args: argparse.Namespace, *others: str | None) -> None:
    """Refuse documents that cannot be or would destroy each other; `others`: further files that are written. Raises
    InputError, and MissingComponentError where this installation cannot write one."""
    from fer_desktop.offline import formats
    from fer_desktop.offline.names import shown

    for option in (*OPTIONS, "annotate"):
        if getattr(args, option) == "":
            raise InputError(f"the name after --{option} is empty", "Name a file or folder for the results")
    to_stdout = [option for option in OPTIONS if getattr(args, option) == STDOUT]
    if len(to_stdout) > 1:
        both = " and ".join(f"--{option}" for option in to_stdout[:2])
        raise InputError(f"both {both} are to go to standard output", "Name a file for one of them")
    documents = wanted(args)
    for form, _ in documents:
        formats.check(form)
    if args.thumbnails and not args.report:
        raise InputError("--thumbnails is about the file after --report, and there is none", "Leave it out")
    targets = [target for target in (*(target for _, target in documents), *others) if target and target != STDOUT]
    places = [os.path.realpath(target) for target in targets]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise InputError(f"two results are to go to the same file, {shown(targets[number])}", "Name two files")


def opened(
    args: argparse.Namespace, outputs: Outputs[Result]
) -> Callable[[Callable[[str], Callable[[Write], ResultWriter[Result]]]], None]:
    """Open the documents' files, and give what begins them: it is given what makes a form's writer. Raises InputError,
    of all files that cannot be written.

    What goes to stdout cannot be taken back: it begins when the files have.
    """
    documents = sorted(wanted(args), key=lambda document: document[1] == STDOUT)
    begin, failed = [], list[InputError]()
    for form, target in documents:
        try:
            begin.append((form, outputs.open(target)))
        except InputError as error:
            failed.append(error)
    if failed:
        remedies = {error.remedy for error in failed}
        raise InputError("; ".join(error.what for error in failed), remedies.pop() if len(remedies) == 1 else "")

    def begun(make: Callable[[str], Callable[[Write], ResultWriter[Result]]]) -> None:
        for form, begin_document in begin:
            begin_document(make(form))

    return begun


def settings(
    args: argparse.Namespace, model_id: str | None, sources: Sequence[str] = (), fast: bool = False
) -> Settings:
    """What the documents tell of how they were made."""
    from fer_desktop.modelstore.store import ModelStore
    from fer_desktop.offline.formats import Settings

    name = None
    if args.report and model_id is not None:
        with contextlib.suppress(ModelError):  # then its id must do
            name = ModelStore.default().get(model_id).name
    return Settings(model_id, name, fast, args.thumbnails, tuple(sources))
