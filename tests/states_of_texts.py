"""What texts may do to a page: be very long, run from right to left, be hostile."""

from collections.abc import Mapping
from typing import Any

__all__ = ["HOSTILE", "TEXTS"]

Sessions = tuple[tuple[int, str, dict[str, Any]], ...]

_LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"

HOSTILE = (
    "Ein böser Text, der die ganze Seite für sich haben will und dafür nichts unversucht lässt: "
    "<script>document.title='hacked'</script>"
    "<img src=x onerror=\"document.title='hacked'\">"
    "\"><svg/onload=document.title='hacked'>"
    "'\"&amp;</title></textarea></script>{{7*7}}"
)
"""Tries to leave each context of a page that a text can stand in."""


def _of(words: str, **facts: Any) -> dict[str, Any]:
    """Return facts in whose every text ``words`` stand."""
    person = {"name": words, "role": words, "organisation": words, "about": words}
    return {
        "title": words,
        "topic": words.replace(",", "").replace(";", ""),
        "teaser": words,
        "description": words,
        "location": words,
        "note": words,
        "speakers": [person, person],
        "moderators": [person],
        "links": [{"title": words, "url": "https://example.org/a"}, {"title": words}],
        "materials": [{"title": words, "url": "https://example.org/b"}],
        "images": [{"src": "bilder/offen.png", "alt": words, "credit": words}],
        "registration": {"note": words},
        **facts,
    }


def _series(words: str, **facts: Any) -> dict[str, Any]:
    return {
        "title": words,
        "subtitle": words,
        "description": words,
        "location": words,
        "organizer": {"name": words, "email": "reihe@example.org"},
        "coordination": words,
        "moderators": [{"name": words, "organisation": words}],
        "accessibility": {"statement": "https://example.org/barrierefreiheit", "label": words},
        **facts,
    }


def _all_of(words: str, **series: Any) -> tuple[dict[str, Any], Sessions]:
    """Return a series with a session over, one open and one cancelled, all of ``words``."""
    return _series(words, **series), (
        (1, "2021-05-04", _of(words)),
        (2, "2021-06-15", _of(words)),
        (3, "2021-06-29", _of(words, status="cancelled")),
    )


TEXTS: Mapping[str, tuple[dict[str, Any], Sessions]] = {
    "lange-woerter": _all_of(f"{_LONG} und {_LONG}"),
    "arabisch": _all_of(
        "المدينة الخضراء (2021), الجزء الثاني!",
        language="ar",
        registration={"email": "reihe@example.org", "closes": "4 days before"},
    ),
    "emoji": _all_of("🌳 Grün 👩🏽‍🌾 & 🏙️ bunt 🇩🇪 – 100 % 🚲"),
    "englisch": _all_of("Cooling the city", language="en"),
    "zweisprachig": (
        _series("Kühle Stadt"),
        (
            (1, "2021-05-04", {"title": {"de": "Kühle Stadt", "en": "Cool city"}}),
            (2, "2021-06-15", {"title": {"en": "Only in English", "de": "Nur deutsch"}}),
        ),
    ),
    "feindlich": _all_of(HOSTILE),
}
"""By name: what the series says, and number, day and facts of each session."""
