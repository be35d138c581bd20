"""The columns against plain Python: what is kept, what is shown, in which order."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_desktop.core import emotions
from fer_desktop.core.types import Analysis, Box, Prediction, Track
from fer_desktop.gui.photos import choice
from fer_desktop.gui.photos.choice import Wanted, select
from fer_desktop.gui.photos.reading import FACE, NO_LABEL, Reading, compact
from fer_desktop.gui.photos.records import Records, name_key
from fer_desktop.offline.export import image_record, image_rows
from fer_desktop.offline.find import natural_key
from fer_desktop.offline.image_result import ImageResult
from tests.core_values import face


def result(rng: np.random.Generator, path: str) -> ImageResult:
    """A photo with up to three faces, one in four of them without a label; one in eight cannot be read."""
    if rng.random() < 0.125:
        return ImageResult(path, None, None, f"{path} is damaged", None)
    tracks = []
    for number in range(int(rng.integers(0, 4))):
        logits = rng.normal(0, 2, emotions.COUNT).astype(np.float32)
        powers = np.exp(logits - logits.max())
        values = (powers / powers.sum()).astype(np.float32)
        label = None if rng.random() < 0.25 else emotions.NAMES[int(values.argmax())]
        why = None if label else str(rng.choice(["too small", "blurred"]))
        crop = np.zeros((48, 48), np.uint8)
        found = face(*rng.uniform(0, 500, 2), float(rng.uniform(10, 90)), score=float(rng.uniform(0.5, 1)))
        if rng.random() < 0.5:  # as the detector gives them where nothing had to be scaled
            found = replace(found, box=Box(*map(int, rng.integers(1, 500, 4))))
        tracks.append(Track(number + 1, found, Prediction(values, logits), values.copy(), label, why, crop))
    size = (int(rng.integers(50, 5000)), int(rng.integers(50, 5000)))
    return ImageResult(path, *size, None, Analysis(0, 0.0, size, tuple(tracks), "some model"))


def filled(rng: np.random.Generator, count: int) -> tuple[Records, list[ImageResult]]:
    words = ["Photo", "img_", "Ärger", "x"]
    paths = [f"/f/{rng.choice(words)}{rng.integers(0, 300)}-{number}.jpg" for number in range(count)]
    results = [result(rng, path) for path in paths]
    records = Records()
    records.add(paths)
    for record, one in enumerate(results):
        records.put(record, compact(one))
    return records, results


def wanted(rng: np.random.Generator) -> Wanted:
    return Wanted(
        str(rng.choice([*choice.KINDS, f"{choice.FOR}too small", f"{choice.FOR}blurred", f"{choice.FOR}never seen"])),
        None if rng.random() < 0.4 else int(rng.integers(emotions.COUNT)),
        float(rng.choice([0, 0, 0.5, 0.8])),
        str(rng.choice(["", "", "photo", "ä", " X", "12"])),
        str(rng.choice(choice.ORDERS)),
        bool(rng.random() < 0.5),
    )


def plainly(results: list[ImageResult], want: Wanted) -> list[int]:
    """The same choice, a photo at a time."""

    def sureness(one: ImageResult) -> dict[int, float]:
        best: dict[int, float] = {}
        for track in one.analysis.tracks if one.analysis else ():
            if track.label is not None:
                index = emotions.NAMES.index(track.label)
                best[index] = max(best.get(index, 0.0), float(track.smoothed.max()))
        return best

    def fits(one: ImageResult) -> bool:
        faces = None if one.analysis is None else len(one.analysis.tracks)
        kinds = {
            choice.ALL: True,
            choice.PROBLEMS: faces is None,
            choice.NO_FACE: faces == 0,
            choice.ONE_FACE: faces == 1,
            choice.SEVERAL: faces is not None and faces > 1,
        }
        reasons = {track.reason for track in (one.analysis.tracks if one.analysis else ()) if track.reason}
        kinds |= {choice.UNLABELLED: bool(reasons)} | {choice.FOR + reason: True for reason in reasons}
        best = sureness(one)
        if want.emotion is not None:
            best = {index: value for index, value in best.items() if index == want.emotion}
        sure = max(best.values(), default=0.0) >= np.float32(want.at_least)
        labelled = bool(best) or (want.emotion is None and want.at_least <= 0)
        named = want.text.strip().casefold() in Path(one.path).name.casefold()
        return kinds.get(want.kind, False) and labelled and sure and named

    def key(one: ImageResult) -> Any:
        best, faces = sureness(one), [] if one.analysis is None else list(one.analysis.tracks)
        if want.order == choice.NAME:
            return natural_key(Path(one.path).name)[:-1]
        if want.order == choice.FACES:
            return None if one.analysis is None else -len(faces)
        if want.order == choice.VALENCE:
            values = [emotions.valence(track.prediction.probabilities) for track in faces]
            return -np.float32(sum(values) / len(values)) if values else None
        if want.emotion is not None:
            return -np.float32(best[want.emotion]) if want.emotion in best else None
        if not best:
            return None
        lead = max(best, key=lambda index: best[index])
        return -best[lead] if want.order == choice.CONFIDENCE else (lead, -best[lead])

    rows = [index for index, one in enumerate(results) if fits(one)]
    if want.order == choice.FOUND:
        return rows[::-1] if want.backwards else rows
    has = sorted((row for row in rows if key(results[row]) is not None), key=lambda row: key(results[row]))
    return (has[::-1] if want.backwards else has) + [row for row in rows if key(results[row]) is None]


def test_what_is_shown_is_what_a_plain_search_finds(rng: np.random.Generator) -> None:
    records, results = filled(rng, 400)
    seen = set()
    for _ in range(150):
        want = wanted(rng)
        assert select(records, want).tolist() == plainly(results, want), want
        seen.add((want.kind, want.order))
    assert len(seen) > 20


def test_what_is_exported_is_what_came(rng: np.random.Generator) -> None:
    """Not a digit of it is lost in the columns."""
    records, results = filled(rng, 60)
    for record, one in enumerate(results):
        again = records.result(record)
        assert image_rows(again) == image_rows(one)
        assert image_record(again) == image_record(one)


@pytest.mark.parametrize("one, other", [("photo2", "photo10"), ("Photo 9", "photo 10"), ("a007", "a08"), ("a", "b")])
def test_names_sort_as_people_count(one: str, other: str) -> None:
    assert name_key(one) < name_key(other)


def test_the_same_photo_is_there_once(rng: np.random.Generator) -> None:
    records = Records()
    assert records.add(["/a.jpg", "/b.jpg", "/a.jpg"]) == [0, 1]
    assert records.add(["/b.jpg", "/c.jpg"]) == [2]
    records.take_out([1])
    assert records.find("/b.jpg") is None
    assert records.add(["/b.jpg"]) == [3], "opened again, it is read again"
    assert records.unread().tolist() == [0, 2, 3]
    records.take_out([2])
    records.put(2, compact(result(rng, "/c.jpg")))
    assert records.counts().there == 2 and 2 not in select(records, Wanted()), "a late reading brings nothing back"


def test_another_model_replaces_what_was_read(rng: np.random.Generator) -> None:
    records, results = filled(rng, 50)
    faces = len(records.faces)
    records.outdate()
    problems = {record for record, one in enumerate(results) if one.error}
    assert set(records.unread()) == set(range(50)) - problems
    assert select(records, Wanted()).tolist() == list(range(50)), "what was read before is shown meanwhile"
    for record in records.unread():
        reading = compact(results[record])
        reading.faces["label"], reading.faces["reason"] = NO_LABEL, 0
        records.put(int(record), Reading(reading.size, "the other", reading.faces, ("not sure",)))
    assert len(records.unread()) == 0 and len(records.faces) == faces, "in the place of the ones before"
    assert {records.model_of(record) for record in range(50) if record not in problems} == {"the other"}
    assert len(select(records, Wanted(at_least=0.1))) == 0


def test_a_frozen_copy_does_not_change(rng: np.random.Generator) -> None:
    records, _ = filled(rng, 30)
    frozen, record = records.frozen(), next(r for r in range(30) if records.photos[r]["faces"])
    before = image_rows(frozen.result(record))
    records.put(record, Reading((0, 0), "", np.zeros(0, FACE), (), "gone"))
    records.add([f"/new {n}" for n in range(2000)])
    assert image_rows(frozen.result(record)) == before


def test_a_hundred_thousand_photos_take_little_memory(rng: np.random.Generator) -> None:
    """Two faces each: under 120 MB, paths and all."""
    row = compact(next(one for one in iter(lambda: result(rng, "x"), None) if one.analysis and one.analysis.tracks))
    reading = Reading(row.size, row.model_id, np.repeat(row.faces[:1], 2), row.reasons)
    tracemalloc.start()
    try:
        records, count = Records(), 4_000
        for start in range(0, count, 500):
            new = records.add([f"/home/person/pictures/archive/2024/photo {n}.jpg" for n in range(start, start + 500)])
            for record in new:
                records.put(record, reading)
        bytes_each = tracemalloc.get_traced_memory()[0] / count
    finally:
        tracemalloc.stop()
    assert bytes_each < 1200
