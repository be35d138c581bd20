"""Reports of photos and recordings: bounded, self-contained, escaped, and the same as a web page and as a PDF."""

from __future__ import annotations

import base64
import io
import re
import threading
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Track
from fer_desktop.offline import formats, report
from fer_desktop.offline.formats import Settings, form_of, photo_writer, video_writer
from fer_desktop.offline.image_result import ImageResult
from fer_desktop.offline.video import Beginning, FrameResult
from fer_desktop.overlay import report_pdf
from fer_desktop.report import charts, html, style
from fer_desktop.report.parts import Column, Report, Table
from tests.fake_pipeline import track
from tests.offline.test_export import failed, result
from tests.offline.test_video_export import result as frame_result
from tests.offline.test_video_summary import labels

SETTINGS = Settings("fake")
EVIL = '<script src="http://x">&"\'\udce9'


class Page(HTMLParser):
    """Its tags, and the text of each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.cells: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data
        if "td" in self._open:
            self.cells[-1] += data

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def photo_page(results: Sequence[ImageResult], settings: Settings = SETTINGS) -> Page:
    return Page(photo_bytes("html", results, settings).decode())


def photo_bytes(form: str, results: Sequence[ImageResult], settings: Settings) -> bytes:
    file = io.BytesIO()
    writer = photo_writer(form, settings)(file.write)
    for one in results:
        writer.add(one)
    writer.finish()
    return file.getvalue()


def video_bytes(form: str, results: Sequence[FrameResult], settings: Settings, path: str = "a.mp4") -> bytes:
    file = io.BytesIO()
    writer = video_writer(form, settings, path, Beginning("fake", (64, 48)))(file.write)
    for one in results:
        writer.add(one)
    writer.finish()
    return file.getvalue()


def loads_nothing(page: Page) -> bool:
    addresses = [
        value or "" for _, attributes in page.tags for name, value in attributes.items() if name in ("src", "href")
    ]
    return not page.count("script") and not page.count("link") and all(a.startswith("data:image/") for a in addresses)


def test_what_a_report_of_photos_says() -> None:
    results = [
        result("photos/1.jpg", track(1), track(2, "sad")),
        result("photos/2.jpg", track(1, None, "too small")),
        result("photos/3.jpg"),
        failed("photos/4.jpg", "photos/4.jpg is empty. Copy it again"),
    ]
    settings = Settings("default", "My model", fast=True, sources=("photos",))
    page = photo_page(results, settings)
    assert loads_nothing(page)
    assert page.count("img") == 0
    for told in (
        "Expressions in photos",
        "Read: photos.",
        "1 of them without a face",
        "reads expressions, not feelings",
        "under 24 pixels",
        "happy less the largest of",
        "My model (default). ",
        "looked at once",
    ):
        assert told in page.text, told
    assert page.cells[:6] == ["photos/1.jpg", "1", "happy", "70\u00a0%", "+0.65", ""]
    assert page.cells[12:18] == ["photos/2.jpg", "1", "", "", "+0.00", "too small"]
    assert page.cells[-2:] == ["photos/4.jpg", "is empty. Copy it again"], "its name once"
    assert "50\u00a0%, 1" in page.text, "of the labelled faces, half are happy"


@pytest.mark.parametrize("form", ["html", "pdf"])
@pytest.mark.parametrize("kind", ["photos", "video"])
def test_names_do_no_harm(form: str, kind: str) -> None:
    settings = Settings(EVIL, EVIL, sources=(EVIL,), names={1: EVIL}, thumbnails=True)
    if kind == "photos":
        data = photo_bytes(form, [result(EVIL, track(1)), failed(EVIL, f"{EVIL} is empty")], settings)
    else:
        data = video_bytes(form, [*labels(("sad", 1.0)), frame_result(10, 1.0, error=EVIL)], settings, EVIL)
    if form == "pdf":
        assert data.startswith(b"%PDF-")
        return
    page = Page(data.decode())
    assert loads_nothing(page)
    assert page.text.count("<script src=") >= 3
    assert "\\udce9" in page.text


def test_it_stays_a_report() -> None:
    tracks = [track(number) for number in range(1, 6)]
    many = [result(f"{number}.jpg", *tracks) for number in range(200)]
    bad = [failed(f"{number}.txt", f"{number}.txt is no image") for number in range(report.MOST_PROBLEMS + 7)]
    page = photo_page([*many, *bad], Settings("fake", thumbnails=True, sources=tuple(map(str, range(50)))))
    assert page.count("img") == report.MOST_FACES
    assert page.count("tr") == 1 + report.MOST_ROWS + 1 + report.MOST_PROBLEMS
    assert "the CSV has 500 more" in page.text
    assert "800 more are not shown" in page.text
    assert "And 7 more" in page.text
    assert "and 40 more" in page.text


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_nothing_to_tell_is_told(form: str) -> None:
    for results in ([], [result("a.jpg")], [failed("a.jpg", "a.jpg is empty")]):
        data = photo_bytes(form, results, Settings(None))
        assert form == "pdf" or "No face was found" in data.decode()
    for frames in ([], [frame_result(0, 0.0)]):
        data = video_bytes(form, frames, Settings("fake"))
        assert form == "pdf" or "No face was found" in data.decode()


def test_thumbnails_are_what_the_model_saw() -> None:
    rng = np.random.default_rng(1)
    seen = cv2.GaussianBlur(rng.integers(0, 256, (48, 48), np.uint8), (0, 0), 4)
    one = track(1)
    face = Track(1, one.face, one.prediction, one.smoothed.copy(), "happy", None, seen)
    page = photo_page([result("a.jpg", face)], Settings("fake", thumbnails=True))
    (address,) = [attributes["src"] or "" for name, attributes in page.tags if name == "img"]
    data = np.frombuffer(base64.b64decode(address.removeprefix("data:image/jpeg;base64,")), np.uint8)
    shown = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    assert np.abs(shown.astype(int) - seen).mean() < 3


@pytest.mark.parametrize("kind", ["photos", "video"])
def test_a_face_without_its_picture_is_no_black_square(kind: str) -> None:
    settings, gone = Settings("fake", thumbnails=True), track(1)
    gone = Track(1, gone.face, gone.prediction, gone.smoothed, gone.label, None, np.zeros((48, 48), np.uint8))
    if kind == "photos":
        page = photo_page([result("a.jpg", gone), result("b.jpg", track(1))], settings)
    else:
        page = Page(video_bytes("html", [frame_result(0, 0.0, gone, track(2))], settings).decode())
    assert page.count("img") == 1
    assert page.count("tr") == 3, "its reading is there all the same"


def test_what_needs_no_column_and_what_is_too_long_for_a_card() -> None:
    long = "/".join(["folder", "n" * 120 + "1" * 120 + ".jpg"])
    page = photo_page([result(long, track(1))], Settings("fake", thumbnails=True, sources=(long,)))
    assert "no label because" not in page.text
    assert page.cells == [long, "1", "happy", "70\u00a0%", "+0.65"], "whole where there is room"
    assert page.text.count("n" * 40 + "…") == 3, "page title, heading and card"
    named = Settings("fake", names={1: "A" * 240}, thumbnails=True)
    text = Page(video_bytes("html", labels(("sad", 1.0)), named).decode()).text
    assert "A" * 40 + "…" + "A" * 39 in text
    assert "A" * 41 not in text


def test_a_still_picture_changes_nothing() -> None:
    results = [frame_result(0, 0.0, track(1), track(2)), frame_result(1, 2.0)]
    page = Page(video_bytes("html", results, SETTINGS).decode())
    assert "changes0of a label" in page.text
    assert "before" not in page.text, "no table of changes"


def test_what_a_report_of_a_recording_says() -> None:
    results = [*labels(("sad", 2.0), ("fear", 0.3), ("sad", 0.7), ("happy", 3.0))]
    text = video_bytes("html", results, Settings("fake", names={1: "Anna"}, thumbnails=True), "films/a.mp4").decode()
    page = Page(text)
    assert loads_nothing(page)
    assert page.count("img") == 1
    assert "Expressions in a.mp4" in page.text
    assert "0:06.0" in page.text
    assert page.cells == [
        *("Anna", "0:00.0", "0:06.0", "0:06.0", "happy", "50\u00a0%", "sad 45\u00a0%, fear 5\u00a0%"),
        *("0:00.0", "Anna", "", "sad"),
        *("0:03.0", "Anna", "sad", "happy"),
    ]
    # The lane's pieces: sad, fear, sad, happy, as long as they lasted; then what the colours mean.
    chart = text[text.index("Over time") :]
    pieces = re.findall(r'<rect class="(\w+)" x="([\d.]+)" y="8.0" width="([\d.]+)"', chart)
    assert [kind for kind, _, _ in pieces] == ["sad", "fear", "sad", "happy"]
    widths = np.array([float(width) for _, _, width in pieces])
    np.testing.assert_allclose(widths / widths.sum(), [2 / 6, 0.3 / 6, 0.7 / 6, 3 / 6], atol=0.002)


def test_a_flickering_lane_is_drawn_by_what_lasted() -> None:
    spans: list[tuple[float, float, str | None]] = []
    for number in range(20_000):
        label = "sad" if number % 10 else None
        spans.append((number / 10, (number + 1) / 10, label if number < 10_000 else "happy"))
    drawing = charts.timeline([charts.Lane("face 1", spans)], 2000, [(0, "0")], "told")
    pieces = re.findall(r'<rect class="(\w+)" x="[\d.]+" y="8.0" width="([\d.]+)"', drawing.body)
    assert len(pieces) <= charts.MOST_STEPS
    assert [kind for kind, _ in pieces] == ["sad", "happy"]
    assert float(pieces[0][1]) == pytest.approx(float(pieces[1][1]), rel=0.01)


@pytest.mark.parametrize("count", [0, 1, 4, 5, 97, 208, 1000, 123_456])
def test_a_histogram_reaches_over_its_highest_bar(count: int) -> None:
    top = charts._round_up(count)
    assert count <= top <= max(2 * count, 4)
    assert top % 4 == 0


def test_the_charts_have_all_their_colours() -> None:
    for kind in (*emotions.NAMES, "bar", "groove", style.NO_LABEL, "stripes", "grid", "axis", "tick", "words"):
        assert f".{kind}" in style.DRAWINGS
    assert "var(" not in style.resolved(style.DRAWINGS)
    assert "prefers-color-scheme:dark" in html.SHEET
    assert "url(" not in html.SHEET
    assert "@import" not in html.SHEET


def big(rows: int, name: str) -> Report:
    columns = [Column("photo", long=True), Column("label", emotion=True), Column("share", number=True)]
    columns.append(Column("why", long=True))
    return Report("Title", [Table(columns, [(f"{name}{n}", "happy", "1 %", name) for n in range(rows)])], "made")


@pytest.mark.parametrize("name", ["a.jpg", "x" * 200, "word " * 100, "x" * 5000, "照片" * 60])
def test_nothing_leaves_the_page(name: str) -> None:
    pages = report_pdf.laid_out(big(60, name))
    assert len(pages) >= 2
    for page in pages:
        for block, x, y in page:
            assert x == report_pdf.MARGIN
            assert y >= report_pdf.MARGIN
            assert y + block.height <= report_pdf.BOTTOM
    widths = report_pdf._widths(big(60, name).parts[0])  # type: ignore[arg-type]
    assert sum(widths) + 3 * report_pdf._CELL_GAP <= report_pdf.WIDTH + 1
    assert min(widths) > 10 * report_pdf.POINT


def test_a_pdf_has_its_pages() -> None:
    pdf = report.as_pdf(big(200, "a.jpg"))
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert pages == len(report_pdf.laid_out(big(200, "a.jpg"))) >= 4
    boxes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox\s*\[([^]]*)\]", pdf)}
    assert len(boxes) == 1
    assert next(iter(boxes))[2:] == pytest.approx((595, 842), abs=1)


def test_a_pdf_is_made_on_another_thread_too() -> None:
    """As the window does it."""
    made: list[bytes] = []
    thread = threading.Thread(target=lambda: made.append(report.as_pdf(big(200, "a.jpg"))))
    thread.start()
    thread.join(30)
    pages = [len(re.findall(rb"/Type\s*/Page\b", pdf)) for pdf in (*made, report.as_pdf(big(200, "a.jpg")))]
    assert pages[0] == pages[1] >= 4


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.csv", "csv"),
        ("A.JSON", "json"),
        ("a.b.parquet", "parquet"),
        ("x/a.htm", "html"),
        ("a.html", "html"),
        ("a.pdf", "pdf"),
    ],
)
def test_a_name_tells_the_form(name: str, form: str) -> None:
    assert form_of(name) == form
    assert form in formats.FORMS


@pytest.mark.parametrize("name", ["", "csv", "a.doc", ".csv/x", "-", "a.csv.gz"])
def test_a_name_that_tells_no_form(name: str) -> None:
    with pytest.raises(InputError, match=r"ends with \.csv"):
        form_of(name)
    with pytest.raises(InputError, match=r"ends with \.html or \.pdf"):
        form_of(name, formats.REPORTS)


def test_every_form_writes_photos_and_videos(tmp_path: Path) -> None:
    for form in formats.FORMS:
        assert photo_bytes(form, [result("a.jpg", track(1))], Settings("fake"))
        assert video_bytes(form, [frame_result(0, 0.0, track(1))], Settings("fake"))
