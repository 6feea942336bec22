"""A history that is deleted, locked, read-only, damaged or from another release."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Never

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import ServiceUnavailable

from impulscal.edition import Edition
from impulscal.web.editions import Editions
from impulscal.web.representation import Representations
from web.serving import NOW, HandClock, Serving, health, schedule, session

FEED = "/stadtimpuls.ics"


@contextmanager
def locked(serving: Serving) -> Iterator[None]:
    """Hold the lock that keeps out readers and writers."""
    with closing(sqlite3.connect(serving.history, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def edited(serving: Serving) -> None:
    serving.hand.go(hours=1)
    serving.write(serving.file.read_text().replace("Termin 2", "Anderes"))


def test_while_the_history_is_locked_the_feed_goes_on_and_the_edit_comes_later(
    serving: Serving,
) -> None:
    client = serving.start()
    before = client.get(FEED)
    edited(serving)
    with locked(serving):
        meanwhile = client.get(FEED)
        state = health(client)

    assert (list(meanwhile.headers), meanwhile.data) == (list(before.headers), before.data)
    assert (state["status"], state["history"]) == ("degraded", "failed")
    assert "Anderes" in client.get(FEED).text
    assert health(client)["status"] == "ok"


def test_an_address_that_was_not_asked_for_yet_is_served_without_a_history(
    serving: Serving,
) -> None:
    client = serving.start()
    client.get(FEED)
    with locked(serving):
        answers = [client.get(path) for path in ("/en/stadtimpuls.ics", "/stadtimpuls/")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert ["Last-Modified" in answer.headers for answer in answers] == [False, False]


def test_the_data_that_only_the_history_has_is_503_until_it_is_there(serving: Serving) -> None:
    client = serving.start()
    client.get(FEED)
    with locked(serving):
        meanwhile = client.get("/stadtimpuls.json")

    assert (meanwhile.status_code, meanwhile.content_type) == (503, "text/plain; charset=utf-8")
    assert client.get("/stadtimpuls.json").status_code == 200


def test_the_data_once_served_stay_while_the_history_is_locked(serving: Serving) -> None:
    client = serving.start()
    before = client.get("/stadtimpuls.json")
    edited(serving)
    client.get(FEED)
    with locked(serving):
        meanwhile = client.get("/stadtimpuls.json")

    assert meanwhile.data == before.data
    assert "Anderes" in client.get("/stadtimpuls.json").text


def test_with_reload_0_a_history_that_failed_is_asked_again(serving: Serving) -> None:
    client = serving.start(reload_seconds=0)
    with locked(serving):
        assert client.get(FEED).status_code == 503
    editions = client.application.extensions["impulscal"].editions
    editions._next_look = 0.0

    assert client.get(FEED).status_code == 200


def test_a_deleted_history_does_not_stop_what_is_served(serving: Serving) -> None:
    client = serving.start()
    before = client.get(FEED)
    serving.history.unlink()

    after = client.get(FEED)

    assert (after.status_code, after.data) == (200, before.data)


def test_a_history_that_became_a_folder_does_not_stop_what_is_served(serving: Serving) -> None:
    client = serving.start()
    before = client.get(FEED)
    client.application.extensions["impulscal"].editions.database().close()
    serving.history.unlink()
    serving.history.mkdir()
    edited(serving)

    after = client.get(FEED)

    assert (after.status_code, after.data) == (200, before.data)
    assert health(client)["history"] == "failed"


def test_a_process_that_starts_on_a_read_only_history_serves_what_was_told_last(
    serving: Serving,
) -> None:
    before = serving.start().get(FEED)
    read_only = f"sqlite:///file:{serving.history}?mode=ro&uri=true"

    client = serving.start(database_url=read_only)
    after = client.get(FEED)

    assert (after.status_code, list(after.headers), after.data) == (
        200,
        list(before.headers),
        before.data,
    )
    assert health(client)["status"] == "degraded"


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_damaged_history_is_told_and_nothing_is_served_from_it(
    serving: Serving, content: bytes
) -> None:
    serving.history.write_bytes(content)
    client = serving.start()

    statuses = {client.get(path).status_code for path in (FEED, "/", "/healthz")}

    # An empty file is an empty database, in which a first history is begun.
    assert statuses == ({503} if content else {200})


def test_the_history_of_a_newer_release_is_left_alone_and_what_it_told_is_served(
    serving: Serving,
) -> None:
    before = serving.start().get(FEED)
    with closing(sqlite3.connect(serving.history)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("ALTER TABLE revision ADD COLUMN more TEXT")
    edited(serving)

    client = serving.start()
    after = client.get(FEED)

    assert (after.status_code, after.data) == (200, before.data)
    assert health(client)["history"] == "failed"


def test_a_publication_that_this_release_cannot_read_does_not_stop_the_others(
    serving: Serving,
) -> None:
    serving.write(schedule(id="andere"), "andere.yaml")
    serving.schedules = (serving.file, serving.folder / "andere.yaml")
    serving.start().get(FEED)
    serving.file.unlink()
    with closing(sqlite3.connect(serving.history)) as connection, connection:
        connection.execute("UPDATE publication SET text = 'kaputt' WHERE series = 'stadtimpuls'")

    client = serving.start()

    assert [client.get(path).status_code for path in (FEED, "/andere.ics", "/healthz")] == [
        503,
        200,
        200,
    ]


def editions_of(client: FlaskClient) -> Editions:
    editions = client.application.extensions["impulscal"].editions
    assert isinstance(editions, Editions)
    return editions


def fail() -> Never:
    raise ZeroDivisionError


def test_when_a_new_edition_cannot_be_rendered_the_last_good_bytes_stay(
    serving: Serving,
) -> None:
    editions = editions_of(serving.start())
    representations = Representations(editions)
    first = editions.current().editions["stadtimpuls"]
    good = representations.get((first,), "/x.ics", lambda: b"good", content_type="text/calendar")
    second = replace(first)

    kept = representations.get((second,), "/x.ics", fail, content_type="text/calendar")
    # The same edition is not tried again.
    again = representations.get((second,), "/x.ics", lambda: b"?", content_type="text/calendar")
    third = representations.get(
        (replace(first),), "/x.ics", lambda: b"mended", content_type="text/calendar"
    )

    assert (kept, again, third.body) == (good, good, b"mended")


def test_what_never_could_be_rendered_is_503(serving: Serving) -> None:
    editions = editions_of(serving.start())
    edition = editions.current().editions["stadtimpuls"]

    with pytest.raises(ServiceUnavailable):
        Representations(editions).get((edition,), "/x.ics", fail, content_type="text/calendar")


def test_what_strangers_ask_for_does_not_fill_the_memory(serving: Serving) -> None:
    editions = editions_of(serving.start())
    representations = Representations(editions)
    megabyte = b"x" * 1024 * 1024
    kinds = {"content_type": "text/calendar"}
    for number in range(40):
        representations.get((), "/often", lambda: b"often", **kinds)
        representations.get((), f"/{number}", lambda: megabyte, **kinds)

    assert "/often" in representations._kept
    assert sum(len(kept.representation.body) for kept in representations._kept.values()) <= (
        32 * len(megabyte)
    )


def test_one_unreadable_moment_of_a_session_leaves_the_history_whole(serving: Serving) -> None:
    client = serving.start()
    client.get(FEED)
    with locked(serving):
        serving.write(schedule(session(1, "2021-06-08", title="Neu"), session(2, "2021-07-13")))
        client.get(FEED)
    serving.hand.go(hours=1)

    text = client.get(FEED).text

    assert (text.count("SEQUENCE:1"), text.count("SEQUENCE:0")) == (1, 1)


def unrenderable(edition: Edition) -> Edition:
    series = replace(edition.series, color="no colour", timezone="Nirgends/Wo")
    return replace(edition, series=series)


def test_an_edition_that_cannot_be_rendered_never_reaches_who_subscribed(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    serving.write(schedule(color="turquoise"))
    client = serving.start(reload_seconds=0)
    before = client.get(FEED)
    editions = editions_of(client)
    shelf = editions.current()
    broken = {name: unrenderable(edition) for name, edition in shelf.editions.items()}
    editions._shelf = replace(shelf, editions=broken)

    answers = [client.get(FEED) for _time in range(3)]
    never_asked = client.get(f"{FEED}?alarm=5")

    for answer in answers:
        assert (answer.status_code, list(answer.headers), answer.data) == (
            200,
            list(before.headers),
            before.data,
        )
    assert (never_asked.status_code, never_asked.headers["Retry-After"]) == (503, "60")
    assert caplog.text.count("/stadtimpuls.ics cannot be rendered.") == 1


@dataclass(frozen=True, slots=True)
class ClockWithAFault(HandClock):
    """Knows all zones but one: a bug that one file alone brings to light."""

    def now(self, timezone: str = "Europe/Berlin") -> datetime:
        if timezone == "Europe/London" and self.hand[0] > NOW:
            raise ZeroDivisionError
        return HandClock.now(self, timezone)


def test_a_bug_that_one_file_brings_to_light_does_not_stop_the_others(serving: Serving) -> None:
    serving.write(schedule(id="london", timezone="Europe/London"), "london.yaml")
    serving.schedules = (serving.folder / "london.yaml", serving.file)
    serving.clock = ClockWithAFault()
    client = serving.start()
    before = client.get("/london.ics").data
    serving.hand.go(hours=1)
    edited(serving)

    assert "Anderes" in client.get(FEED).text
    assert client.get("/london.ics").data == before
    assert health(client)["status"] == "degraded"


def test_a_date_that_could_not_be_asked_for_is_told_as_soon_as_it_can(serving: Serving) -> None:
    client = serving.start()
    client.get(FEED)
    with locked(serving):
        dateless = client.get("/en/stadtimpuls.ics")

    later = client.get("/en/stadtimpuls.ics")

    assert "Last-Modified" not in dateless.headers
    assert later.headers["Last-Modified"] == "Thu, 20 May 2021 07:00:00 GMT"
    assert later.headers["ETag"] == dateless.headers["ETag"]
