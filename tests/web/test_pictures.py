"""Pictures that are replaced, vanish and come while they are served."""

import struct
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html

from impulscal.kept_answers import recall
from impulscal.settings import Clock
from web.running import ask, served, until
from web.serving import Serving, health, schedule, session

PAGE = "/stadtimpuls/1/"

IMAGE: dict[str, Any] = {"images": [{"src": "bilder/2.png", "alt": "Ein Park"}]}


def picture(width: int, size: int = 40) -> bytes:
    """Return the head of a PNG, filled up to ``size`` bytes; nobody looks further."""
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, 400)
    return head.ljust(size, b"\0")


def put(serving: Serving, body: bytes) -> Path:
    """Move a picture to its place, whole."""
    path = serving.folder / "bilder" / "2.png"
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    new.write_bytes(body)
    return new.replace(path)


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    serving = Serving(tmp_path)
    put(serving, picture(600))
    serving.write(schedule(session(1, "2021-06-08", **IMAGE)))
    return serving


def shown(client: FlaskClient) -> list[tuple[str, str]]:
    """Return address and width of the pictures on the page."""
    page = html.fromstring(client.get(PAGE).get_data())
    return [(str(img.get("src")), str(img.get("width"))) for img in page.iter("img")]


def kept(client: FlaskClient) -> int:
    """Return how many answers of the application the front has kept since the start."""
    count: int = client.application.extensions["impulscal.front"].memory.count
    return count


def errors(client: FlaskClient) -> list[str]:
    problems = [problem for file in health(client)["files"] for problem in file["problems"]]
    return [problem["code"] for problem in problems if problem["severity"] == "error"]


def test_a_replaced_picture_shows_on_its_page_at_once(serving: Serving) -> None:
    client = serving.start()
    [(before, _width)] = shown(client)

    put(serving, picture(900))
    [(after, width)] = shown(client)

    assert after != before
    assert width == "900"
    assert client.get(after).data == picture(900)


def test_a_picture_that_is_overwritten_in_its_place_is_noticed(serving: Serving) -> None:
    client = serving.start()
    [(before, _width)] = shown(client)

    (serving.folder / "bilder" / "2.png").write_bytes(picture(900, size=50))

    assert [(address != before, width) for address, width in shown(client)] == [(True, "900")]


def test_processes_that_started_before_and_after_give_the_same_page(serving: Serving) -> None:
    first = serving.start()
    first.get(PAGE)
    put(serving, picture(900))
    second = serving.start()

    answers = [client.get(PAGE) for client in (first, second)]

    [told, again] = [(answer.headers["ETag"], answer.data) for answer in answers]
    assert told == again


def test_a_picture_that_vanished_is_told_by_every_process(serving: Serving) -> None:
    first = serving.start()
    first.get(PAGE)

    (serving.folder / "bilder" / "2.png").unlink()
    second = serving.start()

    assert [(health(client)["status"], errors(client)) for client in (first, second)] == [
        ("degraded", ["no-image"])
    ] * 2
    assert [shown(client) for client in (first, second)] == [[], []]


def test_a_picture_that_comes_after_its_schedule_heals_it(serving: Serving) -> None:
    path = serving.folder / "bilder" / "2.png"
    path.unlink()
    client = serving.start()
    before = errors(client)

    put(serving, picture(600))

    assert before == ["no-image"]
    assert [width for _address, width in shown(client)] == ["600"]
    assert health(client)["status"] == "ok"


def test_beside_a_broken_schedule_the_pictures_go_on(serving: Serving) -> None:
    first = serving.start()
    [(before, _width)] = shown(first)
    serving.file.write_text("series: [\n", encoding="utf-8")

    put(serving, picture(900))
    second = serving.start()

    assert [[width for _address, width in shown(client)] for client in (first, second)] == [
        ["900"],
        ["900"],
    ]
    assert (before, "600") not in shown(first)


def test_with_unchanged_pictures_nothing_is_read_again(serving: Serving) -> None:
    client = serving.start()
    client.get(PAGE)
    files = client.application.extensions["impulscal"].editions._files
    [before] = files.found()

    client.get(PAGE)

    assert [found is before for found in files.found()] == [True]


def test_an_answer_from_before_a_replaced_picture_is_not_given_at_the_next_start(
    serving: Serving,
) -> None:
    serving.clock = Clock()
    settings = serving.settings(database_url=f"sqlite:///{serving.history}")
    with served(serving) as port:
        ask(port, PAGE)
        until(lambda: (PAGE.rstrip("/"), "") in recall(settings).answers)

    put(serving, picture(900))

    assert recall(settings).answers == {}


def test_a_picture_is_asked_for_again_with_either_validator(serving: Serving) -> None:
    client = serving.start()
    [(address, _width)] = shown(client)

    answer = client.get(address)
    known = [
        client.get(address, headers={name: answer.headers[told]}).status_code
        for name, told in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
    ]

    assert known == [304, 304]
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_every_process_gives_a_picture_the_same_validators(serving: Serving) -> None:
    first, second = serving.start(), serving.start()
    [(address, _width)] = shown(first)

    told = [
        [client.get(address).headers[name] for name in ("ETag", "Last-Modified")]
        for client in (first, second)
    ]

    assert told[0] == told[1]


def test_an_older_picture_that_comes_back_is_modified_later(serving: Serving) -> None:
    client = serving.start()
    [(address, _width)] = shown(client)
    dates = [client.get(address).last_modified]
    for width in (900, 600):
        serving.hand.go(hours=1)
        put(serving, picture(width))
        [(address, _width)] = shown(client)
        dates.append(client.get(address).last_modified)

    assert None not in dates
    assert sorted(set(dates), key=str) == dates


def test_a_picture_is_read_once_and_given_from_memory(serving: Serving) -> None:
    client = serving.start(reload_seconds=0)
    [(address, _width)] = shown(client)

    before = kept(client)
    answers = [client.get(address).data for _time in range(2)]

    assert answers == [picture(600)] * 2
    assert kept(client) == before + 1


def test_the_old_address_of_a_replaced_picture_gives_the_new_one_for_a_short_time(
    serving: Serving,
) -> None:
    client = serving.start()
    [(address, _width)] = shown(client)
    client.get(address)

    put(serving, picture(900))
    answer = client.get(address)

    assert answer.data == picture(900)
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_made_up_addresses_of_a_picture_fill_no_memory(serving: Serving) -> None:
    client = serving.start(reload_seconds=0)
    client.get(PAGE)
    before = kept(client)

    answers = [client.get(f"{PAGE}1-{number:010x}.png").status_code for number in range(5)]

    assert answers == [200] * 5
    assert kept(client) == before


def test_a_large_picture_has_validators_and_takes_no_memory(serving: Serving) -> None:
    put(serving, picture(600, size=1024 * 1024 + 1))
    client = serving.start(reload_seconds=0)
    [(address, _width)] = shown(client)

    before = kept(client)
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert kept(client) == before
