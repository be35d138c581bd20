"""Pictures of any size in a video of one size.

Another camera, or a phone that is turned, changes the size in the middle. The video keeps the size it began with, and
such pictures are fitted into it between black bars: one file, one length, and the log's boxes lie on what it shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fer_desktop.core.types import Box, UInt8Array


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a picture lies in the video: `size` (width, height) it is brought to, `left` and `top`; all in pixels.
    `scale`: pixels of the video for one of the picture's, across and down."""

    size: tuple[int, int]
    left: int
    top: int
    scale: tuple[float, float]

    def box(self, box: Box) -> Box:
        """The box, in pixels of a picture of that size, in pixels of the video."""
        across, down = self.scale
        return Box(self.left + box.x * across, self.top + box.y * down, box.width * across, box.height * down)


class Canvas:
    """`first`: (width, height) of the first picture; `size`: of the video. Both sides of it are even, since H.264 has
    no odd ones."""

    def __init__(self, first: tuple[int, int]) -> None:
        self._first = first
        self.size = (first[0] + first[0] % 2, first[1] + first[1] % 2)

    def fit(self, size: tuple[int, int]) -> Fit:
        """For pictures of `size` (width, height)."""
        width, height = size
        scale = min(self._first[0] / width, self._first[1] / height)
        fitted = max(round(width * scale), 1), max(round(height * scale), 1)
        left, top = (self._first[0] - fitted[0]) // 2, (self._first[1] - fitted[1]) // 2
        return Fit(fitted, left, top, (fitted[0] / width, fitted[1] / height))

    def fitted(self, picture: UInt8Array) -> UInt8Array:
        """uint8[h, w, 3] in the video's size. One more column or row, where a side is odd, repeats the last."""
        import cv2  # not at the start of the window

        size = picture.shape[1], picture.shape[0]
        if size == self.size:
            return picture
        fit = self.fit(size)
        if fit.size != size:
            picture = np.asarray(cv2.resize(picture, fit.size, interpolation=cv2.INTER_AREA), np.uint8)
        right, below = self.size[0] - fit.left - fit.size[0], self.size[1] - fit.top - fit.size[1]
        border = cv2.BORDER_REPLICATE if fit.size == self._first else cv2.BORDER_CONSTANT
        return np.asarray(cv2.copyMakeBorder(picture, fit.top, below, fit.left, right, border), np.uint8)
