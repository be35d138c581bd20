"""How much is measured: everything in about six minutes, or `--quick` in about one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fer_desktop.bench import scenes
from fer_desktop.bench.scenes import Size

SIZES: Final[tuple[Size, ...]] = ((640, 480), (1280, 720), (1920, 1080))
MIDDLE: Final[Size] = (1280, 720)
FACES: Final = (1, 4)
FPS: Final = 60
IDLE_SIZE: Final[Size] = (640, 480)
IDLE_FPS: Final = 30


@dataclass(frozen=True, slots=True)
class Amount:
    """How often and how long: numbers of runs, seconds of each, calls of a stage, photos of a batch."""

    sizes: tuple[Size, ...] = SIZES
    video_s: float = scenes.SECONDS
    starts: int = 5
    cold_starts: int = 1
    """Before those, not counted: what lies on the disk must first be read; it tells how long a start-up takes too."""
    calls: int = 100
    block_s: float = 0.5
    live_runs: int = 2
    live_s: float = 11.0
    idle_runs: int = 2
    photos: int = 48
    variants: bool = True
    """One thread, one core and the timeline as well."""


WHOLE: Final = Amount()
QUICK: Final = Amount(
    (MIDDLE,), starts=3, cold_starts=1, calls=30, block_s=0.2, live_runs=1, live_s=7.0, idle_runs=1, photos=12,
    variants=False,
)  # fmt: skip


@dataclass(slots=True)
class Plan:
    """amount: of everything. folder: empty, for what is drawn and written. tell: is told what is going on. warnings:
    what speaks against the figures, for people; parts add to them."""

    amount: Amount
    folder: Path
    tell: Callable[[str], None]
    warnings: list[str] = field(default_factory=list)
    _videos: dict[tuple[Size, int, int], Path] = field(default_factory=dict)

    def video(self, size: Size, faces: int, fps: int = FPS) -> Path:
        """Drawn when it is first asked for."""
        wanted = (size, faces, fps)
        if wanted not in self._videos:
            name = f"{size[0]}x{size[1]}, {in_words(faces)}, {fps} fps.mp4"
            self.tell(f"drawing {name}")
            self._videos[wanted] = scenes.write_video(self.folder / name, size, faces, fps, self.amount.video_s)
        return self._videos[wanted]


def in_words(faces: int) -> str:
    return "1 face" if faces == 1 else f"{faces} faces"


def scene_key(size: Size, faces: int) -> str:
    return f"{size[0]}x{size[1]}.{faces}"


def scene_name(size: Size, faces: int) -> str:
    return f"{size[0]}×{size[1]}, {in_words(faces)}"
