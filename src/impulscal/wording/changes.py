"""What changes for subscribers, in one sentence a session."""

from collections.abc import Iterator
from datetime import datetime

from babel.dates import format_date

from impulscal.errors import Message, _
from impulscal.history.facts import Moment
from impulscal.history.revisions import Change, ChangeKind, Revision
from impulscal.language import locale_of, translate
from impulscal.schedule.model import Status

__all__ = ["FACT_NAMES", "change_sentence"]

# The facts by the names that people know from the file.
FACT_NAMES = {
    "description": _("description"),
    "details_on": _("day of the announcement"),
    "links": _("links"),
    "location": _("place"),
    "materials": _("materials"),
    "moderators": _("hosts"),
    "note": _("note"),
    "organizer": _("organiser"),
    "registration": _("registration"),
    "series": _("title of the series"),
    "speakers": _("speakers"),
    "teaser": _("teaser"),
    "title": _("title"),
    "topic": _("topic"),
}


def change_sentence(change: Change, language: str, *, zone_data: str) -> str:
    """Return what happens to the session and to its SEQUENCE.

    ``#2 moves from Tue 8 June 2021 12:00 to Tue 15 June 2021 12:00; SEQUENCE 0 → 1``

    Args:
        change: The step.
        language: Of the sentence.
        zone_data: Release of the zone data, for a step that only a law explains.
    """
    after = change.after
    steps = [translate(step, language) for step in _steps(change, language, zone_data)]
    name = f"#{after.session}" if after.session.isdigit() else after.session
    before = change.before
    if before is None:
        sequence = f"SEQUENCE {after.sequence}"
    elif before.sequence == after.sequence:
        sequence = translate(_("SEQUENCE stays {number}", number=after.sequence), language)
    else:
        sequence = f"SEQUENCE {before.sequence} → {after.sequence}"
    return f"{name} {', '.join(steps)}; {sequence}"


def _steps(change: Change, language: str, zone_data: str) -> Iterator[Message]:
    after, before = change.after, change.before
    for kind in after.kinds:
        if before is None or kind not in (ChangeKind.MOVED, ChangeKind.ZONE, ChangeKind.TEXT):
            yield _step(kind, _short(after.start, language))
        elif kind is ChangeKind.MOVED:
            yield from _moved(before, after, language)
        elif kind is ChangeKind.ZONE:
            yield _zone(before, after, zone_data)
        else:
            yield from _text(after, language)


def _moved(before: Revision, after: Revision, language: str) -> Iterator[Message]:
    if not before.start.same_date(after.start):
        # A zone is named where the session leaves it: 12:00 is not 12:00 then.
        zones = before.start.zone != after.start.zone
        yield _(
            "moves from {before} to {after}",
            before=_short(before.start, language, zone=zones),
            after=_short(after.start, language, zone=zones),
        )
    minutes = _minutes(before), _minutes(after)
    if minutes[0] != minutes[1]:
        yield _(
            "lasts {after} minutes instead of {before} (until {end})",
            after=minutes[1],
            before=minutes[0],
            end=_time(after.end),
        )


def _minutes(revision: Revision) -> int:
    return round((revision.end.instant - revision.start.instant).total_seconds() / 60)


def _zone(before: Revision, after: Revision, zone_data: str) -> Message:
    """Return the step of a session that people call the same date, though it is not."""
    was, is_now = before.start, after.start
    if was.utc == is_now.utc and was == is_now:
        was, is_now = before.end, after.end
    if was.utc == is_now.utc:
        return _(
            "stays at the same moment, told as {after} ({zone}) instead of {before} ({old_zone})",
            after=_time(is_now),
            zone=is_now.zone,
            before=_time(was),
            old_zone=was.zone,
        )
    # Translators: A new law on summer time, say. {wall}, {after} and {before} are times.
    return _(
        "keeps its wall time {wall}, but that is {after} UTC now instead of {before} UTC "
        "(zone data {release})",
        wall=_time(is_now),
        before=f"{was.instant:%H:%M}",
        after=f"{is_now.instant:%H:%M}",
        release=zone_data,
    )


def _text(after: Revision, language: str) -> Iterator[Message]:
    # What another step tells already. ``status`` alone is told in a step of its own.
    told = {"start", "end", "announced", "status"}
    toggled = {ChangeKind.CANCELLED, ChangeKind.REINSTATED} & set(after.kinds)
    if toggled:
        told |= {"registration", "details_on"}
    elif "status" in after.changed:
        tentative = after.facts["status"] == Status.TENTATIVE
        yield _("becomes tentative") if tentative else _("is fixed now")
    names = [FACT_NAMES.get(name, Message(name)) for name in after.changed if name not in told]
    if names:
        listed = ", ".join(translate(name, language) for name in names)
        # Translators: Follows the number of a session; the names of facts stand behind.
        yield _("reads differently: {facts}", facts=listed)


def _step(kind: ChangeKind, start: str) -> Message:
    # Translators: Each of these follows the number of a session: “#2 is new …”.
    sentences = {
        ChangeKind.ADDED: _("is new ({start})", start=start),
        ChangeKind.ANNOUNCED: _("is announced ({start})", start=start),
        ChangeKind.UNANNOUNCED: _("takes its details back until the announcement"),
        ChangeKind.CANCELLED: _("is cancelled ({start})", start=start),
        ChangeKind.REINSTATED: _("takes place after all ({start})", start=start),
        ChangeKind.WITHDRAWN: _("is withdrawn and leaves everything public"),
        ChangeKind.REMOVED: _("is over, is gone from the file and leaves the calendar"),
        ChangeKind.RETURNED: _("comes back ({start})", start=start),
        ChangeKind.RESTORED: _("is restored ({start})", start=start),
    }
    return sentences[kind]


def _short(told: Moment, language: str, *, zone: bool = False) -> str:
    wall = datetime.fromisoformat(told.wall)
    locale = locale_of(language)
    # Tue 8 June 2021 12:00 · Di. 8. Juni 2021 12:00
    pattern = "EEE d. MMMM y" if locale.language == "de" else "EEE d MMMM y"
    text = f"{format_date(wall, pattern, locale=locale)} {_time(told)}"
    return f"{text} ({told.zone})" if zone else text


def _time(told: Moment) -> str:
    return f"{datetime.fromisoformat(told.wall):%H:%M}"
