"""Hosts and ports: what is this computer, and what to say where one cannot be used."""

from __future__ import annotations

import errno
import ipaddress
import socket
from typing import Final

from fer_desktop.core.errors import InputError

LOOPBACK: Final = "127.0.0.1"


def is_loopback(host: str) -> bool:
    """Whether nothing sent there leaves this computer. A name counts as elsewhere, but for "localhost"."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def written(host: str, port: int) -> str:
    """ "127.0.0.1:9000"; an IPv6 address stands in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def refusal(error: OSError | UnicodeError, host: str, port: int, other: str) -> InputError:
    """Why an address cannot be used, in one line. other: how to choose another, for people."""
    where = written(host, port)
    if isinstance(error, (socket.gaierror, UnicodeError)):  # the second where it cannot be a name at all
        return InputError(f"There is no computer called {host}", other)
    if error.errno == errno.EADDRINUSE:
        return InputError(f"{where} is in use by another program", other)
    if error.errno == errno.EADDRNOTAVAIL:
        return InputError(f"{host} is not an address of this computer", other)
    if error.errno in (errno.EACCES, errno.EPERM):
        return InputError(f"{where} may not be used by this program", other)
    return InputError(f"{where} cannot be used ({(error.strerror or str(error)).lower()})", other)
