from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from fer_desktop.core.errors import InputError
from fer_desktop.training import run_lock


def test_a_folder_belongs_to_one_process_while_it_lives(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from fer_desktop.training import run_lock
with run_lock.hold(Path({str(tmp_path)!r})):
    print("held", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        assert run_lock.is_running(tmp_path)
        with pytest.raises(InputError, match="another process"), run_lock.hold(tmp_path):
            pass
        other.kill()
    assert (tmp_path / run_lock.FILE).exists(), "killed: it could not clean up"
    assert not run_lock.is_running(tmp_path)
    with run_lock.hold(tmp_path):
        assert not run_lock.is_running(tmp_path), "this process is not another"
    assert not (tmp_path / run_lock.FILE).exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x", "started": 1}', '{"pid": 1}'])
def test_a_damaged_mark_holds_nobody_up(tmp_path: Path, content: str) -> None:
    (tmp_path / run_lock.FILE).write_text(content, encoding="utf-8")
    assert not run_lock.is_running(tmp_path)


def test_a_number_that_is_used_again_is_another_process(tmp_path: Path) -> None:
    parent = psutil.Process().parent()
    assert parent is not None
    record = {"schema": 1, "pid": parent.pid, "started": parent.create_time()}
    (tmp_path / run_lock.FILE).write_text(json.dumps(record), encoding="utf-8")
    assert run_lock.is_running(tmp_path)
    record["started"] -= 3600
    (tmp_path / run_lock.FILE).write_text(json.dumps(record), encoding="utf-8")
    assert not run_lock.is_running(tmp_path)
