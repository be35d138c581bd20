"""`evaluate --report`: a page that loads nothing, tells what was measured, and is written whole or not at all."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest
import training_data

from fer_desktop.cli import main
from fer_desktop.core import emotions
from fer_desktop.core.probability import softmax
from fer_desktop.overlay.palette import contrast, over
from fer_desktop.training import datasets, evaluation_style, robustness
from fer_desktop.training.evaluation_report import MISTAKES, Evaluated, render

FACES = training_data.drawn()
IMAGES = np.stack([face.image for face in FACES])
LABELS = np.array([face.label for face in FACES])
VOID = {"meta", "img", "br"}


def evaluated(rng: np.random.Generator, n: int = 210, model: str = "some model", perfect: bool = False) -> Evaluated:
    logits = rng.normal(0, 1.5, (n, 7)).astype(np.float32)
    logits[np.arange(n), LABELS[:n]] += 100 if perfect else 1
    steps = [
        [robustness.Step(value, 0.9 - index / 20, 0.8 - index / 20, 0.85) for index, value in enumerate(kind.steps)]
        for kind in robustness.DEGRADATIONS
    ]
    curves = tuple(
        robustness.Curve(kind, tuple(of_kind)) for kind, of_kind in zip(robustness.DEGRADATIONS, steps, strict=True)
    )
    return Evaluated(model, "PublicTest", "faces.csv", "a test", IMAGES[:n], LABELS[:n], softmax(logits), curves)


class Page(HTMLParser):
    """What a browser would see: tags with their attributes, the text of table cells; fails on tags left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], "tags left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "td":
            self.cells[-1] += data

    def of(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def assert_loads_nothing(text: str) -> None:
    page = Page(text)
    for _, attributes in page.tags:
        for name in ("src", "href", "srcset", "data", "action", "poster", "xlink:href"):
            value = attributes.get(name) or ""
            assert not value or value.startswith(("data:image/png;base64,", "#")), value
        assert not [name for name in attributes if name.startswith("on")]
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.tags}
    without_pictures = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "", text)
    assert "://" not in without_pictures
    assert "@import" not in without_pictures
    assert "url(" not in without_pictures


def test_the_page_loads_nothing_and_says_what_it_was_made_from(rng: np.random.Generator) -> None:
    text = render(evaluated(rng))
    assert_loads_nothing(text)
    for told in ("some model", "PublicTest", "faces.csv", "210", "not feelings", "a little kind", "a test"):
        assert told in text
    assert "prefers-color-scheme:dark" in text
    assert "@media print" in text
    assert "default-src 'none'" in text


def test_names_from_the_data_are_text_and_nothing_else(rng: np.random.Generator) -> None:
    name = '<script>alert("1")</script><img src=x onerror=alert(1)>'
    text = render(evaluated(rng, model=name))
    assert_loads_nothing(text)
    assert "&lt;script&gt;" in text


def test_the_matrix_holds_the_counts(rng: np.random.Generator) -> None:
    given = evaluated(rng)
    page = Page(render(given))
    told = [attributes for attributes in page.of("td") if "cell" in (attributes.get("class") or "")]
    assert len(told) == 49
    shares = [float((attributes["style"] or "").removeprefix("--heat:")) for attributes in told]
    assert np.array(shares).reshape(7, 7).sum(axis=1) == pytest.approx(np.ones(7), abs=0.01)
    confusion = np.zeros((7, 7), int)
    np.add.at(confusion, (given.labels, given.probabilities.argmax(axis=1)), 1)
    cells = "|".join(page.cells)
    for row in confusion:
        assert "|".join(str(count) for count in row) in cells


def test_mistakes_are_shown_as_they_are_the_surest_first(rng: np.random.Generator) -> None:
    given = evaluated(rng)
    pictures = [tag for tag in Page(render(given)).of("img") if tag["alt"]]
    assert len(pictures) == MISTAKES
    confidences = []
    for picture in pictures:
        found = re.fullmatch(r"Face (\d+), labelled (\w+), read as (\w+)", picture["alt"] or "")
        assert found
        face = int(found[1]) - 1
        read = int(given.probabilities[face].argmax())
        assert (found[2], found[3]) == (emotions.NAMES[given.labels[face]], emotions.NAMES[read])
        assert found[2] != found[3]
        confidences.append(given.probabilities[face].max())
        content = base64.b64decode((picture["src"] or "").removeprefix("data:image/png;base64,"), validate=True)
        shown = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(shown, given.images[face])
    assert confidences == sorted(confidences, reverse=True)


def test_every_step_has_its_picture_and_its_figures(rng: np.random.Generator) -> None:
    page = Page(render(evaluated(rng)))
    steps = sum(len(kind.steps) for kind in robustness.DEGRADATIONS)
    assert len([tag for tag in page.of("img") if not tag["alt"]]) == steps
    assert len([tag for tag in page.of("circle") if tag["class"] == "dot"]) == steps + 1, "and one in the legend"
    assert "90.0|85.0|80.0|75.0" in "|".join(page.cells)


def test_no_mistakes_and_classes_without_faces(rng: np.random.Generator) -> None:
    text = render(evaluated(rng, n=3, perfect=True))
    assert_loads_nothing(text)
    assert "There is none" in text
    assert "–" in Page(text).cells
    assert "nan" not in text.lower()


@pytest.mark.parametrize(
    ("colours", "most"),
    [
        (evaluation_style.LIGHT, evaluation_style.HEAT_LIGHT),
        (evaluation_style.DARK, evaluation_style.HEAT_DARK),
    ],
    ids=["light", "dark"],
)
def test_text_is_readable_on_every_heat(colours: dict[str, str], most: float) -> None:
    for ground in (colours["ground"], colours["card"]):
        assert contrast(colours["ink"], ground) >= 4.5
        assert contrast(colours["muted"], ground) >= 4.5
        assert contrast(colours["accent"], ground) >= 3
        assert contrast(colours["warm"], ground) >= 3
    for share in np.linspace(0, 1, 11):
        assert contrast(colours["ink"], over(colours["accent"], colours["card"], share * most)) >= 4.5


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return training_data.write_csv(tmp_path / "faces of a project.csv", training=7, public_test=28)


def test_the_command_writes_page_and_json(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, figures = data.with_name("page.html"), data.with_name("figures.json")
    page.write_text("an older one")
    assert main(["evaluate", "--data", str(data), "--report", str(page), "--json", str(figures)]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("", "")
    text, result = page.read_text(encoding="utf-8"), json.loads(figures.read_text(encoding="utf-8"))
    assert_loads_nothing(text)
    assert "faces of a project.csv" in text
    assert str(data.parent) not in text
    assert str(Path.cwd()) not in text
    assert sum(one["n"] for one in result["calibration"]) == result["n"] == 28
    assert set(result["robustness"]) == {"face_size", "blur", "darkness", "rotation"}
    assert [step["value"] for step in result["robustness"]["face_size"]["steps"]] == [48, 32, 24, 16]
    for kind in robustness.DEGRADATIONS:
        (unchanged,) = [s for s in result["robustness"][kind.name]["steps"] if s["value"] == kind.unchanged]
        assert unchanged["accuracy"] == result["accuracy"]
    assert not list(data.parent.glob(".*")), "nothing left beside"


def test_without_a_report_nothing_is_made_worse(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robustness, "sweep", lambda *args, **options: pytest.fail("took twenty times as long"))
    assert main(["evaluate", "--data", str(data), "--json", "-"]) == 0
    result = json.loads(capsys.readouterr().out)
    contract = [
        "schema",
        "model",
        "split",
        "n",
        "accuracy",
        "balanced_accuracy",
        "ece",
        "recall",
        "confusion",
        "runtime",
    ]
    assert list(result) == [*contract, "calibration", "milliseconds_a_face", "skipped"]
    assert main(["evaluate", "--data", str(data)]) == 0
    assert "calibration error" in capsys.readouterr().out


def test_what_is_left_out_is_told_with_status_4(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with data.open("a", encoding="utf-8") as stream:
        stream.write("9,1 2 3,PublicTest\n")
    assert main(["evaluate", "--data", str(data), "--split", "validation", "--json", "-"]) == 4
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert result["split"] == "PublicTest"
    (skipped,) = result["skipped"]
    assert skipped["reason"] == "emotion '9' is not 0 to 6"
    assert "1 left out" in said.err
    assert f"line {skipped['where']}: emotion '9'" in said.err


def test_the_table_tells_of_worse_pictures_too(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--data", str(data), "--report", str(data.with_name("page.html"))]) == 0
    lines = capsys.readouterr().out.splitlines()
    (sizes,) = [line for line in lines if line.split()[:2] == ["face", "size"]]
    assert sizes.split()[2:] == ["48", "32", "24", "16"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--report", "none/page.html"], "cannot be written"),
        (["--report", "."], "is a folder"),
        (["--report", ""], "needs the name of a file"),
        (["--report", "-"], "needs the name of a file"),
        (["--report", "same", "--json", "./same"], "the same file"),
        (["--report", "faces of a project.csv"], "is the data"),
        (["--json", "faces of a project.csv"], "is the data"),
    ],
)
def test_outputs_that_cannot_be_are_told_before_the_work(
    data: Path,
    options: list[str],
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = data.read_bytes()
    monkeypatch.chdir(data.parent)
    monkeypatch.setattr(datasets, "load", lambda *args, **options: pytest.fail("the data were read"))
    assert main(["evaluate", "--data", str(data), *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert told in err
    assert data.read_bytes() == before


@pytest.mark.parametrize(("stop", "status"), [(KeyboardInterrupt, 3), (OSError, None)])
def test_an_older_page_stays_until_the_new_one_is_whole(
    data: Path, stop: type[BaseException], status: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise stop

    page = data.with_name("page.html")
    page.write_text("an older one")
    monkeypatch.setattr(robustness, "sweep", fail)
    arguments = ["evaluate", "--data", str(data), "--report", str(page)]
    if status is None:
        with pytest.raises(stop):
            main(arguments)
    else:
        assert main(arguments) == status
    assert page.read_text() == "an older one"
    assert not list(data.parent.glob(".*"))
