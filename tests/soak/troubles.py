"""What happens to the server meanwhile: killed workers, a reload, a database that goes away."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from postgresql import Server as PostgreSQL
from soak.oracle import Times
from soak.server import Served

__all__ = ["Troubles"]

# How long after a kill another trouble may come at the earliest, in seconds.
_PAUSE = 5.0

# What is queued at a worker that ends is lost some moments later than the worker.
_AFTERMATH = 15.0


@dataclass
class Troubles:
    """Brings them about, at the same points of every two minutes.

    The oldest worker is spared after the first reload, so that its memory can be watched.

    Attributes:
        lost: When connections may be lost.
        away: When the database is.
    """

    server: Served
    database: PostgreSQL
    lost: Times
    away: Times
    kills: int = 0
    reloads: int = 0
    restarts: int = 0

    async def go_on(self) -> None:
        """Go on with it until cancelled."""
        while True:
            await self._for_two_minutes()

    async def _for_two_minutes(self) -> None:
        await asyncio.sleep(10)
        await self._kill()
        await asyncio.sleep(10)
        async with self._without_database():
            pass
        await asyncio.sleep(8)
        if not self.reloads:
            await self._reload()
        await asyncio.sleep(12)
        await self._kill()
        await asyncio.sleep(12)
        async with self._without_database():
            await asyncio.sleep(8)
        await asyncio.sleep(8)
        async with self._without_database(crashed=True):
            await self._kill()
            await asyncio.sleep(3)
        await asyncio.sleep(12)

    async def _kill(self) -> None:
        """Kill the youngest worker."""
        async with self._losing():
            self.server.kill(self.server.workers()[-1])
            self.kills += 1
            await asyncio.sleep(_PAUSE)

    async def _reload(self) -> None:
        before = set(self.server.workers())
        async with self._losing():
            self.server.reload()
            self.reloads += 1
            while before & set(self.server.workers()):  # noqa: ASYNC110 -- other processes
                await asyncio.sleep(0.2)

    @asynccontextmanager
    async def _losing(self) -> AsyncIterator[None]:
        begun, at = time.monotonic(), len(self.lost.spans)
        self.lost.spans.append((begun, begun + 1e9))
        yield
        self.lost.spans[at] = (begun, time.monotonic() + _AFTERMATH)

    @asynccontextmanager
    async def _without_database(self, *, crashed: bool = False) -> AsyncIterator[None]:
        begun, at = time.monotonic(), len(self.away.spans)
        self.away.spans.append((begun, begun + 1e9))
        await asyncio.to_thread(self.database.crash if crashed else self.database.stop)
        try:
            yield
        finally:
            # Started even if the soak is over, or there would be no others.
            self.database.start()
        self.restarts += 1
        self.away.spans[at] = (begun, time.monotonic())
