"""Where a session stands, as pages say it: two words and a sentence with a date.

No relative words (“today”, “in three days”): a page that was kept would lie.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from impulscal.edition import PublishedSession
from impulscal.errors import Message, _
from impulscal.language import translate
from impulscal.schedule.lifecycle import State, state
from impulscal.schedule.model import Deadline, Series, Text
from impulscal.wording.dates import day, moment, period, zone_name

__all__ = ["Sign", "signs", "status_words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One thing that is to be known of a session.

    Attributes:
        kind: A ``State``, or ``moved``, ``reinstated``, ``tentative``, ``note``: what it
            looks like.
        badge: Two words.
        sentence: The whole truth; empty where the badge says all.
        note: What the file says of it.
    """

    kind: str
    badge: str
    sentence: str
    note: Text | None = None


_BADGES = {
    State.CANCELLED: _("Cancelled"),
    State.OVER: _("Took place"),
    State.RUNNING: _("Live now"),
    State.UNANNOUNCED: _("Date fixed"),
    State.ANNOUNCED: _("Date fixed"),
    State.NO_REGISTRATION: _("No registration"),
    State.FULL: _("Fully booked"),
    State.CLOSED: _("Registration closed"),
    State.LAST_DAY: _("Last day"),
    # Translators: Registration is open.
    State.OPEN: _("Open"),
}

_AHEAD = frozenset(State) - {State.CANCELLED, State.OVER, State.RUNNING}


def signs(
    series: Series, session: PublishedSession, now: datetime, language: str
) -> tuple[Sign, ...]:
    """Return all that is to be known of where ``session`` stands, the weightiest first.

    Of a session that is over, only that: its marks have done their work. The note of
    the file stands with the first mark, or alone where there is none.
    """
    stage = state(session.public, now)
    marks = [] if stage is State.OVER else list(_marks(series, session, stage, language))
    note = session.public.note
    found = [
        Sign(
            kind=kind,
            badge=translate(badge, language),
            sentence=" ".join(translate(sentence, language) for sentence in sentences),
            note=note if number == 0 else None,
        )
        for number, (kind, badge, sentences) in enumerate(marks)
    ]
    if stage is State.CANCELLED or (session.tentative and stage is State.UNANNOUNCED):
        return tuple(found)
    if note is not None and not found and stage is not State.OVER:
        found.append(
            Sign(kind="note", badge=translate(_("Note"), language), sentence="", note=note)
        )
    badge, sentence = _stage_words(session, stage, language)
    return (*found, Sign(kind=str(stage), badge=badge, sentence=sentence))


_Mark = tuple[str, Message, list[Message]]


def _marks(
    series: Series, session: PublishedSession, stage: State, language: str
) -> Iterator[_Mark]:
    if stage is State.CANCELLED:
        yield "cancelled", _BADGES[stage], [_("This session will not take place.")]
        return
    if session.revision.reinstated:
        yield (
            "reinstated",
            _("Taking place"),
            [_("This session had been cancelled and now takes place after all.")],
        )
    yield from _move(series, session, language)
    if session.tentative and stage in _AHEAD:
        sentences = [_("This date may still change.")]
        more = _sentence(session, stage, language) if stage is State.UNANNOUNCED else None
        yield "tentative", _("Not yet fixed"), sentences if more is None else [*sentences, more]


def _move(series: Series, session: PublishedSession, language: str) -> Iterator[_Mark]:
    revision, public = session.revision, session.public
    earlier = revision.previous_start
    if revision.moved:
        before = earlier or revision.first_start
        if before.same_date(revision.start):
            before = revision.first_start
        told = moment(before, series.timezone, language)
        now = period(public.start, public.end, language)
        yield (
            "moved",
            _("New date"),
            [_("New: {period}.", period=now), _("Before: {moment}.", moment=told)],
        )
    elif revision.moved_back and earlier is not None and not earlier.same_date(revision.start):
        told = moment(earlier, series.timezone, language)
        yield (
            "moved",
            _("First date again"),
            [_("Takes place at the original time after all, not on {previous}.", previous=told)],
        )


def _stage_words(session: PublishedSession, stage: State, language: str) -> tuple[str, str]:
    badge = _BADGES[stage]
    if stage is State.OVER and session.tentative:
        badge = _("Date has passed")
    sentence = _sentence(session, stage, language)
    return translate(badge, language), "" if sentence is None else translate(sentence, language)


def status_words(session: PublishedSession, stage: State, language: str) -> tuple[str, str]:
    """Return badge and sentence for ``session`` at the stage ``stage``.

    The sentence is empty where the badge says all. What is not yet fixed says so until
    it begins.
    """
    badge, sentence = _stage_words(session, stage, language)
    if session.tentative and stage in _AHEAD:
        badge = translate(_("Not yet fixed"), language)
        sentence = " ".join(
            [translate(_("This date may still change."), language), sentence]
        ).strip()
    return badge, sentence


def _sentence(session: PublishedSession, stage: State, language: str) -> Message | None:
    public = session.public
    closes = None if public.registration is None else public.registration.closes
    if stage is State.UNANNOUNCED and public.details_on is not None:
        return _("Details follow on {day}.", day=day(public.details_on, language))
    if stage is State.RUNNING:
        return _until(session, language)
    if closes is None or stage in (State.CANCELLED, State.FULL):
        return _WITHOUT_DEADLINE.get(stage)
    last_day = day(closes.day, language)
    if stage is State.CLOSED:
        return _("Registration closed on {day}.", day=last_day)
    if stage is State.LAST_DAY:
        return _last_day(closes, public.start.tzinfo, language)
    return _("Register by {deadline}", deadline=last_day) if stage is State.OPEN else None


def _last_day(closes: Deadline, tz: tzinfo | None, language: str) -> Message:
    until = datetime.combine(closes.day, closes.time_of_day or _END_OF_DAY, tz)
    return _(
        "Register by {day}, {time} ({zone})",
        day=day(closes.day, language),
        time=f"{until:%H:%M}",
        zone=zone_name(until, language),
    )


# People read the last minute of the day, not the first one after it.
_END_OF_DAY = time(23, 59)


def _until(session: PublishedSession, language: str) -> Message:
    end = session.public.end
    if session.public.registration is None:
        return _("Until {time} ({zone}).", time=f"{end:%H:%M}", zone=zone_name(end, language))
    return _(
        "Until {time} ({zone}). Registered participants received the link by e-mail.",
        time=f"{end:%H:%M}",
        zone=zone_name(end, language),
    )


_WITHOUT_DEADLINE = {
    State.CANCELLED: _("This session will not take place."),
    State.UNANNOUNCED: _("Details follow."),
    State.NO_REGISTRATION: _("You do not need to register."),
    State.FULL: _("All places are taken."),
    State.OPEN: _("Registration is open until the start."),
}
