"""Paths in, images out: in natural order, each once, and never round in circles."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fer_desktop.core.errors import InputError
from fer_desktop.offline import find
from fer_desktop.offline.find import Found, Listing, find_images, natural_key


def tree(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def names(folder: Path, recursive: bool = False) -> list[str]:
    return [Path(image.path).relative_to(folder).as_posix() for image in find_images([str(folder)], recursive)]


def test_a_folder_gives_its_images_in_natural_order(tmp_path: Path) -> None:
    tree(
        tmp_path,
        "photo10.jpg",
        "photo2.JPG",
        "Photo1.png",
        "b.heic",
        "notes.txt",
        ".hidden.jpg",
        "._b.jpg",
        "deep/a.jpg",
    )
    assert names(tmp_path) == ["b.heic", "Photo1.png", "photo2.JPG", "photo10.jpg"]


def test_recursive_goes_deeper_but_not_into_hidden_folders(tmp_path: Path) -> None:
    tree(tmp_path, "z.jpg", "deep/10/a.jpg", "deep/9/a.jpg", ".git/a.jpg", "empty/notes.txt")
    assert names(tmp_path, recursive=True) == ["z.jpg", "deep/9/a.jpg", "deep/10/a.jpg"]


def test_natural_order_takes_any_name() -> None:
    odd = ["²", "１０", "2", "", "a" * 300 + "9" * 200, "\udce9", "a1b", "1", "a01", "a1"]
    assert sorted(sorted(odd, key=natural_key, reverse=True), key=natural_key) == sorted(odd, key=natural_key)
    assert sorted(["a10", "a9", "A10"], key=natural_key) == ["a9", "A10", "a10"]


def test_a_folder_without_images_says_so(tmp_path: Path) -> None:
    tree(tmp_path, "deep/a.jpg")
    (found,) = find_images([str(tmp_path)])
    assert found.path == str(tmp_path)
    assert "holds no images" in str(found.error)
    assert "--recursive" in str(found.error)


def test_paths_stay_as_given_and_in_the_order_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "b.jpg", "folder/c.jpg", "=1.jpg")
    monkeypatch.chdir(tmp_path)
    paths = [found.path for found in find_images(["./b.jpg", "missing.jpg", "folder", "=1.jpg", "b.jpg"])]
    assert paths == ["./b.jpg", "missing.jpg", os.path.join("folder", "c.jpg"), "=1.jpg", "b.jpg"]  # noqa: PTH118


def test_a_pattern_that_the_shell_left_is_expanded(tmp_path: Path) -> None:
    tree(tmp_path, "a10.jpg", "a9.jpg", "b.jpg", "odd[1].jpg", "odd1.jpg")
    assert [found.path for found in find_images([f"{tmp_path}/a*.jpg"])] == [
        f"{tmp_path}/a9.jpg",
        f"{tmp_path}/a10.jpg",
    ]
    assert [found.path for found in find_images([f"{tmp_path}/odd[1].jpg"])] == [f"{tmp_path}/odd[1].jpg"]


def test_links_do_not_lead_round_in_circles(tmp_path: Path) -> None:
    tree(tmp_path, "folder/a.jpg", "elsewhere/b.jpg")
    try:
        (tmp_path / "folder" / "up").symlink_to(tmp_path)
        (tmp_path / "folder" / "self").symlink_to(tmp_path / "folder")
        (tmp_path / "broken.jpg").symlink_to(tmp_path / "nothing")
        (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    except OSError:
        pytest.skip("links need a privilege on this system")
    assert names(tmp_path, recursive=True) == ["broken.jpg", "loop.jpg", "elsewhere/b.jpg", "folder/a.jpg"]


def test_a_folder_that_may_not_be_read_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a.jpg", "locked/b.jpg", "open/c.jpg")
    real = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = list(find_images([str(tmp_path)], recursive=True))
    assert [Path(image.path).name for image in found] == ["a.jpg", "locked", "c.jpg"]
    assert "no permission" in str(found[1].error)


def test_names_that_no_system_takes_do_not_raise() -> None:
    assert [found.path for found in find_images(["x" * 5000, "nul\0.jpg", ""])] == ["x" * 5000, "nul\0.jpg", ""]


def test_a_folder_is_looked_into_only_when_its_turn_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a/1.jpg", "a/deep/2.jpg", "b/3.jpg")
    seen, real = [], os.scandir

    def scandir(path: str) -> object:
        seen.append(Path(path).name)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = find_images([f"{tmp_path}/a", f"{tmp_path}/b"], recursive=True)
    assert seen == []
    steps = [(Path(next(found).path).name, list(seen)) for _ in range(3)]
    assert steps == [("1.jpg", ["a"]), ("2.jpg", ["a", "deep"]), ("3.jpg", ["a", "deep", "b"])]


def test_a_listing_goes_ahead_and_knows_the_total_at_its_end(tmp_path: Path) -> None:
    go_on, waits = threading.Event(), threading.Event()

    def found() -> Iterator[Found]:
        yield from (Found(f"{number}.jpg") for number in range(10))
        waits.set()
        go_on.wait(10)
        yield Found("last.jpg")

    listing = Listing(found())
    coming = iter(listing)
    assert next(coming).path == "0.jpg"
    assert waits.wait(10)
    assert listing.total is None
    go_on.set()
    assert [image.path for image in coming][-2:] == ["9.jpg", "last.jpg"]
    assert listing.total == 11
    listing.close()


def test_a_listing_that_nobody_reads_takes_no_end_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "AHEAD", 5)
    asked = itertools.count()
    listing = Listing(Found(str(next(asked))) for _ in itertools.count())
    assert next(iter(listing)).path == "0"
    listing.close()
    assert next(asked) <= 8


def test_a_listing_that_finds_nothing_for_long_can_be_left() -> None:
    go_on, stop = threading.Event(), threading.Event()

    def found() -> Iterator[Found]:
        yield Found("a.jpg")
        stop.set()
        go_on.wait(10)
        yield Found("late.jpg")

    listing = Listing(found(), stop.is_set)
    assert [image.path for image in listing] in (["a.jpg"], [])
    assert listing.total is None, "it waits no longer for what is being looked for"
    go_on.set()
    listing.close()


def test_what_fails_while_listing_comes_out_in_its_turn() -> None:
    def found() -> Iterator[Found]:
        yield Found("a.jpg")
        raise InputError("lost")

    listing = Listing(found())
    coming = iter(listing)
    assert next(coming).path == "a.jpg"
    with pytest.raises(InputError, match="lost"):
        next(coming)
    assert listing.total is None
    listing.close()
