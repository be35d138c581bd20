"""The process that holds liblsl and its outlet. In one of its own, since liblsl can crash when an outlet goes
(sccn/liblsl issues 218 and 220; 4 of 24 runs of forty outlets in one process), and takes its process with it.

Stdin: one RECORD an analysis; its end is the process's. Stdout: `open 1` (or 0: other computers can reach it, or
`failed WHY`), then `clients N` whenever that changes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import sys
import threading
import time
from typing import Any, BinaryIO, Final

from fer_desktop.core import emotions

TYPE: Final = "Expression"
CHANNELS: Final = (
    *((name, "probability", "Probability") for name in emotions.NAMES),
    ("valence", "normalized", "Valence"),
    *((name, "pixels", "Position") for name in ("x", "y", "width", "height")),
    ("track", "number", "Identity"),
    ("faces", "count", "Count"),
)
"""Label, unit and type of each channel, in order."""
RECORD: Final = struct.Struct(f"<d{len(CHANNELS)}f")
"""When the picture was taken, in seconds of time.monotonic(), which all processes share; then the channels."""
NETWORK, THIS_COMPUTER = "network", "computer"
CONFINES: Final = sys.platform == "linux"
"""Whether sockets can be bound to the loopback device here, which is what keeps liblsl to this computer."""
LOOK_S: Final = 0.2
"""LSL does not tell when somebody comes or goes: it is asked this often."""
_QUIET: Final = "[log]\nlevel = -3\n"
_CONFIGURATION: Final = f"""
[ports]
IPv6 = disable
[multicast]
ResolveScope = machine
ListenAddress = 127.0.0.1
MachineAddresses = {{127.0.0.1}}
Interfaces = {{127.0.0.1}}
{_QUIET}"""


def serve(name: str, scope: str, records: BinaryIO) -> None:
    """Until `records` end."""
    outlet, confined, clock = _opened(name, scope)
    _say(f"open {int(confined)}")
    threading.Thread(target=_tell_clients, args=(outlet,), daemon=True).start()
    while len(record := records.read(RECORD.size)) == RECORD.size:
        captured_s, *sample = RECORD.unpack(record)
        outlet.push_sample(sample, clock() - (time.monotonic() - captured_s))


def _tell_clients(outlet: Any) -> None:
    told = False
    while True:
        if bool(outlet.have_consumers()) != told:
            told = not told
            _say(f"clients {int(told)}")
        time.sleep(LOOK_S)


def _opened(name: str, scope: str) -> tuple[Any, bool, Any]:
    """The outlet, whether it keeps to this computer, and LSL's clock."""
    import pylsl

    confined = False
    # For the network, the person's own configuration of LSL counts.
    with contextlib.suppress(RuntimeError):  # an older liblsl cannot be told
        if scope == THIS_COMPUTER:
            pylsl.set_config_content(_CONFIGURATION)
            confined = True
        elif "LSLAPICFG" not in os.environ:
            pylsl.set_config_content(_QUIET)
    outlet = pylsl.StreamOutlet(_description(pylsl, name), chunk_size=1, max_buffered=60)
    return outlet, confined and _confine(), pylsl.local_clock


def _description(pylsl: Any, name: str) -> Any:
    info = pylsl.StreamInfo(
        name, TYPE, len(CHANNELS), pylsl.IRREGULAR_RATE, pylsl.cf_float32, f"fer-desktop {name} {socket.gethostname()}"
    )
    description = info.desc()
    description.append_child_value("manufacturer", "FER Desktop")
    channels = description.append_child("channels")
    for label, unit, kind in CHANNELS:
        channel = channels.append_child("channel")
        channel.append_child_value("label", label)
        channel.append_child_value("unit", unit)
        channel.append_child_value("type", kind)
    return info


def _confine() -> bool:
    """Bind this process's sockets to the loopback device: liblsl can only listen on all addresses, even where it
    announces itself on this computer alone. False where the system cannot."""
    if not CONFINES or sys.platform != "linux":
        return False
    try:
        for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - names, not paths
            with contextlib.suppress(FileNotFoundError):  # the listing's own
                if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):  # noqa: PTH115
                    with socket.socket(fileno=os.dup(int(name))) as one:
                        if one.family in (socket.AF_INET, socket.AF_INET6):
                            one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    except OSError:
        return False
    return True


def _say(text: str) -> None:
    print(text, file=sys.__stdout__, flush=True)


def _main() -> None:
    # Ctrl+C is for the parent; this process ends with its stdin, however the parent ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library prints must not stand between the lines.
    sys.__stdout__ = os.fdopen(os.dup(1), "w")  # type: ignore[misc]
    os.dup2(2, 1)
    try:
        serve(sys.argv[1], sys.argv[2], sys.stdin.buffer)
    except Exception as error:
        _say(f"failed {' '.join(str(error).split())}")
    # Without destroying the outlet, which is where liblsl crashes.
    os._exit(0)


if __name__ == "__main__":
    _main()
