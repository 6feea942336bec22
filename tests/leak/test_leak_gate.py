"""Nothing private or not yet announced is public anywhere; and the gate would tell."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, Response
from jinja2 import ChoiceLoader, DictLoader

from impulscal.invitations.guests import guests_of_series
from impulscal.invitations.model import Guest, State
from impulscal.invitations.outbox import count_states
from impulscal.invitations.sign_off import sign_off_token
from leak.gate import leaks, walk, walk_export
from states import GUESTS, KEY, SECRET, STATES

Serve = Callable[..., Flask]

SECRETS = (SECRET,)

MANY = 700
"""Fewer addresses would mean that the gate has lost its way."""

LARGE = "dreihundert"
"""Its sessions are like all others, only more of them."""


def invited(app: Flask) -> list[Guest]:
    database = app.extensions["impulscal"].editions.database()
    with database.reading() as transaction:
        found = [guests_of_series(transaction, series) for series in GUESTS]
    return [guest for of_series in found for guests in of_series.values() for guest in guests]


def test_no_address_and_no_file_tells_anything_private(serve: Serve, tmp_path: Path) -> None:
    app = serve(*(name for name in STATES if name != LARGE))
    secrets = (*SECRETS, *(guest.handle for guest in invited(app)))

    asked, on_pages = walk(app, secrets)
    written, in_files = walk_export(app, tmp_path / "export", secrets)

    assert (on_pages, in_files) == ([], [])
    assert asked > MANY
    assert written > MANY


def test_no_address_of_a_large_series_tells_anything_private(serve: Serve) -> None:
    app = serve(LARGE)

    _asked, found = walk(app, SECRETS, sessions=False)

    assert found == []


def test_there_are_guests_and_messages_that_could_be_told(serve: Serve) -> None:
    app = serve(*GUESTS)
    database = app.extensions["impulscal"].editions.database()

    guests = invited(app)
    with database.reading() as transaction:
        messages = count_states(transaction)

    assert {(guest.series, guest.session) for guest in guests} == set(GUESTS.items())
    assert [guest for guest in guests if not {*leaks("", guest.address.encode(), SECRETS)}] == []
    assert min(messages[State.QUEUED], messages[State.GIVEN_UP]) > 0


def test_the_page_of_a_guest_tells_nothing_private(serve: Serve) -> None:
    app = serve(*GUESTS)
    client = app.test_client()
    addresses = [
        f"{prefix}/{guest.series}/{guest.session}/sign-off/{sign_off_token(KEY, guest.handle)}"
        for guest in invited(app)
        for prefix in ("", "/en")
    ]

    answers = {address: client.get(address) for address in addresses}

    found = [
        leak
        for address, answer in answers.items()
        for leak in leaks(address, f"{answer.headers}".encode() + answer.data, SECRETS)
    ]
    assert {answer.status_code for answer in answers.values()} == {200}
    assert found == []


@pytest.mark.parametrize(
    "written",
    [
        b"https://treffen.example/Verraten-1",
        b"https://treffen.example/verr%61ten-1",
        b"mailto:a@b.example?body=%2576erraten",
        b"verr&#97;ten",
        b'{"url": "\\u0076erraten"}',
        b"DESCRIPTION:https://treffen.example/verr\r\n aten-1",
        "ver\u00adra\u200bten".encode(),
    ],
)
def test_gate_reads_whatever_way_it_is_written(written: bytes) -> None:
    found = [*leaks("/x", written, SECRETS)]

    assert [leak.where for leak in found] == ["/x"]


def test_gate_fails_where_a_public_text_tells_it(serve: Serve, tmp_path: Path) -> None:
    app = serve("offen", change=lambda text: text.replace("Das Projekt", f"Raum {SECRET}"))

    _asked, on_pages = walk(app, SECRETS)
    _written, in_files = walk_export(app, tmp_path / "export", SECRETS)

    places = {leak.where for leak in on_pages}
    assert {"/offen/2", "/en/offen/2", "/offen.ics", "/offen.json", "/offen/2.ics"} <= places
    assert {"offen/2/index.html", "offen.ics", "en/offen/2.ics"} <= {
        leak.where for leak in in_files
    }


def test_gate_fails_where_an_announcement_comes_too_early(serve: Serve) -> None:
    app = serve("vor-ankuendigung", change=lambda text: text.replace("announce: 2 days before", ""))

    _asked, found = walk(app, SECRETS)

    places = {leak.where for leak in found}
    assert {"/vor-ankuendigung", "/vor-ankuendigung.ics", "/vor-ankuendigung.atom"} <= places


def test_gate_fails_where_a_template_tells_it(serve: Serve) -> None:
    app = serve("offen")
    planted = DictLoader({"changes.html": f"<p title='ver&#114;aten'>{SECRET}-2</p>"})
    app.jinja_loader = ChoiceLoader([planted, app.jinja_loader])  # type: ignore[list-item]

    _asked, found = walk(app, SECRETS)

    assert {leak.where for leak in found} == {
        "/offen/changes",
        "/de/offen/changes",
        "/en/offen/changes",
    }


def test_gate_fails_where_a_header_tells_it(serve: Serve) -> None:
    app = serve("offen")

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers["X-Room"] = f"{SECRET}-2"
        return response

    _asked, found = walk(app, SECRETS)

    assert "/offen.ics" in {leak.where for leak in found}
