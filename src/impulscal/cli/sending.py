"""Handing over what waits in the outbox, and telling what became of it."""

from collections.abc import Iterable

import click

from impulscal.cli.columns import printable
from impulscal.cli.kinds import counted
from impulscal.cli.progress import progress
from impulscal.cli.terminal import note, say
from impulscal.errors import UsageError, _
from impulscal.history.database import Database
from impulscal.invitations import outbox
from impulscal.invitations.delivery import Delivery, Drained
from impulscal.invitations.model import OutboxMessage, State
from impulscal.settings import MailServer, Settings

__all__ = ["deliver", "mail_server"]


def mail_server(settings: Settings) -> MailServer:
    """Return the mail server of the settings.

    Raises:
        UsageError: There is none.
    """
    if settings.mail_server is None:
        raise UsageError(
            _(
                "IMPULSCAL_SMTP_URL is not set: there is no mail server that could send. Set it, "
                "for example to smtp://user:password@mail.example.org:587?starttls=1."
            )
        )
    return settings.mail_server


def deliver(database: Database, settings: Settings, server: MailServer) -> bool:
    """Send what is due, and tell what became of it; return whether all is well so far.

    What will be tried again is well; what was given up is not, nor a mail server that takes
    nothing.

    Raises:
        HistoryError: The database cannot be used.
    """
    begun = settings.clock.now()
    with progress(_("Sending")) as told:
        drained = Delivery(database, server, settings.clock).drain(told)
    with database.reading() as transaction:
        troubles = [
            message
            for message in outbox.messages(transaction, states=(State.FAILED, State.GIVEN_UP))
            if message.attempted_at is not None and message.attempted_at >= begun
        ]
    say(_("Sent: {count}", count=drained.sent))
    _tell_troubles(drained, troubles)
    return not drained.given_up and drained.stopped is None


def _tell_troubles(drained: Drained, troubles: Iterable[OutboxMessage]) -> None:
    if drained.given_up:
        say(_("Given up, since the mail server refused for good: {count}", count=drained.given_up))
        _tell_words(message for message in troubles if message.state is State.GIVEN_UP)
        say(
            _(
                "`impulscal outbox` names them. Is the mailbox full or the server at fault, say "
                "`impulscal outbox retry` later. Is an address wrong, erase it with `impulscal "
                "forget --guest ADDRESS` and invite the right one."
            )
        )
    if drained.failed:
        say(_("Not taken yet: {count}", count=drained.failed))
        _tell_words(message for message in troubles if message.state is State.FAILED)
    if drained.stopped is not None:
        note(drained.stopped)
    if drained.failed or drained.stopped is not None:
        say(
            _(
                "What waits is tried again by `impulscal serve`, or when you say "
                "`impulscal outbox drain`."
            )
        )


def _tell_words(troubles: Iterable[OutboxMessage]) -> None:
    words = [printable(message.reply or "–") for message in troubles]
    for line in counted(words):
        click.echo(f"  {line}")
