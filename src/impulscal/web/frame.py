"""What every page has: words, addresses, the texts of the file with their language."""

from collections.abc import Callable, Iterable
from typing import Any

from babel.dates import format_date
from flask import Response, render_template
from markupsafe import Markup

from impulscal.edition import PublishedSession
from impulscal.errors import Message, _
from impulscal.language import LANGUAGES, locale_of, spoken, translate
from impulscal.links import Links, mailto
from impulscal.schedule.clock import zone
from impulscal.schedule.lifecycle import state
from impulscal.schedule.model import Accessibility, Series
from impulscal.web.addresses import Visit, site
from impulscal.web.assets import assets
from impulscal.web.joining import registering, saving
from impulscal.web.representation import respond
from impulscal.web.told import hours_together, lang, path_of, prose, told, told_names
from impulscal.wording import dates
from impulscal.wording.lines import one_line
from impulscal.wording.status import signs
from impulscal.wording.titles import marked_title, title
from impulscal.wording.typography import tied

__all__ = ["HTML", "NAMES", "frame", "legal_of", "render", "show", "words"]

HTML = "text/html; charset=utf-8"

NAMES = {"de": "Deutsch", "en": "English"}


def words(language: str) -> dict[str, Any]:
    """Return what every template needs to speak ``language``, with or without a series.

    ``_``: the fixed words; ``language``: of the texts, ``spoken``: of the fixed words;
    ``base_path``: before every root-relative link; ``asset``: address of a file of the
    look; ``demonstration``: whether the clock stands still.
    """
    settings = site().settings

    def say(template: str, **values: object) -> str:
        return tied(translate(Message(template, values), language))

    return {
        "_": say,
        "tied": tied,
        "language": language,
        "spoken": spoken(language),
        "languages": LANGUAGES,
        "base_path": settings.base_path,
        "asset": lambda name: f"{settings.base_path}/static/{assets()[name].name}",
        "demonstration": settings.clock.fixed is not None,
    }


def frame(visited: Visit, here: str, query: str = "") -> dict[str, Any]:
    """Return what the templates of a series' pages need.

    Args:
        visited: The series and the language.
        here: The rest of the address after the series' page: empty, ``2/``,
            ``changes/``, ``share``.
        query: Options of the address, as they go on into the other language.

    ``home``: path of the series' page; ``tongues``: code, name and path of the same page
    in the other languages; ``told``, ``lang``, ``html``, ``when`` and others: the texts
    of the file as HTML, marked with their language where it is not the page's.
    """
    series, language = visited.edition.series, visited.language
    home = path_of(visited.links.series_page())
    suffix = f"?{query}" if query else ""
    return {
        **words(language),
        "edition": visited.edition,
        "series": series,
        "links": visited.links,
        "prefix": visited.prefix,
        "home": home,
        "here": here,
        "address": visited.links.series_page() + here,
        "tongues": [
            (code, NAMES[code], _home_in(visited.links, code) + here + suffix)
            for code in LANGUAGES
            if code != spoken(language)
        ],
        "as_of": _as_of(visited),
        "legal_of": legal_of((series,), language),
        "barrier_contact": _barrier_contact(visited, here),
        **_texts(visited),
        **_sessions(visited),
    }


def render(visited: Visit, here: str, template: str, **values: Any) -> bytes:
    """Return a page of the series: a pure function of the edition."""
    query = values.pop("query", "")
    return render_template(template, **{**frame(visited, here, query), **values}).encode()


def show(visited: Visit, here: str, template: str, *, query: str = "", **values: Any) -> Response:
    """Answer the request with a page of the series, from memory where it is known.

    Args:
        visited: The series and the language.
        here: The rest of the address after the series' page.
        template: Extends ``base.html``.
        query: The options in their fixed order; they tell pages of one address apart.
        values: What the template needs beside the frame.
    """
    edition = visited.edition
    suffix = f"?{query}" if query else ""
    representation = site().representations.get(
        (edition,),
        f"{visited.prefix}/{edition.series.id}/{here}{suffix}",
        lambda: render(visited, here, template, query=query, **values),
        content_type=HTML,
    )
    return respond(representation, site().editions)


def legal_of(many: Iterable[Series], language: str) -> dict[str, str | None]:
    """Return the legal links that all of ``many`` series share; some may be None."""
    found = [_legal(series, language) for series in many]
    first = found[0] if found else {}
    return {
        name: link if all(other[name] == link for other in found) else None
        for name, link in first.items()
    }


def _legal(series: Series, language: str) -> dict[str, str | None]:
    told_of = series.accessibility or Accessibility()
    return {
        "imprint": series.imprint,
        "privacy": series.privacy,
        "statement": told_of.statement,
        "label": one_line(told_of.label.in_language(language)) if told_of.label else None,
        "easy_language": series.easy_language,
        "sign_language": series.sign_language,
    }


def _barrier_contact(visited: Visit, here: str) -> str | None:
    """Return where a barrier of this page is reported: an address, or a mail begun."""
    series = visited.edition.series
    told = series.accessibility.feedback if series.accessibility else None
    contact = told or series.contact
    if contact is None or not _is_mail(contact):
        return contact
    page = visited.links.series_page() + here
    subject = _("Barrier on {page}", page=one_line(series.title.in_language(visited.language)))
    return mailto(
        contact.removeprefix("mailto:"), translate(subject, visited.language), f"{page}\n\n"
    )


def _is_mail(contact: str) -> bool:
    return contact.startswith("mailto:") or not contact.startswith(("http:", "https:"))


def _home_in(links: Links, language: str) -> str:
    other = Links(base_url=links.base_url, series=links.series, language=language)
    return path_of(other.series_page())


def _as_of(visited: Visit) -> str:
    """Return when subscribers last saw a change; the moment of rendering would age."""
    when = visited.edition.modified_at.astimezone(zone(visited.edition.series.timezone))
    language = visited.language
    told = f"{dates.day(when, language)}, {dates.time_of_day(when, language)}"
    return tied(f"{told} ({dates.zone_name(when, language)})")


def _texts(visited: Visit) -> dict[str, Callable[..., Any]]:
    language = visited.language
    return {
        "text": lambda text: one_line(text.in_language(language)),
        "lang": lambda text: lang(text, language),
        "told": lambda text: told(text, language),
        "told_names": lambda persons: told_names(persons, language),
        "html": lambda text, below=2: prose(text, language, below=below),
    }


def _sessions(visited: Visit) -> dict[str, Any]:
    edition, links = visited.edition, visited.links
    series, language = edition.series, visited.language

    locale = locale_of(language)

    def period(session: PublishedSession) -> str:
        return tied(dates.period(session.public.start, session.public.end, language))

    return {
        "page_of": lambda session: path_of(links.session_page(session.id)),
        "file_of": lambda session: path_of(links.single_file_address(session.id)),
        "stage": lambda session: str(state(session.public, edition.moment)),
        "signs": lambda session: signs(series, session, edition.moment, language),
        "number": lambda session: f"#{session.id}" if session.id.isdecimal() else "",
        "full_title": lambda session: title(series, session, language),
        "marked_title": lambda session: marked_title(series, session, language),
        "period": period,
        "when": lambda session: Markup('<time datetime="{}">{}</time>').format(
            session.public.start.isoformat(timespec="minutes"), hours_together(period(session))
        ),
        "day": lambda when: tied(dates.day(when, language)),
        "weekday": lambda when: format_date(when, "EEEE", locale=locale),
        "month": lambda when: format_date(when, "MMMM y", locale=locale),
        "month_of": lambda when, year: format_date(
            when, "LLLL y" if year else "LLLL", locale=locale
        ),
        "short_day": lambda when: tied(dates.date_only(when, language, year=False)),
        "long_day": lambda when: tied(dates.date_only(when, language)),
        "earlier": lambda session: tied(
            dates.moment(session.revision.first_start, series.timezone, language)
        ),
        "registering": lambda session: registering(visited, session),
        "saving": lambda session: saving(visited, session),
        "german_time": series.timezone == "Europe/Berlin",
    }
