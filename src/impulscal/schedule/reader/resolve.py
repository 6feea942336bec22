"""From the form to the model: required keys, inheritance, zones."""

from dataclasses import dataclass

from impulscal.errors import _
from impulscal.schedule.model import Announce, Registration, Schedule, Series, Session, Status
from impulscal.schedule.reader import registrations
from impulscal.schedule.reader.context import Context
from impulscal.schedule.reader.form import FileForm, SeriesForm, SessionForm
from impulscal.schedule.reader.moments import announce, check_series_times, end_of, start_of
from impulscal.schedule.reader.parts import (
    accessibility,
    image,
    link,
    listed,
    organizer,
    person,
    text,
)
from impulscal.schedule.reader.problems import Code
from impulscal.schedule.reader.times import NOW
from impulscal.schedule.reader.tree import Path

__all__ = ["Resolved", "resolve"]

_SERIES: Path = ("series",)
_REQUIRED = ("id", "date", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What of a file could be made sense of.

    Attributes:
        schedule: None where a problem keeps the series from being understood.
        sessions: The sessions that could be, each with its path.
    """

    schedule: Schedule | None
    sessions: tuple[tuple[Path, Session], ...]


def resolve(context: Context, form: FileForm) -> Resolved:
    """Return the model of ``form``; what is missing or contradictory is a problem."""
    if form.series is None:
        context.missing((), "series")
    series_form = form.series or SeriesForm()
    series = _series(context, series_form) if form.series is not None else None
    _check_ids(context, form)
    sessions = []
    for number, session_form in enumerate(form.sessions or ()):
        path: Path = ("sessions", number)
        if session_form is None:
            # An empty entry is a session somebody forgot to fill in, not none.
            context.require(SessionForm(), path, *_REQUIRED)
            continue
        session = _session(context, series_form, session_form, path)
        if session is not None:
            sessions.append((path, session))
    withdrawn = frozenset(id_ for id_ in form.withdrawn or () if id_ is not None)
    schedule = None
    if series is not None:
        schedule = Schedule(
            series=series,
            sessions=tuple(session for _path, session in sessions),
            withdrawn=withdrawn,
        )
    return Resolved(schedule=schedule, sessions=tuple(sessions))


def _check_ids(context: Context, form: FileForm) -> None:
    seen: dict[str, int] = {}
    for number, session in enumerate(form.sessions or ()):
        if session is None or session.id is None:
            continue
        place = context.tree.place(("sessions", number, "id"))
        if session.id in seen:
            message = _(
                "The id “{id}” is already that of the session in line {line}. Choose another.",
                id=session.id,
                line=seen[session.id],
            )
            context.problems.add(place, Code.DUPLICATE_ID, message)
        seen.setdefault(session.id, place.line)


def _series(context: Context, form: SeriesForm) -> Series | None:
    context.require(form, _SERIES, "id", "domain", "title")
    check_series_times(context, form)
    title = text(context, form.title)
    registration = registrations.of_series(context, form.registration, (*_SERIES, "registration"))
    who = organizer(context, form.organizer, (*_SERIES, "organizer"))
    moderators = listed(context, form.moderators, (*_SERIES, "moderators"), person)
    if form.id is None or form.domain is None or title is None:
        return None
    return Series(
        id=form.id,
        domain=form.domain,
        title=title,
        language=context.language,
        timezone=context.zone.key,
        subtitle=text(context, form.subtitle),
        description=text(context, form.description),
        start=form.start,
        rhythm=form.rhythm,
        location=text(context, form.location),
        homepage=form.homepage,
        color=form.color,
        organizer=who,
        coordination=text(context, form.coordination),
        moderators=moderators,
        registration=registration,
        imprint=form.imprint,
        privacy=form.privacy,
        accessibility=accessibility(context, form.accessibility),
        easy_language=form.easy_language,
        sign_language=form.sign_language,
        contact=form.contact
        or _registration_address(registration)
        or (who.email if who is not None else None),
    )


def _registration_address(registration: Registration | None) -> str | None:
    return None if registration is None else registration.email or registration.url


def _session(context: Context, series: SeriesForm, form: SessionForm, path: Path) -> Session | None:
    context.require(form, path, *_REQUIRED)
    start = start_of(context, series, form, path)
    end = end_of(context, series, form, path, start)
    registration = registrations.of_session(
        context, series.registration, form.registration, (*path, "registration"), start
    )
    at = None
    if start is not None:
        place = context.tree.place((*(path if form.announce else _SERIES), "announce"))
        at = announce(context, form.announce or series.announce or NOW, start, place)
    owner, owner_path = (form, path) if form.moderators is not None else (series, _SERIES)
    moderators = listed(context, owner.moderators, (*owner_path, "moderators"), person)
    speakers = listed(context, form.speakers, (*path, "speakers"), person)
    links = listed(context, form.links, (*path, "links"), link)
    materials = listed(context, form.materials, (*path, "materials"), link)
    images = listed(context, form.images, (*path, "images"), image)
    title = text(context, form.title)
    if form.id is None or start is None or end is None or title is None:
        return None
    return Session(
        id=form.id,
        start=start,
        end=end,
        title=title,
        working_title=text(context, form.working_title),
        topic=text(context, form.topic),
        teaser=text(context, form.teaser),
        description=text(context, form.description),
        location=text(context, form.location or series.location),
        speakers=speakers,
        moderators=moderators,
        registration=registration,
        announce=at or Announce(),
        links=links,
        materials=materials,
        images=images,
        status=form.status or Status.CONFIRMED,
        note=text(context, form.note),
        join_url=form.join_url,
    )
