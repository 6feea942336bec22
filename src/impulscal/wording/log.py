"""What changed, in the words of the list of changes: a label and a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from impulscal.errors import Message, _
from impulscal.history.facts import Moment
from impulscal.history.log import News
from impulscal.history.revisions import Change, ChangeKind, Revision
from impulscal.language import translate
from impulscal.schedule.model import Status, Text
from impulscal.wording.changes import FACT_NAMES
from impulscal.wording.dates import day, moment

__all__ = ["Point", "held_on", "note_of", "opening_sentence", "points", "title_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing that changed.

    Attributes:
        kind: What it looks like: ``moved``, ``cancelled``, …
        label: One or two words.
        sentence: What was and what is: its values ``before`` and ``after`` say so too
            where they are struck and underlined. None where the label says all.
    """

    kind: str
    label: Message
    sentence: Message | None = None


_NEW = _("New in the series")


def title_of(revision: Revision) -> Text:
    """Return the title that ``revision`` tells."""
    return Text(tuple(revision.facts["title"].items()))


def note_of(revision: Revision) -> Text | None:
    """Return the note of ``revision``: why it was cancelled or moved."""
    note = revision.facts.get("note")
    return Text(tuple(note.items())) if note else None


def held_on(revision: Revision, language: str) -> str:
    """Return the day that ``revision`` tells, in the zone that it was told in."""
    return day(datetime.fromisoformat(revision.start.wall).date(), language)


def opening_sentence(opening: News, opened_on: date, language: str) -> str:
    """Return when the series was published and with how many sessions."""
    count = len(opening.changes)
    told = day(opened_on, language)
    sentence = (
        _("The series was published on {day}, with one session.", day=told)
        if count == 1
        else _("The series was published on {day}, with {count} sessions.", day=told, count=count)
    )
    return translate(sentence, language)


def points(one: News, language: str, *, timezone: str) -> tuple[Point, ...]:
    """Return what is to be said of ``one``, the most important first; mostly one thing.

    Args:
        one: What changed.
        language: Of the words.
        timezone: The series' zone; times of another one name it.
    """
    first = one.changes[0]
    kinds = first.after.kinds
    if ChangeKind.RETURNED in kinds:
        return (_on("returned", _("Back in the series"), first.after, language),)
    if len(one.changes) > 1 or ChangeKind.ADDED in kinds:
        return tuple(_together(one, language))
    return (
        *_fate(first, language),
        *_move(first, language, timezone),
        *_firmness(first),
        *_announcement(first, language),
        *_text(first, language),
    )


def _together(one: News, language: str) -> Iterator[Point]:
    """Say what befell several sessions alike, which stand in a list below."""
    first = one.changes[0]
    count = len(one.changes)
    sessions = _("{count} sessions", count=count)
    if ChangeKind.TEXT in one.kinds:
        for point in (*_firmness(first), *_text(first, language)):
            yield point if point.sentence else replace(point, sentence=sessions)
    elif ChangeKind.ADDED in one.kinds and count == 1:
        yield _on("added", _NEW, first.after, language)
    elif ChangeKind.ADDED in one.kinds:
        yield Point(kind="added", label=_NEW, sentence=sessions)
    elif ChangeKind.ANNOUNCED in one.kinds:
        yield Point(kind="announced", label=_("Announced"), sentence=sessions)
    else:
        yield Point(kind="unannounced", label=_("Details come later"), sentence=sessions)


def _on(kind: str, label: Message, revision: Revision, language: str) -> Point:
    # Translators: Follows a title; the day on which the session takes place.
    sentence = _("on {day}", day=held_on(revision, language))
    return Point(kind=kind, label=label, sentence=sentence)


def _fate(change: Change, language: str) -> Iterator[Point]:
    if ChangeKind.CANCELLED in change.after.kinds:
        yield _on("cancelled", _("Cancelled"), change.after, language)
    elif ChangeKind.REINSTATED in change.after.kinds:
        yield _on("reinstated", _("Reinstated"), change.after, language)


def _move(change: Change, language: str, timezone: str) -> Iterator[Point]:
    before, after = change.before, change.after
    if before is None or after.cancelled:
        return
    if ChangeKind.ZONE in after.kinds:
        yield Point(
            kind="zone",
            label=_("Time zone"),
            sentence=_("The date stays as it is; how the clocks are set has changed."),
        )
    if ChangeKind.MOVED not in after.kinds:
        return
    if before.start.same_date(after.start):
        ends = before.end, after.end
        yield Point(
            kind="length",
            label=_("New end"),
            sentence=_between(*ends, language, timezone),
        )
    else:
        starts = before.start, after.start
        yield Point(
            kind="moved",
            label=_("Moved"),
            sentence=_between(*starts, language, timezone),
        )


def _between(before: Moment, after: Moment, language: str, timezone: str) -> Message:
    return _(
        "from {before} to {after}",
        before=moment(before, timezone, language),
        after=moment(after, timezone, language),
    )


def _firmness(change: Change) -> Iterator[Point]:
    before, after = change.before, change.after
    if before is None or after.cancelled or "status" not in after.changed:
        return
    if after.facts["status"] == Status.TENTATIVE:
        yield Point(
            kind="tentative", label=_("Not yet fixed"), sentence=_("This date may still change.")
        )
    elif not before.cancelled:
        yield Point(kind="firm", label=_("Date is certain"))


def _announcement(change: Change, language: str) -> Iterator[Point]:
    after = change.after
    if ChangeKind.ANNOUNCED in after.kinds and not after.cancelled:
        yield _on("announced", _("Announced"), after, language)
    elif ChangeKind.UNANNOUNCED in after.kinds:
        told = after.facts.get("details_on")
        sentence = None
        if told is not None:
            on = day(date.fromisoformat(told), language)
            sentence = _("Details follow on {day}.", day=on)
        yield Point(kind="unannounced", label=_("Details come later"), sentence=sentence)


def _text(change: Change, language: str) -> Iterator[Point]:
    after = change.after
    if ChangeKind.TEXT not in after.kinds:
        return
    spoken_for = {"start", "end", "status", "announced"}
    if {ChangeKind.CANCELLED, ChangeKind.REINSTATED, ChangeKind.MOVED} & set(after.kinds):
        # The note is the reason and stands beside.
        spoken_for |= {"note", "registration", "details_on"}
    names = [
        translate(FACT_NAMES.get(name, Message(name)), language)
        for name in after.changed
        if name not in spoken_for
    ]
    if names:
        # Translators: The names of facts, such as “description, materials”.
        listed = _("{facts}", facts=", ".join(names))
        yield Point(kind="text", label=_("Text changed"), sentence=listed)
