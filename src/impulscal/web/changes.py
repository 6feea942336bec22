"""``/{series}/changes/`` and ``/{series}.atom``: what changed, for people and for readers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, Response
from markupsafe import Markup

from impulscal.errors import Message
from impulscal.history.log import News
from impulscal.history.revisions import Revision
from impulscal.language import translate
from impulscal.schedule.clock import zone
from impulscal.schedule.model import Text
from impulscal.web.addresses import Visit, site, visit
from impulscal.web.atom import atom
from impulscal.web.frame import show
from impulscal.web.log import log_of
from impulscal.web.representation import respond
from impulscal.wording.dates import day
from impulscal.wording.log import held_on, note_of, opening_sentence, points, title_of
from impulscal.wording.typography import tied

__all__ = ["blueprint"]

blueprint = Blueprint("changes", __name__)

# The page of a series of many years stays readable; the data hold all.
_SHOWN = 200

# A second sign beside the word, so that the kinds can be told apart at a glance.
_SIGNS = {
    "added": "+",
    "returned": "+",
    "announced": "»",
    "unannounced": "…",
    "moved": "→",
    "length": "→",
    "zone": "→",
    "cancelled": "×",
    "reinstated": "✓",
    "firm": "✓",
    "tentative": "?",
    "text": "≈",
}


@blueprint.get("/<series>/changes")
@blueprint.get("/<any(de, en):lang>/<series>/changes")
def show_changes(series: str, lang: str | None = None) -> Response:
    """Answer with the list of changes, newest first, grouped by day."""
    visited = visit(series, lang)
    return show(visited, "changes/", "changes.html", changes=lambda: _page(visited))


@blueprint.get("/<series>.atom")
@blueprint.get("/<any(de, en):lang>/<series>.atom")
def show_atom(series: str, lang: str | None = None) -> Response:
    """Answer with the changes as an Atom feed."""
    visited = visit(series, lang)
    representation = site().representations.get(
        (visited.edition,),
        f"{visited.prefix}/{series}.atom",
        lambda: atom(visited.edition, log_of(visited.edition), visited.links),
        content_type="application/atom+xml; charset=utf-8",
    )
    response = respond(representation, site().editions)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A session as the list names it.

    Attributes:
        page: Whether it still has a page.
    """

    id: str
    title: Text
    day: str
    page: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One piece of news as the page shows it.

    Attributes:
        points: Kind, sign, label and sentence of what changed.
        items: The sessions that it befell, mostly one.
        reason: Whether ``note`` tells why.
    """

    points: tuple[tuple[str, str, str, Markup], ...]
    items: tuple[Item, ...]
    note: Text | None
    reason: bool


def _page(visited: Visit) -> Mapping[str, Any]:
    edition, language = visited.edition, visited.language
    told = log_of(edition).news
    latest = [one for one in told if not one.opening]
    opening = [one for one in told if one.opening]
    days = groupby(latest[:_SHOWN], key=lambda one: _local(one.stamp, visited).date())
    return {
        "days": [
            (on, tied(day(on, language)), [_entry(one, visited) for one in those])
            for on, those in days
        ],
        "more": len(latest) > _SHOWN,
        "opening": [
            tied(opening_sentence(one, _local(one.stamp, visited).date(), language))
            for one in opening
        ],
    }


def _local(stamp: datetime, visited: Visit) -> datetime:
    return stamp.astimezone(zone(visited.edition.series.timezone))


def _entry(one: News, visited: Visit) -> Entry:
    language, timezone = visited.language, visited.edition.series.timezone
    found = points(one, language, timezone=timezone)
    after = one.changes[0].after
    reason = found[0].kind in ("cancelled", "moved", "length")
    told = len(one.changes) == 1 and (reason or "note" in after.changed)
    return Entry(
        points=tuple(
            (
                point.kind,
                _SIGNS[point.kind],
                translate(point.label, language),
                Markup() if point.sentence is None else marked(point.sentence, language),
            )
            for point in found
        ),
        items=tuple(_items(one, visited)),
        note=note_of(after) if told else None,
        reason=reason,
    )


def _items(one: News, visited: Visit) -> Iterator[Item]:
    for change in one.changes:
        after: Revision = change.after
        yield Item(
            id=after.session,
            title=title_of(after),
            day=tied(held_on(after, visited.language)),
            page=after.session in visited.edition.by_id,
        )


def marked(sentence: Message, language: str) -> Markup:
    """Return ``sentence`` as HTML, what was struck and what is now underlined.

    Screen readers pass over both marks in silence; the words of the sentence say it.
    """
    places = {name: f"{{{name}}}" for name in sentence.values}
    template = Markup(tied(translate(Message(sentence.template, places), language)))  # noqa: S704 -- our own words
    marks = {"before": Markup("<del>{}</del>"), "after": Markup("<ins>{}</ins>")}
    values = {
        name: marks.get(name, Markup("{}")).format(tied(str(value)))
        for name, value in sentence.values.items()
    }
    return template.format(**values)
