"""What `impulscal serve` does by itself: it sends, forgets, and survives whatever fails."""

import logging
import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import NoReturn

import pytest

from impulscal.errors import HistoryError, _
from impulscal.invitations.delivery.upkeep import Upkeep
from impulscal.invitations.model import Listed, State
from impulscal.settings import Clock, MailServer, Settings
from invitations.house import House
from invitations.mail_servers import PostOffice

IMPULSCAL = str(Path(sys.executable).with_name("impulscal"))


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "impulscal")
    return caplog


def told(log: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in log.records if record.name == "impulscal"]


def upkeep(house: House, server: MailServer | None) -> Upkeep:
    settings = Settings(mail_server=server, clock=Clock(house.now))
    return Upkeep(lambda: house.database, settings)


def invite(house: House, number: int) -> None:
    house.add(*(Listed(address=f"guest{each}@stadt.example") for each in range(number)))
    house.invite()


def states(house: House) -> list[State]:
    return [message.state for message in house.messages()]


def test_what_was_queued_is_sent_and_the_log_tells_only_numbers(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    invite(house, 3)

    with PostOffice(answers={"RCPT": ["550 5.1.1 <guest0@stadt.example> is unknown"]}) as office:
        keeper = upkeep(house, office.server())
        keeper.turn(0)
        invite(house, 4)
        keeper.turn(2)

    # Who was refused is invited again, with the new guest.
    assert states(house) == [State.GIVEN_UP, *[State.SENT] * 4]
    assert told(log) == [
        "Messages: 2 sent, 0 to be tried again, 1 given up.",
        "Messages: 2 sent, 0 to be tried again, 0 given up.",
    ]


def test_a_mail_server_that_fails_is_told_once_and_asked_less_and_less_often(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    invite(house, 1)
    with PostOffice(answers={"CONNECT": ["554 Go away"] * 99}) as office:
        keeper = upkeep(house, office.server())
        asked = []
        for second in range(2000):
            before = office.connections
            keeper.turn(second)
            if office.connections > before:
                asked.append(second)

    assert asked == [0, 15, 45, 105, 225, 465, 945, 1545]
    assert len(told(log)) == 1
    assert "takes no mail from us: 554 Go away." in told(log)[0]


def test_sending_goes_on_when_the_mail_server_is_back(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    invite(house, 1)
    with PostOffice(answers={"CONNECT": ["554 Go away"]}) as office:
        keeper = upkeep(house, office.server())
        keeper.turn(0)
        keeper.turn(15)
        invite(house, 2)
        office.answers["CONNECT"] = ["554 Go away"]
        keeper.turn(17)

    reasons = [line for line in told(log) if "554 Go away" in line]
    assert states(house) == [State.SENT, State.QUEUED]
    assert len(reasons) == 2


def test_a_database_that_is_gone_is_told_once_and_waited_for(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    invite(house, 1)
    gone = True

    def database() -> object:
        if gone:
            raise HistoryError(_("The disk is full."))
        return house.database

    with PostOffice() as office:
        settings = Settings(mail_server=office.server(), clock=Clock(house.now))
        keeper = Upkeep(database, settings)  # type: ignore[arg-type]  # raises, or is one
        keeper.turn(0)
        keeper.turn(15)
        gone = False
        keeper.turn(45)

    assert states(house) == [State.SENT]
    assert told(log).count("The disk is full.") == 2  # forgetting and sending, each once


def test_a_bug_stops_nothing_for_good_and_tells_nothing_private(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    def broken() -> NoReturn:
        raise ValueError("ada@stadt.example")

    with PostOffice() as office:
        keeper = Upkeep(broken, Settings(mail_server=office.server(), clock=Clock(house.now)))
        keeper.turn(0)

    for line in told(log):
        assert line.startswith("Sending or forgetting failed: ValueError in test_delivery_upkeep")
    assert len(told(log)) == 2


def test_one_broken_message_does_not_hold_up_the_others(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    invite(house, 2)
    with house.database.writing() as transaction:
        transaction.connection.exec_driver_sql(
            "UPDATE message SET recipient = 'ada@stadt.example\r\nRCPT TO:<x@y.example>' "
            "WHERE id = 1"
        )

    with PostOffice() as office:
        upkeep(house, office.server()).turn(0)

    assert states(house) == [State.FAILED, State.SENT]
    assert office.to == ["guest1@stadt.example"]
    assert told(log)[0].startswith("Message 1 cannot be sent: ValueError in smtplib.py")


def test_without_a_mail_server_guests_are_forgotten_all_the_same(
    house: House, log: pytest.LogCaptureFixture
) -> None:
    invite(house, 2)
    house.go(days=60)

    upkeep(house, None).turn(0)

    assert house.guests() == ()
    assert house.messages() == ()
    assert told(log) == ["Forgot 2 guests of past sessions."]


def test_guests_are_forgotten_every_hour(house: House) -> None:
    house.go(days=60)
    keeper = upkeep(house, None)
    keeper.turn(0)
    house.add()
    keeper.turn(3599)
    before = len(house.guests())

    keeper.turn(3600)

    assert (before, len(house.guests())) == (1, 0)


# The server itself


def environment(house: House, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "IMPULSCAL_SCHEDULE": str(house.file),
        "IMPULSCAL_DATABASE_URL": house.url,
        "IMPULSCAL_NOW": house.now.isoformat(),
        **more,
    }


def test_the_workers_of_a_server_send_each_message_once(house: House) -> None:
    invite(house, 5)
    all_sent = Event()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    with PostOffice() as office:
        office.heard = lambda _stage: all_sent.set() if office.stages.count("TEXT") == 5 else None
        url = f"smtp://127.0.0.1:{office.port}?per_minute=0"
        process = subprocess.Popen(
            [IMPULSCAL, "serve", "--workers", "2", "--port", str(port)],
            env=environment(house, IMPULSCAL_SMTP_URL=url),
            stderr=subprocess.PIPE,
            text=True,
        )
        finished = all_sent.wait(60)
        process.terminate()
        _output, log = process.communicate(timeout=60)

    assert finished
    assert sorted(office.to) == [f"guest{each}@stadt.example" for each in range(5)]
    assert "@stadt.example" not in log


@pytest.mark.parametrize(
    ("preview", "threads"),
    [(None, "answers counts looks upkeep"), ("2021-06-01", "counts looks")],
)
def test_a_preview_sends_and_forgets_nothing(
    house: House, preview: str | None, threads: str
) -> None:
    script = (
        "import threading; from impulscal.web.looking import create_looking_app; "
        "create_looking_app(); print(*sorted(t.name for t in threading.enumerate() if t.daemon))"
    )
    more = {} if preview is None else {"IMPULSCAL_PREVIEW_AT": preview}

    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(house, **more),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == f"{threads}\n"
