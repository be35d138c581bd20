from __future__ import annotations

import os

import fer_desktop


def test_the_runtime_is_told_to_report_nothing_before_it_can_be_imported() -> None:
    assert fer_desktop.__version__
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
