"""Before the recording is left: what would be lost is asked about, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from fer_desktop.gui.leaving import unfinished_question, unsaved_question
from fer_desktop.gui.question import YesNo
from fer_desktop.gui.recordings.document import Document
from fer_desktop.gui.recordings.export import Export, Job
from fer_desktop.offline.edits import Edits

if TYPE_CHECKING:
    from fer_desktop.gui.dialog_host import DialogHost


class Leaving:
    """Remembers what the person said may be lost: that and no more."""

    def __init__(self, page: QWidget, dialogs: DialogHost, export: Export) -> None:
        self._page, self._dialogs, self._export = page, dialogs, export
        self._job: Job | None = None
        self._document: Document | None = None
        self._edits: Edits | None = None

    def may(self, document: Document | None, job: Job | None, go_on: Callable[[], object]) -> bool:
        """Whether nothing is lost that the person has not given up: edits that are in no file, and the file that is
        being written. If not, they are asked, and go_on is called where they go, or once that file is whole."""
        edits = document.edits if document is not None and document.unsaved else None
        given_up = edits is None or (document is self._document and edits == self._edits)
        if given_up and job in (None, self._job):
            return True

        def leave() -> None:
            self._job, self._document, self._edits = job, document, edits
            go_on()

        window = self._page.window()
        if job is not None:
            question = unfinished_question(window, job.target.name, unsaved=edits is not None)
            self._settle_by_itself(question, go_on)
        else:
            assert document is not None
            question = unsaved_question(window, document.path.name)
        question.accepted.connect(leave)
        self._dialogs.open(question)
        return False

    def _settle_by_itself(self, question: YesNo, go_on: Callable[[], object]) -> None:
        """There is nothing to ask any more once the file is done; where it failed, that is to be read first."""

        def over(whole: bool) -> None:
            question.reject()
            if whole:
                go_on()

        self._export.over.connect(over)
        question.finished.connect(lambda _: self._export.over.disconnect(over))
