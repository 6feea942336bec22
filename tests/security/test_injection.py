"""What stands in the file stays a text wherever it is shown: nothing breaks out of it."""

import email
import email.policy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from icalendar import Calendar
from werkzeug.test import TestResponse

from impulscal.cli import main
from impulscal.invitations.model import Listed
from invitations.house import House
from security.hostile import HOSTILE, document, smuggled
from staff.desk import Desk

SESSIONS = ("2", "3")


@pytest.fixture(scope="module", params=tuple(HOSTILE.values()), ids=tuple(HOSTILE))
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Give staff who are signed in, in a house of hostile texts with a hostile guest."""
    house = House(tmp_path_factory.mktemp("house"))
    house.publish(document(request.param))
    name = " ".join(request.param.split())[:60]
    house.add(Listed(address="j@stadt.example", name=name))
    house.invite()
    house.update()
    return Desk(house, {"reload_seconds": 0}).sign_in()


def answers(desk: Desk, *, staff: bool) -> Iterator[tuple[str, TestResponse]]:
    """Yield the answer of each address that the rules can name."""
    adapter = desk.app.url_map.bind("")
    guest = desk.house.guests()[0].id
    known = {"lang": "en", "series": "stadtimpuls", "variant": "google", "guest": guest}
    for rule in desk.app.url_map.iter_rules():
        names = rule.arguments - (rule.defaults or {}).keys()
        inside = f"{rule.rule}/".startswith("/staff/")
        if "GET" not in (rule.methods or ()) or not names <= {*known, "session"} or inside != staff:
            continue
        for session in SESSIONS if "session" in names else ("",):
            values: dict[str, Any] = {name: {**known, "session": session}[name] for name in names}
            path = adapter.build(rule.endpoint, {**(rule.defaults or {}), **values})
            yield path, desk.client.get(path)


@pytest.mark.parametrize("who", ["public", "staff"])
def test_no_page_and_no_file_holds_what_a_text_smuggled_in(desk: Desk, who: str) -> None:
    found = dict(answers(desk, staff=who == "staff"))

    assert {path: names for path, answer in found.items() if (names := smuggled(answer))} == {}
    assert {path for path, answer in found.items() if answer.status_code >= 500} == set()
    assert sum(answer.status_code == 200 for answer in found.values()) >= 20


MAIL_FIELDS = {
    *("from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type"),
    *("auto-submitted", "x-auto-response-suppress", "content-language", "precedence", "list-id"),
}


def test_a_mail_has_our_fields_alone_and_goes_to_one_person(desk: Desk) -> None:
    mails = [
        email.message_from_bytes(message.data or b"", policy=email.policy.default)
        for message in desk.house.messages()
    ]

    assert mails != []
    for mail in mails:
        assert {name.lower() for name in mail.keys()} - MAIL_FIELDS == set()  # noqa: SIM118 -- fields
        assert [address.addr_spec for address in mail["to"].addresses] == ["j@stadt.example"]
        assert mail.defects == []


def test_an_invitation_is_one_event_for_one_person(desk: Desk) -> None:
    (mail,) = [
        email.message_from_bytes(message.data or b"", policy=email.policy.default)
        for message in desk.house.messages()[:1]
    ]
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]

    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.events

    assert event["ATTENDEE"] == "mailto:j@stadt.example"
    assert [name for name in event if name.startswith("X-EVIL")] == []
    assert {key for value in event.values() for key in getattr(value, "params", {})} <= {
        *(
            "TZID",
            "CN",
            "PARTSTAT",
            "RSVP",
            "ROLE",
            "CUTYPE",
            "VALUE",
            "FMTTYPE",
            "LABEL",
            "FEATURE",
        )
    }


COMMANDS = (("check",), ("check", "--format", "github"), ("show",), ("show", "2"), ("changes",))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_terminal_gets_nothing_that_it_would_obey(
    desk: Desk, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPULSCAL_SCHEDULE", str(desk.house.file))
    monkeypatch.setenv("IMPULSCAL_DATABASE_URL", desk.house.url)
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-05-20T09:00")

    told = CliRunner().invoke(main, command)

    assert told.exception is None or isinstance(told.exception, SystemExit)
    assert {character for character in told.output if not character.isprintable()} <= {"\n"}


@pytest.mark.parametrize("form", ["text", "github", "json"])
def test_the_name_of_a_file_begins_no_line_of_a_report(tmp_path: Path, form: str) -> None:
    name = "x\n::error::evil\x1b[31m\u2028.yaml"
    tmp_path.joinpath(name).write_text("series: {id: Ä}\n", encoding="utf-8")

    told = CliRunner().invoke(main, ["check", "--format", form, str(tmp_path)])

    assert (told.exit_code, "bad-id" in told.output) == (1, True)
    assert [line for line in told.output.split("\n") if line.startswith("::error::evil")] == []
    assert "\x1b" not in told.output
