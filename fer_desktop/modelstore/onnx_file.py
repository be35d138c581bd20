"""What stands in an ONNX file, read without loading it: a file from elsewhere may ask for more than arithmetic.

Only the few fields that matter are looked at, in the wire format of protocol buffers, so that live use needs no
package `onnx`. Field numbers are those of onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fer_desktop.core.errors import ModelError

MAX_PARTS: Final = 30_000
"""Fields of a file that are looked at; the shipped network has about two thousand."""
_DOMAINS = ("", "ai.onnx", "ai.onnx.ml")
_ENDLESS = ("Loop", "Scan")
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

# Message -> field -> message in it.
_INSIDE: Final[dict[str, dict[int, str]]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse tensor"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse tensor", 23: "sparse tensor"},
    "sparse tensor": {1: "tensor", 2: "tensor"},
    "tensor": {13: "outside"},
}
_OP_TYPE, _DOMAIN, _DATA_LOCATION = 4, 7, 14


def inspect(content: bytes, what: str) -> None:
    """Raises ModelError where `content` is no ONNX file, names files outside itself, or asks for anything but plain
    operators that end. `what` names it in the error."""
    try:
        problem = _problem(memoryview(content))
    except (ValueError, IndexError, UnicodeDecodeError):
        problem = "it is no ONNX file"
    if problem:
        raise ModelError(f"{what} cannot be used: {problem}", "Export the network again, or choose another model.")


def _problem(content: memoryview) -> str | None:
    left = MAX_PARTS
    graphs = 0
    waiting = [("model", content)]
    while waiting:
        message, body = waiting.pop()
        graphs += message == "graph"
        for number, value in _fields(body):
            left -= 1
            if left < 0:
                return "it has too many parts to be a network of this kind"
            found = _unwelcome(message, number, value)
            if found:
                return found
            inside = _INSIDE.get(message, {}).get(number)
            if inside and isinstance(value, memoryview):
                waiting.append((inside, value))
    return None if graphs else "it holds no network"


def _unwelcome(message: str, number: int, value: int | memoryview) -> str | None:
    inside = _INSIDE.get(message, {}).get(number)
    if inside == "outside" or (message == "tensor" and number == _DATA_LOCATION and value != 0):
        return "it reads its weights from another file"
    if inside == "function":
        return "it brings operators of its own"
    if inside == "training":
        return "it holds a training graph"
    if message == "node" and number in (_OP_TYPE, _DOMAIN) and isinstance(value, memoryview):
        text = bytes(value).decode("utf-8")
        if number == _DOMAIN and text not in _DOMAINS:
            return f"it needs operators of {text[:60]!r}"
        if number == _OP_TYPE and text in _ENDLESS:
            return f"its operator {text} may never end"
    return None


def _fields(body: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """(field number, its value) for each field of a message. Raises ValueError or IndexError where it is none."""
    position, end = 0, len(body)
    while position < end:
        key, position = _varint(body, position)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise ValueError("no field has the number 0")
        if kind == _VARINT:
            value, position = _varint(body, position)
            yield number, value
            continue
        if kind == _BYTES:
            size, position = _varint(body, position)
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError("an unknown kind of field")
        if size > end - position:
            raise ValueError("a field beyond the end")
        yield number, body[position : position + size]
        position += size


def _varint(body: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = body[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise ValueError("a number without end")
