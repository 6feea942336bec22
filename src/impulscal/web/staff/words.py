"""Sentences with numbers that several pages of the staff area say."""

from impulscal.errors import Message, _
from impulscal.invitations.inviting import Added

__all__ = [
    "added_words",
    "counted",
    "crowded_words",
    "outdated_words",
    "uninvited_words",
]


def counted(count: int, one: Message, many: Message) -> Message:
    """Return ``one`` for one, else ``many``."""
    return one if count == 1 else many


def outdated_words(count: int, *, cancelled: bool) -> Message:
    """Return how many guests were told what is no longer so."""
    if cancelled:
        return counted(
            count,
            _("1 person does not know yet that it is cancelled."),
            _("{count} people do not know yet that it is cancelled.", count=count),
        )
    return counted(
        count,
        _("1 invitation is out of date."),
        _("{count} invitations are out of date.", count=count),
    )


def uninvited_words(count: int) -> Message:
    """Return how many guests wait for an invitation."""
    return counted(
        count,
        _("1 guest has no invitation yet."),
        _("{count} guests have no invitation yet.", count=count),
    )


def crowded_words(places: int, guests: int) -> Message:
    """Return that there are fewer places than guests."""
    if places == 1:
        return _("There is 1 place, but {guests} guests.", guests=guests)
    return _("There are {places} places, but {guests} guests.", places=places, guests=guests)


def added_words(added: Added) -> Message:
    """Return what became of a guest list."""
    new, known, away = len(added.new), len(added.known), len(added.signed_off)
    first = counted(new, _("1 guest was added."), _("{count} guests were added.", count=new))
    if known:
        there = counted(
            known,
            _("1 was a guest already."),
            _("{count} were guests already.", count=known),
        )
        first = _joined(first, there)
    if added.corrected:
        names = counted(
            added.corrected,
            _("1 name was corrected."),
            _("{count} names were corrected.", count=added.corrected),
        )
        first = _joined(first, names)
    if away:
        gone = counted(
            away,
            _("1 had signed off and stays so."),
            _("{count} had signed off and stay so.", count=away),
        )
        first = _joined(first, gone)
    return first


def _joined(first: Message, second: Message) -> Message:
    return Message("{first} {second}", {"first": first, "second": second})
