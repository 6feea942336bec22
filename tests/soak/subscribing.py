"""Two hundred subscribers who poll over connections that they keep."""

import asyncio
import random
import time
from dataclasses import dataclass, field

from soak.clients import ADDRESSES, PROGRAMS, Address, Program
from soak.oracle import Held, Oracle, Times
from soak.wire import Answer, Connection, DroppedError, NoHttpError

__all__ = ["Subscribers"]

# Between two polls, in seconds.
_PAUSE = (2.0, 6.0)

# How often a program begins a new connection, which another worker may get.
_MOODS = 0.05

# How long an answer may take before it counts as none, in seconds.
_PATIENCE = 120.0


@dataclass
class Subscribers:
    """All subscribers, and what they met with.

    Attributes:
        excused: When workers ended because they were told to: connections are lost then.
        dropped: How many connections were.
        refused: How many were not accepted.
        worst_gap: The longest time for which a subscriber was refused, in seconds.
    """

    port: int
    oracle: Oracle
    excused: Times
    dropped: int = 0
    refused: int = 0
    worst_gap: float = 0.0
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def poll(self, number: int) -> None:
        """Be subscriber ``number`` until all are stopped."""
        poller = _Poller(
            all=self,
            # The numbers of both have no common divisor but four: most pairs occur.
            program=PROGRAMS[number % len(PROGRAMS)],
            address=ADDRESSES[number // len(PROGRAMS) % len(ADDRESSES)],
            chance=random.Random(number),
        )
        try:
            await poller.run()
        except (NoHttpError, TimeoutError) as error:
            self.oracle.blame(f"{poller.program.name} at {poller.address.target}: {error!r}")
        finally:
            if poller.connection is not None:
                await poller.connection.close()


@dataclass
class _Poller:
    all: Subscribers
    program: Program
    address: Address
    chance: random.Random
    held: Held = field(default_factory=Held)
    connection: Connection | None = None

    async def run(self) -> None:
        pause = self.chance.uniform(0, _PAUSE[1])
        while not await _happened(self.all.stopped, pause):
            pause = self.chance.uniform(*_PAUSE)
            if self.chance.random() < _MOODS:
                await self._hang_up()
            if self.program.asks_head:
                await self._ask("HEAD", {})
            await self._ask("GET", self._conditions())

    def _conditions(self) -> dict[str, str]:
        told = {}
        if self.program.by_etag and self.held.etag is not None:
            told["If-None-Match"] = self.held.etag
        if self.program.by_date and self.held.date is not None:
            told["If-Modified-Since"] = self.held.date
        return told

    async def _ask(self, method: str, conditions: dict[str, str]) -> None:
        headers = {"Host": "soak.example", **self.program.headers, **conditions}
        connection, answer = await self._exchange(method, headers)
        self.all.oracle.take(self.address, self.held, answer, connection)

    async def _exchange(self, method: str, headers: dict[str, str]) -> tuple[Connection, Answer]:
        """Ask until there is an answer; a connection that ended is opened again at once."""
        while True:
            connection = self.connection = self.connection or await self._connect()
            asking = connection.ask(method, self.address.target, headers)
            try:
                answer = await asyncio.wait_for(asking, _PATIENCE)
            except DroppedError as error:
                self._drop(connection, error)
                await self._hang_up()
                continue
            if answer.headers.get("connection", "").lower() == "close":
                await self._hang_up()
            return connection, answer

    async def _hang_up(self) -> None:
        if self.connection is not None:
            await self.connection.close()
            self.connection = None

    def _drop(self, connection: Connection, error: DroppedError) -> None:
        self.all.dropped += 1
        if not self.all.excused.within(connection.opened_at, time.monotonic()):
            self.all.oracle.blame(f"a connection was dropped for no reason: {error}")

    async def _connect(self) -> Connection:
        begun = time.monotonic()
        while True:
            try:
                return await Connection.open(self.all.port)
            except ConnectionError:
                self.all.refused += 1
                self.all.worst_gap = max(self.all.worst_gap, time.monotonic() - begun)
                await asyncio.sleep(0.2)


async def _happened(event: asyncio.Event, within: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), within)
    except TimeoutError:
        return False
    return True
