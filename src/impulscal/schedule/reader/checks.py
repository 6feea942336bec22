"""Warnings: what can be published and is perhaps not meant so."""

from collections.abc import Iterator
from datetime import datetime

from impulscal.errors import _
from impulscal.schedule.clock import Rhythm
from impulscal.schedule.lifecycle import is_announced
from impulscal.schedule.model import Session, Status
from impulscal.schedule.reader.context import Context
from impulscal.schedule.reader.form import FileForm, SeriesForm
from impulscal.schedule.reader.problems import Code
from impulscal.schedule.reader.resolve import Resolved
from impulscal.schedule.reader.texts import Warned, text_warnings
from impulscal.schedule.reader.tree import Path

__all__ = ["check"]

LARGE_FEED = 1000  # entries, each session and each deadline one

Located = tuple[Path, Session]


def check(context: Context, form: FileForm, resolved: Resolved, *, now: datetime) -> None:
    """Add the warnings on what was resolved.

    Args:
        context: The file.
        form: What it says, unresolved.
        resolved: What could be made of it.
        now: Aware; what is over has no rhythm to keep, what is not announced needs no
            description yet.
    """
    withdrawn = set(form.withdrawn or ())
    public = [(path, session) for path, session in resolved.sessions if session.id not in withdrawn]
    warnings = [
        *_series_warnings(context, form),
        *_off_rhythm(context, form.series or SeriesForm(), public, now),
        *_overlaps(context, public),
        *_late_deadlines(context, public),
        *_without_description(context, public, now),
        *_large_feed(context, public),
        *text_warnings(context.tree),
    ]
    for warning in warnings:
        context.problems.add(*warning)


def _series_warnings(context: Context, form: FileForm) -> Iterator[Warned]:
    series = form.series
    if series is None:
        return
    statement = None if series.accessibility is None else series.accessibility.statement
    given = {
        ("imprint",): series.imprint,
        ("privacy",): series.privacy,
        ("accessibility", "statement"): statement,
    }
    missing = [
        ".".join(path)
        for path, address in given.items()
        if address is None and not context.tree.poisoned(("series", path[0]))
    ]
    if missing:
        message = _(
            "The pages lack what the law asks for: {keys}. Add the addresses.",
            keys=", ".join(missing),
        )
        yield context.tree.first_key(("series",)), Code.NO_LEGAL, message


def _off_rhythm(
    context: Context, series: SeriesForm, sessions: list[Located], now: datetime
) -> Iterator[Warned]:
    if series.rhythm is None or not sessions:
        return
    days = [session.start.date() for _path, session in sessions]
    dates = set(Rhythm(series.rhythm).dates(min(days), max(days)))
    for path, session in sessions:
        if session.status is Status.CANCELLED or session.end <= now:
            continue
        if session.start.date() not in dates:
            message = _(
                "{day} does not keep the rhythm {rhythm}. Correct the date, or leave it so if it "
                "is meant.",
                day=session.start.date().isoformat(),
                rhythm=series.rhythm,
            )
            yield context.tree.place((*path, "date")), Code.OFF_RHYTHM, message
        if series.start is not None and session.start.time() != series.start:
            message = _(
                "This session starts at {start}, the series at {usual}. Correct it, or leave it "
                "so if it is meant.",
                start=f"{session.start:%H:%M}",
                usual=f"{series.start:%H:%M}",
            )
            yield context.tree.place((*path, "start")), Code.OFF_RHYTHM, message


def _overlaps(context: Context, sessions: list[Located]) -> Iterator[Warned]:
    taking_place = [located for located in sessions if located[1].status is not Status.CANCELLED]
    taking_place.sort(key=lambda located: located[1].start.timestamp())
    last: Session | None = None
    for path, session in taking_place:
        if last is not None and session.start.timestamp() < last.end.timestamp():
            message = _(
                "Session {id} begins before session {other} has ended. Check date and time.",
                id=session.id,
                other=last.id,
            )
            yield context.tree.place((*path, "date")), Code.OVERLAP, message
        if last is None or session.end.timestamp() > last.end.timestamp():
            last = session


def _late_deadlines(context: Context, sessions: list[Located]) -> Iterator[Warned]:
    for path, session in sessions:
        closes = None if session.registration is None else session.registration.closes
        if closes is not None and closes.until.timestamp() > session.start.timestamp():
            own = (*path, "registration", "closes")
            here = own if context.tree.node(own) else ("series", "registration", "closes")
            message = _(
                "Registration for session {id} closes after it has begun. Write an earlier day, or "
                "a date and time.",
                id=session.id,
            )
            yield context.tree.place(here), Code.LATE_DEADLINE, message


def _without_description(
    context: Context, sessions: list[Located], now: datetime
) -> Iterator[Warned]:
    for path, session in sessions:
        poisoned = context.tree.poisoned((*path, "description"))
        if session.description is None and is_announced(session, now) and not poisoned:
            message = _(
                "Session {id} is announced and has no description. Add “description”, or announce "
                "it later.",
                id=session.id,
            )
            yield context.tree.first_key(path), Code.NO_DESCRIPTION, message


def _large_feed(context: Context, sessions: list[Located]) -> Iterator[Warned]:
    deadlines = sum(
        session.registration is not None and session.registration.closes is not None
        for _path, session in sessions
        if session.status is not Status.CANCELLED
    )
    count = len(sessions) + deadlines
    if count > LARGE_FEED:
        message = _(
            "The feed has {count} entries, deadlines included; some calendars refuse feeds over "
            "1 MB. Put old sessions into a series of their own.",
            count=count,
        )
        yield context.tree.key(("sessions",)), Code.LARGE_FEED, message
