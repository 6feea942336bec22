"""The options that other websites may choose."""

import pytest
from werkzeug.datastructures import MultiDict

from impulscal.language import translate
from impulscal.web.selection import Selection, choose, contrast


def chosen(**query: str) -> Selection:
    selection, mistakes = choose(MultiDict(query))
    assert mistakes == ()
    return selection


def told(**query: str) -> list[str]:
    _selection, mistakes = choose(MultiDict(query))
    return [translate(mistake.message, "en") for mistake in mistakes]


def test_without_options_the_list_shows_ten_coming_sessions_in_our_colours() -> None:
    selection = chosen()

    assert selection == Selection(limit=10, past=False, theme="auto", accent=None)


def test_all_options_are_read() -> None:
    selection = chosen(limit="3", past="1", theme="dark", accent="6FE0DB")

    assert selection == Selection(limit=3, past=True, theme="dark", accent="6fe0db")


def test_empty_values_and_unknown_options_count_as_not_given() -> None:
    selection = chosen(limit="", past="", theme="", accent="", utm_source="mail")

    assert selection == Selection()


def test_number_sign_before_a_colour_is_taken_off() -> None:
    assert chosen(accent="#00595e").accent == "00595e"


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "viele", "1e1", "٣", "0001"])
def test_number_outside_of_one_to_a_hundred_is_refused(limit: str) -> None:
    assert told(limit=limit) == [f"Bad value for “limit”: “{limit}”. Allowed: 1 to 100."]


def test_all_mistakes_are_told_at_once() -> None:
    assert told(limit="0", past="ja", theme="rosa", accent="rot") == [
        "Bad value for “limit”: “0”. Allowed: 1 to 100.",
        "Bad value for “past”: “ja”. Allowed: 1 (with) or 0 (without).",
        "Bad value for “theme”: “rosa”. Allowed: auto, light or dark.",
        "Bad value for “accent”: “rot”. Allowed: six hexadecimal digits such as 00595e.",
    ]


@pytest.mark.parametrize(
    ("accent", "theme", "refusal"),
    [
        ("767676", "light", []),
        (
            "777777",
            "light",
            ["Text on #777777 reaches 4.47:1, 4.5:1 is needed. Take a darker colour."],
        ),
        ("ffff00", "", ["Text on #ffff00 reaches 1.07:1, 4.5:1 is needed. Take a darker colour."]),
        ("ffff00", "dark", []),
        (
            "00595e",
            "dark",
            ["Text on #00595e reaches 2.20:1, 4.5:1 is needed. Take a lighter colour."],
        ),
    ],
)
def test_colour_is_taken_only_where_text_on_it_can_be_read(
    accent: str, theme: str, refusal: list[str]
) -> None:
    assert told(accent=accent, theme=theme) == refusal


def test_contrast_is_that_of_the_standard() -> None:
    found = [round(contrast(one, "ffffff"), 2) for one in ("000000", "ffffff", "00595e", "5e8487")]

    assert found == [21.0, 1.0, 8.11, 4.1]


def test_query_names_only_what_differs_from_the_default() -> None:
    everything = Selection(limit=3, past=True, theme="dark", accent="6fe0db")

    assert [Selection().query(), everything.query()] == [
        "",
        "limit=3&past=1&theme=dark&accent=6fe0db",
    ]
