"""Who has no session gets nothing from any address of the staff area, whoever added it."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from itsdangerous import Signer
from werkzeug.test import TestResponse

from impulscal.history import tables
from impulscal.settings import Settings
from impulscal.web.staff import access
from impulscal.web.staff.cookies import COOKIE
from invitations.house import JUERGEN, House, schedule, session
from staff.desk import PAUL, PETRA, Desk
from staff.doors import Door, doors

SECRET = "streng-vertraulich"

# What a stranger must read nowhere: the schedule, guests, the settings.
PRIVATE = (SECRET, "stadtimpuls", "stadt:impuls", "treffen.example", "mueller", "Müller", PETRA)


@pytest.fixture
def full(house: House) -> Desk:
    """Give the browser of somebody who is signed in, over a series with an invited guest."""
    house.publish(schedule(session(note=SECRET, description=SECRET), title={"de": "stadt:impuls"}))
    house.add(JUERGEN)
    house.invite()
    return Desk(house).sign_in()


def member_doors(desk: Desk) -> list[Door]:
    found = [door for door in doors(desk.app, desk.house.guests()[0].id) if not door.open]
    assert {door.rule for door in found} >= {"/staff/sign-out", "/staff/en/sign-out"}
    return found


def database(house: House) -> dict[str, list[Any]]:
    """Return all that the database holds."""
    with house.database.reading() as transaction:
        return {
            table.name: [tuple(row) for row in transaction.connection.execute(sa.select(table))]
            for table in tables.metadata.sorted_tables
        }


def knock(desk: Desk, door: Door, **sent: Any) -> TestResponse:
    """Ask at ``door`` with a browser that has no cookies but what is ``sent``."""
    stranger = desk.app.test_client()
    cookie = sent.pop("cookie", None)
    if cookie is not None:
        stranger.set_cookie(COOKIE, cookie, path="/staff")
    if door.method in ("GET", "HEAD"):
        sent.pop("data", None)
    return stranger.open(door.path, method=door.method, **sent)


def gives_nothing(door: Door, answer: TestResponse) -> None:
    told = f"{answer.headers}\n{answer.text}"
    # The way in repeats the address that was asked for, and no more.
    told = re.sub(r"next=[^\s\"]*|rel=\"alternate\" href=\"[^\"]*\"", "", told)
    assert [word for word in PRIVATE if word in told] == [], door
    if door.method in ("GET", "HEAD"):
        language = "/en" if door.rule.startswith("/staff/en") else ""
        location = answer.headers["Location"].partition("?")[0]
        assert (answer.status_code, location) == (303, f"/staff{language}/sign-in"), door
    else:
        assert answer.status_code == 403, door
    assert answer.headers["Cache-Control"] == "no-store", door
    assert "Set-Cookie" not in answer.headers, door


def expired(desk: Desk) -> str:
    cookie = desk.cookie
    desk.house.go(hours=8)
    return cookie


def signed_out(desk: Desk) -> str:
    cookie = desk.cookie
    assert desk.post("/staff/sign-out").status_code == 303
    return cookie


def dismissed(desk: Desk) -> str:
    """Return the cookie of somebody who was taken off IMPULSCAL_STAFF since."""
    cookie = desk.cookie
    desk.changed["staff"] = (PAUL,)
    desk.__post_init__()
    return cookie


def signed_like(desk: Desk, key: str, salt: str) -> str:
    name = access.id_in_cookie(desk.settings, desk.cookie)
    assert name is not None
    return Signer(key, salt=salt, digest_method=hashlib.sha256).sign(name).decode()


def key_of(settings: Settings) -> str:
    assert settings.secret_key is not None
    return settings.secret_key


COOKIES: dict[str, Callable[[Desk], str | None]] = {
    "none": lambda _desk: None,
    "empty": lambda _desk: "",
    "unsigned": lambda desk: access.id_in_cookie(desk.settings, desk.cookie),
    "bent": lambda desk: desk.cookie[:-2] + ("AA" if not desk.cookie.endswith("AA") else "BB"),
    "of no session": lambda desk: access.cookie_of(desk.settings, "x" * 43),
    "of another application": lambda desk: signed_like(
        desk, "another key, long enough", "impulscal.staff-session"
    ),
    "signed for another end": lambda desk: signed_like(
        desk, key_of(desk.settings), "impulscal.sign-off"
    ),
    "expired": expired,
    "signed out": signed_out,
    "of somebody dismissed": dismissed,
}


@pytest.mark.parametrize("kind", COOKIES)
def test_a_stranger_gets_nothing_and_changes_nothing(full: Desk, kind: str) -> None:
    found = member_doors(full)
    csrf = full.csrf
    cookie = COOKIES[kind](full)
    before = database(full.house)

    for door in found:
        for headers in ({}, {"Sec-Fetch-Site": "same-origin"}):
            answer = knock(full, door, cookie=cookie, data={"csrf": csrf}, headers=headers)
            gives_nothing(door, answer)

    assert database(full.house) == before


@pytest.mark.parametrize("csrf", [None, "", "x", "ä", "of another session"])
def test_a_form_without_the_token_of_the_session_changes_nothing(
    full: Desk, csrf: str | None
) -> None:
    other = Desk(full.house).sign_in(PAUL)
    token = other.csrf if csrf == "of another session" else csrf
    data = {} if token is None else {"csrf": token}
    before = database(full.house)

    answers = [
        (door, knock(full, door, cookie=full.cookie, data=data, headers=headers))
        for door in member_doors(full)
        for headers in ({}, {"Sec-Fetch-Site": "same-origin"})
        if door.method not in ("GET", "HEAD")
    ]

    assert {answer.status_code for _door, answer in answers} == {403}
    assert [door for door, answer in answers if SECRET in answer.text] == []
    assert database(full.house) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://boese.example"},
        {"Origin": "http://kalender.example"},
        {"Origin": "null"},
        {"Origin": "https://kalender.example:8443"},
        {"Origin": "https://kalender.example:nonsense"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://kalender.example"},
    ],
    ids=str,
)
def test_a_form_of_another_website_changes_nothing_even_with_the_token(
    full: Desk, headers: dict[str, str]
) -> None:
    before = database(full.house)

    answers = [
        knock(full, door, cookie=full.cookie, data={"csrf": full.csrf}, headers=headers)
        for door in doors(full.app, full.house.guests()[0].id)
        if door.method not in ("GET", "HEAD")
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert database(full.house) == before


def test_a_form_from_elsewhere_is_told_the_right_address(desk: Desk) -> None:
    answer = desk.client.post("/staff/sign-out", headers={"Origin": "http://10.0.0.5:8000"})

    assert "Bitte öffnen Sie https://kalender.example/staff/ und" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://kalender.example"},
        {"Origin": "HTTPS://Kalender.example:443"},
        # Behind a proxy, or at another name of the server, the browser's word counts.
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8000"},
    ],
    ids=str,
)
def test_a_form_of_our_own_is_taken(desk: Desk, headers: dict[str, str]) -> None:
    answer = desk.client.post("/staff/sign-out", data={"csrf": desk.csrf}, headers=headers)

    assert (answer.status_code, desk.cookie) == (303, "")


def test_a_cookie_that_somebody_else_planted_locks_nobody_out(desk: Desk) -> None:
    # A page of a neighbouring host may set one of the same name; browsers send both.
    browser = desk.app.test_client(use_cookies=False)
    stale = access.cookie_of(desk.settings, "x" * 43)
    good = f"{COOKIE}={desk.cookie}"
    orders = [f"{COOKIE}=x; {good}", f"{good}; {COOKIE}=x", f"{COOKIE}={stale}; {good}"]
    sent = {"data": {"csrf": desk.csrf}, "headers": {"Cookie": orders[2]}}

    opened = [browser.get("/staff/outbox", headers={"Cookie": told}) for told in orders]
    done = browser.post("/staff/sign-out", **sent)
    after = browser.get("/staff/outbox", headers={"Cookie": good})

    assert [answer.status_code for answer in opened] == [200, 200, 200]
    assert (done.status_code, after.status_code) == (303, 303)
    assert after.headers["Location"].startswith("/staff/sign-in")


def test_a_stranger_does_not_learn_what_exists(full: Desk) -> None:
    stranger = full.app.test_client()

    guests = [f"stadtimpuls/2/guests/{n}/sign-off" for n in ("1", "9" * 11, "9" * 5000, "x", "-1")]
    paths = (
        *guests,
        "stadtimpuls/2",
        "stadtimpuls/99",
        "x/y/z",
        ".git",
        "sign-out",
        "sign-in/x/y",
    )

    answers = [stranger.get(f"/staff/{path}") for path in paths]
    sent = [stranger.post(f"/staff/{path}") for path in paths]

    assert {
        (answer.status_code, answer.headers["Location"].partition("?")[0]) for answer in answers
    } == {(303, "/staff/sign-in")}
    assert {(answer.status_code, answer.data) for answer in sent} == {(403, sent[0].data)}
