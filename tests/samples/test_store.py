"""The store of samples: what is put in comes out, whatever else lies there and whenever the disk refuses."""

from __future__ import annotations

import errno
import os
import stat
import threading
import time
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_desktop import atomic_file, resources
from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.samples import COLLECTED, CORRECTED, Sample, SampleStore, check_enough
from fer_desktop.samples import sample as samples_module
from fer_desktop.training.datasets import folders


@pytest.fixture
def store(tmp_path: Path) -> SampleStore:
    return SampleStore(tmp_path / "samples")


def face(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (48, 48), np.uint8)


def files(store: SampleStore) -> list[Path]:
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


def test_what_is_added_is_found_again(store: SampleStore) -> None:
    before = datetime.now(timezone.utc) - timedelta(milliseconds=1)
    added = store.add(face(), "happy", "hold/1", COLLECTED)
    (found,) = SampleStore(store.folder).samples()
    assert found == added
    assert (found.emotion, found.burst, found.origin) == ("happy", "hold_1", COLLECTED)
    assert before <= found.taken_at <= datetime.now(timezone.utc)
    np.testing.assert_array_equal(found.read(), face())
    assert list(store.counts().items()) == [(name, int(name == "happy")) for name in emotions.NAMES]


def test_an_empty_store_is_no_error_and_makes_no_folder(store: SampleStore) -> None:
    assert store.samples() == []
    assert set(store.counts().values()) == {0}
    store.delete_all()
    assert not store.folder.exists()
    assert SampleStore.default().folder == resources.user_samples_dir()


def test_the_newest_comes_first(store: SampleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [store.add(face(index), emotions.NAMES[index % 7], "b", COLLECTED).path.name for index in range(9)]
    taken = [sample.taken_at for sample in store.samples()]
    assert taken == sorted(taken, reverse=True)
    assert {sample.path.name for sample in store.samples()} == set(names)


def test_names_never_collide_in_one_millisecond(store: SampleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    class Frozen(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime(2026, 11, 22, 16, 5, tzinfo=timezone.utc)

    monkeypatch.setattr("fer_desktop.samples.store.datetime", Frozen)
    windows = [SampleStore(store.folder), SampleStore(store.folder)]

    def add(window: SampleStore) -> None:
        for index in range(20):
            window.add(face(index), "sad", "b", COLLECTED)

    threads = [threading.Thread(target=add, args=(window,)) for window in windows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.counts()["sad"] == 40


def test_training_reads_the_folder_as_a_data_set(store: SampleStore) -> None:
    store.add(face(1), "fear", "b", COLLECTED)
    store.add(face(2), "neutral", "b", CORRECTED)
    found = folders.load(store.folder)
    assert found.counts()["fear"] == found.counts()["neutral"] == 1
    assert found.skipped == ()


def test_what_is_no_sample_is_passed_over_and_stays(store: SampleStore, tmp_path: Path) -> None:
    kept = store.add(face(), "happy", "b", COLLECTED)
    folder = store.folder / "happy"
    foreign = [
        folder / "me.png",
        folder / "notes.txt",
        store.folder / "readme",
        store.folder / "proud" / kept.path.name,
    ]
    for path in foreign:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(kept.path.read_bytes())
    (folder / "20261122T160500.123-b-collected-00000000.png").mkdir()
    (folder / "20261122T160500.124-b-collected-00000001.png").symlink_to(kept.path)
    (folder / "20269999T160500.123-b-collected-00000000.png").write_bytes(kept.path.read_bytes())
    assert store.samples() == [kept]
    assert store.counts()["happy"] == 1
    assert store.delete_all() == len(foreign) + 1, "one whose name tells no time as well"
    assert store.samples() == []
    assert all(path.exists() for path in foreign)


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "coloured", "larger", "vast"])
def test_damaged_pictures_are_no_samples_or_say_so(store: SampleStore, damage: str) -> None:
    store.add(face(), "sad", "b", COLLECTED)
    (bad,) = store.samples()
    good = bad.path.read_bytes()
    colour = cv2.imencode(".png", np.zeros((48, 48, 3), np.uint8))[1].tobytes()
    large = cv2.imencode(".png", np.zeros((49, 48), np.uint8))[1].tobytes()
    content = {
        "empty": b"", "cut": good[: len(good) // 2], "text": b"hello", "coloured": colour, "larger": large,
        "vast": good + bytes(samples_module.MAX_BYTES),
    }[damage]  # fmt: skip
    bad.path.write_bytes(content)
    with pytest.raises(InputError, match=r"damaged|no picture"):
        bad.read()
    assert store.samples() == ([bad] if damage == "cut" else [])
    store.delete_all()
    assert not store.folder.exists(), "a damaged picture of a face is a picture of a face"


def test_relabelled_samples_move_and_keep_all_else(store: SampleStore) -> None:
    first, second = store.add(face(1), "sad", "b", COLLECTED), store.add(face(2), "fear", "c", CORRECTED)
    gone = store.add(face(3), "sad", "b", COLLECTED)
    gone.path.unlink()
    moved = store.relabel([first, gone, second], "fear")
    assert [(sample.emotion, sample.burst, sample.origin, sample.taken_at) for sample in moved] == [
        ("fear", "b", COLLECTED, first.taken_at), ("fear", "c", CORRECTED, second.taken_at),
    ]  # fmt: skip
    np.testing.assert_array_equal(moved[0].read(), face(1))
    assert store.counts()["sad"] == 0
    assert store.relabel([first], "fear") == [], "it has been moved already"


def test_relabelling_replaces_nothing(store: SampleStore) -> None:
    first = store.add(face(1), "sad", "b", COLLECTED)
    copy = store.folder / "fear" / first.path.name
    copy.parent.mkdir()
    copy.write_bytes(cv2.imencode(".png", face(2))[1].tobytes())
    (moved,) = store.relabel([first], "fear")
    np.testing.assert_array_equal(moved.read(), face(1))
    np.testing.assert_array_equal(cv2.imread(str(copy), cv2.IMREAD_GRAYSCALE), face(2))


def test_deleting_what_has_gone_is_no_error(store: SampleStore) -> None:
    first, second = store.add(face(1), "sad", "b", COLLECTED), store.add(face(2), "sad", "b", COLLECTED)
    first.path.unlink()
    store.delete([first, second])
    assert files(store) == []
    with pytest.raises(InputError):
        second.read()


def test_a_full_disk_is_told_and_leaves_no_trace(store: SampleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(face(), "happy", "b", COLLECTED)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic_file.os, "fsync", full)
    with pytest.raises(InputError, match="no space left on device") as caught:
        store.add(face(1), "happy", "b", COLLECTED)
    assert caught.value.remedy
    with pytest.raises(InputError, match="no space left"):
        store.export(store.folder.parent / "all.zip")
    assert len(files(store)) == 1
    assert not (store.folder.parent / "all.zip").exists()


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "samples").write_text("a file")
    with pytest.raises(InputError, match="cannot be written"):
        SampleStore(tmp_path / "samples").add(face(), "happy", "b", COLLECTED)
    assert SampleStore(tmp_path / "samples").samples() == []


def test_a_disk_that_refuses_changes_is_told(store: SampleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    added = store.add(face(), "happy", "b", COLLECTED)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(Path, "rename", refuse)
    for change in (lambda: store.delete([added]), lambda: store.relabel([added], "sad"), store.delete_all):
        with pytest.raises(InputError, match="permission denied"):
            change()
    assert store.samples() == [added]


def test_adding_goes_on_when_another_window_deletes_all(store: SampleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = atomic_file.write, []

    def deleted_meanwhile(path: Path, content: bytes, mode: int) -> None:
        calls.append(path)
        if len(calls) == 1:
            SampleStore(store.folder).delete_all()
            assert not path.parent.exists()
        real(path, content, mode)

    monkeypatch.setattr(atomic_file, "write", deleted_meanwhile)
    store.add(face(), "happy", "b", COLLECTED)
    assert store.counts()["happy"] == 1
    assert len(calls) == 2


def test_what_a_kill_left_half_written_is_swept(store: SampleStore) -> None:
    store.add(face(), "happy", "b", COLLECTED)
    old, fresh = (store.folder / "happy" / f"{atomic_file.PREFIX}{name}.tmp" for name in ("old", "fresh"))
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 3600,) * 2)
    assert len(store.samples()) == 1
    SampleStore(store.folder).add(face(1), "happy", "b", COLLECTED)
    assert (old.exists(), fresh.exists()) == (False, True), "the fresh one may be another window's"
    store.delete_all()
    assert not store.folder.exists()


def test_an_archive_holds_every_sample_and_replaces_nothing(store: SampleStore, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no faces"):
        store.export(tmp_path / "none.zip")
    added = [store.add(face(index), emotions.NAMES[index], "b", COLLECTED) for index in range(3)]
    (store.folder / "happy").mkdir()
    (store.folder / "happy" / "notes.txt").write_text("not a sample")
    written = store.export(tmp_path)
    with zipfile.ZipFile(written) as archive:
        assert set(archive.namelist()) == {f"{one.emotion}/{one.path.name}" for one in added}
        archive.extractall(tmp_path / "again")
    np.testing.assert_array_equal(
        [one.read() for one in SampleStore(tmp_path / "again").samples()], [one.read() for one in store.samples()]
    )
    with pytest.raises(InputError, match="exists"):
        store.export(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="a home folder on Windows is its owner's by inheritance")
def test_faces_are_for_their_owner_alone(store: SampleStore, tmp_path: Path) -> None:
    store.folder.mkdir(0o755)  # as it was made before
    added = store.add(face(), "happy", "b", COLLECTED)
    (moved,) = store.relabel([added], "sad")
    written = store.export(tmp_path / "mine.zip")
    other = tmp_path / "elsewhere"
    SampleStore(other).add(face(), "happy", "b", COLLECTED)
    for path in (store.folder, moved.path.parent, other, other / "happy"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    for path in (moved.path, written):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({}, "There are no faces of you"),
        ({"sad": 1}, "There is 1 face of you"),
        ({"happy": 2, "sad": 2}, "There are 4 faces of you"),
        ({"happy": 30, "sad": 0}, "All 30 faces of you show happy"),
        (dict.fromkeys(emotions.NAMES, 2), "too few faces of you of any one"),
    ],
)
def test_too_few_are_told_from_the_counts(counts: dict[str, int], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        check_enough(counts)
    assert "5 or more" in caught.value.remedy
    check_enough({"happy": 3, "sad": 2})


@pytest.mark.parametrize("wrong", [np.zeros((47, 48), np.uint8), np.zeros((48, 48), np.float32)])
def test_wrong_use_is_a_defect(store: SampleStore, wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="a sample is"):
        store.add(wrong, "happy", "b", COLLECTED)
    for emotion, burst, origin in (("proud", "b", COLLECTED), ("happy", "", COLLECTED), ("happy", "b", "stolen")):
        with pytest.raises(ValueError):
            store.add(face(), emotion, burst, origin)
    assert Sample.at(store.folder / "happy" / "me.png") is None
    assert not store.folder.exists()
