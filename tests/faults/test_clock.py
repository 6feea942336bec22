"""The clock set back by a day, and right again, while feeds are served."""

from pathlib import Path

from flask.testing import FlaskClient

from faults.subscriber import Answer, Subscriber
from web.serving import NOW, Serving, schedule, session

FEED = "/stadtimpuls.ics"

UID = "2.stadtimpuls@einsateam.de"


def edited(serving: Serving, title: str) -> None:
    serving.write(schedule(session(1, "2021-06-08"), session(2, "2021-07-13", title=title)))


def polled(client: FlaskClient, subscriber: Subscriber) -> Answer:
    told = client.get(FEED, headers=subscriber.conditions())
    headers = {name.lower(): value for name, value in told.headers}
    answer = Answer(status=told.status_code, headers=headers, body=told.data)
    subscriber.take(answer)
    return answer


def test_no_number_and_no_date_goes_back_with_the_clock(tmp_path: Path) -> None:
    serving, subscriber = Serving(tmp_path), Subscriber()
    edited(serving, "Vorher")
    client = serving.start()
    first = polled(client, subscriber)
    serving.hand.go(days=-1)
    unchanged = polled(client, subscriber)
    edited(serving, "Währenddessen")
    meanwhile = polled(client, subscriber)
    started_anew = serving.start()
    again = polled(started_anew, subscriber)
    serving.hand.go(days=1, minutes=5)
    whole = polled(client, subscriber)
    serving.hand.go(minutes=5)
    edited(serving, "Nachher")
    last = polled(client, subscriber)

    answers = (first, unchanged, meanwhile, again, whole, last)
    assert [answer.status for answer in answers] == [200, 304, 200, 304, 304, 200]
    # No answer has a Last-Modified after its Date (RFC 9110 8.8.2.1).
    dated = ["last-modified" in answer.headers for answer in answers]
    assert dated == [True, False, False, False, True, True]
    assert subscriber.sequences[UID] == 2
    assert subscriber.events[UID].stamp > NOW


def test_an_announcement_is_not_taken_back_with_the_clock(tmp_path: Path) -> None:
    serving, subscriber = Serving(tmp_path), Subscriber()
    details = {"title": "Alles", "working_title": "Wenig", "announce": "2021-05-20 08:00"}
    serving.write(schedule(session(1, "2021-06-08", **details)))
    client = serving.start()
    polled(client, subscriber)
    serving.hand.go(days=-1)
    serving.write(schedule(session(1, "2021-06-08", **details, teaser="Neu")))

    polled(client, subscriber)

    assert subscriber.summaries == {"stadt:impuls #1: Alles"}
    assert subscriber.sequences == {"1.stadtimpuls@einsateam.de": 1}
