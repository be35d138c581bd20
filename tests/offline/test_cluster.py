"""Photos read on a cluster of real workers, each a process of its own: all of them once, whatever happens to one."""

from __future__ import annotations

import csv
import functools
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image

from fer_desktop import app
from fer_desktop.capture.demo import DemoSource
from fer_desktop.cli import cluster_parts, main
from fer_desktop.core.errors import InputError
from fer_desktop.core.pip_command import install_extra
from fer_desktop.offline import cluster
from fer_desktop.offline.batch import Batch
from fer_desktop.offline.cluster import Cluster
from fer_desktop.offline.cluster_worker import MakeParts, Model
from fer_desktop.offline.find import Found, find_images
from fer_desktop.offline.image_result import ImageResult
from tests.offline import cluster_fakes
from tests.pictures import encoded, picture

ROOT = Path(__file__).parents[2]
COUNT = 60
PARTS = functools.partial(cluster_parts.parts, True)
Seen = TypeVar("Seen")
pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="workers are ended by a signal"),
    # Of sockets that Dask leaves to be collected.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
]


class LocalCluster:
    """A scheduler and workers on this computer alone, without dashboards. Each is killed at the end."""

    def __init__(self, folder: Path, **scheduler: str) -> None:
        self._folder, self._processes = folder, list[subprocess.Popen[bytes]]()
        self.workers: list[subprocess.Popen[bytes]] = []
        self._start("dask_scheduler", "--port", "0", "--scheduler-file", str(folder / "scheduler.json"), **scheduler)
        self.address = wait(self._address, "no scheduler")

    def add_workers(self, count: int) -> None:
        arguments = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self._folder), "--memory-limit", "0")
        self.workers += [self._start("dask_worker", self.address, *arguments) for _ in range(count)]

    def kill_a_worker(self, pid: int | None = None) -> None:
        """The one with this process id; the last one without."""
        worker = next((one for one in self.workers if one.pid == pid), self.workers[-1])
        assert pid in (None, worker.pid)
        self.workers.remove(worker)
        worker.kill()
        worker.wait()

    def end_scheduler(self) -> None:
        self._processes[0].kill()
        self._processes[0].wait()

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()

    def _start(self, program: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            f"distributed.cli.{program}",
            *arguments,
            "--host",
            "127.0.0.1",
            "--no-dashboard",
        ]
        with (self._folder / f"{program}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=self._folder,
                env={**self._environment(), **environment},
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def _environment(self) -> dict[str, str]:
        """Of someone who has chosen no model of their own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        return {**kept, "HOME": str(self._folder), "PYTHONPATH": str(ROOT)}

    def _address(self) -> str | None:
        try:
            return str(json.loads((self._folder / "scheduler.json").read_text())["address"])
        except (OSError, ValueError):
            return None


def wait(look: Callable[[], Seen | None], problem: str) -> Seen:
    """What it gives, once it gives something."""
    deadline_s = time.monotonic() + 30
    while (found := look()) is None:
        assert time.monotonic() < deadline_s, problem
        time.sleep(0.02)
    return found


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    local = LocalCluster(tmp_path_factory.mktemp("cluster"))
    try:
        local.add_workers(2)
        yield local
    finally:
        local.close()


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve different pictures of the drawn face, each five times, and one that is no picture."""
    folder = tmp_path_factory.mktemp("photos")
    source = DemoSource(320, 180, realtime=False)
    source.open()
    for number in range(12):
        for _ in range(8):
            frame = source.read()
        assert frame is not None
        data = encoded(Image.fromarray(frame.bgr[..., ::-1]), "PNG")
        for again in range(5):
            (folder / f"{number + 12 * again}.png").write_bytes(data)
    source.close()
    (folder / "30.png").write_bytes(b"not a photo")
    return folder


def opened(
    local: LocalCluster,
    chunk: int = 4,
    parts: MakeParts = PARTS,
    model: Model = cluster_parts.model,
) -> Cluster:
    """Once all workers are there."""
    deadline_s = time.monotonic() + 30
    while True:
        try:
            there = Cluster(local.address, parts, model, chunk)
        except InputError as error:
            assert "no workers" in str(error)
        else:
            if there.threads() == len(local.workers):
                return there
            there.close()
        assert time.monotonic() < deadline_s, "no workers"
        time.sleep(0.05)


def same(one: ImageResult, other: ImageResult) -> bool:
    if one.analysis is None or other.analysis is None:
        return (one.path, one.width, one.error is None) == (other.path, other.width, other.error is None)
    return (
        one.path == other.path
        and [track.label for track in one.analysis.tracks] == [track.label for track in other.analysis.tracks]
        and all(
            a.face.box == b.face.box
            and np.allclose(a.prediction.probabilities, b.prediction.probabilities, atol=1e-5)
            and np.array_equal(a.crop, b.crop)
            for a, b in zip(one.analysis.tracks, other.analysis.tracks, strict=True)
        )
    )


def test_a_lost_workers_files_are_done_again(
    real: LocalCluster, photos: Path, tmp_path: Path, needs_detector_models: None
) -> None:
    """It is killed while it works on a photo: one that nobody has read then, of a chunk of four."""
    found = list(find_images([str(photos)]))
    assert len(found) == COUNT
    gate = functools.partial(cluster_fakes.gated_parts, tmp_path, "21.png")

    def at_the_gate() -> list[int] | None:
        return [int(path.name) for path in tmp_path.iterdir()] or None

    with opened(real, parts=gate) as there:
        coming = there.results(found)
        results = list(itertools.islice(coming, 8))
        (held,) = wait(at_the_gate, "no worker has come to the gate")
        real.kill_a_worker(held)
        (tmp_path / "open").touch()
        results += coming
    (left,) = real.workers
    assert {path.name for path in tmp_path.iterdir()} == {str(held), str(left.pid), "open"}, "each has had it"
    reader = app.classifier()
    with Batch(lambda: app.photo_detector(True), reader) as batch:
        alone = list(batch.results(found))
    reader.close()
    assert [result.path for result in results] == [image.path for image in found]
    assert all(same(one, other) for one, other in zip(results, alone, strict=True))
    assert sum(len(result.analysis.tracks) for result in results if result.analysis) >= COUNT // 2
    assert [result.path for result in results if result.error] == [str(photos / "30.png")]


def test_the_command_writes_the_same_table(real: LocalCluster, photos: Path, needs_detector_models: None) -> None:
    opened(real).close()
    arguments = ["classify", str(photos), str(photos / "missing.png"), "--fast"]
    assert main([*arguments, "--csv", str(photos / "a.csv")]) == 4
    assert main([*arguments, "--csv", str(photos / "b.csv"), "--cluster", real.address]) == 4
    here, there = ([*csv.reader((photos / name).open(encoding="utf-8"))] for name in ("a.csv", "b.csv"))
    assert len(here) == len(there) > COUNT
    for one, other in zip(here, there, strict=True):
        assert one[:2] + one[7:8] == other[:2] + other[7:8]
    assert "is not there for the worker" in there[-1][8]


def test_it_can_be_stopped(real: LocalCluster, photos: Path) -> None:
    with opened(real) as there:
        results = []
        for result in there.results(find_images([str(photos)]), cancelled=lambda: len(results) == 6):
            results.append(result)  # noqa: PERF402 - the number so far cancels
    assert len(results) == 6


def test_only_so_many_photos_are_on_the_way(real: LocalCluster, photos: Path) -> None:
    asked = 0

    def many() -> Iterator[Found]:
        nonlocal asked
        for image in [*find_images([str(photos)])] * 5:
            asked += 1
            yield image

    with opened(real, chunk=2) as there:
        threads = there.threads()
        for number, _ in enumerate(there.results(many()), start=1):
            assert asked <= number + 2 * (cluster.AHEAD * threads + 1)
    assert asked == 5 * COUNT


def test_another_version_is_refused(
    real: LocalCluster, photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(real).close()
    monkeypatch.setattr(cluster, "__version__", "9.9")
    assert main(["classify", str(photos), "--cluster", real.address, "--csv", "-"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "has version" in err
    assert "this computer 9.9" in err


def test_another_model_is_refused(real: LocalCluster) -> None:
    opened(real).close()
    with pytest.raises(InputError, match="another one of that name"):
        Cluster(real.address, PARTS, cluster_fakes.model_of_this_process)


def test_without_dask_it_says_what_to_install(
    photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["classify", str(photos), "--cluster", "tcp://127.0.0.1:1"]) == 2
    err = capsys.readouterr().err
    assert f"Run: {install_extra('cluster')}" in err
    assert err.count("\n") == 1


def test_nobody_answers(photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    begin = time.monotonic()
    assert main(["classify", str(photos), "--cluster", address]) == 2
    assert time.monotonic() - begin < 5
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert f"no cluster answers at {address}" in err


@pytest.mark.parametrize("address", ["", "tcp://127.0.0.1", "nonsense://x:1", "tcp://:::", "tcp://[::1"])
def test_what_is_no_address(
    photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    assert main(["classify", str(photos), "--cluster", address]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_no_pictures_are_painted_by_a_cluster(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", str(photos), "--cluster", "tcp://127.0.0.1:1", "--annotate", str(photos / "out")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (photos / "out").exists()


def test_a_file_that_kills_its_worker_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    local = LocalCluster(tmp_path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    try:
        with pytest.raises(InputError, match="has no workers"):
            Cluster(local.address, cluster_fakes.deadly_parts, cluster_fakes.fake_model)
        local.add_workers(3)
        for name in ("1.png", "2 deadly.png", "3.png"):
            (tmp_path / name).write_bytes(encoded(picture(), "PNG"))
        found = list(find_images([str(tmp_path)]))
        with opened(local, parts=cluster_fakes.deadly_parts, model=cluster_fakes.fake_model) as there:
            results = list(there.results(found))
        assert [result.path for result in results] == [image.path for image in found]
        assert [result.error is None for result in results] == [True, False, True]
        assert "ended every worker" in str(results[1].error)
        monkeypatch.setattr(cluster, "ALONE_S", 0.5)
        with Cluster(local.address, cluster_fakes.deadly_parts, cluster_fakes.fake_model) as there:
            while local.workers:
                local.kill_a_worker()
            with pytest.raises(InputError, match="last worker"):
                list(there.results(found))
            local.end_scheduler()
            with pytest.raises(InputError, match="is gone"):
                list(there.results(found))
    finally:
        local.close()
