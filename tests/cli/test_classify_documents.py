"""The documents that `fer-desktop classify` writes, and what it takes care not to write over."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as parquet  # noqa: TID253 - only tests need it at once
import pytest

from fer_desktop.cli import main
from fer_desktop.cli.classify_table import Progress, TableWriter
from fer_desktop.modelstore.store import ModelStore
from tests.cli.test_classify import started
from tests.fake_photos import FakePhotos
from tests.offline.test_export import result
from tests.pictures import encoded, picture


def test_every_document_at_once(folder: Path, pipeline: FakePhotos, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = ["--json", "a.json", "--csv", "a.csv", "--parquet", "a.parquet", "--report", "a.html", "--thumbnails"]
    assert main(["classify", ".", *outputs, "--fast"]) == 4
    assert capsys.readouterr().out == ""
    table = parquet.read_table(folder / "a.parquet")
    assert table.num_rows == len((folder / "a.csv").read_text("utf-8").splitlines()) - 1 == 5
    assert table.schema.metadata[b"model"] == b"fake"
    page = (folder / "a.html").read_text("utf-8")
    assert page.count("<img ") == 2
    assert "looked at once" in page
    assert "text.jpg" in page
    assert f"<h1>Expressions in {folder.name}</h1>" in page


def test_a_report_says_which_model_read(folder: Path, pipeline: FakePhotos) -> None:
    shipped = ModelStore.default().active()
    pipeline.model_id = shipped.id
    assert main(["classify", "good 2.jpg", "--report", "a.html"]) == 0
    page = (folder / "a.html").read_text("utf-8")
    assert f"Model: {shipped.name}" in page
    assert "Expressions in good 2.jpg" in page


@pytest.mark.parametrize("form", ["pdf", "html"])
def test_a_report_without_a_display(folder: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    done = started(folder, ["good 2.jpg", "--report", f"a.{form}", "--thumbnails"])
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / f"a.{form}").read_bytes()[:5] in (b"%PDF-", b"<!DOC")


@pytest.mark.parametrize(
    ("given", "target"),
    [(".", "good 2.jpg"), ("deep", "deep/a.png"), (".", "deep/a.png"), ("deep", "table.csv"), ("*2.jpg", "good 2.jpg")],
)
def test_no_image_in_a_folder_is_written_over(
    folder: Path, pipeline: FakePhotos, capsys: pytest.CaptureFixture[str], given: str, target: str
) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "a.png").write_bytes(encoded(picture(), "PNG"))
    (folder / "table.csv").write_text("precious")
    try:
        (folder / "deep" / "link.jpg").symlink_to(folder / "table.csv")
    except OSError:
        pytest.skip("links need a privilege on this system")
    before = (folder / target).read_bytes()
    assert main(["classify", given, "--recursive", "--csv", target]) == 2
    assert "one of the images to read" in capsys.readouterr().err
    assert (folder / target).read_bytes() == before
    assert not [path for path in folder.rglob("*") if "partial" in path.name]


def test_a_table_beside_the_images_is_none_of_them(folder: Path, pipeline: FakePhotos) -> None:
    (folder / "a.csv").write_text("of the last run")
    assert main(["classify", ".", "--csv", "a.csv"]) == 4
    assert (folder / "a.csv").read_text("utf-8").startswith("path,")


def test_progress_tells_the_total_once_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    listing, told = SimpleNamespace(total=None), list[str]()
    progress = Progress(listing, wanted=True)  # type: ignore[arg-type]
    monkeypatch.setattr(progress, "tell", told.append)
    progress.show(1234, "folder/a.jpg")
    listing.total = 100_000
    progress.show(1235, "folder/b.jpg")
    assert told == ["1,234 done  a.jpg", "1,235/100,000  b.jpg"]


def test_a_table_gets_wider_with_a_longer_name() -> None:
    written: list[bytes] = []
    table = TableWriter(written.append, ["a.jpg"])
    for path in ("a.jpg", "a longer name.jpg", "b.jpg", "x" * 100):
        table.add(result(path))
    starts = [line.decode().index("no face found") for line in written]
    assert starts == [7, 19, 19, 102]
