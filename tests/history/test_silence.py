"""A PostgreSQL server that is there and says nothing."""

from collections.abc import Iterator

import pytest

from history.network import Network, joined
from impulscal.errors import HistoryError
from impulscal.history.database import Database
from impulscal.history.hurry import hurried
from postgresql import Server


@pytest.fixture
def network(postgresql: Server) -> Iterator[Network]:
    with joined(postgresql.folder) as network:
        yield network


@pytest.fixture
def database(postgresql: Server, network: Network) -> Iterator[Database]:
    with postgresql.database() as url:
        opened = Database.open(network.url(url))
        yield opened
        opened.close()


def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_was_said(
    database: Database, network: Network
) -> None:
    with (
        pytest.raises(HistoryError, match=r"no answer within 0\.2 seconds"),
        database.reading() as transaction,
        network.silent(),
        hurried(0.2),
    ):
        transaction.state()


def test_a_connection_that_fell_silent_is_not_used_again(
    database: Database, network: Network
) -> None:
    def ask() -> tuple[int, int]:
        with database.reading() as transaction:
            return transaction.state()

    ask()
    with network.silent(), hurried(0.2), pytest.raises(HistoryError, match="timeout expired"):
        ask()

    assert ask() == (0, 0)
