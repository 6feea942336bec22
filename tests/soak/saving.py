"""The ways in which the file is saved: whole and at once, in place, in halves, and wrongly."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from soak.author import Author, Version

__all__ = ["WAYS", "Desk"]

# How often each way is chosen, of a hundred times.
WAYS = {
    "renamed": 30,
    "in place": 18,
    "in halves": 12,
    "broken": 12,
    "empty": 8,
    "cut off": 6,
    "without a session": 5,
    "gone": 4,
    "beyond the limits": 2,
    "thousand of the past": 3,
}


@dataclass
class Desk:
    """Where the author sits and saves.

    Attributes:
        saved: How often each way was chosen.
    """

    file: Path
    author: Author
    # With this one every way is chosen within half a minute.
    chance: random.Random = field(default_factory=lambda: random.Random(29))
    saved: Counter[str] = field(default_factory=Counter)
    _deck: list[str] = field(default_factory=list)

    async def save(self) -> None:
        """Save the file in some way; after a bad one the next good one mends it."""
        if not self._deck:
            self._deck = [way for way, times in WAYS.items() for _time in range(times)]
            self.chance.shuffle(self._deck)
        way = self._deck.pop()
        self.saved[way] += 1
        ways: dict[str, Callable[[], Awaitable[None]]] = {
            "renamed": self.rename,
            "in place": self._in_place,
            "in halves": self._in_halves,
            "thousand of the past": self._huge,
            "gone": self._gone,
        }
        await ways.get(way, lambda: self._badly(way))()

    async def rename(self) -> None:
        """Save the next version as good editors do."""
        self._replace(self.author.edit().text())

    async def _in_place(self) -> None:
        self.file.write_bytes(self.author.edit().text())

    async def _in_halves(self) -> None:
        """Save as somebody does whose network drive is slow."""
        data = self.author.edit().text()
        with self.file.open("wb") as stream:
            stream.write(data[: len(data) // 2])
            stream.flush()
            await asyncio.sleep(self.chance.uniform(0.1, 0.9))
            stream.write(data[len(data) // 2 :])

    async def _huge(self) -> None:
        self._replace(self.author.remember_the_past().text())
        # Long enough to be published, and for many to fetch it.
        await asyncio.sleep(3)

    async def _gone(self) -> None:
        self.file.unlink(missing_ok=True)

    async def _badly(self, way: str) -> None:
        newest = self.author.versions[-1]
        data = newest.text()
        match way:
            case "broken":
                wrong = self.chance.choice([b"date: 31.02.2021", b"title: [", b"\tdate: 1"])
                self._replace(data.replace(b"date: 2", wrong + b" # ", 1))
            case "empty":
                self.file.write_bytes(b"")
            case "cut off":
                self._replace(data[: len(data) // 2])
            case "without a session":
                self._replace(_without_first(newest))
            case _:
                # By its bytes, and by the number of its sessions.
                self._replace(self.chance.choice([data + b"#" * (33 << 20), data + _many()]))

    def _replace(self, data: bytes) -> None:
        new = self.file.with_suffix(".new")
        new.write_bytes(data)
        new.replace(self.file)


def _without_first(version: Version) -> bytes:
    data = version.text()
    return data[: data.rindex(b"  - id: ")]


def _many() -> bytes:
    return b"".join(
        b"  - {id: n%d, date: 2020-01-01, title: N}\n" % number for number in range(10_000)
    )
