"""What changes by the clock alone: announcements, and the states that pages show."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from web.serving import NOW, Serving, health, schedule, session

FEED = "/stadtimpuls.ics"

ANNOUNCED = session(
    1,
    "2021-06-08",
    working_title="Arbeitstitel",
    title="Der volle Titel",
    announce="2021-05-25 09:00",
)


@pytest.mark.parametrize("reload_seconds", [0, 1e-9, 1e9])
def test_an_announcement_passes_by_the_clock_without_a_change_of_the_file(
    serving: Serving, reload_seconds: float
) -> None:
    serving.write(schedule(ANNOUNCED))
    client = serving.start(reload_seconds=reload_seconds)
    before = client.get(FEED)
    serving.hand.go(days=5, seconds=-1)
    just_before = client.get(FEED)
    serving.hand.go(seconds=1)
    after = client.get(FEED)

    assert before.data == just_before.data
    assert "Der volle Titel" not in before.text
    assert "Der volle Titel" in after.text
    assert "SEQUENCE:1" in after.text
    assert parsedate_to_datetime(after.headers["Last-Modified"]) == NOW + timedelta(days=5)


def test_an_announcement_that_is_noticed_late_has_its_own_stamp(serving: Serving) -> None:
    serving.write(schedule(ANNOUNCED))
    client = serving.start()
    client.get(FEED)
    serving.hand.go(days=9)

    modified = client.get(FEED).headers["Last-Modified"]

    assert parsedate_to_datetime(modified) == NOW + timedelta(days=5)


def test_an_announcement_passes_while_the_file_is_broken(serving: Serving) -> None:
    serving.write(schedule(ANNOUNCED))
    client = serving.start()
    client.get(FEED)
    serving.file.unlink()
    client.get(FEED)
    serving.hand.go(days=6)

    assert "Der volle Titel" in client.get(FEED).text
    assert "Der volle Titel" in serving.start().get(FEED).text


def test_what_was_announced_stays_so_when_the_clock_goes_back(serving: Serving) -> None:
    serving.write(schedule(ANNOUNCED))
    client = serving.start()
    client.get(FEED)
    serving.hand.go(days=6)
    after = client.get(FEED).data
    serving.hand.go(days=-6)

    assert client.get(FEED).data == after
    assert serving.start().get(FEED).data == after


def test_the_feed_does_not_change_when_registration_closes_and_the_page_does(
    serving: Serving,
) -> None:
    register = {"email": "anmeldung@einsateam.de", "closes": "2021-06-04"}
    serving.write(schedule(session(1, "2021-06-08", registration=register)))
    client = serving.start(reload_seconds=0)
    feeds, pages = [], []
    for _day in range(21):
        feeds.append(client.get(FEED).data)
        pages.append(client.get("/stadtimpuls/1/").data)
        serving.hand.go(days=1)

    # Open, last day, closed, over.
    assert (len(set(feeds)), len(set(pages))) == (1, 4)


def test_the_turning_point_of_one_series_does_not_wait_for_another(serving: Serving) -> None:
    serving.write(schedule(ANNOUNCED))
    serving.write(schedule(ANNOUNCED, id="andere"), "andere.yaml")
    serving.schedules = (serving.file, serving.folder / "andere.yaml")
    client = serving.start(reload_seconds=0)
    client.get(FEED)
    serving.hand.go(days=6)

    assert "Der volle Titel" in client.get("/andere.ics").text
    assert "Der volle Titel" in client.get(FEED).text


def test_health_names_the_next_turning_point(serving: Serving) -> None:
    serving.write(schedule(ANNOUNCED))

    told = health(serving.start())["series"]["stadtimpuls"]

    assert told["next_turn"] == "2021-05-25T09:00:00+02:00"
