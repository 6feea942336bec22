"""What changes for subscribers, in one sentence a session."""

from collections.abc import Iterator
from datetime import datetime

from babel.dates import format_date

from impulscal.errors import Message, _
from impulscal.history.facts import Moment
from impulscal.history.revisions import Change, ChangeKind, Revision
from impulscal.language import locale_of, translate

__all__ = ["change_sentence"]

# The facts by the names that people know from the file.
_FACTS = {
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
    "status": _("status"),
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
        if kind is ChangeKind.MOVED and before is not None:
            yield _moved(before, after, language)
        elif kind is ChangeKind.ZONE and before is not None:
            yield _(
                "keeps its wall time {wall}, but begins at {after} instead of {before} "
                "(zone data {release})",
                wall=_short(after.start, language),
                before=before.start.utc,
                after=after.start.utc,
                release=zone_data,
            )
        elif kind is ChangeKind.TEXT:
            names = [_FACTS.get(name, Message(name)) for name in after.changed]
            listed = ", ".join(translate(name, language) for name in names)
            # Translators: Follows the number of a session; the names of facts stand behind.
            yield _("reads differently: {facts}", facts=listed)
        else:
            yield _step(kind, _short(after.start, language))


def _moved(before: Revision, after: Revision, language: str) -> Message:
    if before.start.same_date(after.start):
        return _(
            "ends at {after} instead of {before}",
            before=_short(before.end, language),
            after=_short(after.end, language),
        )
    return _(
        "moves from {before} to {after}",
        before=_short(before.start, language),
        after=_short(after.start, language),
    )


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


def _short(told: Moment, language: str) -> str:
    wall = datetime.fromisoformat(told.wall)
    locale = locale_of(language)
    # Tue 8 June 2021 12:00 · Di. 8. Juni 2021 12:00
    pattern = "EEE d. MMMM y" if locale.language == "de" else "EEE d MMMM y"
    return f"{format_date(wall, pattern, locale=locale)} {wall:%H:%M}"
