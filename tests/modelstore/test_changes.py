"""Renamed, removed, exported and taken in again."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from fer_desktop import resources
from fer_desktop.core.errors import InputError, ModelError
from fer_desktop.modelstore import active, check, places
from fer_desktop.modelstore.store import ONNX_FILE, ModelFolder, ModelStore
from tests import model_folders


@pytest.fixture(autouse=True)
def no_second_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks from elsewhere are looked at here: test_hostile.py does it in a process of its own."""
    monkeypatch.setattr(check, "foreign", check.network)


def test_a_name_changes_and_nothing_else(small: ModelStore, user: Path) -> None:
    path = user / "evening" / "manifest.json"
    record = {**json.loads(path.read_text(encoding="utf-8")), "from the future": [1]}
    del record["checksum"]
    path.write_text(json.dumps(record), encoding="utf-8")
    before = small.get("evening")
    assert before.name == "evening"
    after = small.rename("evening", "  Größe 1, “abends” ")
    assert after.name == "Größe 1, “abends”"
    assert (after.id, after.path) == (before.id, before.path)
    assert after.verify() == []
    assert json.loads(path.read_text(encoding="utf-8"))["from the future"] == [1]
    assert small.rename("evening", "n" * 60).name == "n" * 60


@pytest.mark.parametrize("name", ["", "   ", "n" * 61, "two\nlines", "bell\a", "\ud800", "esc\x1b[31m"])
def test_what_is_no_name_is_refused(small: ModelStore, name: str) -> None:
    with pytest.raises(InputError, match="name"):
        small.rename("evening", name)
    assert small.get("evening").name == "evening"


def test_a_changed_digit_in_a_record_is_noticed(small: ModelStore, user: Path) -> None:
    path = user / "evening" / "manifest.json"
    text = path.read_text(encoding="utf-8")
    assert text.count('"temperature": 1.0') == 1
    path.write_text(text.replace('"temperature": 1.0', '"temperature": 2.0'), encoding="utf-8")
    with pytest.raises(ModelError, match="not as it was written"):
        small.activate("evening")


@pytest.mark.parametrize("name", ["Default", "morning", " MORNING "])
def test_a_name_that_another_model_has_is_refused(small: ModelStore, name: str) -> None:
    with pytest.raises(InputError, match="Another model is called"):
        small.rename("evening", name)
    assert small.rename("evening", "evening").name == "evening"


def test_a_model_folder_is_taken_in_as_its_zip_would_be(small: ModelStore, user: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(user / "evening", tmp_path / "from elsewhere")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    taken = small.import_(folder)
    assert sorted(path.name for path in taken.path.iterdir()) == sorted(
        path.name for path in (user / "evening").iterdir()
    )
    assert taken.verify() == []
    assert small.origin(taken) == "imported"
    content = bytearray((folder / ONNX_FILE).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / ONNX_FILE).write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        small.import_(folder)
    with pytest.raises(ModelError, match="no model's folder"):
        small.import_(tmp_path)


def test_a_removed_model_is_gone(small: ModelStore, user: Path) -> None:
    small.activate("evening")
    small.activate("morning")
    small.remove("evening")
    assert {path.name for path in user.iterdir()} == {"morning", "active.json", places.LOCK_FILE}
    assert active.read(user) == active.Choice("morning", ("default",))


def test_a_damaged_model_can_be_removed(small: ModelStore, user: Path) -> None:
    (user / "evening" / "manifest.json").unlink()
    assert len(small.unreadable()) == 1
    small.remove("evening")
    assert small.unreadable() == []


def test_a_link_is_removed_and_not_what_it_leads_to(small: ModelStore, user: Path, tmp_path: Path) -> None:
    there = model_folders.make(tmp_path / "there", "there")
    try:
        (user / "link").symlink_to(there, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links for everyone")
    small.remove("link")
    assert not (user / "link").exists()
    assert ModelFolder.open(there).verify() == []


def test_the_shipped_and_the_active_one_stay(small: ModelStore, tmp_path: Path, user: Path) -> None:
    small.activate("evening")
    for name, reason in (
        ("default", "shipped"),
        (str(tmp_path / "shipped" / "default"), "shipped"),
        ("evening", "active"),
    ):
        with pytest.raises(ModelError, match=reason):
            small.remove(name)
    with pytest.raises(ModelError, match="shipped"):
        small.rename("default", "mine")
    model_folders.flip(user / "evening" / "model.onnx")
    assert small.active().id == "default"
    with pytest.raises(ModelError, match="active"):
        small.remove("evening")
    assert [folder.id for folder in small.models()] == ["default", "evening", "morning"]


def test_a_model_travels_as_one_file(small: ModelStore, tmp_path: Path, user: Path) -> None:
    small.rename("evening", "Evening run")
    target = small.export("evening", tmp_path / "out.zip")
    kept = target.read_bytes()
    with pytest.raises(InputError, match="exists"):
        small.export("morning", target)
    assert target.read_bytes() == kept
    assert small.export("evening", tmp_path) == tmp_path / "evening.zip"
    assert target.read_bytes() == (tmp_path / "evening.zip").read_bytes(), "the same model gives the same file"
    with zipfile.ZipFile(target) as archive:
        assert sorted(archive.namelist()) == ["MODEL_CARD.md", "manifest.json", "model.keras", "model.onnx"]
    there = ModelStore(tmp_path / "shipped" / "default", tmp_path / "other computer")
    came = there.import_(target)
    assert (came.id, came.name, came.path.name) == ("evening", "Evening run", "evening")
    assert came.verify() == []
    assert came.can_teach
    assert came.keras_file().read_bytes() == (user / "evening" / "model.keras").read_bytes()
    assert came.manifest.imported["file"] == "out.zip"
    assert (there.origin(came), there.origin(there.get("default"))) == ("imported", "shipped")
    assert there.active().id == "default", "an import activates nothing"
    assert [there.import_(target).id for _ in range(2)] == ["evening-2", "evening-3"]
    assert there.activate("evening-2").path.name == "evening-2"
    assert not list((tmp_path / "other computer").glob(".import-*"))


def test_the_shipped_model_travels_too(tmp_path: Path) -> None:
    store = ModelStore(resources.models_dir() / "default", tmp_path / "mine")
    came = store.import_(store.export("default", tmp_path / "m.zip"))
    assert came.id == "default-2"
    assert store.verify("default-2") == []
    assert store.activate("default-2").manifest.metrics == store.get("default").manifest.metrics


def test_a_damaged_model_is_not_exported(small: ModelStore, tmp_path: Path, user: Path) -> None:
    target = tmp_path / "m.zip"
    model_folders.flip(user / "evening" / "model.keras")
    with pytest.raises(ModelError, match="damaged"):
        small.export("evening", target)
    with pytest.raises(InputError, match="There is no folder"):
        small.export("morning", tmp_path / "missing" / "m.zip")
    assert not target.exists()


def test_a_bare_onnx_file_reads_faces_and_teaches_nothing(small: ModelStore, tmp_path: Path) -> None:
    path = tmp_path / "Größe 1.onnx"
    path.write_bytes(model_folders.network())
    came = small.import_(path)
    assert (came.id, came.name) == ("Gr--e 1", "Größe 1")
    assert came.verify() == []
    assert small.verify(came.id) == []
    assert not came.can_teach
    with pytest.raises(ModelError, match="nothing can be learnt from it"):
        came.keras_file()
    assert came.manifest.metrics == {}
    assert "unknown" in (came.path / "MODEL_CARD.md").read_text(encoding="utf-8")
    small.activate(came.id)
    from fer_desktop.classification.onnx_classifier import OnnxClassifier

    reader = OnnxClassifier(small.active().read(ONNX_FILE), came.id, came.manifest.temperature, threads=1)
    assert np.allclose(reader.logits(np.zeros((2, 48, 48), np.uint8)), np.arange(7))
    again = small.import_(small.export(came.id, tmp_path / "again.zip"))
    assert not again.can_teach
    assert again.id == "Gr--e 1-2"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("evening.onnx", "evening-2"),
        ("default.onnx", "default-2"),
        ("night.onnx", "night-2"),
        ("...onnx", "model"),
        ("CON.onnx", "model-CON"),
        ("x.partial.onnx", "x"),
        ("a" * 200 + ".onnx", "a" * 60),
        ("-rf.onnx", "rf"),
    ],
)
def test_an_id_is_free_and_fit_for_a_folder(
    small: ModelStore, user: Path, tmp_path: Path, name: str, expected: str
) -> None:
    (user / "night.partial").mkdir()  # a run in training will become "night"
    path = tmp_path / name
    path.write_bytes(model_folders.network())
    came = small.import_(path)
    assert (came.id, came.path.name) == (expected, expected)


def test_an_id_in_a_package_is_no_path(small: ModelStore, user: Path, tmp_path: Path) -> None:
    model_folders.make(tmp_path / "odd", "../../out\\side:\n")
    other = ModelStore(tmp_path / "odd", tmp_path / "none")
    came = small.import_(other.export("odd", tmp_path / "m.zip"))
    assert came.path.parent == user
    assert came.id == "out-side"


def test_a_model_set_aside_by_a_killed_run_stands_for_itself(small: ModelStore, user: Path) -> None:
    small.activate("evening")
    run = user / "evening.partial"
    run.mkdir()
    (user / "evening").rename(run / "previous")
    assert small.resolve().problem is None
    assert small.active().id == "evening"
    assert [folder.id for folder in small.models()] == ["default", "evening", "morning"]
    shutil.copytree(run / "previous", user / "evening")
    assert small.active().path == user / "evening"
    shutil.rmtree(user / "evening")
    places.drop_run(run)
    assert small.resolve().problem is None
    assert small.active().path == user / "evening"
    assert not run.exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, small: ModelStore) -> None:
    (tmp_path / "file").touch()
    store = ModelStore(tmp_path / "shipped" / "default", tmp_path / "file" / "mine")
    with pytest.raises(ModelError, match="cannot be written"):
        store.activate("default")
    assert store.active().id == "default"
