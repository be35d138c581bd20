"""Makes and warms another model on a thread of its own, while the analysis goes on with the one before."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fer_desktop.core.errors import FerError
from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.core.types import CROP_SIDE
from fer_desktop.live.latest import LatestSlot
from fer_desktop.live.memory import give_back_freed

logger = logging.getLogger(__name__)

MakeClassifier = Callable[[], EmotionClassifier]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a model cannot be used. `report`: the traceback where that is the program's own fault, else empty."""

    error: FerError
    report: str = ""

    @classmethod
    def of(cls, error: Exception) -> Refusal:
        """To be called while `error` is handled."""
        if isinstance(error, FerError):
            return cls(error)
        remedy = "Run `fer-desktop doctor` to see what is wrong"
        return cls(FerError("The model could not be loaded", remedy), traceback.format_exc())


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """What became of `make`: a warm classifier, which its holder uses or closes, or the reason why there is none."""

    make: MakeClassifier
    result: EmotionClassifier | Refusal

    def close(self) -> None:
        if not isinstance(self.result, Refusal):
            close_quietly(self.result)


class ModelLoader:
    """One thread, started when it is first needed. It has a core of its own only while a model is loaded.

    `on_loaded` is called on that thread each time `take` has something new.
    """

    def __init__(self, on_loaded: Callable[[], None]) -> None:
        self._on_loaded = on_loaded
        self._wanted: LatestSlot[MakeClassifier] = LatestSlot()
        self._loaded: LatestSlot[Loaded] = LatestSlot()
        self._newest: MakeClassifier | None = None
        self._untidy = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    # By the thread that uses the models

    def ask(self, make: MakeClassifier) -> None:
        """Load this model, and no other that was asked for before; returns at once."""
        self._newest = make
        self._wanted.put(make)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="model loader", daemon=True)
            self._thread.start()

    def take(self) -> Loaded | None:
        """What became of the newest model, once; None while that is not known. Never waits."""
        loaded = self._loaded.take()
        if loaded is not None and loaded.make is not self._newest:
            loaded.close()
            return None
        return loaded

    def tidy_up(self) -> None:
        """The model before was let go: give its memory back to the system, on the thread; returns at once."""
        self._untidy.set()
        self._wanted.wake()

    # By any thread

    def signal_stop(self) -> None:
        """Ask the thread to end; returns at once. What nobody took is closed."""
        self._stop.set()
        self._wanted.close()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread. True if it has ended, or was never started."""
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            make = self._wanted.take(timeout_s=60.0)
            if self._untidy.is_set():
                self._untidy.clear()
                give_back_freed()
            if make is None:
                continue
            overwritten = self._loaded.put(load(make))
            if overwritten is not None:
                overwritten.close()
            self._on_loaded()
        left = self._loaded.clear()
        if left is not None:
            left.close()


def load(make: MakeClassifier) -> Loaded:
    """Make a classifier and run it once. Raises nothing but what ends the program."""
    classifier: EmotionClassifier | None = None
    try:
        classifier = make()
        warm(classifier)
    except Exception as error:
        if classifier is not None:
            close_quietly(classifier)
        return Loaded(make, Refusal.of(error))
    return Loaded(make, classifier)


def warm(classifier: EmotionClassifier) -> None:
    """One reading, so that the first real one does not pay for what libraries do on first use."""
    classifier.classify(np.zeros((1, CROP_SIDE, CROP_SIDE), np.uint8))


class Closable(Protocol):
    def close(self) -> None: ...


def close_quietly(one: Closable) -> None:
    """What closing raises is logged."""
    try:
        one.close()
    except Exception:
        logger.exception("closing %s failed", type(one).__name__)
