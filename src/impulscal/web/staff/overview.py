"""``/staff/`` and ``/staff/invitations``: what needs somebody, and all sessions in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response
from markupsafe import Markup

from impulscal.edition import Edition
from impulscal.invitations import outbox
from impulscal.invitations.model import State
from impulscal.invitations.standing import Numbers
from impulscal.links import Links
from impulscal.publication import Outcome
from impulscal.schedule.clock import zone
from impulscal.web.addresses import site
from impulscal.web.shelf import Shelf
from impulscal.web.staff.charts import answers
from impulscal.web.staff.guard import route, say, show_staff, staff
from impulscal.web.staff.needs import Need, needs_of_files, needs_of_guests
from impulscal.web.staff.rows import Row, rows
from impulscal.web.told import told
from impulscal.wording import dates
from impulscal.wording.typography import tied

__all__ = ["blueprint"]

blueprint = Blueprint("staff_overview", __name__)

# Of one file; the check shows them all.
_MOST_TROUBLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesView:
    """One series with its sessions.

    Attributes:
        ahead: Sessions that are not over, the next one first.
        past: Sessions that are over, the last one first.
        title: Marked with its language.
        as_of: When subscribers last saw a change.
        announces: The next session that is announced by itself, if there is one.
        files: Names of the files it comes from, and whether each is published.
    """

    edition: Edition
    title: Markup
    ahead: tuple[Row, ...]
    past: tuple[Row, ...]
    feed: str
    page: str
    as_of: str
    announces: Row | None
    files: Mapping[str, bool]


@route(blueprint, "")
def show_overview() -> Response:
    """Show what needs somebody, the schedule, and the state of the feed."""
    shelf, now = site().editions.current(), staff().now
    sends = site().settings.mail_server is not None
    views, waiting = _views(shelf)
    found = list(needs_of_files(shelf, staff().language))
    for view in views:
        found += needs_of_guests(view.ahead, staff().language, now=now, sends=sends)
    found.sort(key=_urgency)
    looked_at = site().editions.looked_at
    return show_staff(
        "overview.html",
        needs=found,
        most=_MOST_TROUBLES,
        views=views,
        unsent=0 if sends else waiting,
        replies_of=_replies,
        looked_at=None if looked_at is None else _moment(looked_at, "Europe/Berlin"),
    )


@route(blueprint, "invitations")
def show_invitations() -> Response:
    """Show the sessions with the numbers of their guests."""
    views, _waiting = _views(site().editions.current())
    return show_staff("invitations.html", views=views)


def _urgency(need: Need) -> int:
    """Return what comes first: what is broken, then people, then what can wait."""
    return 0 if need.kind == "stop" else 1 if need.row is not None else 2


def _views(shelf: Shelf) -> tuple[list[SeriesView], int]:
    """Return the series by id, and how many messages wait to be sent."""
    with site().editions.database().reading() as transaction:
        counts = outbox.count_states(transaction)
        found = []
        for _id, edition in sorted(shelf.editions.items()):
            now = staff().now.astimezone(zone(edition.series.timezone))
            listed = tuple(rows(transaction, edition, staff().language, now=now))
            found.append(_view(shelf, edition, listed))
    return found, counts[State.QUEUED] + counts[State.FAILED]


def _view(shelf: Shelf, edition: Edition, listed: tuple[Row, ...]) -> SeriesView:
    series, language = edition.series, staff().language
    links = Links(base_url=site().settings.base_url, series=series, language=series.language)
    return SeriesView(
        edition=edition,
        title=told(series.title, language),
        ahead=tuple(row for row in listed if not row.over),
        past=tuple(row for row in listed[::-1] if row.over),
        feed=links.feed_address(),
        page=Links(
            base_url=site().settings.base_url, series=series, language=language
        ).series_page(),
        as_of=_moment(edition.modified_at, series.timezone),
        announces=next((row for row in listed if row.announced_on is not None), None),
        files={
            report.path.name: report.outcome in (Outcome.PUBLISHED, Outcome.UNCHANGED)
            for report in shelf.reports
            if report.series == series.id
        },
    )


def _moment(moment: datetime, timezone: str) -> str:
    when, language = moment.astimezone(zone(timezone)), staff().language
    told = f"{dates.date_only(when, language)}, {dates.time_of_day(when, language)}"
    return tied(f"{told} ({dates.zone_name(when, language)})")


def _replies(numbers: Numbers) -> str:
    return " · ".join(say(piece.words) for piece in answers(numbers)) or "–"
