"""The ways out of a run: several files at once. One that fails, a full disk say, costs itself and no other."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Generic, TypeVar

from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.offline.export import Result, ResultWriter
from fer_desktop.offline.files import FileInParts, Write, output, whole_file

if TYPE_CHECKING:
    from fer_desktop.offline.annotate import AnnotatedFolder


Opened = TypeVar("Opened")


class Outputs(Generic[Result]):
    """Opened with `open`, given a form with `begin`, then fed with `add`; to be used in a `with` block.

    What fails while results come is given up, its unfinished file removed, and said once through `failures`.
    """

    def __init__(self) -> None:
        self._targets: list[contextlib.ExitStack] = []
        self._writers: list[tuple[contextlib.ExitStack, ResultWriter[Result]]] = []
        self._failures: list[InputError] = []

    def __enter__(self) -> Outputs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends without `finish` leave no file behind."""
        unfinished = error or InputError("the results were not finished")
        for stack in self._targets:
            # The failure on its way out matters, not what removing a file may add to it.
            with contextlib.suppress(Exception):
                stack.__exit__(type(unfinished), unfinished, trace)

    def open(self, target: str) -> Callable[[Callable[[Write], ResultWriter[Result]]], None]:
        """Open a file, or - for stdout, and give the function that begins a document in it. Raises InputError."""
        return self._open(output(target))

    def open_in_parts(self, target: str) -> Callable[[Callable[[FileInParts], ResultWriter[Result]]], None]:
        """The same for a file that is not written from front to end."""
        return self._open(whole_file(target))

    def _open(
        self, opening: AbstractContextManager[Opened]
    ) -> Callable[[Callable[[Opened], ResultWriter[Result]]], None]:
        stack = contextlib.ExitStack()
        opened = stack.enter_context(opening)
        self._targets.append(stack)

        def begin(make: Callable[[Opened], ResultWriter[Result]]) -> None:
            self._writers.append((stack, make(opened)))

        return begin

    @property
    def alive(self) -> bool:
        """Whether any document can still be written."""
        return bool(self._writers)

    def add(self, result: Result) -> None:
        """Pass a result to every document that is still alive."""
        for stack, writer in list(self._writers):
            try:
                writer.add(result)
            except InputError as error:
                self._give_up(stack, error)

    def finish(self) -> None:
        """End every document and give its file its name."""
        for stack, writer in list(self._writers):
            try:
                writer.finish()
            except InputError as error:
                self._give_up(stack, error)
                continue
            self._targets.remove(stack)
            try:
                stack.close()
            except InputError as error:
                self._give_up(stack, error)

    def failures(self) -> list[InputError]:
        """What failed since this was last asked."""
        failed, self._failures = self._failures, []
        return failed

    def _give_up(self, stack: contextlib.ExitStack, error: InputError) -> None:
        self._failures.append(error)
        self._writers = [item for item in self._writers if item[0] is not stack]
        if stack in self._targets:
            self._targets.remove(stack)
        with contextlib.suppress(InputError):
            stack.__exit__(type(error), error, error.__traceback__)


class Annotations:
    """Annotated pictures beside the readings: one that cannot be written is counted, said, and costs nothing else."""

    def __init__(self, folder: AnnotatedFolder) -> None:
        self._folder = folder
        self._failures: list[InputError] = []
        self.written = 0
        self.failing = False
        """Whether the picture tried last could not be written."""

    def pass_over(self, path: str) -> None:
        """An image that could not be read keeps its name for when it can be."""
        self._folder.target(path)

    def write(self, frame: Frame, analysis: Analysis) -> None:
        try:
            self._folder.write(frame, analysis)
        except InputError as error:
            self._failures.append(error)
            self.failing = True
        else:
            self.written += 1
            self.failing = False

    def failures(self) -> list[InputError]:
        """What failed since this was last asked."""
        failed, self._failures = self._failures, []
        return failed
