"""What is answered before the application is there."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import Client

from front.conftest import ADDRESS, House
from impulscal.front import Answer, Opening, PlainPaths

KEPT = Answer([("Content-Type", "text/calendar"), ("ETag", '"kept"')], b"kept")


@pytest.fixture
def opening() -> Opening:
    return Opening({(ADDRESS, ""): KEPT}, "https://example.org/termine", lambda: True)


@pytest.mark.parametrize("path", [ADDRESS, f"{ADDRESS}/", f"/termine{ADDRESS}"])
def test_what_was_kept_is_given_at_once(opening: Opening, path: str) -> None:
    answer = Client(opening).get(path)

    assert (answer.status_code, answer.data) == (200, b"kept")


def test_conditions_hold_for_what_was_kept(opening: Opening) -> None:
    answer = Client(opening).get(ADDRESS, headers={"If-None-Match": '"kept"'})

    assert (answer.status_code, answer.headers["ETag"]) == (304, '"kept"')


@pytest.mark.parametrize("path", ["/other.ics", f"{ADDRESS}?alarm=30"])
def test_everything_else_waits_for_the_application(
    opening: Opening, house: House, path: str
) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(lambda: Client(opening).get(path))
        opening.open(house.front)

    assert (waiting.result().status_code, waiting.result().data) == (200, house.body)


def test_what_has_passed_waits_for_the_application(house: House) -> None:
    opening = Opening({(ADDRESS, ""): KEPT}, "https://example.org", lambda: False)

    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(lambda: Client(opening).get(ADDRESS))
        opening.open(house.front)

    assert waiting.result().data == house.body


def test_once_there_the_application_is_asked_for_all(opening: Opening, house: House) -> None:
    opening.open(house.front)

    answer = Client(opening).get(ADDRESS)

    assert answer.data == house.body


def test_a_path_that_waited_loses_the_base_path_only_once(house: House) -> None:
    opening = Opening({}, "https://example.org/termine", lambda: True)

    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(lambda: Client(opening).get("/termine/termine.ics"))
        opening.open(PlainPaths(house.front, "https://example.org/termine"))
        waiting.result()
        again = pool.submit(lambda: Client(opening).get("/termine/termine/2"))
        again.result()

    assert [environ["PATH_INFO"] for environ in house.asked] == ["/termine.ics", "/termine/2"]
