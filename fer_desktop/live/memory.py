"""What this process holds and uses: memory in MB (10^6 bytes), threads, handles, processor time; and how old it is."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import time
from functools import cache
from pathlib import Path

import psutil  # type: ignore[import-untyped, unused-ignore]

_BYTES_PER_MB = 1e6
_M_ARENA_MAX = -8
"""From glibc's malloc.h."""
_STAT = Path("/proc/self/stat")


@cache
def _process() -> psutil.Process:
    return psutil.Process()


def resident_mb(process: psutil.Process | None = None) -> float:
    """Resident memory of this process at this moment, or of another one. Raises psutil.Error."""
    return float((process or _process()).memory_info().rss) / _BYTES_PER_MB


def cpu_seconds() -> float:
    """Processor time that this process has used so far, on all cores together."""
    times = _process().cpu_times()
    return float(times.user + times.system)


def threads(process: psutil.Process | None = None) -> int:
    """Of this process, or of another one; the system's count, so those of libraries too. Raises psutil.Error."""
    return int((process or _process()).num_threads())


def handles(process: psutil.Process | None = None) -> int:
    """Open files, sockets and the like, as the system counts them. Raises psutil.Error."""
    process = process or _process()
    # On Windows there are no file descriptors.
    count = getattr(process, "num_handles", None) or process.num_fds
    return int(count())


def peak_resident_mb() -> float | None:
    """The most that was ever resident, as the system kept count of it; None where it does not tell."""
    info = _process().memory_info()
    windows_peak_bytes = getattr(info, "peak_wset", None)
    if windows_peak_bytes is not None:
        return float(windows_peak_bytes) / _BYTES_PER_MB
    # Not getrusage: its peak is inherited from whatever program this process was before exec.
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) * 1024 / _BYTES_PER_MB
    except OSError:
        pass
    return None


def share_heaps() -> None:
    """Have all threads share two heaps, where the C library makes more (glibc); to be called before there are any.

    A heap keeps what was once taken from it in small pieces: with one for each thread ten retrainings and fifty changes
    of the model left 80 MB of them.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def give_back_freed() -> None:
    """Return to the system what was freed, where the C library keeps it (glibc); takes up to tens of milliseconds.

    glibc keeps a heap for each thread. Models that are made on one and freed on another leave 80 MB of unused pages.
    """
    if sys.platform != "linux":
        return
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        # Another C library.
        return
    trim(ctypes.c_size_t(0))


def seconds_since_process_start(at_s: float) -> float:
    """From the start of this process to the moment `at_s` of time.monotonic()."""
    return _age_s() - (time.monotonic() - at_s)


def _age_s() -> float:
    boot_clock = getattr(time, "CLOCK_BOOTTIME", None)
    if boot_clock is not None:
        # Not psutil's create_time: on Linux it adds a boot time in whole seconds, and is up to one second out.
        try:
            return time.clock_gettime(boot_clock) - _started_after_boot_s()
        except (OSError, ValueError, IndexError):
            pass
    return time.time() - float(_process().create_time())


@cache
def _started_after_boot_s() -> float:
    """From the start of the system to that of this process, in seconds; the system counts it in hundredths.

    Raises OSError, ValueError or IndexError where the system does not tell.
    """
    stat = _STAT.read_text(encoding="utf-8", errors="replace")
    # Field 22 of proc(5). The second one is the program's name and may hold anything, brackets too.
    return int(stat.rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
