"""A server with two workers counts, logs and remembers as one."""

import re
from contextlib import closing
from dataclasses import dataclass
from datetime import date

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from impulscal.errors import HistoryError
from impulscal.history import tables
from impulscal.history.database import Database
from impulscal.subscribers.store import Asked, asked
from traffic.test_access_log import COMMON
from web.running import ask, served, until
from web.serving import Serving, schedule

TOKEN = "a token for the tests"
APPLE = {"User-Agent": "iOS/26.5 (23F77) dataaccessd/1.0"}
TIMES = 40


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a server that was asked 40 times, and has ended."""

    requests: float
    log: str
    rows: tuple[Asked, ...]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Run two workers until both have told all."""
    serving = Serving(tmp_path_factory.mktemp("served"))
    serving.write(schedule())
    options = ("--workers", "2", "--access-log")
    with served(serving, *options, IMPULSCAL_METRICS_TOKEN=TOKEN) as port:
        until(lambda: has_salt(serving))
        for _time in range(TIMES):
            ask(port, "/stadtimpuls.ics?alarm=30&person=secret", headers=APPLE)
        until(lambda: counted(port) == TIMES)
        requests = counted(port)
    with (
        closing(Database.open(f"sqlite:///{serving.history}")) as database,
        database.reading() as transaction,
    ):
        rows = asked(transaction, since=date(2021, 1, 1))
    return Seen(requests, (serving.folder / "output").read_text(encoding="ascii"), rows)


def has_salt(serving: Serving) -> bool:
    """Tell whether one of the workers has told the database, so that programs are counted."""
    try:
        with (
            closing(Database.open(f"sqlite:///{serving.history}")) as database,
            database.reading() as transaction,
        ):
            query = sa.select(sa.func.count()).select_from(tables.poll_salt)
            return transaction.connection.execute(query).scalar_one() > 0
    except HistoryError:
        return False


def counted(port: int) -> float:
    """Return how often somebody with an Apple asked, as whichever worker tells it."""
    _answer, body = ask(port, "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    return sum(
        sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
        if sample.name == "impulscal_requests_total" and sample.labels["client"] == "apple"
    )


def test_the_counts_of_both_are_added_up(seen: Seen) -> None:
    assert seen.requests == TIMES


def test_the_log_has_a_whole_line_for_each_request_and_no_secret(seen: Seen) -> None:
    lines = seen.log.splitlines()

    assert [line for line in lines if not COMMON.fullmatch(line)] == []
    asked_for = [line for line in lines if "stadtimpuls.ics" in line]
    assert len(asked_for) == TIMES
    request = r'127\.0\.0\.0 .* "GET /stadtimpuls\.ics\?alarm=30 HTTP/1\.1" 200 \d+'
    assert [line for line in asked_for if not re.fullmatch(request, line)] == []
    assert "secret" not in seen.log


def test_at_their_end_both_have_told_who_asked(seen: Seen) -> None:
    (row,) = seen.rows

    assert (row.series, row.family, row.requests) == ("stadtimpuls", "apple", TIMES)
    assert round(row.clients) == 1
