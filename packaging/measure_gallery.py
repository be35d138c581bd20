"""Measure the page of photos with a large folder, in the real window: the figures in the README.

    python packaging/measure_gallery.py [--count 100000] [--seconds 60] [--photos FOLDER]

Makes a folder with so many names of a few drawn photos (or of those in FOLDER), opens it in the window, watches it for
so long, cancels, and goes on. Prints when the first photo is shown, how long the window did not answer at a time, and
how much memory it takes. Settings of the person are left alone.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from fer_desktop import app, opencv_environment
from fer_desktop.capture.demo import DemoSource
from fer_desktop.gui import pages
from fer_desktop.gui.main_window import MainWindow
from fer_desktop.gui.sources import is_image
from fer_desktop.gui.theme import ThemeKeeper
from fer_desktop.settings.store import SettingsStore

BEAT_MS = 5
"""How often the window is asked whether it answers."""
DRAWN = 20
PER_FOLDER = 5_000
LONGEST_S = 300.0


class Beat:
    """Milliseconds from one beat to the next: what is over BEAT_MS, the window did not answer."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last_s = time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def begin(self) -> None:
        self.gaps, self._last_s = [], time.perf_counter()

    def _beat(self) -> None:
        now_s = time.perf_counter()
        self.gaps.append((now_s - self._last_s) * 1000)
        self._last_s = now_s

    def __str__(self) -> str:
        half, most, longest = np.percentile(self.gaps, (50, 99, 100))
        return f"gap p50 {half:.0f} ms, p99 {most:.0f} ms, max {longest:.0f} ms"


def draw(folder: Path) -> list[Path]:
    source = DemoSource(realtime=False)
    source.open()
    paths = []
    for number in range(DRAWN):
        frame = source.read()
        assert frame is not None
        for _ in range(20):
            source.read()
        paths.append(folder / f"drawn {number}.jpg")
        Image.fromarray(frame.bgr[:, :, ::-1]).save(paths[-1], quality=90)
    source.close()
    return paths


def fill(folder: Path, originals: list[Path], count: int) -> None:
    """Names of the same files: a hundred thousand photos take the room of a few."""
    for number in range(count):
        inside = folder / f"{number // PER_FOLDER:03d}"
        if number % PER_FOLDER == 0:
            inside.mkdir(parents=True)
        original = originals[number % len(originals)]
        os.link(original, inside / f"photo {number}{original.suffix}")


def memory_mb() -> float:
    """Of this process now; 0 where the system does not tell."""
    try:
        pages_used = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages_used * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--photos", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        if args.photos:
            originals = [Path(shutil.copy(path, folder)) for path in sorted(args.photos.iterdir()) if is_image(path)]
        else:
            originals = draw(folder)
        fill(folder / "archive", originals, args.count)
        measure(folder / "archive", folder / "settings.json", args.seconds)


def measure(archive: Path, settings: Path, seconds: float) -> None:
    opencv_environment.forget_qt_paths()
    qt = QApplication(sys.argv[:1])
    store = SettingsStore(settings)
    window = MainWindow(app.composition(), store, ThemeKeeper(qt, store.settings.theme), save=False)
    window.show()
    window.pages.show_page(pages.PHOTOS)
    page = window.page_control.photos
    assert page is not None
    counts = page.collection.counts

    def wait(until: Callable[[], bool], longest_s: float = LONGEST_S) -> float:
        began_s = time.perf_counter()
        while not until() and time.perf_counter() - began_s < longest_s:
            qt.processEvents()
            time.sleep(0.001)
        return time.perf_counter() - began_s

    wait(lambda: False, 1.0)
    before_mb, beat = memory_mb(), Beat()
    window.page_control.open_photos([archive])
    first_s = wait(lambda: len(page.gallery.photos.rows) > 0)
    wait(lambda: False, seconds)
    done, found = counts().done, counts().there
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}")
    print(f"first photo shown after {first_s:.1f} s; {done} of {found} read after {first_s + seconds:.0f} s; {beat}")
    print(f"memory {before_mb:.0f} MB before, {memory_mb():.0f} MB now")
    beat.begin()
    page.collection.cancel()
    stopped_s = wait(lambda: not page.collection.reading and not page.collection.reader.at_work)
    kept = counts().done
    print(f"cancelled: at rest after {stopped_s:.2f} s, {kept} kept; {beat}")
    beat.begin()
    page.collection.go_on()
    again_s = wait(lambda: counts().done > kept)
    print(f"went on: the next photo after {again_s:.2f} s; {beat}")
    window.close()


if __name__ == "__main__":
    main()
