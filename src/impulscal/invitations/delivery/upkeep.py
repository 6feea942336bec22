"""What a serving process does beside answering: it sends what is due and forgets guests."""

import logging
import time
from collections.abc import Callable

from impulscal.errors import ImpulscalError
from impulscal.history.database import Database
from impulscal.invitations.delivery.draining import Delivery, place_of
from impulscal.invitations.delivery.troubles import MailServerError
from impulscal.invitations.retention import forget_past
from impulscal.settings import Settings

__all__ = ["Upkeep"]

_log = logging.getLogger("impulscal")

# All in seconds. How soon a message goes out that was just queued; looking costs a query.
_LOOK = 2.0

_HOUR = 3600.0

# What fails is tried less and less often: a mail server that hears a wrong password every
# two seconds locks us out.
_FIRST_PAUSE, _LONGEST_PAUSE = 15.0, 600.0


class _Job:
    """Something to be done again and again, whatever goes wrong."""

    def __init__(self, work: Callable[[], None], every: float) -> None:
        self._work = work
        self._every = every
        self._next = 0.0
        self._pause = _FIRST_PAUSE
        self._told: str | None = None

    def turn(self, clock: float) -> None:
        """Do it if it is due. Trouble is told in the log, and only once."""
        if clock < self._next:
            return
        try:
            self._work()
        except ImpulscalError as error:
            self._put_off(clock, str(error))
        except Exception as error:  # noqa: BLE001 -- one bug is no reason to stop for good
            # Without the error's words, which may name a guest.
            self._put_off(clock, f"Sending or forgetting failed: {place_of(error)}")
        else:
            self._next = clock + self._every
            self._pause = _FIRST_PAUSE
            self._told = None

    def _put_off(self, clock: float, trouble: str) -> None:
        if trouble != self._told:
            _log.error("%s", trouble)
        self._told = trouble
        self._next = clock + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)


class Upkeep:
    """Keeps the outbox empty and the guest list short; several processes may do so."""

    def __init__(self, database: Callable[[], Database], settings: Settings) -> None:
        """Prepare.

        Args:
            database: Gives the database; may raise HistoryError, and is asked again then.
            settings: Without a mail server nothing is sent.
        """
        self._database = database
        self._settings = settings
        self._delivery: Delivery | None = None
        self._jobs = (_Job(self._forget, _HOUR), _Job(self._deliver, _LOOK))

    def keep_delivering(self) -> None:
        """Do what is due, as long as the process lives: for a thread of its own."""
        while True:
            self.turn(time.monotonic())
            time.sleep(_LOOK)

    def turn(self, clock: float) -> None:
        """Do what is due now, and never raise.

        Args:
            clock: Seconds that never go back.
        """
        for job in self._jobs:
            job.turn(clock)

    def _forget(self) -> None:
        with self._database().writing() as transaction:
            number = forget_past(
                transaction,
                retention_days=self._settings.retention_days,
                now=self._settings.clock.now(),
            )
        if number:
            _log.info("Forgot %s guests of past sessions.", number)

    def _deliver(self) -> None:
        """Send what is due.

        Raises:
            HistoryError: The database cannot be used.
            MailServerError: The mail server takes nothing from us.
        """
        server = self._settings.mail_server
        if server is None:
            return
        if self._delivery is None:
            self._delivery = Delivery(self._database(), server, self._settings.clock)
        drained = self._delivery.drain()
        if drained.sent or drained.failed or drained.given_up:
            _log.info(
                "Messages: %s sent, %s to be tried again, %s given up.",
                drained.sent,
                drained.failed,
                drained.given_up,
            )
        if drained.stopped is not None:
            raise MailServerError(drained.stopped)
