"""Two hundred subscribers while everything that can happen does: `make soak`, half an hour.

In the ordinary run it takes two minutes; SOAK_MINUTES says otherwise.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from impulscal.settings import Clock
from postgresql import Server
from soak.author import Author
from soak.clients import ADDRESSES
from soak.oracle import Oracle, Times
from soak.running import run
from soak.saving import WAYS, Desk
from soak.server import Served, served
from soak.subscribing import Subscribers
from soak.summary import Lives, Written, summary
from soak.troubles import Troubles
from soak.wire import Connection

MINUTES = float(os.environ.get("SOAK_MINUTES", "2"))

SUBSCRIBERS = 200

# What a subscriber waits for at most, in seconds, on a machine that many use: an answer; to be let
# in while workers start; to be told by one worker what another has told already. On one that is
# idle it is a tenth.
LONGEST = 90.0


@dataclass
class Soak:
    """One run, and what it was like."""

    server: Served
    desk: Desk
    oracle: Oracle
    subscribers: Subscribers
    troubles: Troubles
    lives: Lives = field(default_factory=Lives)

    async def run(self, seconds: float) -> None:
        """Let all of it happen for so long, then save once more and let everybody hear of it."""
        polling = [asyncio.create_task(self.subscribers.poll(n)) for n in range(SUBSCRIBERS)]
        happening = [
            asyncio.create_task(each)
            for each in (self.troubles.go_on(), self._save(), self._watch())
        ]
        done, _pending = await asyncio.wait(
            happening, timeout=seconds, return_when="FIRST_COMPLETED"
        )
        for task in happening:
            task.cancel()
        await asyncio.gather(*happening, return_exceptions=True)
        for task in done:  # it failed: the others never end by themselves
            task.result()
        await self._settle()
        self.subscribers.stopped.set()
        await asyncio.gather(*polling)

    async def _save(self) -> None:
        while True:
            due = time.monotonic() + 1
            await self.desk.save()
            await asyncio.sleep(max(0, due - time.monotonic()))

    async def _watch(self) -> None:
        while True:
            huge = self.desk.saved["thousand of the past"]
            self.lives.take(self.server.samples(), huge=huge)
            await asyncio.sleep(1)

    async def _settle(self) -> None:
        await self.desk.rename()
        newest = self.desk.author.versions[-1].number
        end = time.monotonic() + LONGEST
        while not await self._all_tell(newest):
            assert time.monotonic() < end, f"version {newest} is not told by all"
            await asyncio.sleep(0.2)

    async def _all_tell(self, number: int) -> bool:
        bodies = {await fetched(self.server.port, ADDRESSES[0].target) for _time in range(8)}
        tokens = [self.oracle.reader.read(body)[1].tokens() for body in bodies]
        return tokens == [self.desk.author.versions[number].tokens()]


async def fetched(port: int, target: str) -> bytes:
    connection = await Connection.open(port)
    answer = await connection.ask("GET", target, {"Host": "soak.example"})
    await connection.close()
    return answer.body


@pytest.fixture
def address(postgresql: Server) -> Iterator[str]:
    with postgresql.lasting(), postgresql.database() as url:
        yield url


@pytest.fixture
def soak(tmp_path: Path, postgresql: Server, address: str) -> Iterator[Soak]:
    author = Author(today=Clock().now().date())
    desk = Desk(file=tmp_path / "sessions.yaml", author=author)
    desk.file.write_bytes(author.begin().text())
    oracle, lost = Oracle(author), Times()
    with served(tmp_path, database_url=address) as server:
        yield Soak(
            server=server,
            desk=desk,
            oracle=oracle,
            subscribers=Subscribers(port=server.port, oracle=oracle, excused=lost),
            troubles=Troubles(server=server, database=postgresql, lost=lost, away=oracle.away),
        )


def written(address: str) -> Written:
    """Return what stands in the history."""
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        texts = connection.execute("SELECT text FROM publication ORDER BY id").fetchall()
        revised = connection.execute(
            "SELECT session, sequence, revised_at FROM revision ORDER BY id"
        ).fetchall()
        sizes = connection.execute(
            "SELECT (SELECT count(*) FROM address), pg_database_size(current_database())"
        ).fetchone()
    assert sizes is not None
    return Written(
        texts=[bytes(text) for (text,) in texts],
        revisions=revised,
        addresses=sizes[0],
        megabytes=sizes[1] / 1024**2,
    )


def test_subscribers_are_told_the_truth_whatever_happens(soak: Soak, address: str) -> None:
    run(soak.run(MINUTES * 60))

    history = written(address)
    print(summary(soak.desk, soak.subscribers, soak.troubles, soak.lives, history))
    assert not soak.oracle.faults, "\n\n".join(soak.oracle.faults)
    assert soak.oracle.slowest < LONGEST
    assert soak.oracle.worst_lag < LONGEST
    assert soak.subscribers.worst_gap < LONGEST
    assert_all_happened(soak)
    assert_history_is_lawful(soak, history)
    assert soak.lives.longest() > MINUTES * 15
    assert soak.lives.grown() == []
    # A connection for each subscriber, and what a worker has of its own.
    assert soak.lives.most_files() < SUBSCRIBERS + 60
    assert "Traceback" not in soak.server.log.read_text(encoding="utf-8")


def assert_all_happened(soak: Soak) -> None:
    """A soak in which something did not happen shows nothing of it."""
    assert {status for _method, status in soak.oracle.statuses} == {200, 304}
    assert soak.troubles.kills >= 2
    assert soak.troubles.reloads == 1
    assert soak.troubles.restarts >= 2
    assert len(soak.desk.saved) == len(WAYS)


def assert_history_is_lawful(soak: Soak, history: Written) -> None:
    """Only what was saved as a whole was published, in its order, each but once."""
    numbers = {version.text(): version.number for version in soak.desk.author.versions}
    assert [text for text in history.texts if text not in numbers] == []
    published = [numbers[text] for text in history.texts]
    assert published == sorted(set(published))
    assert published[0] == 0
    assert published[-1] == soak.desk.author.versions[-1].number
    # It grows with the edits: a revision for what was touched, and nothing else.
    assert len(history.revisions) == revisions_due(soak.desk.author, published)
    # The addresses that are asked for, whatever trackers add to them.
    assert history.addresses == len({address.canonical for address in ADDRESSES})


def revisions_due(author: Author, published: list[int]) -> int:
    due, before = 0, dict[str, int]()
    for number in published:
        told = author.versions[number].tokens()
        due += sum(before.get(name) != token for name, token in told.items())
        due += len(before.keys() - told.keys())
        before = told
    return due
