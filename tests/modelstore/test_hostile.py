"""Files from elsewhere that mean harm: refused with a reason, nothing written outside, nothing run."""

from __future__ import annotations

import io
import json
import os
import pickle
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore import check, onnx_file, package
from fer_desktop.modelstore.manifest import sha256
from fer_desktop.modelstore.store import ModelStore
from tests import model_folders
from tests.model_folders import field, keras_file, network, tensor

Entries = dict[str, bytes]


@pytest.fixture
def entries(small: ModelStore, user: Path) -> Entries:
    """What a good package holds."""
    return {path.name: path.read_bytes() for path in (user / "evening").iterdir()}


def archive(entries: Entries, change: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if change:
                change(info)
            file.writestr(info, content)
    return stream.getvalue()


def refused(store: ModelStore, folder: Path, content: bytes, reason: str, name: str = "m.zip") -> None:
    """Refused within a second of work, whatever else this computer does; no file anywhere is new."""
    path = folder / name
    path.write_bytes(content)
    before = {found: found.lstat().st_mtime_ns for found in folder.rglob("*") if found.is_file()}
    started_s = time.process_time()
    with pytest.raises(ModelError, match=reason) as caught:
        store.import_(path)
    assert time.process_time() - started_s < 1
    assert "\n" not in str(caught.value)
    after = {found: found.lstat().st_mtime_ns for found in folder.rglob("*") if found.is_file()}
    after.pop(folder / "mine" / ".lock", None)
    assert after == before


@pytest.mark.parametrize(
    "name",
    ["/tmp/x", "../x", "a/../../x", "C:\\x", "..\\x", "\\\\server\\x", "sub/model.onnx", "sub/", "..", ".", "x\nmodel"],
)
def test_paths(small: ModelStore, tmp_path: Path, entries: Entries, name: str) -> None:
    refused(small, tmp_path, archive({**entries, name: b"" if name.endswith("/") else b"x"}), "no plain file")


def test_a_name_that_ends_before_it_ends(small: ModelStore, tmp_path: Path, entries: Entries) -> None:
    content = archive({**entries, "model.kerasQx": b"x"}).replace(b"model.kerasQx", b"model.keras\0x")
    refused(small, tmp_path, content, "no plain file")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR])
def test_what_is_no_file(small: ModelStore, tmp_path: Path, entries: Entries, kind: int) -> None:
    def change(info: zipfile.ZipInfo) -> None:
        if info.filename == "MODEL_CARD.md":
            info.create_system, info.external_attr = 3, (kind | 0o777) << 16

    refused(small, tmp_path, archive({**entries, "MODEL_CARD.md": b"/etc/passwd"}, change), "no plain file")


def test_bombs(small: ModelStore, tmp_path: Path, entries: Entries, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(small, tmp_path, archive({**entries, "MODEL_CARD.md": bytes(20_000_000)}), "grow more than 100 times")
    refused(small, tmp_path, bytes(64 * 1024 * 1024 + 1), "larger than 64 MB")
    monkeypatch.setattr(package, "MAX_PACKAGE_BYTES", 2 << 20)
    entries["MODEL_CARD.md"] = os.urandom(1000) * 900
    entries["model.keras"] = os.urandom(300_000) + bytes(1 << 20)
    assert len(archive(entries)) < 1 << 20
    refused(small, tmp_path, archive(entries), "more than 2 MB unpacked")


def test_too_many_entries(small: ModelStore, tmp_path: Path, entries: Entries) -> None:
    many = {f"{number}": b"" for number in range(5_000)}
    refused(small, tmp_path, archive({**entries, **many}), "5004 entries")
    refused(small, tmp_path, archive({**entries, "extra.py": b"print()"}), "extra.py")


def test_a_name_twice(small: ModelStore, tmp_path: Path, entries: Entries) -> None:
    content = archive({**entries, "model.onnY": entries["model.onnx"]}).replace(b"model.onnY", b"model.onnx")
    refused(small, tmp_path, content, "twice")
    refused(small, tmp_path, archive({**entries, "MODEL.ONNX": entries["model.onnx"]}), "twice")


def test_sizes_that_lie(small: ModelStore, tmp_path: Path, entries: Entries) -> None:
    content = archive(entries)
    start = content.index(b"PK\1\2")
    while content[start : start + 4] == b"PK\1\2":  # the list of entries; 24: the unpacked size
        names, extra, comment = struct.unpack_from("<3H", content, start + 28)
        for size in (1, 5_000_000, 0xFFFFFFFE, 0xFFFFFFFF):
            lie = content[: start + 24] + struct.pack("<L", size) + content[start + 28 :]
            refused(small, tmp_path, lie, "is refused")
        start += 46 + names + extra + comment


def test_archives_that_end_oddly(small: ModelStore, tmp_path: Path, entries: Entries) -> None:
    content = archive(entries)
    for odd in (content + b"x", content[:-1], content[:-22], content[:100], b"PK", b"PK\3\4", content[:-2] + b"\1\0"):
        refused(small, tmp_path, odd, "refused: it")
    refused(small, tmp_path, content[: len(content) // 2] + content[-200:], "is refused")


def test_archives_with_flipped_bytes(small: ModelStore, tmp_path: Path, entries: Entries) -> None:
    del entries["model.keras"], entries["model.onnx"]  # small, so that every third byte has its turn
    content = archive(entries)
    for position in range(0, len(content), 3):
        path = tmp_path / "m.zip"
        path.write_bytes(content[:position] + bytes([content[position] ^ 0xFF]) + content[position + 1 :])
        with pytest.raises(ModelError):
            small.import_(path)


def test_encrypted_or_strangely_packed(small: ModelStore, tmp_path: Path, entries: Entries) -> None:
    content = bytearray(archive(entries))
    content[content.index(b"PK\1\2") + 8] |= 1
    refused(small, tmp_path, bytes(content), "encrypted")

    def change(info: zipfile.ZipInfo) -> None:
        info.compress_type = zipfile.ZIP_LZMA

    refused(small, tmp_path, archive(entries, change), "unusual way")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model.onnx": None}, "has no model.onnx"),
        ({"manifest.json": None}, "has no manifest.json"),
        ({"MODEL_CARD.md": None}, "'MODEL_CARD.md' is missing"),
        ({"MODEL_CARD.md": b"other"}, "MODEL_CARD.md is damaged"),
        ({"model.onnx": network(5)}, "model.onnx is damaged"),
        ({"manifest.json": b"{"}, "damaged"),
        ({"manifest.json": b"[" * 100_000}, "damaged"),
        ({"manifest.json": b'{"schema": 2}'}, "newer version"),
        ({"manifest.json": os.urandom(700_000) * 2}, "too large"),
    ],
)
def test_contents_that_do_not_agree(
    small: ModelStore, tmp_path: Path, entries: Entries, change: dict[str, bytes | None], reason: str
) -> None:
    mixed = {**entries, **change}
    refused(small, tmp_path, archive({name: data for name, data in mixed.items() if data is not None}), reason)


def test_a_file_that_the_manifest_does_not_know(small: ModelStore, tmp_path: Path, entries: Entries) -> None:
    model_folders.make(tmp_path / "bare", "bare", keras=None)
    bare = {path.name: path.read_bytes() for path in (tmp_path / "bare").iterdir()}
    refused(small, tmp_path, archive({**bare, "model.keras": keras_file()}), "'model.keras' is not in its manifest")


class _Runs:
    """Unpickled, it would make a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_keras_files_are_refused_by_name_and_by_content(small: ModelStore, tmp_path: Path) -> None:
    trap = tmp_path / "it ran"
    hostile = keras_file("Lambda", **{"assets/x.pickle": pickle.dumps(_Runs(trap))})
    for name in ("m.keras", "M.KERAS", "m.zip", "m.onnx"):
        refused(small, tmp_path, hostile, "can hold code|no plain file|no part", name)
    for name in ("m.keras", "m.zip", "m.onnx"):
        refused(small, tmp_path, keras_file("Lambda"), "can hold code", name)
    for name in ("m.h5", "m.hdf5", "m.zip", "m.onnx"):
        refused(small, tmp_path, b"\x89HDF\r\n\x1a\n" + bytes(100), "can hold code", name)
    refused(small, tmp_path, pickle.dumps(_Runs(trap)), "no ONNX file", "m.onnx")
    assert not trap.exists()


@pytest.mark.parametrize(
    ("keras", "reason"),
    [
        (keras_file("Lambda"), "Lambda"),
        (keras_file("Dense", module="os"), "os.Dense"),
        (keras_file("TFSMLayer"), "TFSMLayer"),
        (keras_file("function", module="builtins"), "builtins.function"),
        (keras_file("get_file", module="keras.utils"), "get_file"),
        (keras_file(**{"assets.pickle": b"x"}), "assets.pickle"),
        (keras_file() + b"x", "it does not end"),
        (keras_file().replace(b'"Dense"', b'"Dens\xff"'), "damaged|cannot be read"),
    ],
)
def test_a_package_with_a_hostile_keras_file(small: ModelStore, tmp_path: Path, keras: bytes, reason: str) -> None:
    folder = model_folders.make(tmp_path / "bad", "bad", keras=keras)
    package = archive({path.name: path.read_bytes() for path in folder.iterdir()})
    refused(small, tmp_path, package, f"model.keras is not safe: .*({reason})")


OUTSIDE = field(13, field(1, "location") + field(2, "../secret.bin"))


@pytest.mark.parametrize(
    ("onnx", "reason"),
    [
        (network(weights=tensor("w", (2304, 7), b"", OUTSIDE + field(14, 1))), "from another file"),
        (network(weights=tensor("w", (2304, 7), bytes(2304 * 28), field(14, 1))), "from another file"),
        (network(nodes=model_folders.node("C", (), "c", field(5, field(5, OUTSIDE)))), "from another file"),
        (network(nodes=field(1, field(4, "If") + field(5, field(6, field(5, OUTSIDE))))), "from another file"),
        (network(model=field(25, field(1, "f"))), "operators of its own"),
        (network(model=field(20, b"")), "training graph"),
        (network(nodes=model_folders.node("Scan", ("sums",), "y")), "may never end"),
        (network() + b"\x0b", "no ONNX file"),
        (field(7, bytes(2) * 10), "no ONNX file"),
        (field(7, field(1, b"") * 31_000), "too many parts"),
        (field(1, 8), "no network"),
        (b"\xff" * 1000, "no ONNX file"),
        (b"", "is empty"),
        (b"\x7fELF" + bytes(1000), "no ONNX file"),
    ],
)
def test_onnx_files_that_ask_for_more_than_arithmetic(
    small: ModelStore, tmp_path: Path, onnx: bytes, reason: str
) -> None:
    (tmp_path / "secret.bin").write_bytes(bytes(2304 * 28))
    refused(small, tmp_path, onnx, reason, "m.onnx")


def test_the_fields_are_those_of_onnx() -> None:
    onnx = pytest.importorskip("onnx", reason="the training component is not installed")
    model = onnx.load_model_from_string(network())
    onnx.checker.check_model(model)
    onnx_file.inspect(model.SerializeToString(), "it")
    onnx.external_data_helper.set_external_data(model.graph.initializer[0], "weights.bin")
    with pytest.raises(ModelError, match="from another file"):
        onnx_file.inspect(model.SerializeToString(), "it")


def test_a_network_that_takes_too_much_ends_its_own_process_alone(
    small: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "SECONDS", 0.01)
    path = tmp_path / "m.onnx"
    path.write_bytes(network())
    with pytest.raises(ModelError, match=r"within 0.01 seconds"):
        small.import_(path)
    monkeypatch.setattr(check, "SECONDS", 30)
    monkeypatch.setattr(check.sys, "executable", str(tmp_path / "no python"))
    with pytest.raises(ModelError, match="fails on it"):
        small.import_(path)


def test_a_foreign_network_of_the_wrong_shape(small: ModelStore, tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(network(side=64))
    with pytest.raises(ModelError, match="not n × 48 × 48 × 1"):
        small.import_(path)


def test_python_is_not_started_among_a_persons_files(
    small: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text(f"open({str(tmp_path / 'it ran')!r}, 'w')", encoding="utf-8")
    path = tmp_path / "m.onnx"
    path.write_bytes(network())
    monkeypatch.chdir(tmp_path)
    small.import_(Path("m.onnx"))
    assert not (tmp_path / "it ran").exists()


def test_the_imported_record_says_where_it_came_from(small: ModelStore, tmp_path: Path, entries: Entries) -> None:
    path = tmp_path / "m.zip"
    path.write_bytes(archive(entries))
    folder = small.import_(path)
    record = json.loads((folder.path / "manifest.json").read_text(encoding="utf-8"))
    assert record["imported"]["file"] == "m.zip"
    assert record["files"]["model.onnx"] == sha256(folder.path / "model.onnx")
