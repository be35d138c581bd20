"""What a run says when nobody reads it any more."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator
from typing import TextIO

import pytest

from fer_desktop.training import events
from fer_desktop.training.events import json_lines


@pytest.fixture
def unread() -> Iterator[TextIO]:
    """A pipe whose reader has gone."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    stream = os.fdopen(write_end, "w")
    yield stream
    with contextlib.suppress(OSError):
        stream.close()


def test_a_run_that_outlives_its_reader_goes_on_in_silence(unread: TextIO) -> None:
    emit = json_lines(unread, outlives_reader=True)
    for number in range(3):
        emit("epoch", epoch=number)
    unread.flush()


def test_another_one_ends(unread: TextIO) -> None:
    with pytest.raises(BrokenPipeError):
        json_lines(unread)("epoch", epoch=1)


def test_as_long_as_someone_reads_every_line_comes() -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(read_end) as reader, os.fdopen(write_end, "w") as writer:
        emit = json_lines(writer, outlives_reader=True)
        emit("note", text="a")
        emit("done", path="b")
        assert [json.loads(reader.readline())["event"] for _ in range(2)] == ["note", "done"]


def test_a_probe_is_told_to_people() -> None:
    stream = io.StringIO()
    presets = {"quick": {"architecture": "resnet-32", "epochs": 8, "faces_per_second": 957.0}}
    events.for_people(stream)("probe", device="a processor", gpus=0, backend="jax", presets=presets)
    assert "a processor, jax" in stream.getvalue()
    assert "957 faces a second, about 4 min" in stream.getvalue()
