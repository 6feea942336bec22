"""The colour names of CSS3."""

import re

from impulscal.schedule.colors import COLORS


def test_there_are_the_147_names_of_css3() -> None:
    assert (len(COLORS), "rebeccapurple" in COLORS) == (147, False)


def test_every_value_is_six_digits_in_upper_case() -> None:
    unlike = {
        name: value
        for name, value in COLORS.items()
        if not re.fullmatch("[a-z]+", name) or not re.fullmatch("#[0-9A-F]{6}", value)
    }

    assert unlike == {}


def test_names_that_mean_one_colour_have_one_value() -> None:
    twins = [(name, name.replace("gray", "grey")) for name in COLORS if "gray" in name]
    twins += [("aqua", "cyan"), ("fuchsia", "magenta")]

    assert [COLORS[one] for one, _ in twins] == [COLORS[other] for _, other in twins]


def test_green_and_gray_are_those_of_the_web_and_not_of_x11() -> None:
    names = ("gray", "green", "maroon", "purple", "turquoise")

    assert [COLORS[name] for name in names] == [
        "#808080",
        "#008000",
        "#800000",
        "#800080",
        "#40E0D0",
    ]
