"""`doctor` sees each conflict that it promises to see, says how to mend it, and never falls over."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fer_desktop import cli, resources
from fer_desktop.doctor import checks, facts, trials
from fer_desktop.doctor.facts import Facts, ModelFact
from fer_desktop.doctor.trials import FolderFact

HEALTHY = Facts(
    python="3.11.7",
    system="Linux 6.1 x86_64",
    platform="linux",
    versions=dict.fromkeys(facts.RUNTIME + facts.TRAINING, "1.0") | {"mediapipe": "0.10.33"},
    distributions=("numpy", "opencv-contrib-python"),
    environment={"DISPLAY": ":0"},
    imports={"OpenCV": "", "Qt": ""},
    cpu="A processor",
    cores=2,
    memory_gb=8.0,
    providers=("CPUExecutionProvider",),
    models=(
        ModelFact("shipped", "default", "models/default", "ab" * 32, (), active=True),
        ModelFact("face detector", "short.tflite", "models/detectors/short.tflite", "cd" * 32, ()),
    ),
    folders=(FolderFact("settings", "config", True),),
)


def worst(broken: Facts) -> tuple[str, list[checks.Finding]]:
    findings = checks.examine(broken)
    return checks.status(findings), [finding for finding in findings if finding.level != checks.OK]


def test_a_healthy_computer_has_no_findings_to_mend() -> None:
    assert worst(HEALTHY) == ("ok", [])


@pytest.mark.parametrize(
    ("change", "level", "word"),
    [
        ({"distributions": ("opencv-contrib-python", "opencv_python")}, "warning", "opencv-python"),
        ({"distributions": ("opencv-contrib-python", "opencv-python-headless")}, "warning", "opencv-python-headless"),
        ({"versions": {**HEALTHY.versions, "mediapipe": "0.10.35"}}, "problem", "0.10.33"),
        ({"versions": {**HEALTHY.versions, "PySide6-Essentials": "6.12.0"}}, "problem", "PySide6 6.12.0"),
        ({"versions": {**HEALTHY.versions, "numpy": None}}, "problem", "numpy"),
        ({"environment": {"DISPLAY": ":0", "QT_QPA_PLATFORM_PLUGIN_PATH": "there"}}, "warning", "PLUGIN_PATH"),
        ({"environment": {"DISPLAY": ":0", "QT_PLUGIN_PATH": "there"}}, "warning", "QT_PLUGIN_PATH"),
        ({"environment": {}}, "warning", "no display"),
        ({"imports": {"OpenCV": "ImportError: libGL.so.1: cannot open"}}, "problem", "libGL.so.1"),
        ({"cameras_error": "no driver"}, "warning", "no driver"),
        ({"models": ()}, "problem", "no emotion model"),
        ({"models_error": "broken"}, "problem", "broken"),
        ({"model_problem": "The chosen model is gone. default is used instead"}, "warning", "is gone"),
        ({"folders": (FolderFact("settings", "config", False),)}, "problem", "cannot be written"),
        ({"folders": (FolderFact("log", "l", False, 0.0, "no space left"),)}, "problem", "no space left"),
        ({"folders": (FolderFact("settings", "config", True, 99.0),)}, "warning", "only 99 MB left"),
        ({"display_problem": "the display :0 does not answer"}, "warning", "does not answer"),
        ({"display_problem": "Qt cannot start: no xcb"}, "problem", "no xcb"),
        ({"environment": {"QT_QPA_PLATFORM": "x"}, "display_problem": "no plugin"}, "problem", "no plugin"),
    ],
)
def test_each_conflict_is_found_with_its_remedy(change: dict[str, object], level: str, word: str) -> None:
    status, findings = worst(replace(HEALTHY, **change))  # type: ignore[arg-type]
    assert status == level
    assert len(findings) == 1
    assert word in findings[0].what
    assert findings[0].remedy


@pytest.mark.parametrize(
    ("kind", "level"), [("shipped", "problem"), ("face detector", "problem"), ("yours", "warning")]
)
def test_a_damaged_model_is_found(kind: str, level: str) -> None:
    damaged = ModelFact(kind, "one", "somewhere", None, ("model.onnx is damaged",))
    status, findings = worst(replace(HEALTHY, models=(*HEALTHY.models, damaged)))
    assert status == level
    assert "model.onnx is damaged" in findings[0].what


def test_no_camera_and_no_training_are_no_faults() -> None:
    without = replace(HEALTHY, cameras=(), versions={**HEALTHY.versions, "tensorflow": None})
    assert worst(without) == ("ok", [])
    text = checks.table(checks.examine(without))
    assert "demo" in text
    assert "not installed (tensorflow)" in text


def test_mediapipe_is_asked_for_as_it_is_pinned() -> None:
    pins = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    assert f'"mediapipe=={checks.MEDIAPIPE}"' in pins


@pytest.mark.parametrize("python", ["3.12.0", "3.13.1", "3.14.0rc1"])
def test_pyside_6_12_0_does_no_harm_to_a_newer_python(python: str) -> None:
    versions = {**HEALTHY.versions, "PySide6-Essentials": "6.12.0"}
    assert worst(replace(HEALTHY, python=python, versions=versions)) == ("ok", [])


def test_remedies_name_only_commands_that_there_are() -> None:
    mine = ModelFact("yours", "one", "somewhere", None, ("model.onnx is damaged",))
    (finding,) = worst(replace(HEALTHY, models=(*HEALTHY.models, mine)))[1]
    assert "import" not in finding.remedy
    assert "somewhere" in finding.remedy


def test_windows_and_macos_have_a_display() -> None:
    for platform in ("win32", "darwin"):
        assert worst(replace(HEALTHY, platform=platform, environment={})) == ("ok", [])


def test_the_table_keeps_its_width_and_shows_remedies() -> None:
    text = checks.table(checks.examine(replace(HEALTHY, environment={})), width=80)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "→ Start it in a desktop session" in text


@pytest.mark.parametrize(("change", "status"), [({}, 0), ({"environment": {}}, 0), ({"models": ()}, 2)])
def test_exit_status_says_whether_it_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], change: dict[str, object], status: int
) -> None:
    monkeypatch.setattr(facts, "gather", lambda: replace(HEALTHY, **change))  # type: ignore[arg-type]
    assert cli.main(["doctor"]) == status
    assert "versions" in capsys.readouterr().out


def test_json_on_standard_output(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    secret = {"DISPLAY": ":0", "MY_TOKEN": "hunter2"}
    monkeypatch.setattr(
        facts, "gather", lambda: replace(HEALTHY, environment=secret, cameras=(("Größe 1", "/dev/v0"),))
    )
    assert cli.main(["doctor", "--json", "-"]) == 0
    text = capsys.readouterr().out
    report = json.loads(text)
    assert report["schema"] == 1
    assert report["status"] == "ok"
    assert report["training"] is True
    assert report["cameras"] == [{"name": "Größe 1", "path": "/dev/v0"}]
    assert report["models"][0]["sha256"] == "ab" * 32
    assert report["devices"]["cores"] == 2
    assert report["display"] == {"WAYLAND_DISPLAY": "", "DISPLAY": ":0", "QT_QPA_PLATFORM": ""}
    assert all(set(item) == {"section", "level", "what", "remedy"} for item in report["findings"])
    assert "hunter2" not in text


def test_json_into_a_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.setattr(facts, "gather", lambda: HEALTHY)
    target = tmp_path / "reports" / "report.json"
    target.parent.mkdir()
    assert cli.main(["doctor", "--json", str(target)]) == 0
    assert json.loads(target.read_text(encoding="utf-8"))["schema"] == 1
    assert list(target.parent.iterdir()) == [target]
    assert cli.main(["doctor", "--json", str(tmp_path / "missing" / "report.json")]) == 2
    error = capsys.readouterr().err
    assert "cannot be written" in error
    assert "Traceback" not in error


@pytest.mark.parametrize("target", ["/", ".", "x" * 300, "nul\0"])
def test_json_to_where_no_file_can_be_is_one_line(
    target: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(facts, "gather", lambda: HEALTHY)
    assert cli.main(["doctor", "--json", target]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_console_without_arrows_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252", write_through=True))
    monkeypatch.setattr(facts, "gather", lambda: replace(HEALTHY, environment={}, cameras=(("カメラ", ""),)))
    assert cli.main(["doctor"]) == 0
    assert b"? Start it in a desktop session" in raw.getvalue()


def test_gathering_survives_whatever_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("a driver fell over")

    monkeypatch.setattr("fer_desktop.capture.devices.list_cameras", broken)
    monkeypatch.setattr(facts, "_detector_models", broken)
    monkeypatch.setattr(facts, "_emotion_models", broken)
    monkeypatch.setattr(facts, "_PROBES", {"Nothing": "raise SystemExit('cannot load')", "Good": "pass"})
    found = facts.gather()
    assert found.cameras_error == "a driver fell over"
    assert "a driver fell over" in found.models_error
    assert found.imports == {"Nothing": "cannot load", "Good": ""}
    assert checks.status(checks.examine(found)) == "problem"


@pytest.fixture
def copied_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped model where a test may damage it, and no models of a person's own."""
    models = tmp_path / "models"
    shutil.copytree(resources.models_dir() / "default", models / "default")
    monkeypatch.setattr(resources, "models_dir", lambda: models)
    monkeypatch.setattr(resources, "user_models_dir", lambda: tmp_path / "mine")
    return models


def test_the_shipped_model_is_whole(copied_models: Path) -> None:
    (found,) = facts._emotion_models()
    assert found.kind == "shipped"
    assert found.active
    assert found.problems == ()
    assert found.sha256 == hashlib.sha256((copied_models / "default" / "model.onnx").read_bytes()).hexdigest()


@pytest.mark.parametrize("file", ["model.onnx", "model.keras"])
def test_a_flipped_byte_in_the_shipped_model_is_a_problem(copied_models: Path, file: str) -> None:
    path = copied_models / "default" / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    status, findings = worst(replace(HEALTHY, models=tuple(facts._emotion_models())))
    assert status == "problem"
    assert file in findings[0].what


def test_unreadable_manifests_are_told_and_weighed(copied_models: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine" / "my-model"
    mine.mkdir(parents=True)
    (mine / "manifest.json").write_text("{", encoding="utf-8")
    status, findings = worst(replace(HEALTHY, models=tuple(facts._emotion_models())))
    assert status == "warning"
    assert "my-model" in findings[0].what
    (copied_models / "default" / "manifest.json").write_text("[]", encoding="utf-8")
    status, findings = worst(replace(HEALTHY, models=tuple(facts._emotion_models())))
    assert status == "problem"
    assert len(findings) == 2


def test_a_choice_that_cannot_be_used_is_told(copied_models: Path, tmp_path: Path) -> None:
    assert facts._model_problem() == ""
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "active.json").write_text('{"schema": 1, "active": "evening", "previous": []}', encoding="utf-8")
    assert "evening" in facts._model_problem()
    shutil.copytree(copied_models / "default", mine / "night")
    (copied_models / "default" / "manifest.json").unlink()
    assert facts._model_problem().endswith("is used instead")
    found = facts._emotion_models()
    assert [(model.kind, model.active, bool(model.problems)) for model in found] == [
        ("shipped", False, True),
        ("yours", True, False),
    ]
    (mine / "night" / "model.onnx").unlink()
    assert facts._model_problem() == "", "told with the models"
    assert not any(model.active for model in facts._emotion_models())


def test_a_missing_model_has_one_remedy(copied_models: Path, tmp_path: Path) -> None:
    shutil.rmtree(copied_models / "default")
    mine = tmp_path / "mine" / "my-model"
    mine.mkdir(parents=True)
    (mine / "manifest.json").write_text("{", encoding="utf-8")
    _, findings = worst(replace(HEALTHY, models=tuple(facts._emotion_models())))
    assert len(findings) == 2
    for finding in findings:
        assert "Install the program again" not in finding.what
        assert finding.remedy
    assert str(mine) in findings[1].remedy


def test_a_folder_that_does_not_exist_yet_counts_as_its_parent(tmp_path: Path) -> None:
    assert trials.folder("log", tmp_path / "new" / "deeper").writable
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    assert not trials.folder("log", tmp_path / "file" / "below").writable


def test_a_full_disk_is_found_though_permissions_are_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(trials.os, "fsync", full)
    found = trials.folder("log", tmp_path)
    assert not found.writable
    assert found.why_not == "no space left on device"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have their own display")
@pytest.mark.parametrize(
    ("own", "word"),
    [
        ({"DISPLAY": ":9876"}, ":9876 does not answer"),
        ({"QT_QPA_PLATFORM": "nosuchplugin"}, "nosuchplugin"),
        ({"DISPLAY": "nosuchhost.invalid:9"}, "nosuchhost.invalid:9"),
        ({"QT_QPA_PLATFORM": "offscreen"}, ""),
    ],
)
def test_the_display_is_tried(own: dict[str, str], word: str) -> None:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    problem = trials.display_problem({**environment, **own})
    assert word in problem
    assert bool(problem) == bool(word)


def test_a_remedy_for_several_findings_is_printed_once() -> None:
    folders = tuple(FolderFact(name, name, False, 0.0, "no space left") for name in ("settings", "log"))
    text = checks.table(checks.examine(replace(HEALTHY, folders=folders)))
    assert text.count("no space left") == 2
    assert text.count("→") == 1
