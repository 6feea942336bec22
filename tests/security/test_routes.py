"""Every address, asked in every way: no answer is a fault of ours, and each is guarded."""

import random
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impulscal.invitations.sign_off import sign_off_token
from invitations.house import POST, House, schedule, session
from security.asking import Asked, faults, made_up
from staff.desk import Desk

KEY = POST.secret_key


def _house(folder: Path) -> House:
    house = House(folder)
    house.publish(schedule(session(1, "2021-06-01"), session(2, topic="Grüne Stadt")))
    house.add()
    house.invite()
    return house


@pytest.fixture(scope="module", params=["public", "stranger", "member"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Give a browser: without a staff area behind it, without a session, and with one."""
    house = _house(tmp_path_factory.mktemp(request.param))
    changed = {"secret_key": None} if request.param == "public" else {}
    desk = Desk(house, {"reload_seconds": 0, **changed})
    return desk.sign_in() if request.param == "member" else desk


@pytest.fixture(scope="module")
def known(desk: Desk) -> dict[str, tuple[str, ...]]:
    """Give the arguments of rules that lead somewhere."""
    guest = desk.house.guests()[0]
    links = (desk.link().rpartition("/")[2],) if desk.settings.secret_key else ()
    return {
        "guest": (str(guest.id), "7"),
        "token": (sign_off_token(KEY, guest.handle), "x", *links),
    }


@given(seed=st.integers(min_value=0, max_value=2**32))
def test_no_request_is_answered_with_a_fault(
    desk: Desk, known: dict[str, tuple[str, ...]], seed: int
) -> None:
    asked = made_up(desk.app, known, random.Random(seed))

    answer = asked.send(desk.client)

    assert faults(asked, answer) == []


def test_the_way_back_to_a_list_leads_below_what_was_asked_for(tmp_path: Path) -> None:
    desk = Desk(_house(tmp_path)).sign_in()
    asked = list(product(("\r\nX-Evil: 1", "<script>", "<x:y>", "..", "ä?#"), ("add", "take")))

    answers = [
        Asked("GET", f"/staff/{series}/2/guests/{step}").send(desk.client) for series, step in asked
    ]

    ways = [f"/staff/{quote(series, safe='')}/2/guests" for series, _step in asked]
    assert [answer.headers.get("Location") for answer in answers] == ways
