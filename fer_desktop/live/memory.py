"""How much memory this process holds, in MB (10^6 bytes)."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import psutil  # type: ignore[import-untyped, unused-ignore]

_BYTES_PER_MB = 1e6


@cache
def _process() -> psutil.Process:
    return psutil.Process()


def resident_mb() -> float:
    """Resident memory at this moment."""
    return float(_process().memory_info().rss) / _BYTES_PER_MB


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


def seconds_since_process_start(at_s: float) -> float:
    """From the start of this process to the moment `at_s` of time.monotonic()."""
    now_s = time.time() - float(_process().create_time())
    return now_s - (time.monotonic() - at_s)
