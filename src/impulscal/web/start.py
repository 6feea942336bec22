"""The list of several series: what each is, and what comes next in it."""

from typing import Any

from impulscal.edition import Edition
from impulscal.language import LANGUAGES, spoken
from impulscal.links import Links
from impulscal.web.addresses import site
from impulscal.web.frame import NAMES, legal_of, words
from impulscal.web.overview import overview
from impulscal.web.told import path_of, told
from impulscal.wording import dates
from impulscal.wording.typography import tied

__all__ = ["start"]


def start(editions: tuple[Edition, ...], language: str) -> dict[str, Any]:
    """Return what the list of ``editions`` needs."""
    base_path = site().settings.base_path
    return {
        **words(language),
        "entries": [_entry(edition, language) for edition in editions],
        "legal_of": legal_of((edition.series for edition in editions), language),
        "tongues": [
            (code, NAMES[code], f"{base_path}/" + ("" if code == "de" else f"{code}/"))
            for code in LANGUAGES
            if code != spoken(language)
        ],
    }


def _entry(edition: Edition, language: str) -> dict[str, Any]:
    links = Links(base_url=site().settings.base_url, series=edition.series, language=language)
    view = overview(edition)
    coming = view.next
    return {
        "path": path_of(links.series_page()),
        "title": told(edition.series.title, language),
        "subtitle": edition.series.subtitle and told(edition.series.subtitle, language),
        "next": coming
        and {
            "title": told(coming.public.title, language),
            "period": tied(dates.period(coming.public.start, coming.public.end, language)),
            "start": coming.public.start.isoformat(timespec="minutes"),
        },
        "view": view,
    }
