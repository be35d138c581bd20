"""The settings file: what is written comes back, and nothing that may happen to it is lost or stops the program."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fer_desktop.settings import schema, store
from fer_desktop.settings.schema import Settings
from fer_desktop.settings.store import SettingsStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "settings.json"


def test_a_first_start_has_the_defaults_and_writes_nothing(path: Path) -> None:
    opened = SettingsStore(path)
    assert opened.settings == Settings()
    assert opened.damage is None
    assert not path.parent.exists()


def test_every_setting_survives_a_restart(path: Path) -> None:
    first = SettingsStore(path)
    changed = {
        "mirror": False,
        "show_boxes": False,
        "show_bars": False,
        "show_why": True,
        "show_panel": False,
        "show_timeline": True,
        "timeline_span": 300,
        "timeline_height": 310,
        "timeline_valence": True,
        "timeline_all_faces": True,
        "smooth_motion": False,
        "steadiness": "strong",
        "theme": "dark",
        "source": "demo",
        "camera_name": "Kamera Ü",
        "camera_path": "/dev/video2",
        "camera_size": "640x480",
        "camera_rate": 60,
        "snapshot_folder": "/tmp/Bilder",
        "record_readings": True,
        "record_blurred": True,
        "streams": ["osc:127.0.0.1:9001"],
        "streams_on": ["osc"],
        "streams_at_start": True,
        "base_data": "/tmp/fer2013.csv",
        "first_run_notice_seen": True,
        "window_geometry": "AdnQ",
    }
    assert set(changed) == set(schema.names()), "a new setting needs a value here"
    for name, value in changed.items():
        assert getattr(first.settings, name) != value
        setattr(first.settings, name, value)
    assert first.save()
    again = SettingsStore(path).settings
    assert {name: getattr(again, name) for name in schema.names()} == changed


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1, 2]", b"\xff\xfe\x00", b'{"version": "two"}', b'{"version": 0}', b"[" * 100_000]
)
def test_a_damaged_file_is_kept_aside_and_defaults_are_used(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    opened = SettingsStore(path)
    assert opened.settings == Settings()
    assert opened.damage is not None
    assert opened.damage.kept_as == path.with_name("settings.damaged-1.json")
    assert opened.damage.kept_as.read_bytes() == content
    assert not path.exists()
    path.write_bytes(content)
    assert SettingsStore(path).damage.kept_as.name == "settings.damaged-2.json"
    assert path.with_name("settings.damaged-1.json").read_bytes() == content


def test_a_bad_value_is_defaulted_and_the_others_are_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"version": 1, "mirror": "yes", "theme": "pink", "show_bars": False, "source": 3}))
    settings = SettingsStore(path).settings
    assert (settings.mirror, settings.theme, settings.source) == (True, "system", "camera")
    assert settings.show_bars is False


def test_keys_of_another_version_are_written_back(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"version": 1, "timeline": {"seconds": 10}, "mirror": False}))
    opened = SettingsStore(path)
    opened.settings.mirror = True
    opened.save()
    values = json.loads(path.read_text())
    assert values["timeline"] == {"seconds": 10}
    assert values["mirror"] is True
    assert values["version"] == schema.VERSION


def test_a_file_of_a_newer_version_is_used_and_loses_nothing(path: Path) -> None:
    path.parent.mkdir()
    newer = {"version": 7, "theme": "sepia", "source": "screen", "mirror": False, "timeline": {"seconds": 10}}
    path.write_text(json.dumps(newer))
    opened = SettingsStore(path)
    assert opened.damage is None
    assert (opened.settings.mirror, opened.settings.theme, opened.settings.source) == (False, "system", "camera")
    opened.settings.source = "demo"
    opened.settings.show_bars = False
    opened.save()
    values = json.loads(path.read_text())
    assert values == {**schema.to_dict(Settings()), **newer, "source": "demo", "show_bars": False}
    assert SettingsStore(path).settings.mirror is False


def test_a_folder_whose_name_is_not_valid_text_is_kept(path: Path) -> None:
    first = SettingsStore(path)
    first.settings.snapshot_folder = "/home/caf\udce9/ä"
    assert first.save()
    assert SettingsStore(path).settings.snapshot_folder == "/home/caf\udce9/ä"


def test_a_failed_write_leaves_the_old_file_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = SettingsStore(path)
    opened.save()
    before = path.read_bytes()

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    opened.settings.mirror = False
    assert not opened.save()
    assert path.read_bytes() == before
    assert [item.name for item in path.parent.iterdir()] == ["settings.json"]
    monkeypatch.undo()
    assert opened.save()
    assert SettingsStore(path).settings.mirror is False


def test_every_older_version_has_an_upgrade_step() -> None:
    assert set(store.UPGRADES) == set(range(1, schema.VERSION))
