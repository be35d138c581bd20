"""Measure `fer`, the package from PyPI that most people pick, beside this program: the table in the README.

python packaging/measure_peer.py [--environment DIR]

Both read the same drawn videos, each in a process of its own. `fer` is installed into an environment of its own (about
8 GB, several minutes), which is removed again unless it is given a folder; there it is found the next time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PEER = "fer==25.10.3"
SIZES = ((640, 480), (1280, 720))
FRAMES = 40
WARM_FRAMES = 5
LONGEST_S = 300.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", type=Path, metavar="DIR", help="where fer is, or is to be, installed")
    parser.add_argument("--read", nargs=3, metavar=("WHO", "SINCE", "DIR"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.read:
        who, since, folder = args.read
        print(json.dumps(read(who, float(since), Path(folder))))
        return 0
    # Not above: the peer's Python has no FER Desktop.
    from fer_desktop.bench import machine

    try:
        with tempfile.TemporaryDirectory(prefix="fer-peer-") as name:
            videos = Path(name, "videos")
            peer = installed(args.environment or Path(name, "environment"))
            draw(videos)
            place = machine.environment("")
            print(table(place, measure(Path(sys.executable), "ours", videos), measure(peer, "peer", videos)))
    except PeerError as error:
        print(f"measure_peer: {error}", file=sys.stderr)
        return 2
    return 0


class PeerError(Exception):
    """In one line, why there is nothing to compare with."""


def installed(folder: Path) -> Path:
    """The Python of an environment that has the peer, made where it is not there. Raises PeerError."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if python.exists() and subprocess.run([python, "-c", "import fer.fer"], capture_output=True).returncode == 0:
        return python
    print(f"measure_peer: installing {PEER}, which takes minutes", file=sys.stderr)
    if not python.exists():
        venv.create(folder, with_pip=True)
    done = subprocess.run(
        [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-cache-dir", PEER],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise PeerError(f"{PEER} cannot be installed here ({last_line(done.stderr)})")
    return python


def draw(folder: Path) -> None:
    """A video of one face in each size."""
    from fer_desktop.bench import scenes

    folder.mkdir()
    for size in SIZES:
        scenes.write_video(folder / file_name(size), size, 1, 30)


def measure(python: Path, who: str, videos: Path) -> dict[str, Any]:
    """What `read` gives in a process of its own, and `memory_mb`, the most that it and what it started held. Raises
    PeerError."""
    import psutil

    from fer_desktop.bench import child

    command = [str(python), str(Path(__file__).resolve()), "--read", who, repr(time.time()), str(videos)]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": ""}
    with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+", errors="replace") as stderr:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=environment)
        most_mb = 0.0
        try:
            began_s = time.monotonic()
            watched = psutil.Process(process.pid)
            while process.poll() is None:
                if time.monotonic() - began_s > LONGEST_S:
                    raise PeerError(f"{who} did not end within {LONGEST_S:.0f} s")
                try:
                    most_mb = max(most_mb, child.held(watched)[0])
                except psutil.Error:  # it has just ended
                    break
                time.sleep(0.2)  # looking takes milliseconds of a core that they want too
            process.wait()
        finally:
            child.end(process)
        stderr.seek(0)
        if process.returncode:
            raise PeerError(f"{who} ended with {process.returncode} ({last_line(stderr.read())})")
        stdout.seek(0)
        # Some libraries print on their own.
        return {**json.loads(stdout.read().splitlines()[-1]), "memory_mb": most_mb}


def read(who: str, since: float, folder: Path) -> dict[str, Any]:
    """In a process of its own: seconds from `since` (time.time()) to the first faces read, and for each size the
    milliseconds a frame and the share of frames in which the face was found."""
    look, version = ours() if who == "ours" else theirs()
    first_s = None
    sizes = {}
    for size in SIZES:
        took, found = [], 0
        for frame in frames(folder / file_name(size)):
            started = time.perf_counter()
            faces = look(frame)
            took.append((time.perf_counter() - started) * 1e3)
            found += faces > 0
            if first_s is None and faces:
                first_s = time.time() - since
        sizes[file_name(size)] = {"ms": statistics.median(took[WARM_FRAMES:]), "found": found / len(took)}
    return {"version": version, "first_s": first_s, "sizes": sizes}


def ours() -> tuple[Callable[[Any], int], str]:
    """Gives the number of faces read in uint8[h, w, 3] BGR; and the version."""
    import fer_desktop
    from fer_desktop import app
    from fer_desktop.core.types import Frame

    pipeline = app.live_pipeline()
    count = 0

    def look(picture: Any) -> int:
        nonlocal count
        count += 1
        return len(pipeline.analyse(Frame(picture, count, count / 30, "measure")).tracks)

    return look, fer_desktop.__version__


def theirs() -> tuple[Callable[[Any], int], str]:
    """As `ours`."""
    import importlib.metadata

    from fer.fer import FER  # type: ignore[import-not-found]

    reader = FER()
    return lambda picture: len(reader.detect_emotions(picture) or ()), importlib.metadata.version("fer")


def frames(path: Path) -> Iterator[Any]:
    """uint8[h, w, 3] BGR each."""
    import cv2

    capture = cv2.VideoCapture(str(path))
    for _ in range(FRAMES):
        read, picture = capture.read()
        if not read:
            break
        yield picture
    capture.release()


def file_name(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}.mp4"


def table(place: Mapping[str, Any], our: Mapping[str, Any], peer: Mapping[str, Any]) -> str:
    """In Markdown, under a line that names the computer: `place`, as `bench` describes it."""

    def row(what: str, cell: Callable[[Mapping[str, Any]], str]) -> str:
        return f"| {what} | {cell(our)} | {cell(peer)} |"

    def a_frame(size: tuple[int, int]) -> Callable[[Mapping[str, Any]], str]:
        def cell(one: Mapping[str, Any]) -> str:
            ms = one["sizes"][file_name(size)]["ms"]
            return f"{ms:.1f} ms ({1000 / ms:.0f} a second)"

        return cell

    def found(one: Mapping[str, Any]) -> str:
        return f"{statistics.mean(value['found'] for value in one['sizes'].values()):.0%}"

    def first(one: Mapping[str, Any]) -> str:
        return "never" if one["first_s"] is None else f"{one['first_s']:.1f} s"

    return "\n".join(
        [
            f"{place['cpu']}, {place['cores']} cores, {place['system']}, Python {place['python']}; "
            f"before the run {place['busy_percent']:.0f} % busy.",
            "",
            f"| | FER Desktop {our['version']} | `fer` {peer['version']} |",
            "|---|---|---|",
            row("from process start to the first face read", first),
            *(row(f"a frame of {size[0]}×{size[1]}, one face", a_frame(size)) for size in SIZES),
            row("frames in which the drawn face was found", found),
            row("memory, most", lambda one: f"{one['memory_mb']:.0f} MB"),
        ]
    )


def last_line(text: str) -> str:
    """The last line that says something; of pip's, the last that is an error."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["it said nothing"])[-1]


if __name__ == "__main__":
    sys.exit(main())
