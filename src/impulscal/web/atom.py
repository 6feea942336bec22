"""The changes of a series as an Atom feed (RFC 4287).

Ids are ``tag:`` URIs (RFC 4151) of the series' domain: they outlive every host, release
and restart, and are the same in all languages.
"""

import re
from datetime import datetime
from xml.etree import ElementTree as ET

from impulscal.edition import Edition
from impulscal.errors import _
from impulscal.history.log import News
from impulscal.history.revisions import ChangeKind
from impulscal.language import LANGUAGES, spoken, translate
from impulscal.links import Links
from impulscal.schedule.clock import zone
from impulscal.web.log import Log
from impulscal.wording.lines import one_line
from impulscal.wording.log import held_on, note_of, opening_sentence, points, title_of

__all__ = ["atom"]

# Readers fetch often and keep what they have seen.
_SHOWN = 50

# XML 1.0, 2.2: what a document cannot hold, however it is written.
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(edition: Edition, log: Log, links: Links) -> bytes:
    """Return the feed: the same bytes for the same edition and log.

    Args:
        edition: The series as it is public.
        log: What it told.
        links: Addresses in the language of the feed.
    """
    series, language = edition.series, links.language
    shown = log.news[:_SHOWN]
    updated = shown[0].stamp if shown else log.founded_at
    feed = ET.Element(
        "feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": spoken(language)}
    )
    _add(feed, "id", f"{_tag(edition, log.founded_at)}")
    title = one_line(series.title.in_language(language))
    _add(feed, "title", translate(_("{series}: what has changed", series=title), language))
    if series.subtitle is not None:
        _add(feed, "subtitle", one_line(series.subtitle.in_language(language)))
    _add(feed, "updated", _instant(updated))
    _add_author(feed, edition, links)
    _link(feed, "self", "application/atom+xml", _address(links), spoken(language))
    _link(feed, "alternate", "text/html", f"{links.series_page()}changes/", spoken(language))
    for other in LANGUAGES:
        if other != spoken(language):
            there = Links(base_url=links.base_url, series=series, language=other)
            _link(feed, "alternate", "application/atom+xml", _address(there), other)
    for one in shown:
        _add_entry(feed, one, edition, links)
    ET.indent(feed, " ")
    text: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _address(links: Links) -> str:
    return f"{links.series_page().removesuffix('/')}.atom"


def _tag(edition: Edition, minted: datetime, *parts: str) -> str:
    specific = "/".join((edition.series.id, *parts))
    return f"tag:{edition.series.domain.lower()},{minted:%Y-%m-%d}:{specific}"


def _add_author(feed: ET.Element, edition: Edition, links: Links) -> None:
    series = edition.series
    author = ET.SubElement(feed, "author")
    name = series.title if series.organizer is None else series.organizer.name
    _add(author, "name", one_line(name.in_language(links.language)))
    if series.homepage is not None:
        _add(author, "uri", series.homepage)


def _add_entry(feed: ET.Element, one: News, edition: Edition, links: Links) -> None:
    entry = ET.SubElement(feed, "entry")
    _add(entry, "id", _tag(edition, one.stamp, one.key))
    _add(entry, "title", _title(one, edition, links))
    _add(entry, "updated", _instant(one.stamp))
    _add(entry, "published", _instant(one.stamp))
    session = one.changes[0].after.session
    alone = len(one.changes) == 1 and session in edition.by_id
    page = links.session_page(session) if alone else f"{links.series_page()}changes/"
    _link(entry, "alternate", "text/html", page, spoken(links.language))
    for kind in one.kinds:
        ET.SubElement(entry, "category", {"term": str(kind)})
    _add(entry, "content", "\n".join(_lines(one, edition, links.language)), type="text")


def _title(one: News, edition: Edition, links: Links) -> str:
    language = links.language
    if one.opening:
        return _opening(one, edition, language)
    point = points(one, language, timezone=edition.series.timezone)[0]
    label = translate(point.label, language)
    if len(one.changes) > 1:
        told = translate(_("{count} sessions", count=len(one.changes)), language)
    else:
        told = one_line(title_of(one.changes[0].after).in_language(language))
    return f"{label}: {told}"


def _opening(one: News, edition: Edition, language: str) -> str:
    on = one.stamp.astimezone(zone(edition.series.timezone)).date()
    return opening_sentence(one, on, language)


def _lines(one: News, edition: Edition, language: str) -> list[str]:
    """Return what changed, and of several sessions which ones, each on a line."""
    listed = [
        f"{held_on(change.after, language)}: "
        f"{one_line(title_of(change.after).in_language(language))}"
        for change in one.changes
    ]
    if ChangeKind.ADDED in one.kinds:
        return listed
    lines = []
    for point in points(one, language, timezone=edition.series.timezone):
        label = translate(point.label, language)
        said = None if point.sentence is None else translate(point.sentence, language)
        lines.append(label if said is None else f"{label}: {said}")
    note = note_of(one.changes[0].after)
    if len(one.changes) > 1:
        lines += listed
    elif note is not None:
        lines.append(one_line(note.in_language(language)))
    return lines


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)


def _link(parent: ET.Element, rel: str, kind: str, href: str, language: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, "type": kind, "hreflang": language, "href": href})


def _instant(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
