"""Counting requests: exact, bounded, and cheap enough for every one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Cell", "Key", "Tally"]


class Key(NamedTuple):
    """What requests have in common.

    Attributes:
        client: A value of ``subscribers.clients.Family``.
        kind: A value of ``kinds.Kind``.
        status: Three digits.
        answered: From ``memory`` or by the ``app``.
    """

    client: str
    kind: str
    status: str
    answered: str


@dataclass(slots=True)
class Cell:
    """How many requests, and the bytes of their answers' bodies."""

    requests: int = 0
    size: int = 0


class Tally:
    """How many requests there were since the process began."""

    def __init__(self) -> None:
        self._cells: dict[Key, Cell] = {}

    def cell(self, key: Key) -> Cell:
        """Return where requests with ``key`` are counted; it stays the same."""
        return self._cells.setdefault(key, Cell())

    def totals(self) -> Mapping[Key, Cell]:
        """Return what was counted so far."""
        return dict(self._cells)
