"""What guests read: invited, moved, changed, cancelled, signed off, taking place after all."""

from collections.abc import Collection, Iterator
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


def moved(to: Occasion, before: ToldFacts, facts: Collection[str] = ()) -> Letter:
    """Return what a guest reads whose session begins or ends at another time.

    Args:
        to: The guest and the session.
        before: What the guest was told last.
        facts: Names of the facts that differ from that.
    """
    public = to.session.public
    previously = told_period(before, to.language)
    only_end = Moment(**before["start"]).same_date(Moment.of(public.start))
    rows = (
        (to.say(_("Now")), period(public.start, public.end, to.language)),
        (to.say(_("Previously")), previously),
        *note(to, _("Reason")),
        *place(to),
        *people(to),
    )
    more = _named(to, {*facts} - {"start", "end", "note"})
    also = [_("This changed too: {facts}.", facts=more)] if more else []
    also += _fixed(to, facts)
    blocks = [Facts(rows), *_unfixed(to), to.lines(*also, _ACCEPT), *ways(to)]
    if only_end:
        news = [_("New end. Before: {period}.", period=previously), *also]
        return letter(to, _new_end(to), _("Your session has a new end:"), blocks, news)
    subject = _("New date: {name} – now {day}, {time}", name=_name(to), **_start(to))
    return letter(to, subject, _("Your session has been moved:"), blocks, also)


_ACCEPT = _("The entry in your calendar changes when you accept this invitation.")


def changed(to: Occasion, facts: Collection[str], *, asks: bool) -> Letter:
    """Return what a guest reads of whose session something else changed.

    Args:
        to: The guest and the session.
        facts: Names of the facts that differ from what was told last.
        asks: Whether the calendar asks for an answer again.
    """
    day = date_only(to.session.public.start, to.language)
    subject = _("Changed: {name} – {day}", name=_name(to), day=day)
    named = _named(to, facts)
    news = [_("What changed: {facts}.", facts=named)] if named else []
    news += _fixed(to, facts)
    stays = [_("Day and time stay as they are.")]
    if asks:
        stays.append(_("Your calendar asks once more whether you take part."))
    blocks: list[Block] = [
        to.lines(*news, *stays),
        *_unfixed(to),
        Facts((when(to), *note(to, _("Note")), *place(to), *people(to))),
        *ways(to),
    ]
    return letter(to, subject, _("Your invitation has changed:"), blocks, news)


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
    # Translators: Follows “Hello Ada Ay,”: in German it goes on in lower case.
    opening = _("We have cancelled your participation:")
    after = _back(to)
    blocks: list[Block] = [Facts((when(to),)), to.lines(_DELETE), to.lines(after)]
    return letter(to, subject, opening, blocks, [_("We have cancelled your participation."), after])


def _back(to: Occasion) -> Message:
    if to.session.cancelled:
        return _("This session will not take place.")
    if to.contact is None:
        return _("Would you like to take part after all? Answer this e-mail.")
    return _("Would you like to take part after all? Write to {address}.", address=to.contact)


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
    name = to.read(to.series.title)
    return f"{name} #{to.session.id}" if _has_number(to) else name


def _name(to: Occasion) -> str:
    """Return the shortest name that tells the session from others of its series."""
    return _series_name(to) if _has_number(to) else title(to.series, to.session, to.language)


def _has_number(to: Occasion) -> bool:
    return to.session.id.isascii() and to.session.id.isdigit()


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


def _fixed(to: Occasion, facts: Collection[str]) -> Iterator[Message]:
    if "status" in facts and not to.session.tentative:
        yield _("The date is fixed now.")


def _new_end(to: Occasion) -> Message:
    return _(
        "New end: {name} – {day}, until {time}",
        name=_name(to),
        day=date_only(to.session.public.start, to.language),
        time=time_of_day(to.session.public.end, to.language),
    )


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
