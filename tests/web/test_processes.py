"""Several processes with one history: one tells what the other tells."""

import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime

from flask.testing import FlaskClient

from web.running import DEADLINE
from web.serving import HandClock, Serving, schedule, session

PATHS = ["/stadtimpuls.ics", "/en/stadtimpuls.ics", "/stadtimpuls/2.ics", "/stadtimpuls.json", "/"]


def told(client: FlaskClient, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
    answer = client.get(path)
    return answer.status_code, list(answer.headers), answer.data


def test_two_processes_agree_byte_for_byte_and_header_for_header(serving: Serving) -> None:
    one, two = serving.start(), serving.start()
    for title in ("Eins", "Zwei", "Drei"):
        serving.hand.go(hours=1)
        serving.write(schedule(session(2, "2021-07-13", title=title), session(1, "2021-06-08")))
        first, second = (one, two) if title == "Zwei" else (two, one)

        for path in PATHS:
            assert told(first, path) == told(second, path)


def test_many_processes_that_start_at_once_agree(serving: Serving) -> None:
    # A real server waits longer for its turn to write.
    patient = f"sqlite:///{serving.history}?timeout=30"
    clients = [serving.start(database_url=patient) for _number in range(4)]
    answers: list[object] = []
    threads = [
        threading.Thread(target=lambda client=client: answers.append(told(client, PATHS[0])))
        for client in clients
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [told(clients[0], PATHS[0])] * 4


def test_an_edit_that_another_process_published_arrives_without_a_look_at_the_file(
    serving: Serving,
) -> None:
    other = Serving(serving.folder / "other", clock=serving.clock)
    other.folder.mkdir()
    other.write(serving.file.read_text())
    shared = serving.settings().database_url
    here, there = serving.start(), other.start(database_url=shared)
    here.get(PATHS[0])
    there.get(PATHS[0])
    serving.hand.go(hours=1)
    other.write(schedule(session(1, "2021-06-08"), session(2, "2021-07-13", title="Dort")))
    new = there.get(PATHS[0])

    assert "Dort" in new.text
    assert here.get(PATHS[0]).data == new.data
    assert told(here, PATHS[3]) == told(there, PATHS[3])


def test_a_look_that_finds_something_new_tells_the_others(serving: Serving) -> None:
    site = serving.start().application.extensions["impulscal"]
    before = site.editions.current().editions
    serving.hand.go(hours=1)
    serving.write(serving.file.read_text().replace("Termin 2", "Neu"))
    # It would look for ever.
    site.editions.tell_others = sys.exit

    def look() -> None:
        with suppress(SystemExit):
            site.editions.keep_looking()

    looking = threading.Thread(target=look, daemon=True)

    looking.start()
    looking.join(DEADLINE)

    assert not looking.is_alive()
    assert site.editions.current().editions is not before


def test_an_edition_that_another_process_has_overtaken_tells_no_last_modified(
    serving: Serving,
) -> None:
    sleepy, awake = serving.start(reload_seconds=1e9), serving.start()
    before = sleepy.get(PATHS[0])
    serving.hand.go(hours=1)
    serving.write(serving.file.read_text().replace("Termin 2", "Anderes"))
    awake.get(PATHS[0])

    known, fresh = sleepy.get(PATHS[0]), sleepy.get("/en/stadtimpuls.ics")

    assert list(known.headers) == list(before.headers)
    assert "Last-Modified" not in fresh.headers
    assert "ETag" in fresh.headers


@dataclass(frozen=True, slots=True)
class ClockWithAnErrand(HandClock):
    """Runs an errand when somebody asks for the time in London."""

    errands: list[Callable[[], object]] = field(default_factory=list)

    def now(self, timezone: str = "Europe/Berlin") -> datetime:
        while timezone == "Europe/London" and self.errands:
            self.errands.pop()()
        return HandClock.now(self, timezone)


def test_what_another_process_publishes_in_the_middle_of_a_look_is_not_missed(
    serving: Serving,
) -> None:
    clock = ClockWithAnErrand(hand=serving.hand.hand)
    other = Serving(serving.folder / "other", clock=serving.clock)
    other.folder.mkdir()
    other.write(serving.file.read_text())
    serving.write(schedule(id="london", timezone="Europe/London"), "london.yaml")
    serving.schedules = (serving.file, serving.folder / "london.yaml")
    here = serving.start(clock=clock)
    there = other.start(database_url=serving.settings().database_url)
    here.get(PATHS[0])

    def edit_there() -> None:
        other.write(schedule(session(1, "2021-06-08"), session(2, "2021-07-13", title="Dort")))
        there.get(PATHS[0])

    # Here, a look has published the first file and comes to the second.
    clock.errands.append(edit_there)
    serving.hand.go(hours=1)
    serving.write(schedule(id="london", timezone="Europe/London", title="Neu"), "london.yaml")
    here.get(PATHS[0])

    assert clock.errands == []
    assert "Dort" in here.get(PATHS[0]).text


def test_what_was_read_before_an_edit_is_not_published_after_it(serving: Serving) -> None:
    def write(title: str) -> None:
        serving.write(schedule(session(1, "2021-06-08", title=title), timezone="Europe/London"))

    clock = ClockWithAnErrand(hand=serving.hand.hand)
    write("Eins")
    here, there = serving.start(clock=clock), serving.start()
    here.get(PATHS[0])

    def edit_once_more() -> None:
        serving.hand.go(seconds=1)
        write("Drei")
        there.get(PATHS[0])

    # Here, a look has read the second version and is about to publish it.
    clock.errands.append(edit_once_more)
    serving.hand.go(hours=1)
    write("Zwei")
    answers = [here.get(PATHS[0]).text, here.get(PATHS[0]).text]

    assert clock.errands == []
    assert ["Drei" in answer for answer in answers] == [True, True]
    assert [b"Zwei" in text for text in published(serving)] == [False, False]


def published(serving: Serving) -> list[bytes]:
    """Return all texts that were ever published."""
    with closing(sqlite3.connect(serving.history)) as history:
        return [text for (text,) in history.execute("SELECT text FROM publication ORDER BY id")]
