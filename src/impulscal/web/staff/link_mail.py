"""Sign-in links on their way into the outbox, apart from the answers to those who ask.

One thread takes what was asked for, by staff or by strangers, one after the other. So
neither the answer nor its time depends on whether an address may sign in.
"""

import logging
import queue
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid

from impulscal.errors import ImpulscalError
from impulscal.history.database import Database
from impulscal.invitations import outbox
from impulscal.invitations.address import ascii_address
from impulscal.invitations.delivery.draining import place_of
from impulscal.invitations.mail import SignInMail, compose_sign_in
from impulscal.invitations.model import Kind, Letter, Sender
from impulscal.settings import Settings
from impulscal.web.staff import access

__all__ = ["LINK_MAIL", "LinkMail", "Wanted"]

_log = logging.getLogger("impulscal")

LINK_MAIL = "impulscal.link_mail"
"""Where the application keeps its ``LinkMail``."""

# Somebody's post box is not filled by somebody else: so many within so long. Whoever then
# gets none has `impulscal staff-link`.
_MOST_LINKS = ((5, access.LINK_LASTS), (20, timedelta(days=1)))

# Each takes some milliseconds; beyond it somebody is playing with us.
_MOST_WAITING = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A link that somebody asked for, of the staff or not.

    Attributes:
        address: As it was typed.
        onward: The page to go on to.
    """

    settings: Settings
    database: Database
    address: str
    sender: Sender
    language: str
    onward: str
    now: datetime


class LinkMail:
    """Makes links in a thread of its own, which begins with the first."""

    def __init__(self) -> None:
        """Prepare; processes may still be forked."""
        self._wanted: queue.Queue[Wanted] = queue.Queue(_MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self, wanted: Wanted) -> None:
        """Have a link made soon; where too many are asked for, none."""
        try:
            self._wanted.put_nowait(wanted)
        except queue.Full:
            _log.warning("Too many ask for sign-in links; one was left out.")
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="links", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Return when all that was asked for is done."""
        self._wanted.join()

    def _work(self) -> None:
        while True:
            wanted = self._wanted.get()
            try:
                _queue_link(wanted)
            except ImpulscalError as error:
                _log.error("A sign-in link could not be queued: %s", error)
            except Exception as error:  # noqa: BLE001 -- the next one is made all the same
                # Without the error's words, which may name somebody.
                _log.error("A sign-in link could not be queued: %s", place_of(error))
            finally:
                self._wanted.task_done()


def _queue_link(wanted: Wanted) -> None:
    """Make a link and queue its mail, if it is for staff who did not get too many of late."""
    holder = access.member(wanted.settings, wanted.address)
    if holder is None:
        return
    with wanted.database.writing() as transaction:
        for most, span in _MOST_LINKS:
            if access.links_since(transaction, holder, wanted.now - span) >= most:
                return
        token = access.add_link(transaction, holder, now=wanted.now)
        outbox.queue(transaction, _letter(wanted, holder, token), now=wanted.now)


def _letter(wanted: Wanted, holder: str, token: str) -> Letter:
    link = access.link_address(wanted.settings, token, wanted.language, wanted.onward)
    message_id = make_msgid(domain=wanted.sender.address.rpartition("@")[2])
    mail = SignInMail(
        address=ascii_address(holder),
        link=link,
        until=wanted.now + access.LINK_LASTS,
        language=wanted.language,
        sender=wanted.sender,
        message_id=message_id,
        made_at=wanted.now,
    )
    return Letter(
        guest=None,
        kind=Kind.SIGN_IN,
        recipient=mail.address,
        message_id=message_id,
        data=compose_sign_in(mail),
    )
