"""The overlay's colours, and the sums behind "readable": WCAG 2.2 relative luminance and contrast."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from fer_desktop.core import emotions

LETTERBOX: Final = "#101214"
PLATE: Final = "#14171A"
"""Ground behind text that lies on a picture."""
PLATE_ALPHA: Final = 0.88
ON_PLATE: Final = "#F1F3F4"
ON_PLATE_MUTED: Final = "#C4CAD1"
INK: Final = "#0E1012"
"""Text on a pill filled with an emotion's colour."""
ABSTAIN: Final = "#B4BAC1"
"""Box and text of a face that has no reading."""
GROOVE: Final = "#3A4047"
"""The unfilled part of a bar on a plate."""
OUTLINE: Final = "#0B0C0E"

Rgb = tuple[float, float, float]


def rgb(colour: str) -> Rgb:
    """#RRGGBB -> red, green, blue, each 0 to 1."""
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def luminance(colour: str | Rgb) -> float:
    red, green, blue = rgb(colour) if isinstance(colour, str) else colour

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(first: str | Rgb, second: str | Rgb) -> float:
    """Contrast ratio, 1 to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def over(colour: str, ground: str, alpha: float) -> Rgb:
    """What `colour` at `alpha` looks like on `ground`."""
    front, back = rgb(colour), rgb(ground)
    red, green, blue = (alpha * f + (1 - alpha) * b for f, b in zip(front, back, strict=True))
    return red, green, blue


def of_label(label: str | None) -> str:
    """Colour of a face's box on a picture; grey where there is no reading."""
    return ABSTAIN if label is None else emotions.EMOTIONS[emotions.NAMES.index(label)].colour_dark


@lru_cache(maxsize=64)
def edge_on_light(colour: str) -> str:
    """The same hue, dark enough to be seen on a light ground (at least 3:1 against white)."""
    red, green, blue = rgb(colour)
    while contrast((red, green, blue), "#FFFFFF") < 3.6:
        red, green, blue = red * 0.94, green * 0.94, blue * 0.94
    return "#" + "".join(f"{round(value * 255):02X}" for value in (red, green, blue))
