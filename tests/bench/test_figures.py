"""Figures, their comparison with a run before, and the table: what is said of made-up values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fer_desktop.bench import comparison, machine
from fer_desktop.bench.comparison import Baseline, change
from fer_desktop.bench.figures import LESS, MORE, Figure, block_means, milliseconds
from fer_desktop.bench.run import Result
from fer_desktop.bench.table import table
from fer_desktop.core.errors import InputError

PLACE: dict[str, Any] = {
    "program": "1.0",
    "model": "default",
    "cpu": "Some CPU",
    "cores": 2,
    "memory_gb": 8.0,
    "system": "Some system",
    "python": "3.11.0",
    "versions": {"onnxruntime": "1.30", "av": None},
    "busy_percent": 3.0,
    "load": [0.1, 0.2, 0.3],
}


def latency(*values: float) -> Figure:
    return Figure("live.1280x720.1.latency_p95", "latency, p95", "ms", LESS, values)


def rate(*values: float) -> Figure:
    return Figure("batch.all", "photos", "photos/s", MORE, values)


def test_median_and_spread() -> None:
    assert (latency(3, 1, 2).median, latency(3, 1, 2).spread) == (2, 2)
    assert (latency(3, 1).median, latency(5).spread) == (2, 0)
    assert block_means([1, 2, 9, 4, 4, 6, 7, 8, 0, 9], 2) == (4, 6)
    assert block_means([3.0, 4.0], 5) == (3.0, 4.0)


def test_calls_are_timed_after_the_first_few() -> None:
    called: list[int] = []
    assert len(milliseconds(called.append, 20)) == 5
    assert called == list(range(23))


@pytest.mark.parametrize(
    ("now", "before", "verdict", "ratio"),
    [
        (latency(10, 11), latency(20, 21), "better", 10.5 / 20.5),
        (latency(20, 21), latency(10, 11), "worse", 20.5 / 10.5),
        (rate(20, 21), rate(10, 11), "better", 20.5 / 10.5),
        (rate(10, 11), rate(20, 21), "worse", 10.5 / 20.5),
        (rate(10, 18), rate(16, 22), "", 14 / 19),  # as far apart as each of them from itself
        (rate(100, 100.1), rate(103, 103.1), "", 100.05 / 103.05),  # three parts of a hundred
        (rate(10), rate(20, 20), "", 0.5),  # measured once: nobody knows the spread
        (latency(1, 1), latency(0, 0), "worse", None),
        (latency(1.2, 1.8, 2.9), latency(3.0, 5.0, 6.5), "better", 0.36),  # apart, and far
        (latency(16, 17, 19), latency(20, 21, 24), "", 17 / 21),  # apart, as three values are by chance
        (latency(15, 16, 17, 18, 19), latency(20, 21, 22, 23, 24), "better", 17 / 22),  # as five are not
        (latency(1.2, 1.8, 3.1), latency(3.0, 5.0, 6.5), "", 0.36),  # one lies among the others
    ],
)
def test_better_and_worse_only_beyond_the_spread(
    now: Figure, before: Figure, verdict: str, ratio: float | None
) -> None:
    told = change(now, before)
    assert told.verdict == verdict
    assert told.ratio == pytest.approx(ratio)


def result(*figures: Figure, **environment: Any) -> Result:
    return Result(False, {**PLACE, **environment}, figures, ["it is hot"])


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(json.dumps(result(latency(1, 2, 3), rate(4)).to_json()), encoding="utf-8")
    baseline = Baseline.read(path)
    assert baseline.environment == PLACE
    assert list(baseline.figures.values()) == [latency(1, 2, 3), rate(4)]
    assert comparison.told(PLACE, baseline, quick=False) == []


def test_the_json_of_a_figure_and_its_comparison() -> None:
    compared = Result(True, PLACE, [latency(1, 3)], [], {latency(1).key: change(latency(1, 3), latency(3, 5))}, True)
    written = json.loads(json.dumps(compared.to_json()))
    assert written["schema"] == 1 and written["quick"] is True and written["environment"] == PLACE
    assert written["figures"] == [
        {
            "key": "live.1280x720.1.latency_p95",
            "what": "latency, p95",
            "unit": "ms",
            "better": "less",
            "median": 2.0,
            "least": 1.0,
            "greatest": 3.0,
            "values": [1.0, 3.0],
        }
    ]
    assert written["comparison"] == {
        "live.1280x720.1.latency_p95": {"before": 4.0, "ratio": 0.5, "verdict": "same"},
    }


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        ("{", "no JSON"),
        ("[]", "no figures of bench"),
        ('{"schema": 2, "environment": {}, "quick": false, "figures": []}', "no figures of bench"),
        ('{"schema": 1, "environment": {}, "quick": false, "figures": [{}]}', "no figures of bench"),
        (
            '{"schema": 1, "environment": {}, "quick": false, "figures": '
            '[{"key": "a", "what": "a", "unit": "s", "better": "less", "values": []}]}',
            "no figures of bench",
        ),
    ],
)
def test_what_is_no_baseline_is_told_in_one_line(tmp_path: Path, content: str | None, told: str) -> None:
    path = tmp_path / "b.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=told) as error:
        Baseline.read(path)
    assert "--save-baseline" in error.value.remedy


def test_another_computer_another_version_and_another_amount_are_told() -> None:
    other = Baseline({**PLACE, "cpu": "Other CPU", "versions": {"onnxruntime": "1.29"}}, True, {})
    said = "\n".join(comparison.told(PLACE, other, quick=False))
    assert "another computer" in said
    assert "cpu: Other CPU before, Some CPU now" in said
    assert "onnxruntime: 1.29 before, 1.30 now" in said
    assert "--quick" in said
    newer = Baseline({**PLACE, "python": "3.10.0"}, False, {})
    assert comparison.told(PLACE, newer, quick=False) == ["not as in the baseline: python: 3.10.0 before, 3.11.0 now"]


def test_that_the_computer_was_busy_when_the_baseline_was_measured_is_told() -> None:
    busy = Baseline({**PLACE, "busy_percent": 62.0}, False, {})
    assert comparison.told(PLACE, busy, quick=False) == [
        "other programs took 62 % of the computer before the baseline was measured"
    ]


def test_a_busy_computer_is_told() -> None:
    assert machine.warnings(PLACE) == []
    (said,) = machine.warnings({**PLACE, "busy_percent": 40.0})
    assert "40 %" in said and "measure again" in said


def test_the_environment_names_the_machine_and_the_versions() -> None:
    place = machine.environment("default")
    assert set(place) == set(PLACE)
    assert place["cpu"] and place["cores"] >= 1 and place["memory_gb"] > 0
    assert all(place["versions"].values()), "each of them is installed where the tests run"
    assert 0 <= place["busy_percent"] <= 100
    assert not machine.is_another(place, json.loads(json.dumps(place)))


def test_the_table_is_aligned_and_has_a_title_for_each_part() -> None:
    lines = table(PLACE, [latency(1, 2, 3), rate(123.4)], {}).splitlines()
    assert lines[0] == "Some CPU, 2 cores, 8 GB"
    text = "\n".join(lines)
    assert "onnxruntime 1.30, av missing" in text
    assert "The window, live at 60 fps" in text and "Photos" in text
    head, first, second = (line for line in lines if "median" in line or line.startswith("  "))
    assert first.split() == ["latency,", "p95", "2.00", "ms", "1.00", "–", "3.00"]
    assert second.split() == ["photos", "123", "photos/s", "once"]
    assert head.index("median") + len("median") == first.index("2.00") + 4 == second.index("123") + 3
    assert first.index("ms") == second.index("photos/s")
    assert not any(line != line.rstrip() for line in lines)


def test_the_table_with_a_baseline_tells_ratio_and_verdict() -> None:
    changes = {latency(1).key: change(latency(20, 21), latency(10, 11))}
    lines = table(PLACE, [latency(20, 21), rate(5, 6)], changes).splitlines()
    known, new = (line for line in lines if line.startswith("  ") and "median" not in line)
    assert known.split()[-3:] == ["10.5", "1.95", "worse"]
    assert new.split()[-2:] == ["–", "new"]
    assert lines[-2].startswith("better, worse: ") and lines[-1].startswith("no mark: "), "the marks are explained"
    assert "no mark" not in table(PLACE, [latency(1)], {}), "where there are any"
