"""Machines with file systems of their own that share one PostgreSQL server."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from history.network import Network, joined
from impulscal.web.editions import Editions
from postgresql import Server
from web.running import DEADLINE, ask, served
from web.serving import HandClock, Serving, health, schedule, session

FEED = "/stadtimpuls.ics"

PATHS = [
    prefix + path
    for prefix in ("", "/en")
    for path in (
        FEED,
        f"{FEED}?deadlines=1&alarm=30",
        f"{FEED}?topic=stadt",
        f"/feeds/google{FEED}",
        f"/feeds/deadlines{FEED}",
        f"/feeds/reminder{FEED}",
        "/stadtimpuls/1.ics",
        "/stadtimpuls/2.ics",
        "/stadtimpuls/",
        "/stadtimpuls/2/",
        "/stadtimpuls/changes/",
        "/stadtimpuls.atom",
    )
] + ["/stadtimpuls.json", "/", "/sitemap.xml"]


def titled(title: str) -> str:
    first = session(1, "2021-06-08", topic="Stadt", description="Was *gelingt*.")
    return schedule(session(2, "2021-07-13", title=title), first)


@dataclass
class Machine:
    """A machine: a folder with its own copy of the file, a process, a way to the server."""

    serving: Serving
    client: FlaskClient
    network: Network

    def get(self, path: str = FEED) -> tuple[int, list[tuple[str, str]], bytes]:
        answer = self.client.get(path)
        return answer.status_code, list(answer.headers), answer.data

    def all(self) -> dict[str, tuple[int, list[tuple[str, str]], bytes]]:
        return {path: self.get(path) for path in PATHS}

    @property
    def editions(self) -> Editions:
        editions = self.client.application.extensions["impulscal"].editions
        assert isinstance(editions, Editions)
        return editions

    def published(self) -> list[str]:
        """Return the titles of the second session in all publications, in their order."""
        with self.editions.database().reading() as transaction:
            rows = transaction.connection.exec_driver_sql(
                "SELECT text FROM publication ORDER BY id"
            ).scalars()
            texts = [bytes(text).decode() for text in rows]
        return [text.partition("- id: 2")[2].split("title: ")[1].split("\n")[0] for text in texts]


Build = Callable[[str], Machine]


@pytest.fixture
def build(tmp_path: Path, postgresql: Server) -> Iterator[Build]:
    """Give what sets up a machine; their clocks agree."""
    clock, machines = HandClock(), list[Machine]()
    with postgresql.database() as url:

        def build(text: str) -> Machine:
            network = Network(postgresql.folder)
            serving = Serving(tmp_path / f"machine{len(machines)}", clock=clock)
            serving.folder.mkdir()
            serving.write(text)
            client = serving.start(database_url=network.url(url))
            machines.append(Machine(serving, client, network))
            return machines[-1]

        yield build
        for machine in machines:
            machine.editions.database().close()
            machine.network.close()


def test_machines_agree_on_every_address(build: Build) -> None:
    one, two, three = (build(titled("Eins")) for _number in range(3))
    one.serving.hand.go(hours=1)

    told = [machine.all() for machine in (two, three, one)]

    assert told[0] == told[1] == told[2]
    assert {answer[0] for answer in told[0].values()} == {200}


def test_machines_agree_while_a_file_reaches_one_after_the_other(build: Build) -> None:
    machines = [build(titled("Eins")) for _number in range(2)]
    for machine in machines:
        machine.get()
    for machine in machines:
        machine.serving.hand.go(seconds=7)
        machine.serving.write(titled("Zwei"))

        told = [each.all() for each in machines]

        assert told[0] == told[1]
        assert b"Zwei" in told[0][FEED][2]
    assert machines[0].published() == ["Eins", "Zwei"]


def test_a_machine_on_the_old_file_tells_the_new_one_also_after_a_restart(build: Build) -> None:
    ahead, behind = build(titled("Eins")), build(titled("Eins"))
    for machine in (ahead, behind):
        machine.all()
    ahead.serving.hand.go(hours=1)
    ahead.serving.write(titled("Zwei"))
    new = ahead.all()

    restarted = Machine(
        behind.serving, behind.serving.start(database_url=url_of(behind)), behind.network
    )

    assert behind.all() == restarted.all() == new
    assert health(restarted.client)["files"][0]["outcome"] == "superseded"
    restarted.editions.database().close()


def url_of(machine: Machine) -> str:
    url = machine.editions.settings.database_url
    assert isinstance(url, str)
    return url


def test_different_edits_of_one_second_come_to_one_that_stays(build: Build) -> None:
    one, two = build(titled("Eins")), build(titled("Eins"))
    for machine in (one, two):
        machine.all()
    one.serving.hand.go(hours=1)
    one.serving.write(titled("Hier"))
    two.serving.write(titled("Dort"))
    with ThreadPoolExecutor() as threads:
        list(threads.map(Machine.get, (one, two)))

    told = [(one.all(), two.all()) for _time in range(2)]

    assert told[0] == told[1]
    assert told[0][0] == told[0][1]
    # Both were published once; the second is the one that stays.
    first, second = one.published()[1:]
    assert {first, second} == {"Hier", "Dort"}
    assert second.encode() in told[0][0][FEED][2]


def test_a_machine_that_is_cut_off_goes_on_and_then_tells_what_the_others_told(
    build: Build,
) -> None:
    here, there = build(titled("Eins")), build(titled("Eins"))
    before = here.all()
    there.all()
    with here.network.cut():
        for machine in (here, there):
            machine.serving.hand.go(hours=1)
            machine.serving.write(titled("Zwei"))
        new = there.all()

        meanwhile = here.all()
        state = health(here.client)

    assert meanwhile == before
    assert (state["status"], state["history"]) == ("degraded", "failed")
    assert here.all() == new
    assert here.published() == ["Eins", "Zwei"]


def test_edits_of_an_hour_without_the_server_come_to_the_last_one(build: Build) -> None:
    here, there = build(titled("Eins")), build(titled("Eins"))
    before = [machine.all() for machine in (here, there)]
    with here.network.cut(), there.network.cut():
        for title in ("Zwei", "Drei", "Vier"):
            for machine in (here, there):
                machine.serving.hand.go(minutes=10)
                machine.serving.write(titled(title))
                machine.get()
        meanwhile = [machine.all() for machine in (here, there)]

    after = [machine.all() for machine in (there, here)]

    assert meanwhile == before
    assert after[0] == after[1]
    assert b"Vier" in after[0][FEED][2]
    assert here.published() == ["Eins", "Vier"]


def told(port: int, path: str) -> tuple[int, str | None, bytes]:
    answer, body = ask(port, path)
    return answer.status, answer.headers["ETag"], body


def test_while_the_server_says_nothing_known_addresses_answer_and_an_edit_waits(
    tmp_path: Path, postgresql: Server
) -> None:
    serving = Serving(tmp_path)
    serving.write(titled("Eins"))
    known = [FEED, f"/en{FEED}", f"{FEED}?alarm=30", f"{FEED}?utm_source=x", "/", "/robots.txt"]
    with postgresql.database() as url, joined(postgresql.folder) as network:
        variables = {"IMPULSCAL_DATABASE_URL": network.url(url)}
        with served(serving, "--workers", "1", **variables) as port:
            before = [told(port, path) for path in known]
            with network.silent():
                serving.write(titled("Zwei"))
                assert network.held.wait(DEADLINE)

                # ``ask`` waits for less long than a look does for the server.
                meanwhile = [told(port, path) for path in known]
                fresh = told(port, f"{FEED}?alarm=45")

            # By itself, once the look that hangs has given up.
            end = time.monotonic() + 4 * DEADLINE
            while b"Zwei" not in told(port, FEED)[2]:
                assert time.monotonic() < end
                time.sleep(0.1)

    assert meanwhile == before
    assert fresh[0] == 200
