"""A bar that shows how a whole is divided; the same numbers stand below it in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from impulscal.errors import Message, _
from impulscal.invitations.model import Partstat, State
from impulscal.invitations.standing import Numbers

__all__ = ["Piece", "answers", "messages"]

# Below this part of the bar, in percent, a number of four digits has no room on a phone.
_NARROWEST = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One part of the bar.

    Attributes:
        kind: What it looks like.
        words: What it is, with its number.
        start, width: In percent of the bar.
    """

    kind: str
    number: int
    words: Message
    start: float
    width: float

    @property
    def roomy(self) -> bool:
        """Whether its number can stand in it."""
        return self.width >= _NARROWEST


def answers(numbers: Numbers) -> tuple[Piece, ...]:
    """Return what those who were invited answered."""
    found = numbers.answers
    accepted, tentative = found.get(Partstat.ACCEPTED, 0), found.get(Partstat.TENTATIVE, 0)
    declined, silent = found.get(Partstat.DECLINED, 0), found.get(Partstat.NEEDS_ACTION, 0)
    return _pieces(
        (
            ("accepted", accepted, _("accepted {number}", number=accepted)),
            ("tentative", tentative, _("tentative {number}", number=tentative)),
            ("declined", declined, _("declined {number}", number=declined)),
            ("silent", silent, _("no reply {number}", number=silent)),
        )
    )


def messages(numbers: Numbers) -> tuple[Piece, ...]:
    """Return what became of the last message to each guest."""
    found = numbers.messages
    sent, failed = found.get(State.SENT, 0), found.get(State.FAILED, 0)
    waiting = found.get(State.QUEUED, 0) + found.get(State.SENDING, 0)
    lost, none = numbers.undelivered, numbers.waiting
    pieces = (
        ("sent", sent, _("sent {number}", number=sent)),
        ("waiting", waiting, _("queued {number}", number=waiting)),
        ("failed", failed, _("failed {number}", number=failed)),
        ("lost", lost, _("given up {number}", number=lost)),
        ("silent", none, _("not invited yet {number}", number=none)),
    )
    return _pieces(pieces)


def _pieces(parts: Iterable[tuple[str, int, Message]]) -> tuple[Piece, ...]:
    present = tuple(part for part in parts if part[1])
    return tuple(_laid_out(present, sum(number for _kind, number, _words in present)))


def _laid_out(parts: Iterable[tuple[str, int, Message]], total: int) -> Iterator[Piece]:
    before = 0
    for kind, number, words in parts:
        yield Piece(
            kind=kind,
            number=number,
            words=words,
            start=round(100 * before / total, 3),
            width=round(100 * number / total, 3),
        )
        before += number
