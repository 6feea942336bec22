"""Last-Modified never goes back, and rises whenever the bytes change."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from flask.testing import FlaskClient

from impulscal.history.database import Database
from impulscal.schedule.clock import zone
from impulscal.settings import Clock
from web.serving import NOW, Serving, schedule, session

FEED = "/stadtimpuls.ics"


def modified(client: FlaskClient, path: str = FEED) -> datetime:
    return parsedate_to_datetime(client.get(path).headers["Last-Modified"])


def test_it_is_the_moment_of_the_change(serving: Serving) -> None:
    client = serving.start()
    first = modified(client)
    serving.hand.go(days=3)
    serving.write(serving.file.read_text().replace("Termin 2", "Anderes"))

    assert (first, modified(client)) == (NOW, NOW + timedelta(days=3))


def test_it_stays_where_nothing_changes(serving: Serving) -> None:
    client = serving.start()
    first = modified(client)
    serving.hand.go(days=3)
    serving.write(serving.file.read_text() + "\n# Nur eine Bemerkung.\n")

    assert modified(client) == first


def test_it_rises_when_a_session_that_is_over_leaves_the_file(serving: Serving) -> None:
    client = serving.start()
    modified(client)
    serving.hand.go(days=30)
    before = modified(client)
    serving.write(schedule(session(2, "2021-07-13")))

    assert "UID:1.stadtimpuls" not in client.get(FEED).text
    assert modified(client) == NOW + timedelta(days=30) > before


def test_it_rises_when_a_session_is_withdrawn_and_when_it_returns(serving: Serving) -> None:
    client = serving.start()
    stamps = [modified(client)]
    for text in (schedule(session(1, "2021-06-08"), withdrawn=(2,)), serving.file.read_text()):
        serving.hand.go(minutes=1)
        serving.write(text)
        stamps.append(modified(client))

    assert stamps == [NOW, NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)]


def test_it_rises_when_the_latest_revision_is_the_one_that_leaves(serving: Serving) -> None:
    client = serving.start()
    modified(client)
    serving.hand.go(hours=1)
    serving.write(serving.file.read_text().replace("Termin 2", "Anderes"))
    before = modified(client)
    serving.write(schedule(session(1, "2021-06-08"), withdrawn=(2,)))

    assert modified(client) > before


def test_two_edits_in_one_second_have_two_stamps(serving: Serving) -> None:
    client = serving.start()
    stamps = [modified(client)]
    for title in ("Eins", "Zwei", "Drei"):
        serving.write(schedule(session(1, "2021-06-08", title=title), session(2, "2021-07-13")))
        stamps.append(modified(client))

    assert stamps == [NOW + timedelta(seconds=number) for number in range(4)]


def test_it_rises_when_the_bytes_change_without_a_revision(serving: Serving) -> None:
    first = modified(serving.start())
    serving.hand.go(days=1)

    moved = serving.start(base_url="https://termine.example")

    assert modified(moved) == first + timedelta(days=1)
    assert "SEQUENCE:0" in moved.get(FEED).text


def test_it_never_goes_back_when_the_bytes_do(serving: Serving) -> None:
    stamps = []
    for base_url in ("https://a.example", "https://b.example", "https://a.example"):
        stamps.append(modified(serving.start(base_url=base_url)))
        serving.hand.go(days=1)

    assert stamps == [NOW + timedelta(days=number) for number in range(3)]


def test_it_is_left_out_for_the_second_that_it_lies_ahead(serving: Serving) -> None:
    modified(serving.start(base_url="https://a.example"))
    other = serving.start(base_url="https://b.example")

    assert "Last-Modified" not in other.get(FEED).headers
    serving.hand.go(seconds=1)
    assert modified(other) == NOW + timedelta(seconds=1)


def test_it_is_left_out_while_the_clock_is_behind(serving: Serving) -> None:
    client = serving.start()
    first = modified(client)
    serving.hand.go(days=-10)
    headers = client.get(FEED).headers
    conditional = client.get(FEED, headers={"If-Modified-Since": "Fri, 31 Dec 9999 23:59:59 GMT"})

    assert "Last-Modified" not in headers
    assert conditional.status_code == 200
    assert client.get(FEED, headers={"If-None-Match": headers["ETag"]}).status_code == 304
    serving.hand.go(days=10)
    assert modified(client) == first


def test_it_does_not_go_back_with_the_clock(serving: Serving) -> None:
    client = serving.start()
    first = modified(client)
    serving.hand.go(days=-10)
    serving.write(serving.file.read_text().replace("Termin 2", "Anderes"))
    assert "Last-Modified" not in client.get(FEED).headers
    serving.hand.go(days=11)

    assert modified(client) == first + timedelta(seconds=1)


def test_a_new_process_tells_the_same(serving: Serving) -> None:
    client = serving.start()
    modified(client)
    serving.hand.go(days=30)
    serving.write(schedule(session(2, "2021-07-13")))
    before = client.get(FEED)
    serving.hand.go(days=1)

    after = serving.start().get(FEED)

    assert (list(after.headers), after.data) == (list(before.headers), before.data)


@dataclass(frozen=True, slots=True)
class StoppedClock(Clock):
    """Stands at one moment, as with IMPULSCAL_NOW."""

    fixed: datetime | None = datetime(2021, 5, 20, 9, tzinfo=zone("Europe/Berlin"))


def test_under_a_stopped_clock_edits_arrive_with_rising_stamps(serving: Serving) -> None:
    serving.clock = StoppedClock()
    client = serving.start()
    stamps = [modified(client)]
    for title in ("Eins", "Zwei"):
        serving.write(schedule(session(1, "2021-06-08", title=title), session(2, "2021-07-13")))
        stamps.append(modified(client))

    assert stamps == [NOW + timedelta(seconds=number) for number in range(3)]
    assert "SEQUENCE:2" in client.get(FEED).text


def test_under_a_stopped_clock_a_far_stamp_is_left_out(serving: Serving) -> None:
    modified(serving.start())
    serving.clock = StoppedClock(NOW - timedelta(days=1))

    assert "Last-Modified" not in serving.start().get(FEED).headers


def test_a_stopped_clock_without_offset_is_in_the_zone_of_the_series(serving: Serving) -> None:
    serving.write(schedule(timezone="America/New_York"))
    client = serving.start(clock=Clock(datetime.fromisoformat("2021-05-20T09:00")))

    assert client.get(FEED).headers["Last-Modified"] == "Thu, 20 May 2021 13:00:00 GMT"


def fill(serving: Serving) -> None:
    """Ask for more combinations of options than get a stamp of their own."""
    with (
        closing(Database.open(serving.settings().database_url)) as database,
        database.writing() as transaction,
    ):
        for number in range(1001):
            transaction.renew_last_modified(
                "stadtimpuls", f"{FEED}?alarm={number}", "junk", modified_at=NOW, now=NOW
            )


RARE = f"{FEED}?alarm=2000&cancelled=visible"


def test_strangers_cannot_take_it_away_by_asking_for_many_options(serving: Serving) -> None:
    one, two = serving.start(), serving.start()
    modified(one)
    fill(serving)

    stamps = [modified(one, RARE), modified(two, f"/en{RARE}"), modified(two, RARE)]
    serving.hand.go(hours=1)
    serving.write(serving.file.read_text().replace("Termin 2", "Anderes"))
    later = [modified(two, RARE), modified(one, RARE), modified(one, f"/en{RARE}")]

    assert stamps == [NOW] * 3
    assert later == [NOW + timedelta(hours=1)] * 3


def test_it_rises_for_rare_options_too_where_bytes_change_without_a_revision(
    serving: Serving,
) -> None:
    client = serving.start()
    modified(client)
    fill(serving)
    first = client.get(RARE)
    serving.hand.go(hours=1)

    same, other = serving.start(), serving.start(base_url="https://anders.example")

    assert modified(same, RARE) == NOW
    assert other.get(RARE).data != first.data
    assert modified(other, RARE) == NOW + timedelta(hours=1)
