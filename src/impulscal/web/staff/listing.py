"""The guest list of a session as a table: sorted, filtered, cut into pages."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from impulscal.errors import Message, _
from impulscal.invitations.model import Guest, Partstat, State
from impulscal.invitations.standing import Standing
from impulscal.invitations.words import PARTSTAT_WORDS, STATE_WORDS

__all__ = ["Filter", "Listing", "by_name", "listing", "message_words", "reply_words", "state_looks"]

_ON_A_PAGE = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice above the table.

    Attributes:
        name: In the query; empty for all.
        words: With the number of guests.
    """

    name: str
    words: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the table shows.

    Attributes:
        filters: Those that somebody is left by; all comes first.
        chosen: Name of the present one.
        first, last, total: Which of the guests that are left stand on this page, from 1.
        page, pages: From 1.
    """

    rows: Sequence[Standing]
    filters: tuple[Filter, ...]
    chosen: str
    first: int
    last: int
    total: int
    page: int
    pages: int


_Test = Callable[[Standing], bool]


def _replied(partstat: Partstat) -> _Test:
    return lambda one: one.coming and one.guest.invited and one.guest.partstat is partstat


def _lost(one: Standing) -> bool:
    return one.coming and one.last is State.GIVEN_UP


_FILTERS: Mapping[str, tuple[_Test, Callable[[int], Message]]] = {
    "": (lambda _one: True, lambda number: _("all {number}", number=number)),
    "uninvited": (
        lambda one: one.waiting,
        lambda number: _("not invited yet {number}", number=number),
    ),
    "outdated": (lambda one: one.outdated, lambda number: _("out of date {number}", number=number)),
    "lost": (_lost, lambda number: _("given up {number}", number=number)),
    "accepted": (
        _replied(Partstat.ACCEPTED),
        lambda number: _("accepted {number}", number=number),
    ),
    "tentative": (
        _replied(Partstat.TENTATIVE),
        lambda number: _("tentative {number}", number=number),
    ),
    "declined": (
        _replied(Partstat.DECLINED),
        lambda number: _("declined {number}", number=number),
    ),
    "silent": (
        _replied(Partstat.NEEDS_ACTION),
        lambda number: _("no reply {number}", number=number),
    ),
    "away": (
        lambda one: not one.coming,
        lambda number: _("signed off {number}", number=number),
    ),
}


def listing(everybody: Iterable[Standing], chosen: str, page: int) -> Listing:
    """Return the page ``page`` of those guests that the filter ``chosen`` leaves.

    An unknown filter leaves all; a page that is not there is the nearest one.
    """
    found = sorted(everybody, key=lambda one: by_name(one.guest))
    groups = {name: [one for one in found if test(one)] for name, (test, _say) in _FILTERS.items()}
    name = chosen if groups.get(chosen) else ""
    left = groups[name]
    pages = max(1, -(-len(left) // _ON_A_PAGE))
    number = min(max(page, 1), pages)
    before = (number - 1) * _ON_A_PAGE
    rows = left[before : before + _ON_A_PAGE]
    return Listing(
        rows=rows,
        filters=tuple(
            Filter(key, say(len(groups[key])))
            for key, (_test, say) in _FILTERS.items()
            if groups[key]
        ),
        chosen=name,
        first=before + 1,
        last=before + len(rows),
        total=len(left),
        page=number,
        pages=pages,
    )


def by_name(guest: Guest) -> tuple[str, str]:
    """Return what guests are sorted by: name, else address; ä as a (DIN 5007)."""
    letters = unicodedata.normalize("NFKD", (guest.name or guest.address).casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return plain, guest.address.casefold()


_LOOKS_OF_MESSAGES = {
    State.QUEUED: "wait",
    State.SENDING: "wait",
    State.SENT: "good",
    State.FAILED: "wait",
    State.GIVEN_UP: "bad",
}


def state_looks(state: State) -> tuple[str, Message]:
    """Return how a message in ``state`` looks and reads."""
    return _LOOKS_OF_MESSAGES[state], STATE_WORDS[state]


def message_words(one: Standing) -> tuple[str, Message] | None:
    """Return how the last message to a guest looks and reads; None where there is none."""
    if one.waiting:
        return "calm", _("not invited yet")
    return None if one.last is None else state_looks(one.last)


_LOOKS_OF_REPLIES = {
    Partstat.ACCEPTED: "good",
    Partstat.TENTATIVE: "moved",
    Partstat.DECLINED: "bad",
    Partstat.NEEDS_ACTION: "calm",
}


def reply_words(one: Standing) -> tuple[str, Message] | None:
    """Return how a guest's answer looks and reads; None where nobody asked for one."""
    if not one.coming:
        return "calm", _("signed off")
    if not one.guest.invited:
        return None
    partstat = one.guest.partstat
    return _LOOKS_OF_REPLIES[partstat], PARTSTAT_WORDS[partstat]
