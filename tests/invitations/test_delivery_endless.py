"""Mail servers, or somebody on the way to them, whose answers never end."""

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import Self

import pytest

from impulscal.invitations.delivery import Delivery, Drained
from impulscal.invitations.model import State
from impulscal.settings import Clock, MailServer
from invitations.house import House

# A hostile answer ends after all, so that a test can fail.
FLOOD = [b"250-" + 8000 * b"x" + b"\r\n"] * 2000
SHORT_LINES = [b"250-\r\n"] * 2000
ONE_LINE = [8000 * b"x"] * 2000
SLOW_LINES = [b"250-x\r\n"] * 30
SLOW_LETTERS = [b"2"] + [b"5"] * 29


@dataclass
class Babbler:
    """A mail server that says yes, but at one stage answers at length.

    Attributes:
        stage: CONNECT, EHLO, DATA, or TEXT for its end.
        pieces: What it says there.
        pause: Seconds after each piece.
    """

    stage: str
    pieces: list[bytes]
    pause: float = 0
    port: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(20)  # so that a test that goes wrong ends
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        customer, _address = self._listener.accept()
        customer.settimeout(20)
        with customer, customer.makefile("rb") as heard, contextlib.suppress(OSError):
            self._answer(customer, "CONNECT", b"220")
            for line in heard:
                stage = line[:4].strip().decode().upper()
                self._answer(customer, stage, b"354" if stage == "DATA" else b"250")
                if stage == "DATA":
                    while heard.readline() not in (b".\r\n", b""):
                        pass
                    self._answer(customer, "TEXT", b"250")

    def _answer(self, customer: socket.socket, stage: str, code: bytes) -> None:
        if stage != self.stage:
            customer.sendall(code + b" yes\r\n")
            return
        for piece in self.pieces:
            customer.sendall(piece)
            if self._over.wait(self.pause):
                break
        # Whoever waits for more hears that the connection is closed.
        raise ConnectionError


@pytest.fixture
def waiting(house: House) -> House:
    """Give a house whose outbox holds one message."""
    house.add()
    house.invite()
    return house


def drain(house: House, babbler: Babbler) -> Drained:
    server = MailServer(host="127.0.0.1", port=babbler.port, timeout=1.0, per_minute=0)
    return Delivery(house.database, server, Clock(house.now)).drain()


def reason(drained: Drained) -> str:
    return str(drained.stopped).partition(" takes no mail from us: ")[2].partition(". ")[0]


def fate(house: House) -> list[tuple[State, str | None]]:
    return [(message.state, message.reply) for message in house.messages()]


@pytest.mark.parametrize("pieces", [FLOOD, SHORT_LINES, ONE_LINE])
@pytest.mark.parametrize("stage", ["CONNECT", "EHLO"])
def test_a_server_that_never_stops_greeting_stops_all(
    waiting: House, stage: str, pieces: list[bytes]
) -> None:
    with Babbler(stage, pieces) as babbler:
        drained = drain(waiting, babbler)

    assert reason(drained) == "an answer without end"
    assert fate(waiting) == [(State.QUEUED, None)]


@pytest.mark.parametrize("pieces", [FLOOD, SHORT_LINES, ONE_LINE])
@pytest.mark.parametrize("stage", ["DATA", "TEXT"])
def test_a_server_that_never_stops_answering_a_message_is_left(
    waiting: House, stage: str, pieces: list[bytes]
) -> None:
    with Babbler(stage, pieces) as babbler:
        drained = drain(waiting, babbler)

    assert drained == Drained(failed=1)
    assert fate(waiting) == [(State.FAILED, "an answer without end")]


@pytest.mark.parametrize("pieces", [SLOW_LINES, SLOW_LETTERS])
@pytest.mark.parametrize("stage", ["CONNECT", "EHLO"])
def test_a_greeting_that_drips_is_no_greeting_in_time(
    waiting: House, stage: str, pieces: list[bytes]
) -> None:
    with Babbler(stage, pieces, pause=0.2) as babbler:
        drained = drain(waiting, babbler)

    assert reason(drained) == "no answer in time"
    assert fate(waiting) == [(State.QUEUED, None)]


@pytest.mark.parametrize("pieces", [SLOW_LINES, SLOW_LETTERS])
def test_an_answer_to_a_message_that_drips_is_none_in_time(
    waiting: House, pieces: list[bytes]
) -> None:
    with Babbler("DATA", pieces, pause=0.2) as babbler:
        drained = drain(waiting, babbler)

    assert drained == Drained(failed=1)
    assert fate(waiting) == [(State.FAILED, "no answer in time")]
