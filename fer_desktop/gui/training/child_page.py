"""A page that has one child process at a time, which ends with the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fer_desktop import resources
from fer_desktop.gui.parts import Page
from fer_desktop.gui.training.child import Child


class ChildPage(Page):
    """`_child` is there from `_start_child` until its own end, which `_ended` is told, or until `shut_down`."""

    def __init__(self) -> None:
        super().__init__()
        self._child: Child | None = None

    def shut_down(self) -> None:
        """Kill the child, if there is one."""
        if self._child is not None:
            self._child.end()
            self._child.deleteLater()
            self._child = None

    def _start_child(self, command: Sequence[str], log: str, errors_too: bool = False) -> Child:
        """`log`: the name of the file in the log folder that takes its stderr."""
        self._child = Child(self, command, resources.log_dir() / log, errors_too)
        self._child.told.connect(self._told)
        self._child.ended.connect(self._child_ended)
        return self._child

    def _told(self, event: dict[str, Any]) -> None:
        """The child told an object on a line of its stdout."""

    def _ended(self, child: Child, status: int) -> None:
        """The child ended by itself."""
        raise NotImplementedError

    def _child_ended(self, status: int) -> None:
        child, self._child = self._child, None
        if child is not None:
            self._ended(child, status)
            child.deleteLater()
