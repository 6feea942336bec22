"""A server that wants what is at hand gets that, or hears that it takes time."""

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from front.conftest import ADDRESS, House
from impulscal.front import AT_ONCE, Answer, NotAtOnceError, Opening


def ask_at_once(app: object, address: str = ADDRESS, method: str = "GET", coding: str = "") -> str:
    headers = [("Accept-Encoding", coding)]
    asked = EnvironBuilder(path=address, method=method, headers=headers).get_environ()
    _body, status, _headers = run_wsgi_app(app, {**asked, AT_ONCE: True})  # type: ignore[arg-type]
    return status


def test_what_is_in_memory_is_at_hand(house: House) -> None:
    house.get()

    statuses = [ask_at_once(house.front), ask_at_once(house.front, method="HEAD")]

    assert (statuses, len(house.asked)) == (["200 OK"] * 2, 1)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PROPFIND"])
def test_the_application_is_not_asked_for_what_is_not(house: House, method: str) -> None:
    with pytest.raises(NotAtOnceError):
        ask_at_once(house.front, method=method)

    assert house.asked == []


def test_another_version_is_not_at_hand(house: House) -> None:
    house.get()
    house.version = object()

    with pytest.raises(NotAtOnceError):
        ask_at_once(house.front)
    assert len(house.asked) == 1


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_what_is_not_packed_yet_is_not_at_hand(house: House, coding: str) -> None:
    house.headers = {"Content-Type": "text/html", "ETag": '"page"'}
    house.get()

    with pytest.raises(NotAtOnceError):
        ask_at_once(house.front, coding=coding)
    house.get(Accept_Encoding=coding)

    assert ask_at_once(house.front, coding=coding) == "200 OK"


def test_at_the_opening_only_what_was_kept_is_at_hand() -> None:
    kept = Answer([("Content-Type", "text/calendar"), ("ETag", '"kept"')], b"kept")
    opening = Opening({(ADDRESS, ""): kept}, "https://example.org", lambda: True)

    assert ask_at_once(opening) == "200 OK"
    with pytest.raises(NotAtOnceError):
        ask_at_once(opening, "/other.ics")
