"""Parquet: the same table as the CSV, with types, written in groups of rows."""

from __future__ import annotations

import csv
import io
import sys
import tracemalloc
from pathlib import Path

import pyarrow.parquet as parquet  # noqa: TID253 - what these tests are about
import pytest

from fer_desktop.core.errors import InputError, MissingComponentError
from fer_desktop.core.pip_command import install_extra
from fer_desktop.offline import formats, video_export
from fer_desktop.offline import parquet as writing
from fer_desktop.offline.export import CSV_COLUMNS, CsvWriter
from fer_desktop.offline.formats import Settings, photo_writer, video_writer
from fer_desktop.offline.image_result import ImageResult
from fer_desktop.offline.outputs import Outputs
from fer_desktop.offline.video import Beginning, FrameResult
from tests.fake_pipeline import track
from tests.offline.test_export import RESULTS, failed, result
from tests.offline.test_video_export import result as frame_result

SETTINGS = Settings("fake")


def photos(results: list[ImageResult]) -> parquet.ParquetFile:
    file = io.BytesIO()
    writer = photo_writer("parquet", SETTINGS)(file.write)
    for one in results:
        writer.add(one)
    writer.finish()
    return parquet.ParquetFile(io.BytesIO(file.getvalue()))


def test_it_holds_what_the_csv_holds() -> None:
    table = photos(RESULTS).read()
    file = io.BytesIO()
    writer = CsvWriter(file.write)
    for one in RESULTS:
        writer.add(one)
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode())))
    assert table.column_names == list(CSV_COLUMNS)
    assert len(rows) == table.num_rows == 4
    for row, values in zip(rows, table.to_pylist(), strict=True):
        assert {name: "" if value is None else str(value) for name, value in values.items()} == row


def test_its_types_and_what_it_says_of_itself() -> None:
    schema = photos(RESULTS).schema_arrow
    types = {str(schema.field(name).type) for name in ("path", "label", "reason")}
    assert types == {"string"}
    assert str(schema.field("face").type) == "int64"
    assert {str(schema.field(name).type) for name in ("x", "score", "happy", "valence")} == {"double"}
    assert schema.metadata[b"schema"] == b"1"
    assert schema.metadata[b"model"] == b"fake"


def test_names_stay_as_they_are_but_for_bytes_that_are_no_text() -> None:
    table = photos([failed("=1+1.jpg", "=x"), result("caf\udce9.jpg")]).read().to_pylist()
    assert (table[0]["path"], table[0]["reason"]) == ("=1+1.jpg", "=x")
    assert table[1]["path"] == "caf\\udce9.jpg"


def test_nothing_at_all_is_a_table_too() -> None:
    assert photos([]).read().num_rows == 0


def test_memory_stays_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "GROUP_ROWS", 500)
    written = bytearray()
    writer = photo_writer("parquet", SETTINGS)(written.extend)
    one = result("a.jpg", track(0), track(1))

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in range(count):
            writer.add(one)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(500)
    assert peak(5000) < 1.5 * peak(1000) + len(written)
    writer.finish()
    file = parquet.ParquetFile(io.BytesIO(written))
    assert file.num_row_groups == 26
    assert file.metadata.num_rows == 13_000


@pytest.mark.parametrize("names", [{}, {7: "Anna", 9: "=Bob"}])
def test_videos(names: dict[int, str]) -> None:
    beginning = Beginning("fake", (64, 48))
    results = [frame_result(0, 0.0, track(7)), frame_result(1, 1 / 3), FrameResult(2, 0.5, None, "broken", None)]
    file = io.BytesIO()
    writer = video_writer("parquet", Settings("fake", names=names), "a.mp4", beginning)(file.write)
    for one in results:
        writer.add(one)
    writer.finish()
    table = parquet.read_table(io.BytesIO(file.getvalue()))
    rows = table.to_pylist()
    assert table.column_names == [*video_export.CSV_COLUMNS, *(["name"] if names else [])]
    assert [(row["frame"], row["time"], row["track"]) for row in rows] == [
        (0, 0.0, 7),
        (1, 0.333333, None),
        (2, 0.5, None),
    ]
    assert rows[2]["reason"] == "broken"
    assert [row.get("name") for row in rows] == ["Anna" if names else None, None, None]


def test_a_full_disk_is_told_once_and_leaves_nothing(tmp_path: Path) -> None:
    def full(data: bytes) -> None:
        raise InputError("no room")

    with pytest.raises(InputError, match="no room"):
        photo_writer("parquet", SETTINGS)(full)
    outputs: Outputs[ImageResult] = Outputs()
    with outputs:
        outputs.open(str(tmp_path / "a.parquet"))(photo_writer("parquet", SETTINGS))
        outputs.add(RESULTS[0])
    assert list(tmp_path.iterdir()) == []


def test_without_pyarrow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert not formats.available("parquet")
    with pytest.raises(MissingComponentError) as caught:
        photo_writer("parquet", SETTINGS)
    assert f"Run: {install_extra('parquet')}" in str(caught.value)
    assert "\n" not in str(caught.value)
