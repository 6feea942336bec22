"""``impulscal replies``: what guests answer, from their mail into the database."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from impulscal.cli.columns import printable
from impulscal.cli.drafts import settings_for
from impulscal.cli.terminal import lang_option, note, terminal_language
from impulscal.errors import ImpulscalError, Message, UsageError, _
from impulscal.history.database import Database
from impulscal.invitations.model import Partstat
from impulscal.invitations.replies import Outcome, Result, take
from impulscal.invitations.replies.mailboxes import StoredMail, mails, read_stream
from impulscal.language import translate
from impulscal.settings import Settings

__all__ = ["replies"]

# EX_TEMPFAIL of sysexits.h: mail servers and filters keep the message and try again.
_LATER = 75

Taken = tuple[StoredMail, Result]


@click.command(short_help="Record what guests answer by mail.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
@lang_option
@click.pass_context
def replies(context: click.Context, *, paths: tuple[Path, ...], form: str) -> None:
    """Record what guests answer: accepted, tentative or declined.

    PATH is a message (.eml), an mbox or a Maildir; they are only read, and reading them
    again changes nothing. Without any, one message is read from standard input, for
    mail filters.

    An answer counts if it comes from the address that was invited, for the date that it
    was told last. All others are told and ignored. Who declines is not signed off: for
    that each invitation has a link.

    The mail server tells which senders are forged, by DMARC, SPF and DKIM, in the
    header Authentication-Results. Mail without one is believed, so the command belongs
    behind a mail server that writes it.

    \b
    In /etc/aliases (Postfix, Exim, Sendmail), for people and for this command:
      stadtimpuls: office, "|/usr/local/bin/record-answers"
    and in that script, since mail servers pass no settings on:
      #!/bin/sh
      export IMPULSCAL_DATABASE_URL=sqlite:////srv/impulscal/impulscal.sqlite3
      exec impulscal replies

    Exit codes: 0 every message was read, whatever it was; 1 a file cannot be read, or the
    database cannot be used; 2 wrong use. With a message from standard input, any trouble
    is 75, so that the mail server keeps the message and tries again.
    """  # noqa: D301 -- click wants the character itself, not a backslash and a b
    if paths:
        troubles: list[ImpulscalError] = []
        _tell(_with_progress(_taken(settings_for(), _stored(paths, troubles))), form)
        if troubles:
            context.exit(1)
        return
    if sys.stdin.isatty():
        raise UsageError(_("Name files, or pipe a message into the command."))
    try:
        data = read_stream(sys.stdin.buffer)
        mail = StoredMail(name="-", data=data, alone=True)
        _tell(_taken(settings_for(), (mail,)), form)
    except ImpulscalError as error:
        note(error.message)
        context.exit(_LATER)


def _stored(paths: Iterable[Path], troubles: list[ImpulscalError]) -> Iterator[StoredMail]:
    """Yield what can be read; tell what cannot, and go on."""
    for path in paths:
        try:
            yield from mails(path)
        except ImpulscalError as error:
            note(error.message)
            troubles.append(error)


def _taken(settings: Settings, stored: Iterable[StoredMail]) -> Iterator[Taken]:
    if not Database.exists(settings.database_url):
        # A mail filter runs in a folder of its own, where the usual database is not.
        raise UsageError(
            _(
                "There is no database at IMPULSCAL_DATABASE_URL, so nobody can answer. "
                "Set it to the one that the server uses."
            )
        )
    database = Database.open(settings.database_url)
    try:
        for mail in stored:
            yield mail, take(database, mail.data, now=settings.clock.now())
    finally:
        database.close()


def _with_progress(taken: Iterable[Taken]) -> Iterator[Taken]:
    """Show between the lines how far it is, on a terminal only."""
    if not sys.stderr.isatty():
        yield from taken
        return
    for number, one in enumerate(taken, 1):
        click.echo("\r\x1b[K", nl=False, err=True)
        yield one
        click.echo(_words(_("Messages read: {count}", count=number)), nl=False, err=True)
    click.echo("\r\x1b[K", nl=False, err=True)


def _tell(taken: Iterable[Taken], form: str) -> None:
    if form == "json":
        click.echo(json.dumps([_as_json(mail, result) for mail, result in taken], indent=2))
        return
    counts: Counter[Outcome] = Counter()
    for mail, result in taken:
        counts[result.outcome] += 1
        # A mailbox may hold much other mail, which is only counted.
        if mail.alone or result.outcome is not Outcome.NO_CALENDAR:
            click.echo(f"{printable(mail.name)}: {_words(_told(result))}")
    if len(counts) > 1 or counts.total() != 1:
        click.echo(_words(_summary(counts)))


def _as_json(mail: StoredMail, result: Result) -> dict[str, str | None]:
    return {
        "file": mail.name,
        "outcome": result.outcome,
        "series": result.series,
        "session": result.session,
        "answer": result.answer,
    }


def _told(result: Result) -> Message:
    words = _WORDS[result.outcome]
    if result.outcome is Outcome.RECORDED and result.answer is not None:
        words = _ANSWERS[result.answer]
    elif result.outcome not in (Outcome.KNOWN, Outcome.NO_CALENDAR):
        words = _("ignored. {reason}", reason=words)
    if result.session is None:
        return words
    return _(
        "{series}, session {session}: {words}",
        series=result.series,
        session=result.session,
        words=words,
    )


def _summary(counts: Counter[Outcome]) -> Message:
    without = counts[Outcome.NO_CALENDAR]
    recorded, known = counts[Outcome.RECORDED], counts[Outcome.KNOWN]
    return _(
        "Recorded: {recorded}, known already: {known}, ignored: {ignored}, other mail: {without}.",
        recorded=recorded,
        known=known,
        ignored=counts.total() - recorded - known - without,
        without=without,
    )


def _words(message: Message) -> str:
    return translate(message, terminal_language())


_ANSWERS = {
    Partstat.ACCEPTED: _("accepted."),
    Partstat.TENTATIVE: _("tentative."),
    Partstat.DECLINED: _("declined."),
}

_WORDS = {
    Outcome.RECORDED: _("recorded."),
    Outcome.KNOWN: _("known already."),
    Outcome.OVERTAKEN: _("A later answer of this guest is known."),
    Outcome.OLDER_DATE: _("The answer is to an earlier date; the guest was told another since."),
    Outcome.SIGNED_OFF: _("The guest has signed off. Who comes after all tells you in words."),
    Outcome.NOT_INVITED: _("The guest holds no invitation at the moment."),
    Outcome.NO_GUEST: _(
        "Nobody with the sender's address is a guest. Perhaps the invitation was forwarded."
    ),
    Outcome.OTHER_SENDER: _("The sender is not the one who answers."),
    Outcome.FORGED: _("The mail server says that the sender is forged."),
    Outcome.IN_FUTURE: _("The answer is dated in the future."),
    Outcome.UNDECIDED: _("It says neither yes nor no nor perhaps."),
    Outcome.DELEGATED: _(
        "The guest wants to send somebody else. Invite that person, and sign the guest off."
    ),
    Outcome.FOREIGN: _("It answers an invitation that was not sent from here."),
    Outcome.COUNTER: _("It proposes another date. Please answer by hand."),
    Outcome.OTHER_METHOD: _("It is an invitation or a cancellation, not an answer."),
    Outcome.UNREADABLE: _("Its calendar part cannot be read as an answer."),
    Outcome.TNEF: _(
        "It is in Outlook's own form (winmail.dat), which only Outlook reads. Please "
        "look at it by hand."
    ),
    Outcome.NO_CALENDAR: _("no answer of a calendar program."),
    Outcome.TOO_LARGE: _("It is larger than 10 MB, which no answer is."),
}
