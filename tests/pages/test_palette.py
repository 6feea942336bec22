"""The contrasts of the style sheet, recomputed (WCAG 2.2, 1.4.3, 1.4.6 and 1.4.11)."""

import re

import pytest

from impulscal.web.assets import assets

# Text, its ground, and the ratio that is asked for in light and dark.
PAIRS = [
    ("ink", "paper", 7),
    ("ink", "mist", 7),
    ("ink", "band", 7),
    ("ink-2", "paper", 7),
    ("ink-2", "mist", 7),
    ("link", "paper", 7),
    ("link", "mist", 7),
    ("on-link", "link", 7),
    ("on-link", "link-hover", 7),
    ("link", "mist", 3),
    ("line", "paper", 3),
    ("line", "mist", 3),
    ("green", "paper", 4.5),
    ("green", "mist", 4.5),
    ("deep", "band", 3),
    ("on-lime", "lime", 7),
    ("open", "on-open", 7),
    ("last", "on-last", 7),
    ("stop", "on-stop", 7),
    ("moved", "on-moved", 7),
    ("calm", "on-calm", 7),
    ("visited", "paper", 4.5),
]


def palettes() -> dict[str, dict[str, str]]:
    """The colours by name: light, and dark where it differs."""
    css = assets()["style.css"].body.decode()
    light, dark = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]
    first = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", light))
    return {"light": first, "dark": first | dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", dark))}


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    full = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(full[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_colours_can_be_told_apart(scheme: str, text: str, ground: str, least: float) -> None:
    colours = palettes()[scheme]

    assert round(ratio(colours[text], colours[ground]), 2) >= least


def test_black_on_white_is_the_highest_contrast() -> None:
    assert ratio("#000", "#ffffff") == 21
