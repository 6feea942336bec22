"""The season at a glance: an arrow for each session, and the same in words."""

from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[[str], Any]


def captions(page: Any) -> list[str]:
    return [" ".join(told.text_content().split()) for told in page.xpath("//figcaption")]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (
            "/stadtimpuls/",
            (
                "5 Termine von Mai bis November 2021: 11. Mai (hat stattgefunden), "
                "8. Juni (nächster Termin), 14. September, 12. Oktober, 9. November."
            ),
        ),
        (
            "/en/stadtimpuls/",
            (
                "5 sessions from May to November 2021: 11 May (took place), 8 June (next session), "
                "14 September, 12 October, 9 November."
            ),
        ),
        (
            "/verschoben/",
            (
                "2 Termine von Mai bis Juni 2021: 4. Mai (hat stattgefunden), 22. Juni (nächster "
                "Termin, verschoben vom 15. Juni)."
            ),
        ),
        (
            "/abgesagt/",
            "2 Termine von Mai bis Juni 2021: 4. Mai (hat stattgefunden), 15. Juni (abgesagt).",
        ),
        ("/ein-termin/", "Ein Termin: 15. Juni 2021 (nächster Termin)."),
        (
            "/dreihundert/",
            (
                "300 Termine von Januar 2019 bis Oktober 2024: nächster Termin 8. Juni 2021, 126 "
                "haben stattgefunden."
            ),
        ),
    ],
)
def test_the_words_say_what_the_drawing_shows(open_page: Open, path: str, told: str) -> None:
    page = open_page(path)

    # Once for the wide drawing, once for the narrow one: one of them is seen.
    assert captions(page) == [told, told]


@pytest.mark.parametrize(
    ("path", "shapes"),
    [
        ("/stadtimpuls/", ["a-over", "a-next", "a-ahead", "a-ahead", "a-ahead"]),
        ("/laeuft/", ["a-over", "a-next", "a-inner"]),
        ("/abgesagt/", ["a-over", "a-cancelled", "a-bar"]),
        ("/ohne-termine/", ["a-none"] * 3),
    ],
)
def test_shapes_tell_the_state(open_page: Open, path: str, shapes: list[str]) -> None:
    [drawing] = open_page(path).xpath('//*[contains(@class, "wide-only")]/svg')

    found = [shape for shape in drawing.xpath(".//path/@class") if shape.startswith("a-")]
    assert found == shapes
    assert drawing.get("aria-hidden") == "true"
