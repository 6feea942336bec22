"""Processes that deliver: many messages, several at once, and some that die."""

import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Timer

import pytest

from impulscal.invitations.model import Kind, Letter, Listed, State
from impulscal.invitations.outbox import queue
from invitations.house import House
from invitations.mail_servers import Misdeed, PostOffice

SENDER = """\
import sys, tracemalloc
from datetime import datetime
from impulscal.history.database import Database
from impulscal.invitations.delivery import Delivery
from impulscal.settings import Clock, MailServer

database, server, now = sys.argv[1:]
delivery = Delivery(
    Database.open(database), MailServer.parse(server), Clock(datetime.fromisoformat(now))
)
tracemalloc.start()
drained = delivery.drain()
_now, most = tracemalloc.get_traced_memory()
print(drained.sent, drained.failed, drained.given_up, most)
"""


def start(house: House, office: PostOffice) -> subprocess.Popen[str]:
    """Start a process that drains the outbox."""
    server = f"smtp://127.0.0.1:{office.port}?per_minute=0"
    return subprocess.Popen(
        [sys.executable, "-c", SENDER, house.url, server, house.now.isoformat()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> list[int]:
    """Return how many were sent, failed, given up, and how many bytes that took at most."""
    told, _errors = process.communicate(timeout=120)
    assert process.returncode == 0
    return [int(number) for number in told.split()]


def people(number: int) -> list[Listed]:
    return [Listed(address=f"guest{each}@stadt.example") for each in range(1, number + 1)]


def addresses(number: int) -> list[str]:
    return [person.address for person in people(number)]


@pytest.fixture
def quick_house() -> Iterator[House]:
    """Give a house on a disk in memory, where there is one: thousands of commits are slow."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        built = House(Path(folder))
        yield built
        built.database.close()


def test_a_thousand_guests_hear_once_by_one_connection_and_in_little_memory(
    quick_house: House,
) -> None:
    house = quick_house
    guests = house.add(*people(1000))
    text = b"From: Wir <stadtimpuls@einsateam.de>\r\n\r\n" + (b"x" * 70 + b"\r\n") * 350
    with house.database.writing() as transaction:
        for guest in guests:
            letter = Letter(
                guest=guest.id,
                kind=Kind.INVITATION,
                recipient=guest.address,
                message_id=f"<{guest.id}@einsateam.de>",
                data=text,
            )
            queue(transaction, letter, now=house.now)

    with PostOffice() as office:
        sent, failed, given_up, memory = finish(start(house, office))

    assert (sent, failed, given_up) == (1000, 0, 0)
    assert office.to == addresses(1000)
    assert office.connections == 1
    assert len(text) * 1000 > 25_000_000
    assert memory < 5_000_000


def test_two_processes_at_once_send_each_message_once(tmp_path: Path, database_url: str) -> None:
    house = House(tmp_path, url=database_url)
    house.add(*people(40))
    house.invite()

    with PostOffice(together=2) as office:
        results = [finish(process) for process in [start(house, office), start(house, office)]]

    assert office.connections == 2
    assert sorted(office.to) == sorted(addresses(40))
    assert sum(sent for sent, _failed, _given_up, _memory in results) == 40
    house.database.close()


def test_whoever_sends_may_die_at_any_moment(house: House) -> None:
    house.add(*people(60))
    house.invite()
    queued = {message.recipient: message.data for message in house.messages()}
    random = Random(5545)
    ends = []

    with PostOffice() as office:
        for _time in range(10):
            process = start(house, office)
            office.heard = killer(process, after=random.randrange(1, 14), random=random)
            process.communicate(timeout=120)
            ends.append(process.returncode)
            house.go(minutes=10)  # the lease of the dead one has ended
        office.heard = lambda _stage: None
        finish(start(house, office))

    copies = defaultdict(list)
    for received in office.received:
        copies[received.recipients[0]].append(received.data)
    assert ends == [-signal.SIGKILL] * 10
    assert {message.state for message in house.messages()} == {State.SENT}
    # Nobody is left out; whoever got it again got the same bytes, Message-ID included.
    assert {address: set(data) for address, data in copies.items()} == {
        address: {data} for address, data in queued.items()
    }
    assert len({message_from_bytes(each[0])["Message-ID"] for each in copies.values()}) == 60
    assert len(office.received) <= 60 + 10


def test_who_is_interrupted_says_so_and_the_message_is_tried_again(house: House) -> None:
    house.add(*people(2))
    house.invite()

    with PostOffice(answers={"TEXT": [Misdeed.HANG]}) as office:
        process = start(house, office)
        office.heard = lambda stage: process.send_signal(signal.SIGINT) if stage == "TEXT" else None
        process.communicate(timeout=120)
        interrupted = house.messages()
        office.heard = lambda _stage: None
        house.go(minutes=2)
        finish(start(house, office))

    assert process.returncode != 0
    assert [(message.state, message.reply) for message in interrupted] == [
        (State.FAILED, "interrupted"),
        (State.QUEUED, None),
    ]
    assert office.to == addresses(2)


def killer(process: subprocess.Popen[str], *, after: int, random: Random) -> Callable[[str], None]:
    """Return what kills ``process`` at one of its next steps, or a little later."""
    pause = random.choice([0, random.uniform(0, 0.02)])
    left = after

    def hear(_stage: str) -> None:
        nonlocal left
        left -= 1
        if left == 0 and pause:
            Timer(pause, os.kill, (process.pid, signal.SIGKILL)).start()
        elif left == 0:
            os.kill(process.pid, signal.SIGKILL)

    return hear
