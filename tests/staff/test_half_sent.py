"""Half-sent forms: whoever sends one and falls silent keeps nobody else from anything."""

import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from http.client import HTTPConnection

import pytest

from impulscal.invitations.sign_off import sign_off_token
from impulscal.web.staff import access
from impulscal.web.staff.cookies import COOKIE
from invitations.house import House
from staff.desk import PETRA, Desk
from web.running import DEADLINE, ask, served, until
from web.serving import Serving

NOW = "2021-05-20T09:00"


@pytest.fixture
def port(house: House) -> Iterator[int]:
    """Give the port of a real server over the house."""
    # As long as a key of the environment has to be.
    house.post = replace(house.post, secret_key="a longer key for tests")
    house.add()
    house.invite()
    settings = {
        "IMPULSCAL_NOW": NOW,
        "IMPULSCAL_SECRET_KEY": house.post.secret_key,
        "IMPULSCAL_STAFF": PETRA,
        # Nobody listens there: mails wait.
        "IMPULSCAL_SMTP_URL": "smtp://127.0.0.1:9?starttls=0",
    }
    with served(Serving(house.folder), **settings) as port:
        yield port


def half_sent(stack: ExitStack, port: int, path: str, cookie: str = "") -> socket.socket:
    """Send the beginning of a form and fall silent."""
    caller = stack.enter_context(socket.create_connection(("127.0.0.1", port), DEADLINE))
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: kalender.example",
        f"Cookie: {COOKIE}={cookie}",
        "Sec-Fetch-Site: same-origin",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Length: 1000",
        "",
        "email=p",
    )
    caller.sendall("\r\n".join(lines).encode())
    return caller


def answered(callers: list[socket.socket], count: int) -> list[str]:
    """Wait until ``count`` of the callers have an answer; return the first lines of those."""
    end, told = time.monotonic() + DEADLINE, list[socket.socket]()
    while len(told) < count:
        assert time.monotonic() < end, f"{len(told)} of {count} answers"
        told = select.select(callers, (), (), 0.1)[0]
    return [caller.recv(4096).decode().partition("\r\n")[0] for caller in told]


def send_form(port: int, path: str, body: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    try:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, body, kind)
        return connection.getresponse().status
    finally:
        connection.close()


def test_half_sent_forms_of_strangers_keep_nobody_from_the_feeds(house: House, port: int) -> None:
    desk = Desk(house)
    stale = access.cookie_of(desk.settings, "x" * 43)
    with ExitStack() as stack:
        callers = [half_sent(stack, port, "/staff/sign-in") for _number in range(8)]
        callers += [half_sent(stack, port, "/staff/check", stale) for _number in range(8)]
        refused = answered(callers, 14)

        feeds = {ask(port, "/stadtimpuls.ics")[0].status for _number in range(4)}
        health = ask(port, "/healthz")[0].status
        # With a link at hand one gets in meanwhile.
        entered = send_form(port, desk.link(), "")
        busy, page = ask(port, "/staff/sign-in", "POST")

    assert (feeds, health, entered) == ({200}, 200, 303)
    assert refused == ["HTTP/1.1 503 Service Unavailable"] * 14
    assert (busy.status, busy.headers["Retry-After"]) == (503, "5")
    assert "Einen Moment, bitte." in page.decode()
    until(lambda: send_form(port, "/staff/sign-in", f"email={PETRA}") == 303)


def test_half_sent_forms_of_staff_keep_nobody_from_the_feeds(house: House, port: int) -> None:
    desk = Desk(house).sign_in()
    with ExitStack() as stack:
        callers = [half_sent(stack, port, "/staff/check", desk.cookie) for _number in range(16)]
        refused = answered(callers, 10)

        feed = ask(port, "/stadtimpuls.ics")[0].status
        asked = send_form(port, "/staff/sign-in", f"email={PETRA}")

    assert (feed, asked) == (200, 303)
    assert refused == ["HTTP/1.1 503 Service Unavailable"] * 10


def test_what_reads_no_form_waits_for_none(house: House, port: int) -> None:
    desk = Desk(house).sign_in()
    handle = house.guests()[0].handle
    token = sign_off_token(house.post.secret_key, handle)
    with ExitStack() as stack:
        callers = [
            half_sent(stack, port, f"/stadtimpuls/2/sign-off/{token}"),
            half_sent(stack, port, "/staff/check"),
            half_sent(stack, port, desk.link()),
        ]
        told = answered(callers, 3)

    assert told == [
        "HTTP/1.1 303 See Other",
        "HTTP/1.1 403 Forbidden",
        "HTTP/1.1 303 See Other",
    ]
    assert house.guests()[0].signed_off_at is not None


def test_a_page_that_is_only_opened_reads_no_form(desk: Desk) -> None:
    answer = desk.client.get("/staff/stadtimpuls/2/guests", data={"lines": "x@y.example"})

    assert answer.status_code == 413
