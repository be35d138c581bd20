from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import cv2_enumerate_cameras
import pytest

from fer_desktop.capture import devices
from fer_desktop.capture.devices import CameraDevice, find_camera, list_cameras, one_node_each
from fer_desktop.core.errors import CameraError


def pretend(monkeypatch: pytest.MonkeyPatch, platform: str, found: dict[int, list[tuple[int, str, str]]]) -> None:
    """A system whose backends see `found`: backend -> (index, name, path) each."""

    def enumerate_cameras(backend: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(index=index, name=name, path=path) for index, name, path in found.get(backend, [])]

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", enumerate_cameras)


def test_lists_by_tidy_unique_names(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [
        (14, "Webcam", "/dev/video914"),
        (12, "Webcam", "/dev/video912"),
        (10, "Integrated Camera: Integrated C", "/dev/video910"),
        (16, "Studio: front", "/dev/video916"),
    ]
    pretend(monkeypatch, "linux", {cv2.CAP_V4L2: nodes})
    assert [(camera.name, camera.index) for camera in list_cameras()] == [
        ("Integrated Camera", 10),
        ("Webcam", 12),
        ("Webcam (2)", 14),
        ("Studio: front", 16),
    ]
    assert {camera.backend for camera in list_cameras()} == {cv2.CAP_V4L2}


def test_the_nodes_of_one_camera_count_once(tmp_path: Path) -> None:
    camera, infrared = tmp_path / "usb" / "1-4:1.0", tmp_path / "usb" / "1-4:1.2"
    for number, place in ((0, camera), (1, camera), (2, infrared), (3, infrared), (9, None)):
        (tmp_path / f"video{number}").mkdir()
        if place is not None:
            place.mkdir(parents=True, exist_ok=True)
            (tmp_path / f"video{number}" / "device").symlink_to(place)
    nodes = [CameraDevice(f"n{number}", f"/dev/video{number}", number, 200) for number in (3, 1, 0, 2, 9, 10)]
    # 9 and 10 are virtual: no device behind them, and so no duplicates of anything.
    assert [node.index for node in one_node_each(nodes, tmp_path)] == [0, 2, 9, 10]


def test_windows_adds_only_what_media_foundation_does_not_see(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {
        cv2.CAP_MSMF: [(0, "HD Webcam", "a"), (1, "HD Webcam", "b")],
        cv2.CAP_DSHOW: [(0, "HD Webcam", "a"), (1, "HD Webcam", "b"), (2, "OBS Virtual Camera", "")],
    }
    pretend(monkeypatch, "win32", seen)
    assert [(camera.name, camera.backend, camera.index) for camera in list_cameras()] == [
        ("HD Webcam", cv2.CAP_MSMF, 0),
        ("HD Webcam (2)", cv2.CAP_MSMF, 1),
        ("OBS Virtual Camera", cv2.CAP_DSHOW, 2),
    ]


def test_a_system_that_cannot_be_asked_has_no_cameras(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_backend: int) -> list[object]:
        raise OSError("no such service")

    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", fail)
    assert list_cameras() == []
    assert "no such service" in caplog.text


linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="links of Linux")


@linux_only
def test_a_camera_is_known_by_the_place_where_it_is_plugged_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for number in (2, 4):
        (tmp_path / f"video{number}").touch()
    places = tmp_path / "by-path"
    places.mkdir()
    for name in ("pci-usb-0:4:1.0-video-index0", "pci-usbv2-0:4:1.0-video-index0"):
        (places / name).symlink_to("../video2")
    monkeypatch.setattr(devices, "BY_PATH", places)
    nodes = [(2, "Webcam", str(tmp_path / "video2")), (4, "Webcam", str(tmp_path / "video4"))]
    pretend(monkeypatch, "linux", {cv2.CAP_V4L2: nodes})
    with_place, without = list_cameras()
    assert with_place.path == str(places / "pci-usb-0:4:1.0-video-index0") and without.path == str(tmp_path / "video4")
    assert find_camera(str(tmp_path / "video2")) == find_camera(with_place.path) == with_place
    assert find_camera(without.path) == without


@linux_only
def test_what_is_plugged_in_is_seen_without_asking_the_cameras(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def enumerate_cameras(_backend: int) -> list[object]:
        raise AssertionError("opens devices")

    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", enumerate_cameras)
    monkeypatch.setattr(devices, "DEV", tmp_path)
    monkeypatch.setattr(devices, "BY_PATH", tmp_path / "by-path")
    none = devices.plugged_sign()
    (tmp_path / "tty7").touch()
    assert devices.plugged_sign() == none
    (tmp_path / "video0").touch()
    one = devices.plugged_sign()
    (tmp_path / "by-path").mkdir()
    (tmp_path / "by-path" / "usb").symlink_to("../video0")
    placed = devices.plugged_sign()
    (tmp_path / "video0").unlink()
    assert len({none, one, placed}) == 3 and devices.plugged_sign() != placed


def test_elsewhere_the_list_itself_is_the_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {cv2.CAP_MSMF: [(0, "HD Webcam", "a")]}
    pretend(monkeypatch, "win32", seen)
    before = devices.plugged_sign()
    assert devices.plugged_sign() == before
    seen[cv2.CAP_MSMF].append((1, "HD Webcam", "b"))
    assert devices.plugged_sign() != before


CAMERAS = [
    CameraDevice("Integrated Camera", "/dev/video0", 0, 200),
    CameraDevice("Desk Webcam", "/dev/video2", 2, 200),
    CameraDevice("Desk Webcam (2)", "/dev/video4", 4, 200),
]


@pytest.mark.parametrize(
    ("name", "index"),
    [
        (None, 0),
        ("Desk Webcam", 2),
        ("desk webcam (2)", 4),
        ("/dev/video4", 4),
        ("integr", 0),
        (" Integrated Camera ", 0),
    ],
)
def test_finds_a_camera_by_name(monkeypatch: pytest.MonkeyPatch, name: str | None, index: int) -> None:
    monkeypatch.setattr(devices, "list_cameras", lambda: CAMERAS)
    assert find_camera(name).index == index


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Telescope", ['"Telescope"', '"Integrated Camera"', '"Desk Webcam (2)"']),
        ("webcam", ["Several", '"Desk Webcam"', '"Desk Webcam (2)"']),
        ("", ['"Integrated Camera"']),
    ],
)
def test_an_unknown_name_is_told_which_there_are(monkeypatch: pytest.MonkeyPatch, name: str, words: list[str]) -> None:
    monkeypatch.setattr(devices, "list_cameras", lambda: CAMERAS)
    with pytest.raises(CameraError) as caught:
        find_camera(name)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("name", [None, "Desk Webcam"])
def test_no_camera_at_all(monkeypatch: pytest.MonkeyPatch, name: str | None) -> None:
    monkeypatch.setattr(devices, "list_cameras", list)
    with pytest.raises(CameraError, match="shows none") as caught:
        find_camera(name)
    assert "demo" in caught.value.remedy


def test_importing_asks_nothing_of_the_system() -> None:
    code = (
        "import sys, fer_desktop.capture.devices, fer_desktop.capture.camera, fer_desktop.capture.video_file\n"
        "sys.exit(any(name in sys.modules for name in ('cv2_enumerate_cameras', 'av', 'tensorflow')))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
