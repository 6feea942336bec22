"""What guests read: invited, moved, changed, cancelled, signed off, taking place after all."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from impulscal.errors import Message, _
from impulscal.history.facts import Facts as ToldFacts
from impulscal.history.facts import Moment
from impulscal.wording.changes import FACT_NAMES
from impulscal.wording.dates import date_only, period, time_of_day
from impulscal.wording.letter import Block, Facts, Letter, Paragraph
from impulscal.wording.lines import one_line
from impulscal.wording.occasion import (
    Occasion,
    letter,
    note,
    people,
    place,
    questions,
    told_period,
    wall,
    ways,
    when,
)
from impulscal.wording.state import state_line
from impulscal.wording.titles import title

__all__ = ["cancelled", "changed", "invitation", "moved", "reinstated", "signed_off"]


def invitation(to: Occasion, *, again: bool = False) -> Letter:
    """Return the first invitation.

    Args:
        to: The guest and the session.
        again: Whether an earlier invitation was taken back.
    """
    subject = _(
        "Invitation: {name} – {title}, {day}, {time}",
        name=_series_name(to),
        title=to.read(to.session.public.title),
        **_start(to),
    )
    blocks: list[Block] = [
        *_teaser(to),
        *_state(to),
        Facts((when(to), *place(to), *people(to))),
        *ways(to),
        *(_returning(to) if again else ()),
    ]
    return letter(to, subject, _("You are registered for the webinar:"), blocks)


def moved(to: Occasion, before: ToldFacts, facts: Iterable[str] = ()) -> Letter:
    """Return what a guest reads whose session begins or ends at another time.

    Args:
        to: The guest and the session.
        before: What the guest was told last.
        facts: Names of the facts that differ from that.
    """
    start, end = to.session.public.start, to.session.public.end
    subject = _("New date: {name} – now {day}, {time}", name=_name(to), **_start(to))
    opening = _("Your session has been moved:")
    if Moment(**before["start"]).same_date(Moment.of(start)):
        subject = _(
            "New end: {name} – {day}, until {time}",
            name=_name(to),
            day=date_only(start, to.language),
            time=time_of_day(end, to.language),
        )
        opening = _("Your session has a new end:")
    rows = (
        (to.say(_("Now")), period(start, end, to.language)),
        (to.say(_("Previously")), told_period(before, to.language)),
        *note(to, _("Reason")),
        *place(to),
        *people(to),
    )
    told = [_ACCEPT]
    if more := _named(to, {*facts} - {"start", "end", "note"}):
        told.insert(0, _("This changed too: {facts}.", facts=more))
    return letter(to, subject, opening, [Facts(rows), *_unfixed(to), to.lines(*told), *ways(to)])


_ACCEPT = _("The entry in your calendar changes when you accept this invitation.")


def changed(to: Occasion, facts: Iterable[str], *, asks: bool) -> Letter:
    """Return what a guest reads of whose session something else changed.

    Args:
        to: The guest and the session.
        facts: Names of the facts that differ from what was told last.
        asks: Whether the calendar asks for an answer again.
    """
    day = date_only(to.session.public.start, to.language)
    subject = _("Changed: {name} – {day}", name=_name(to), day=day)
    blocks: list[Block] = [
        to.lines(*_changes(to, frozenset(facts), asks=asks)),
        *_unfixed(to),
        Facts((when(to), *note(to, _("Note")), *place(to), *people(to))),
        *ways(to),
    ]
    return letter(to, subject, _("Your invitation has changed:"), blocks)


def cancelled(to: Occasion, before: ToldFacts | None) -> Letter:
    """Return what a guest reads whose session does not take place.

    Args:
        to: The guest and the session.
        before: What the guest was told last: the day that stands in their calendar.
    """
    public = to.session.public
    planned, start = period(public.start, public.end, to.language), public.start
    if before is not None:
        planned, start = told_period(before, to.language), wall(before["start"])
    subject = _("Cancelled: {name} – {day}", name=_name(to), day=date_only(start, to.language))
    blocks: list[Block] = [
        Facts(((to.say(_("Planned for")), planned), *note(to, _("Reason")))),
        to.lines(_ATTACHED_CANCELLATION if to.attached else _DELETE),
        questions(to),
    ]
    return letter(to, subject, _("Your webinar will not take place:"), blocks)


_ATTACHED_CANCELLATION = _("The cancellation for your calendar is attached.")
_DELETE = _("Please delete the entry if it still stands in your calendar.")


def signed_off(to: Occasion) -> Letter:
    """Return what a guest reads who does not come."""
    day = date_only(to.session.public.start, to.language)
    subject = _("Your cancellation: {name} – {day}", name=_name(to), day=day)
    if to.session.cancelled:
        after = to.lines(_("This session will not take place."))
    elif to.contact is None:
        after = to.lines(_("Would you like to take part after all? Answer this e-mail."))
    else:
        after = to.lines(
            _("Would you like to take part after all? Write to {address}.", address=to.contact)
        )
    blocks: list[Block] = [Facts((when(to),)), to.lines(_DELETE), after]
    # Translators: Follows “Hello Ada Ay,”: in German it goes on in lower case.
    opening = _("We have cancelled your participation:")
    return letter(to, subject, opening, blocks)


def reinstated(to: Occasion) -> Letter:
    """Return what a guest reads whose cancelled session takes place after all."""
    subject = _("Taking place after all: {name} – {day}, {time}", name=_name(to), **_start(to))
    blocks: list[Block] = [
        Facts((when(to), *note(to, _("Note")), *place(to), *people(to))),
        *_unfixed(to),
        *_returning(to),
        *ways(to),
    ]
    return letter(to, subject, _("Your webinar takes place after all:"), blocks)


def _series_name(to: Occasion) -> str:
    number = to.session.id
    name = to.read(to.series.title)
    return f"{name} #{number}" if number.isascii() and number.isdigit() else name


def _name(to: Occasion) -> str:
    """Return the shortest name that tells the session from others of its series."""
    name = _series_name(to)
    return name if "#" in name else title(to.series, to.session, to.language)


def _start(to: Occasion) -> dict[str, str]:
    start: datetime = to.session.public.start
    return {"day": date_only(start, to.language), "time": time_of_day(start, to.language)}


def _teaser(to: Occasion) -> Iterator[Paragraph]:
    teaser = to.session.public.teaser
    if teaser is not None:
        language, text = teaser.choose(to.language)
        yield Paragraph((one_line(text),), language)


def _state(to: Occasion) -> Iterator[Paragraph]:
    if told := state_line(to.series, to.session, to.language):
        yield Paragraph((told,))


def _unfixed(to: Occasion) -> Iterator[Paragraph]:
    if to.session.tentative:
        yield to.lines(_("Not yet fixed: this date may still change."))


def _returning(to: Occasion) -> Iterator[Paragraph]:
    # Thunderbird asks at any invitation to what it deleted (SEMANTICS 11).
    yield to.lines(
        _("Your calendar may ask whether the deleted entry is really to be added."),
        _("You can confirm that."),
    )


def _named(to: Occasion, facts: Collection[str]) -> str:
    """Return the names of ``facts`` as people know them, the weightiest first."""
    return ", ".join(dict.fromkeys(to.say(name) for fact, name in _NAMES.items() if fact in facts))


def _changes(to: Occasion, facts: Collection[str], *, asks: bool) -> Iterator[Message]:
    if named := _named(to, facts):
        yield _("What changed: {facts}.", facts=named)
    if "status" in facts and not to.session.tentative:
        yield _("The date is fixed now.")
    yield _("Day and time stay as they are.")
    if asks:
        yield _("Your calendar asks once more whether you take part.")


_TIME_ZONE = _("time zone")

# A teaser is a word of those who write the file, not of those who read the mail.
_NAMES = {
    "join_url": _("participation link"),
    "start": _TIME_ZONE,
    "end": _TIME_ZONE,
    **{name: FACT_NAMES[name] for name in ("location", "title", "speakers", "moderators")},
    "teaser": FACT_NAMES["description"],
    **{name: FACT_NAMES[name] for name in ("description", "links", "note", "series")},
}
