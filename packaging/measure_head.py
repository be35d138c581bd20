"""Measure the mean face of fer_desktop/core/head_pose.py: what the detector's keypoints of many faces have in common.

    python packaging/measure_head.py ROWS.npz

ROWS.npz is what packaging/measure_quality.py --rows kept. The keypoints of all clean faces, and of their mirror images,
are the product of one shape and each face's turn and scale (Tomasi and Kanade, "Shape and Motion from Image Streams
under Orthography", 1992); that the axes of a turn stand square tells the shape, but not how it stands. That is taken
from the faces: left and right are each other's mirror image, and half of the faces look up, half down, since people
look at whoever photographs them. Prints the shape, what it leaves, how far FACE leans from it, how far the faces are
turned, and what the poses say of faces turned by a known angle.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from fer_desktop.core.head_pose import FACE, head_pose
from fer_desktop.core.types import Box, Face
from fer_desktop.training import hard_scenes

MIRRORED = (1, 0, 2, 3, 5, 4)
KINDS = [kind.name for kind in hard_scenes.KINDS]


def shape(points: np.ndarray) -> tuple[np.ndarray, float]:
    """(float64[6, 3] in arbitrary units, share of the points' spread it leaves), for keypoints float64[n, 6, 2]."""
    mirror = points[:, MIRRORED] * (-1, 1)
    both = np.concatenate([points, mirror])
    both = both - both.mean(axis=1, keepdims=True)
    both /= np.sqrt((both**2).sum(axis=(1, 2), keepdims=True))
    turns, sizes, forms = np.linalg.svd(both.transpose(0, 2, 1).reshape(-1, 6), full_matrices=False)
    left = 1 - (sizes[:3] ** 2).sum() / (sizes**2).sum()
    axes = turns[:, :3] * sizes[:3]
    across, down = axes[::2], axes[1::2]
    square = np.concatenate([_products(across, across) - _products(down, down), _products(across, down)])
    a, b, c, d, e, f = np.linalg.svd(square, full_matrices=False)[2][-1]
    metric = np.array([[a, b, c], [b, d, e], [c, e, f]])
    values, vectors = np.linalg.eigh(metric if np.trace(metric) > 0 else -metric)
    return (np.linalg.inv(vectors * np.sqrt(np.maximum(values, 1e-12))) @ forms[:3]).T, float(left)


def upright(form: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The form float64[6, 3] less its mean, turned so that x goes to the picture's right, y down and z to the camera
    where the median of the faces float64[n, 6, 2] looks straight ahead; mirrored in depth where need be."""
    form = form - form.mean(axis=0)
    across = _unit(form[1] - form[0] + form[5] - form[4])
    ahead = form[2] - (form[4] + form[5]) / 2
    ahead = _unit(ahead - (ahead @ across) * across)
    down = np.cross(ahead, across)
    down *= np.sign((form[3] - form[0] - form[1]) @ down)
    form = form @ np.stack([across, down, ahead], axis=1)
    for _ in range(5):
        lean = float(np.median([_pitch(one, np.linalg.pinv(form)) for one in points]))
        form = form @ np.array([(1, 0, 0), (0, np.cos(lean), np.sin(lean)), (0, -np.sin(lean), np.cos(lean))])
    return form


def leant(form: np.ndarray, goal: np.ndarray) -> tuple[np.ndarray, float]:
    """The form turned as `goal` is, both float64[6, 3] less their means, and how far goal looks up from it, degrees."""
    u, _, v = np.linalg.svd(form.T @ goal)
    turn = u @ v
    return form @ turn, float(np.degrees(np.arctan2(turn[1, 2] - turn[2, 1], turn[1, 1] + turn[2, 2])))


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / np.linalg.norm(vector))


def _pitch(points: np.ndarray, inverse: np.ndarray) -> float:
    """In radians, as core.head_pose has it, of keypoints float64[6, 2]; inverse: the form's, float64[3, 6]."""
    ahead = np.cross(*(inverse @ points).T)
    return float(np.arctan2(ahead[1], ahead[2]))


def _products(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The coefficients of a symmetric Q in one Q other, float64[n, 6]."""
    (x, y, z), (u, v, w) = one.T, other.T
    return np.stack([x * u, x * v + y * u, x * w + z * u, y * v, y * w + z * v, z * w], axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path)
    args = parser.parse_args()
    rows = np.load(args.rows)
    points, kind = rows["kp"].astype(float), rows["kind"]
    clean = points[kind == KINDS.index("clean")]
    form, left = shape(clean)
    form = upright(form, clean)
    # As wide as FACE is; a factorisation leaves the size open.
    goal = FACE - FACE.mean(axis=0)
    form *= np.ptp(goal[:, 0]) / np.ptp(form[:, 0])
    form, up = leant(form, goal)
    print(f"FACE looks {up:+.1f}° up where the median of the clean faces looks straight ahead")
    print(f"FACE less its mean, in centimetres; the shape, leant like it, leaves {left:.2%} of the keypoints' spread")
    for measured, used in zip(form, goal, strict=True):
        print("  measured", measured.round(2).tolist(), "is", used.round(2).tolist())
    poses = [head_pose(Face(Box(0, 0, 1, 1), 1.0, one.astype(np.float32))) for one in points]
    turn, yaw = np.array([one.turn for one in poses]), np.array([one.yaw for one in poses])
    turns = np.percentile(turn[kind == KINDS.index("clean")], (50, 90, 99)).round(1).tolist()
    print("clean faces, turn at the 50th, 90th, 99th percentile:", turns)
    how = rows["how"]
    for low in range(0, 60, 10):
        these = (kind == KINDS.index("turned")) & (how >= low) & (how < low + 10)
        print(f"turned by {low} to {low + 10}°: yaw of {np.median(np.abs(yaw[these])):.1f}° on average")


if __name__ == "__main__":
    main()
