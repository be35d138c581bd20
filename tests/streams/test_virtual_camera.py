from __future__ import annotations

import threading
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from fer_desktop.core.errors import FerError
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.overlay.layout import Rect
from fer_desktop.overlay.motion import still
from fer_desktop.overlay.painter import Look, Overlay
from fer_desktop.overlay.picture import Film
from fer_desktop.streams.virtual_camera import SIZE, VirtualCameraSink, fitted
from tests.core_values import demo_frame
from tests.fake_pipeline import track
from tests.streams.fakes import FakeDevice, analysis, frame

BLACK = np.zeros(3, np.uint8)


def plain(frame: Frame, analysis: Analysis) -> np.ndarray:
    return frame.bgr


def sink_on(device: FakeDevice, paint: Callable[[Frame, Analysis], np.ndarray] = plain) -> VirtualCameraSink:
    sink = VirtualCameraSink(lambda: paint, open_device=lambda size, name: device)
    sink.open()
    return sink


@pytest.mark.parametrize(
    ("size", "inner"),
    [
        ((640, 360), (0, 0, 1280, 720)),
        ((1280, 720), (0, 0, 1280, 720)),
        ((640, 480), (160, 0, 960, 720)),
        ((1920, 1080), (0, 0, 1280, 720)),
        ((1000, 100), (0, 296, 1280, 128)),
        ((90, 1600), (620, 0, 40, 720)),
        ((1, 5000), (639, 0, 1, 720)),
    ],
)
def test_a_picture_is_shown_whole_with_black_beside_it(size: tuple[int, int], inner: tuple[int, int, int, int]) -> None:
    result = fitted(np.full((size[1], size[0], 3), 200, np.uint8), SIZE)
    x, y, width, height = inner
    assert result.shape == (720, 1280, 3)
    assert (result[y : y + height, x : x + width] == 200).all()
    assert result.sum() == 3 * 200 * width * height


def test_the_device_keeps_its_size_when_the_source_changes() -> None:
    device = FakeDevice(SIZE)
    sink = sink_on(device)
    for width, height in ((640, 480), (320, 180), (1920, 1080)):
        shown = frame(width=width, height=height)
        assert sink.put(shown, analysis(of=shown))
    sink.close()
    assert len(device.pictures) == 3 and device.closed
    assert "/dev/video42" in sink.name


def test_a_device_that_goes_away_ends_the_stream() -> None:
    def gone() -> None:
        raise RuntimeError("error writing frame")

    sink = sink_on(FakeDevice(SIZE, gone))
    with pytest.raises(FerError, match="takes no more pictures"):
        sink.put(frame(), analysis())
    sink.close()


def test_the_painter_is_made_on_the_thread_that_puts() -> None:
    made_on: list[threading.Thread] = []

    def make() -> Callable[[Frame, Analysis], np.ndarray]:
        made_on.append(threading.current_thread())
        return plain

    sink = VirtualCameraSink(make, open_device=lambda size, name: FakeDevice(size))
    sink.open()
    assert made_on == [], "there may be no application yet"
    thread = threading.Thread(target=lambda: [sink.put(frame(), analysis()) for _ in range(2)])
    thread.start()
    thread.join()
    sink.close()
    assert made_on == [thread]


def test_faces_are_painted_on_its_thread_while_the_window_paints() -> None:
    shown = demo_frame(640, 360)
    faces = tuple(track(number, side=60 + 10 * number) for number in range(4))
    seen = Analysis(shown.index, shown.captured_at, shown.size, faces, "fake", {})
    device = FakeDevice(SIZE)
    sink = VirtualCameraSink(lambda: Film().painted, open_device=lambda size, name: device)
    sink.open()
    thread = threading.Thread(target=lambda: [sink.put(shown, seen) for _ in range(40)])
    thread.start()
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    overlay = Overlay()
    while thread.is_alive():
        painter = QPainter(image)
        overlay.paint(painter, still(seen), shown.size, Rect(0, 0, 640, 360), Look())
        painter.end()
    thread.join()
    sink.close()
    alone = cv2.resize(Film().painted(shown, seen), SIZE, interpolation=cv2.INTER_LINEAR)
    assert len(device.pictures) == 40
    assert not np.array_equal(alone, cv2.resize(shown.bgr, SIZE)), "nothing was painted"
    for picture in device.pictures:
        assert np.array_equal(picture, alone)
