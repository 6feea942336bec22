"""The current request to the staff area: by whom, in which language, and its addresses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from flask import g, request

from impulscal.errors import Message
from impulscal.language import translate
from impulscal.web.addresses import site
from impulscal.wording.typography import tied

__all__ = [
    "Call",
    "Staff",
    "area_path",
    "begin_call",
    "call",
    "language_of_page",
    "now",
    "onward",
    "page_below",
    "same_page",
    "say",
    "staff",
    "staff_path",
]


# Ids and fixed words: no scheme, no host, nothing that leads upwards.
_ONWARD = re.compile(r"[a-z0-9-][a-z0-9._-]*(?:/[a-z0-9-][a-z0-9._-]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Whose request it is.

    Attributes:
        address: E-mail address.
        language: Of the page: ``de`` or ``en``.
        csrf: What each form brings along (``csrf_field`` in templates).
        now: The moment of the request.
    """

    address: str
    language: str
    csrf: str = field(repr=False)
    now: datetime


@dataclass(slots=True, kw_only=True)
class Call:
    """The current request, as far as the staff area is concerned.

    Attributes:
        rule, values: As they were registered and filled.
        readable: Whether the address answers to GET.
        staff: None for strangers, and before it is known.
    """

    language: str
    rule: str
    values: dict[str, Any]
    readable: bool
    now: datetime
    staff: Staff | None = None


def begin_call(current: Call) -> None:
    """Make ``current`` the current request."""
    g.staff_call = current


def call() -> Call:
    """Return the current request."""
    current = g.staff_call
    assert isinstance(current, Call)  # noqa: S101 -- the guard puts it there
    return current


def staff() -> Staff:
    """Return whose request it is, in a view that ``route`` registered."""
    member = call().staff
    assert member is not None  # noqa: S101 -- `route` lets nobody else through
    return member


def language_of_page() -> str:
    """Return the language of the current page, whoever asks for it."""
    return call().language


def now() -> datetime:
    """Return the moment of the current request, whoever asks."""
    return call().now


def say(message: Message) -> str:
    """Return ``message`` in the language of the current page, as pages have it."""
    return tied(translate(message, call().language))


def area_path(language: str) -> str:
    """Return the path of the staff area in ``language``, with the base path."""
    area = "/staff" if language == "de" else f"/staff/{language}"
    return site().settings.base_path + area


def staff_path(rule: str, /, **values: object) -> str:
    """Return the path of a page of the staff area in the current language.

    Args:
        rule: As in ``route``.
        values: The arguments of the path; others become the query.
    """
    return _path_in(call().language, rule, **values)


def onward(text: str) -> str:
    """Return the page below the staff area that ``text`` names; empty where it names none.

    It is a path that goes on from ``/staff/``, so it never leads anywhere else.
    """
    return text if len(text) <= 200 and _ONWARD.fullmatch(text) else ""


def same_page(language: str) -> str:
    """Return the path of the current page in another language; else of the overview.

    Strangers who send a form are answered alike, wherever they sent it.
    """
    current = call()
    unseen = current.staff is None and request.method == "POST"
    if unseen or not current.readable:
        return _path_in(language, "")
    query = request.query_string.decode("latin-1")
    path = _path_in(language, current.rule, **current.values)
    return f"{path}?{query}" if query else path


def page_below() -> str:
    """Return what the path of the current page is below the staff area: see ``onward``."""
    return _filled(call().rule, call().values)[0]


def _path_in(language: str, rule: str, /, **values: object) -> str:
    below, rest = _filled(rule, values)
    path = f"{area_path(language)}/{below}"
    return f"{path}?{urlencode(rest)}" if rest else path


def _filled(rule: str, values: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
    """Return ``rule`` with its places filled, and the values that were left."""
    rest = dict(values)

    def fill(place: re.Match[str]) -> str:
        whole = place[1] == "path:"
        return quote(str(rest.pop(place[2])), safe="/" if whole else "")

    return re.sub(r"<([^<>:]+:)?([^<>]+)>", fill, rule), rest
