"""A series whose every text is hostile, and what each reader of it must not find."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from icalendar import Calendar
from lxml import etree, html
from werkzeug.test import TestResponse

__all__ = ["HOSTILE", "document", "smuggled"]

HOSTILE: Mapping[str, str] = {
    "header": "evil\r\nSet-Cookie: evil=1\r\n\r\n<evil>",
    "calendar": "evil\nEND:VEVENT\nBEGIN:VEVENT\nUID:evil\nX-EVIL:1",
    "other line ends": "evil\u2028X-EVIL:1\u2029BEGIN:VEVENT\u0085X-EVIL:1",
    "parameter": 'evil";VALUE=URI:https://evil.example;X-EVIL="1":evil,evil;evil\\',
    "markup": "evil<evil-a>\"'><evil-b evil-c=d>]]></title></textarea></script>--><evil-d>",
    "attribute": "evil\" evil-on='evil()' ' evil-on=evil() x=`",
    "markdown": "[evil](javascript:evil) ![evil](evil:x) <evil:x> <evil-a>\n\n***\n\n    evil",
    "references": "&lt;evil-a&gt; &#60;evil-b&#62; &amp;#106;avascript:evil %3Cevil-c%3E",
    "data": '</script><!--<script>{"evil":"\\u003c/script>"}',
    "template": "{{ 7777 * 7777 }} {% evil %} ${7777*7777} {0.__class__} %(evil)s %s %n",
    "direction": "evil\u202e\u2066gnp.exe\u2069 \u200b\ufeff",
}
"""By what it tries to break out of. Where something came of it a name begins with “evil”."""

_EVIL = re.compile(r"^x?-?evil", re.IGNORECASE)


def document(words: str) -> str:
    """Return a ``sessions.yaml`` with ``words`` in every text that it may hold."""
    person = {"name": words, "role": words, "organisation": words, "about": words}
    session = {
        "title": words,
        "working_title": words,
        "topic": words,
        "teaser": words,
        "description": f"{words}\n\n{words}",
        "location": words,
        "note": words,
        "speakers": [person, person],
        "moderators": [person],
        "links": [{"title": words, "url": "https://example.org/a"}, {"title": words}],
        "materials": [{"title": words, "url": "https://example.org/b"}],
        "images": [{"alt": words, "credit": words}],
        "registration": {"note": words, "closes": "2 days before"},
    }
    series = {
        "id": "stadtimpuls",
        "domain": "einsateam.de",
        "title": {"de": words, "en": f"{words} in English"},
        "subtitle": words,
        "description": words,
        "location": words,
        "start": "12:00",
        "duration": "30 min",
        "organizer": {"name": words, "email": "reihe@example.org"},
        "coordination": words,
        "moderators": [{"name": words, "organisation": words}],
        "registration": {"email": "reihe@example.org"},
        "accessibility": {"statement": "https://example.org/a", "label": words},
    }
    sessions = [
        {"id": 1, "date": "2021-05-04", **session},
        {"id": 2, "date": "2021-06-15", **session, "join_url": "https://treffen.example/2"},
        {"id": 3, "date": "2021-06-29", **session, "status": "cancelled"},
        {"id": 4, "date": "2021-07-29", **session, "announce": "2021-07-01"},
    ]
    told = {"series": series, "sessions": sessions}
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=10_000)


def smuggled(answer: TestResponse) -> list[str]:
    """Return the names that a reader of ``answer`` finds and that we did not write."""
    names = [name for name, _value in answer.headers]
    names += [value for _name, value in answer.headers if not value.isprintable()]
    kind = str(answer.mimetype)
    reader = _READERS.get(kind)
    if reader is not None and answer.status_code == 200:
        names += reader(answer.data)
    return [name for name in names if _EVIL.match(name)]


def _in_calendar(data: bytes) -> list[str]:
    # A line of its own is the property of whoever wrote it, whatever a parser makes of it.
    lines = re.split(rb"\r\n|\r|\n", data.replace(b"\r\n ", b""))
    names = [re.split("[:;]", line.decode(), maxsplit=1)[0] for line in lines]
    calendar = Calendar.from_ical(data)
    for part in calendar.walk():
        names += [*part, str(part.get("UID", ""))]
        names += [key for value in part.values() for key in getattr(value, "params", {})]
    return names


def _in_page(data: bytes) -> list[str]:
    page = html.document_fromstring(data)
    names = []
    for element in page.iter(etree.Element):
        names += [str(element.tag), *map(str, element.attrib)]
        address = str(element.get("href") or element.get("src") or element.get("action") or "")
        names += [re.sub("(?i)^javascript:", "", address)]
        if element.tag == "script" and element.get("type") == "application/ld+json":
            json.loads(element.text or "")
        elif element.tag == "script" and (element.text or "").strip():
            names.append("evil: a script of its own")
    if b"60481729" in data:  # 7777 * 7777
        names.append("evil: a template was filled")
    return names


def _in_atom(data: bytes) -> list[str]:
    names = []
    for element in etree.fromstring(data).iter(etree.Element):
        names += [etree.QName(element).localname, *map(str, element.attrib)]
    return names


def _in_data(data: bytes) -> list[str]:
    names: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names.extend(name for name, _value in pairs)
        return dict(pairs)

    # Topics are names of their own: by letters and hyphens alone.
    topics = json.loads(data, object_pairs_hook=note).get("topics", {})
    return [name for name in names if name not in topics]


_READERS: Mapping[str, Callable[[bytes], list[str]]] = {
    "text/calendar": _in_calendar,
    "text/html": _in_page,
    "application/atom+xml": _in_atom,
    "application/xml": _in_atom,
    "application/json": _in_data,
}
