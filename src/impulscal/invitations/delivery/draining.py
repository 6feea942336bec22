"""Delivery: what waits in the outbox is handed to the mail server.

A message is claimed (committed), handed over, and what became of it is written down
(committed). Whoever dies in between leaves a message that counts as being sent until its
lease ends; then it is sent again, with the same bytes. Any number of processes may deliver
at the same time.
"""

import logging
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from impulscal.errors import HistoryError, Message
from impulscal.history.database import Database
from impulscal.history.transaction import Transaction
from impulscal.invitations import outbox
from impulscal.invitations.delivery.connection import ANSWERS, MailConnection
from impulscal.invitations.delivery.troubles import LostConnectionError, MailServerError, broken_off
from impulscal.invitations.model import OutboxMessage, State
from impulscal.settings import Clock, MailServer

__all__ = ["Delivery", "Drained", "place_of"]

_log = logging.getLogger("impulscal")

# In timeouts of the mail server. The first part is the longest that a living sender can
# take, so nobody overtakes it; in the second it writes down what became of the message,
# and tries that again while the database is busy. By default a dead one is waited for six and a
# half minutes: nobody who waits for an invitation notices, and only its one message waits.
_WRITING = 1
_LEASE = ANSWERS + _WRITING

# A connection that waits longer is given back. Servers close them after some seconds.
_LONGEST_IDLE = timedelta(seconds=5)

_RETRY = timedelta(seconds=1)

_Result = TypeVar("_Result")

Progress = Callable[[int, int], None]
"""Is told how many messages are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """What became of the messages that were due.

    Attributes:
        failed: How many will be tried again later.
        stopped: Why the rest waits, though it is due; None where nothing waits.
    """

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    stopped: Message | None = None


class Delivery:
    """Hands over what is due."""

    def __init__(self, database: Database, server: MailServer, clock: Clock) -> None:
        self._database = database
        self._server = server
        self._clock = clock.ticking()
        self._lease = timedelta(seconds=server.timeout * _LEASE)
        self._connection: MailConnection | None = None
        self._losses = 0

    def drain(self, progress: Progress = lambda _done, _total: None) -> Drained:
        """Send until nothing is due; wait where the mail server takes only so many a minute.

        Raises:
            HistoryError: The database cannot be used.
        """
        done: Counter[State] = Counter()
        stopped = None
        try:
            progress(0, self._count_due())
            while (turn := self._next()) is not None:
                state = self._hand_over(*turn)
                if state is not None:
                    done[state] += 1
                    # Others may be sending, too, and more may have come.
                    progress(done.total(), done.total() + self._count_due())
        except MailServerError as error:
            stopped = error.message
        finally:
            self._hang_up()
            self._losses = 0
        return Drained(
            sent=done[State.SENT],
            failed=done[State.FAILED],
            given_up=done[State.GIVEN_UP],
            stopped=stopped,
        )

    def _count_due(self) -> int:
        with self._database.reading() as transaction:
            return outbox.count_due(transaction, now=self._clock.now())

    def _next(self) -> tuple[MailConnection, OutboxMessage] | None:
        """Claim the next message; return it with what it is sent by, or None: nothing is due.

        Raises:
            MailServerError: There is no connection to send it by.
        """
        while True:
            # First the connection: if there is none, nobody's attempt is spent on it.
            if self._connection is not None and self._connection.usable:
                message = self._claim()
                if message is not None:
                    return self._connection, message
            if not self._wait_for_turn():
                return None
            self._connect()

    def _wait_for_turn(self) -> bool:
        """Wait until one more may be sent; return whether there is one."""
        while True:
            now = self._clock.now()
            with self._database.reading() as transaction:
                due = outbox.next_due(transaction, now=now)
                free = outbox.next_free(transaction, now=now, per_minute=self._server.per_minute)
            if due is None or due > now:
                return False
            if free <= now:
                return True
            if free - now > _LONGEST_IDLE:
                self._hang_up()
            self._clock.sleep(free - now)

    def _claim(self) -> OutboxMessage | None:
        with self._database.writing() as transaction:
            return outbox.claim(
                transaction,
                now=self._clock.now(),
                lease=self._lease,
                per_minute=self._server.per_minute,
            )

    def _connect(self) -> None:
        if self._connection is not None and self._connection.usable:
            return
        if self._losses > 1:
            # Two different messages: it is not they. The others would fare alike, each
            # after the longest wait.
            raise broken_off(self._server)
        self._connection = MailConnection(self._server)

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _hand_over(self, connection: MailConnection, message: OutboxMessage) -> State | None:
        """Send ``message``; return what became of it, or None where it waits as before.

        Raises:
            MailServerError: The mail server takes nothing from us.
        """
        try:
            answer = connection.hand_over(message)
        except MailServerError:
            self._release(message)
            raise
        except LostConnectionError as lost:
            if lost.untouched:
                self._release(message)
                return None
            self._losses += 1
            return self._put_off(message, lost.words)
        except KeyboardInterrupt:
            self._put_off(message, "interrupted")
            raise
        except Exception as error:  # noqa: BLE001 -- one message's bug is not the others'
            # Without the error's words, which may name a guest.
            _log.error("Message %s cannot be sent: %s", message.id, place_of(error))
            return self._put_off(message, type(error).__name__)
        self._losses = 0
        if answer.taken:
            return self._sent(message, answer.words)
        if answer.final:
            return self._given_up(message, answer.words)
        return self._put_off(message, answer.words)

    def _sent(self, message: OutboxMessage, words: str) -> State:
        now = self._clock.now()
        self._write(lambda transaction: outbox.sent(transaction, message, words, now=now))
        return State.SENT

    def _put_off(self, message: OutboxMessage, words: str) -> State:
        now = self._clock.now()
        return self._write(lambda transaction: outbox.put_off(transaction, message, words, now=now))

    def _given_up(self, message: OutboxMessage, words: str) -> State:
        self._write(lambda transaction: outbox.give_up(transaction, message, words))
        return State.GIVEN_UP

    def _release(self, message: OutboxMessage) -> None:
        now = self._clock.now()
        self._write(lambda transaction: outbox.release(transaction, message, now=now))

    def _write(self, change: Callable[[Transaction], _Result]) -> _Result:
        """Write down what became of a message; the database may need a moment for that."""
        latest = self._clock.now() + timedelta(seconds=self._server.timeout * _WRITING)
        while True:
            try:
                with self._database.writing() as transaction:
                    return change(transaction)
            except HistoryError:
                if self._clock.now() >= latest:
                    raise
            self._clock.sleep(_RETRY)


def place_of(error: Exception) -> str:
    """Return what broke and where, without the error's words, which may hold private data."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
