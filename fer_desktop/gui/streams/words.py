"""What is said of streams: what each is for, how it goes, and what leaves this computer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QCoreApplication

from fer_desktop.streams.runner import StreamState
from fer_desktop.streams.spec import CAMERA, LSL, OSC, WEBSOCKET, StreamSpec

TITLES: Final = {
    OSC: "OSC",
    LSL: "Lab Streaming Layer",
    WEBSOCKET: "WebSocket",
    CAMERA: "Virtual camera",
}
"""Before they are translated."""
PURPOSES: Final = {
    OSC: "For music, light and media programs: each face's readings as Open Sound Control messages.",
    LSL: "For laboratories: one face, in time with other recordings. The face you clicked, or else the largest.",
    WEBSOCKET: "For pages and scripts: one JSON object for each picture that is read.",
    CAMERA: "For meetings and streaming programs: the picture with its readings, as a camera they can choose.",
}


def tr(text: str) -> str:
    return QCoreApplication.translate("Streams", text)


def state(spec: StreamSpec, now: StreamState) -> str:
    """How one goes that has not ended, in a line."""
    if not now.open:
        return tr("Starting…")
    return tr("{name}: {what}").format(name=now.name, what=_what(spec.kind, now))


def _what(kind: str, now: StreamState) -> str:
    sent = tr("{n} pictures sent") if kind == CAMERA else tr("{n} readings sent")
    if now.sent == 1:
        sent = tr("1 picture sent") if kind == CAMERA else tr("1 reading sent")
    elif not now.sent:
        sent = tr("no picture sent yet") if kind == CAMERA else tr("no reading sent yet")
    parts = [sent.format(n=f"{now.sent:,}")]
    # The others cannot know who receives what they send.
    if kind in (LSL, WEBSOCKET):
        parts = [_listeners(kind, now.clients or 0, bool(now.sent)), *(parts if now.sent else [])]
    if now.dropped:
        parts.append(tr("{n} left out, since they came too fast").format(n=f"{now.dropped:,}"))
    return ", ".join(parts)


def _listeners(kind: str, count: int, before: bool) -> str:
    """before: somebody has listened."""
    if not count:
        return tr("nobody listens now") if before else tr("nobody listens yet")
    if kind == LSL:  # which tells no more
        return tr("somebody listens")
    return tr("1 listener") if count == 1 else tr("{n} listeners").format(n=count)


def destination(specs: Iterable[StreamSpec]) -> str:
    """Where readings go that leave this computer, in few words; empty where none do."""
    # OSC is sent to one place; the others answer whoever asks.
    places = {spec.host if spec.kind == OSC else tr("the network") for spec in specs if spec.leaves}
    return tr("other computers") if len(places) > 1 else "".join(places)


def leaves(spec: StreamSpec) -> str:
    """What a person has to know before readings leave this computer."""
    if spec.kind == LSL:
        who = tr("Every computer on the network will be able to receive them.")
    elif spec.kind == WEBSOCKET:
        who = tr("Every computer that reaches {host} will be able to receive them.").format(host=spec.host)
    else:
        who = tr("They will be sent to {host}.").format(host=spec.host)
    what = tr("Readings of every face in view will leave this computer, without encryption.")
    return " ".join((what, who, tr("Turn it on only where everybody in view has agreed.")))
