"""Text is readable and bars can be seen: measured over every pair of colours that meet."""

from __future__ import annotations

import pytest

from fer_desktop.core import emotions
from fer_desktop.gui.theme import DARK, LIGHT, Theme
from fer_desktop.overlay import palette
from fer_desktop.overlay.palette import contrast

TEXT, CONTROL = 4.5, 3.0


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_text_of_the_window_is_readable(theme: Theme) -> None:
    for ground in (theme.window, theme.card, theme.field, theme.button, theme.hover):
        assert contrast(theme.text, ground) >= TEXT
    for ground in (theme.window, theme.card, theme.field):
        assert contrast(theme.muted, ground) >= TEXT
    assert contrast(theme.on_accent, theme.accent) >= TEXT
    assert contrast(theme.accent, theme.card) >= TEXT
    assert contrast(theme.rows.name, theme.card) >= TEXT
    assert contrast(theme.rows.leading, theme.card) >= TEXT


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_controls_and_focus_can_be_seen(theme: Theme) -> None:
    for ground in (theme.window, theme.card):
        assert contrast(theme.outline, ground) >= CONTROL
        assert contrast(theme.accent, ground) >= CONTROL


@pytest.mark.parametrize("emotion", emotions.EMOTIONS, ids=emotions.NAMES)
def test_bars_can_be_seen_on_every_ground(emotion: emotions.Emotion) -> None:
    assert contrast(emotion.colour_dark, DARK.card) >= CONTROL
    assert contrast(palette.edge_on_light(emotion.colour_light), LIGHT.card) >= CONTROL
    # The plate over the whitest picture there is.
    plate = palette.over(palette.PLATE, "#FFFFFF", palette.PLATE_ALPHA)
    assert contrast(emotion.colour_dark, plate) >= CONTROL


@pytest.mark.parametrize("label", [*emotions.NAMES, None])
def test_the_pill_is_readable(label: str | None) -> None:
    if label is None:
        plate = palette.over(palette.PLATE, "#FFFFFF", palette.PLATE_ALPHA)
        assert contrast(palette.ON_PLATE_MUTED, plate) >= TEXT
    else:
        assert contrast(palette.INK, palette.of_label(label)) >= TEXT


@pytest.mark.parametrize("picture", ["#FFFFFF", "#000000", "#808080"])
def test_rows_are_readable_over_any_picture(picture: str) -> None:
    plate = palette.over(palette.PLATE, picture, palette.PLATE_ALPHA)
    assert contrast(palette.ON_PLATE, plate) >= TEXT
    assert contrast(palette.ON_PLATE_MUTED, plate) >= TEXT
