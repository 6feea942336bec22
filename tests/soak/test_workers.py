"""Workers that end and begin while the history is gone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from history.network import Network, joined
from postgresql import Server
from soak.server import Served, served
from web.running import answers, ask
from web.serving import schedule

FEED = "/stadtimpuls.ics"


@pytest.fixture
def network(postgresql: Server) -> Iterator[Network]:
    with joined(postgresql.folder) as network:
        yield network


@pytest.fixture
def server(tmp_path: Path, postgresql: Server, network: Network) -> Iterator[Served]:
    (tmp_path / "sessions.yaml").write_text(schedule(), encoding="utf-8")
    with (
        postgresql.database() as url,
        served(tmp_path, database_url=network.url(url)) as server,
    ):
        yield server


def failures(server: Served) -> int:
    return server.log.read_text(encoding="utf-8").count("cannot be used")


@contextmanager
def without_history(server: Served, network: Network) -> Iterator[None]:
    """Let the history be gone, and one of both workers be new."""
    with network.cut():
        told = wait_for_calm(server)
        server.kill(server.workers()[-1])
        # The new one has looked, too.
        server.until(lambda: failures(server) > told)
        yield


def wait_for_calm(server: Served) -> int:
    """Return how many failures are told when no more are: a worker tells the same one once."""
    told, since = 0, time.monotonic()
    while told == 0 or time.monotonic() < since + 2:
        if failures(server) != told:
            told, since = failures(server), time.monotonic()
        time.sleep(0.05)
    return told


def test_a_new_worker_leaves_it_to_the_old_one_to_answer_while_the_history_is_gone(
    server: Served, network: Network
) -> None:
    old, _other = server.workers()
    with without_history(server, network):
        meanwhile = {ask(server.port, FEED)[0].status for _time in range(20)}

    server.kill(old)
    server.until(lambda: old not in server.workers() and answers(server.port))

    assert meanwhile == {200}
    assert ask(server.port, FEED)[0].status == 200
