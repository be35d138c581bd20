"""The demo: the same moment gives the same pixels, it keeps time, performs all seven, and a detector finds it."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from dataclasses import fields

import cv2
import numpy as np
import pytest

from fer_desktop import resources
from fer_desktop.capture.demo import DemoSource
from fer_desktop.capture.drawn_face import expressions
from fer_desktop.capture.drawn_face.expressions import (
    CYCLE_SECONDS,
    KEY_POSES,
    NEUTRAL,
    Expression,
    Pose,
    expression_at,
    mix,
    pose_at,
)
from fer_desktop.capture.drawn_face.face import draw_face
from fer_desktop.core import emotions

FPS = 30
CYCLE_FRAMES = round(CYCLE_SECONDS * FPS)


def frames_of(source: DemoSource, count: int) -> list:
    source.open()
    try:
        return [source.read() for _ in range(count)]
    finally:
        source.close()


def test_same_index_same_pixels() -> None:
    first = frames_of(DemoSource(320, 180, realtime=False), 5)
    second = frames_of(DemoSource(320, 180, realtime=False), 5)
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.bgr, other.bgr)
    assert not np.array_equal(first[0].bgr, first[4].bgr), "the picture stands still"


def test_drawing_leaves_no_trace_in_the_next_picture() -> None:
    before = draw_face(NEUTRAL, Pose(), (320, 180))
    draw_face(KEY_POSES["surprise"], Pose(x=4, roll=5), (320, 180))
    assert np.array_equal(before, draw_face(NEUTRAL, Pose(), (320, 180)))


@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (640, 480), (480, 640), (333, 257), (64, 64), (1920, 1080)])
def test_sizes(size: tuple[int, int]) -> None:
    (frame,) = frames_of(DemoSource(*size, realtime=False), 1)
    assert frame.size == size
    assert frame.bgr.std() > 20, "the picture is nearly empty"


@pytest.mark.parametrize("size", [(640, 360), (640, 480), (480, 640)])
def test_the_face_stays_in_the_picture(size: tuple[int, int]) -> None:
    """What changes between two expressions is the face: it must lie well inside, in every pose of the sway."""
    for index in range(0, CYCLE_FRAMES, 45):
        pose = pose_at(index / FPS)
        moved = cv2.absdiff(
            draw_face(KEY_POSES["surprise"], pose, size), draw_face(KEY_POSES["disgust"], pose, size)
        ).max(axis=2)
        rows, columns = np.nonzero(moved > 12)
        assert 0.03 * size[0] < columns.min() and columns.max() < 0.97 * size[0]
        assert 0.05 * size[1] < rows.min() and rows.max() < 0.95 * size[1]


def test_unusable_sizes_and_rates_are_refused() -> None:
    for arguments in ({"width": 10}, {"height": 0}, {"fps": 0}, {"fps": float("nan")}):
        with pytest.raises(ValueError):
            DemoSource(**arguments)


def test_every_emotion_is_performed_and_held() -> None:
    source = DemoSource(fps=FPS)
    performed = [source.performed(index) for index in range(CYCLE_FRAMES)]
    held = {name: performed.count(name) for name in emotions.NAMES}
    assert set(performed) == {*emotions.NAMES, None}
    assert min(held.values()) >= 2 * FPS, held
    assert [source.performed(index + CYCLE_FRAMES) for index in range(FPS, CYCLE_FRAMES)] == performed[FPS:]


def test_what_is_said_to_be_performed_is_what_the_face_does() -> None:
    for index in range(CYCLE_FRAMES):
        name = expressions.performed_at(index / FPS)
        if name is None:
            continue
        face = expression_at(index / FPS)
        for field in fields(Expression):
            if field.name in ("upper_lid_raise", "gaze_x", "gaze_y"):
                continue
            wanted = getattr(KEY_POSES[name], field.name)
            assert getattr(face, field.name) == pytest.approx(wanted, abs=0.08), (index, name, field.name)


def test_the_face_never_jumps() -> None:
    """Between two frames no parameter but lids and gaze, which are quick in people too, moves by more than a fifth."""
    quick = ("upper_lid_raise", "gaze_x", "gaze_y")
    faces = [expression_at(index / FPS) for index in range(2 * CYCLE_FRAMES + 1)]
    for index, (before, after) in enumerate(itertools.pairwise(faces)):
        for field in fields(Expression):
            step = abs(getattr(after, field.name) - getattr(before, field.name))
            assert step <= (1.0 if field.name in quick else 0.2), (index, field.name)


def test_the_eyes_close_now_and_then() -> None:
    lids = [expression_at(index / FPS).upper_lid_raise for index in range(CYCLE_FRAMES)]
    assert 3 <= sum(1 for lid in lids if lid < -0.9) <= 40


def test_each_emotion_looks_different_from_every_other_one_at_48_pixels() -> None:
    def small(face: Expression) -> np.ndarray:
        picture = draw_face(face, Pose(), (640, 480))[90:380, 175:465]
        grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (48, 48), interpolation=cv2.INTER_AREA)
        return grey.astype(np.float32)

    pictures = {name: small(face) for name, face in KEY_POSES.items()}
    names = list(pictures)
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            changed = np.abs(pictures[one] - pictures[other]) > 12
            assert changed.sum() > 40, f"{one} and {other} look alike"


def test_each_action_parameter_moves_the_picture() -> None:
    """A parameter that does nothing would be a control without effect. Starting from half of a strong expression."""
    base = mix(NEUTRAL, KEY_POSES["disgust"], 0.4)
    rest = draw_face(base, Pose(), (640, 360)).astype(np.int16)
    for field in fields(Expression):
        values = {f.name: getattr(base, f.name) for f in fields(Expression)}
        values[field.name] += 0.5
        moved = np.abs(draw_face(Expression(**values), Pose(), (640, 360)).astype(np.int16) - rest)
        assert moved.max() >= 10, field.name


def test_indices_and_times_when_read_at_once() -> None:
    source = DemoSource(128, 72, fps=25, realtime=False)
    frames = frames_of(source, 6)
    assert [frame.index for frame in frames] == list(range(6))
    assert not source.live
    assert source.fps == 25
    steps = np.diff([frame.captured_at for frame in frames])
    assert steps == pytest.approx([1 / 25] * 5, abs=1e-6)
    assert all(not frame.bgr.flags.writeable for frame in frames)


def test_ends_after_one_round_when_it_does_not_loop() -> None:
    source = DemoSource(64, 64, fps=2, realtime=False, loop=False)
    frames = frames_of(source, 100)
    assert sum(frame is not None for frame in frames) == round(CYCLE_SECONDS * 2)
    assert frames[-1] is None


def test_keeps_time() -> None:
    source = DemoSource(128, 72, fps=20)
    source.open()
    frames = []
    started = time.monotonic()
    while len(frames) < 11:
        frame = source.read()
        assert frame is not None
        assert time.monotonic() >= frame.captured_at - 1e-3, "delivered before it was due"
        frames.append(frame)
    elapsed = time.monotonic() - started
    source.close()
    assert source.live
    assert [frame.index for frame in frames] == list(range(11))
    # Ten periods of 50 ms; a busy machine may miss pictures, never gain any.
    assert 0.45 <= elapsed <= 10
    periods = np.diff([frame.captured_at for frame in frames]) * 20
    assert periods == pytest.approx(np.maximum(np.round(periods), 1), abs=1e-3)


def test_a_late_reader_misses_pictures_but_no_numbers() -> None:
    source = DemoSource(128, 72, fps=30)
    source.open()
    first = source.read()
    time.sleep(1.0)
    second = source.read()
    source.close()
    assert first is not None and second is not None
    assert second.index == first.index + 1
    assert second.captured_at - first.captured_at >= 0.95
    moment = second.captured_at - first.captured_at + 1e-9
    assert source.performed(1) == expressions.performed_at(moment)
    expected = draw_face(expression_at(round(moment * 30) / 30), pose_at(round(moment * 30) / 30), (128, 72))
    assert np.array_equal(second.bgr, expected), "an old picture was delivered late"


def test_closing_ends_a_waiting_read() -> None:
    source = DemoSource(64, 64, fps=0.05)
    source.open()
    assert source.read() is not None
    results: list = []
    reader = threading.Thread(target=lambda: results.append(source.read()))
    reader.start()
    time.sleep(0.1)
    assert reader.is_alive(), "the read did not wait for its frame"
    source.close()
    source.close()
    reader.join(10)
    assert results == [None]


def test_reading_before_opening_is_a_defect() -> None:
    with pytest.raises(RuntimeError):
        DemoSource().read()


@pytest.mark.parametrize("size", [(1280, 720), (640, 360)])
def test_mediapipe_finds_the_face(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The short range model on the whole frame, at confidence 0.5, finds exactly one face in 99 of 100 frames."""
    model = resources.models_dir() / "detectors" / "face_detection_short_range.tflite"
    if not model.is_file():
        pytest.skip(f"no detector model at {model}: run python3 packaging/bootstrap.py")
    if "tensorflow" not in sys.modules:  # mediapipe would import it, ten seconds for nothing
        monkeypatch.setitem(sys.modules, "tensorflow", None)
    mediapipe = pytest.importorskip("mediapipe")
    from mediapipe.tasks.python import vision
    from mediapipe.tasks.python.core.base_options import BaseOptions

    options = vision.FaceDetectorOptions(
        base_options=BaseOptions(model_asset_buffer=model.read_bytes()), min_detection_confidence=0.5
    )
    counts = []
    with vision.FaceDetector.create_from_options(options) as detector:
        for index in range(0, CYCLE_FRAMES, 5):
            picture = draw_face(expression_at(index / FPS), pose_at(index / FPS), size)
            rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
            counts.append(len(detector.detect(image).detections))
    assert counts.count(1) / len(counts) >= 0.99
