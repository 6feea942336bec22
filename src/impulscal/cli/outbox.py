"""``impulscal outbox``: what waits to be sent, what was sent, and what the server said."""

from collections import Counter
from collections.abc import Sequence

import click

from impulscal.cli.columns import printable_json
from impulscal.cli.drafts import settings_for
from impulscal.cli.kept import kept_database
from impulscal.cli.kinds import state_word
from impulscal.cli.outbox_told import as_json, as_lines
from impulscal.cli.sending import deliver, mail_server
from impulscal.cli.terminal import lang_option, say
from impulscal.errors import Message, UsageError, _
from impulscal.history.transaction import Transaction
from impulscal.invitations import outbox as box
from impulscal.invitations.guests import guests_of_series
from impulscal.invitations.model import Guest, OutboxMessage, State

__all__ = ["outbox"]


@click.group(
    invoke_without_command=True, short_help="List the messages to guests; send, try again."
)
@click.option("--all", "whole", is_flag=True, help="List also what was sent.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="For people, or all messages for programs.",
)
@lang_option
@click.pass_context
def outbox(context: click.Context, *, whole: bool, form: str) -> None:
    """List what is not sent yet, with the words of the mail server.

    `impulscal serve` sends what waits by itself. What failed is tried again, with growing
    pauses; what the mail server refuses for good is given up.
    """
    if context.invoked_subcommand is not None:
        return
    settings = settings_for()
    with kept_database(settings) as database, database.reading() as transaction:
        everything = box.messages(transaction)
        guests = _guests(transaction)
    if form == "json":
        report = [as_json(message, guests) for message in everything]
        click.echo(printable_json(report))
        return
    chosen = [one for one in everything if whole or one.state is not State.SENT]
    for line in as_lines(chosen, guests, now=settings.clock.now()):
        click.echo(line)
    say(_counts(everything))


@outbox.command(short_help="Try again what failed or was given up.")
@click.argument("ids", nargs=-1, metavar="[ID]...", type=click.IntRange(min=1))
@click.option("--all", "whole", is_flag=True, help="All of them; the same as no ID.")
@lang_option
def retry(*, ids: tuple[int, ...], whole: bool) -> None:
    """Make messages due that failed or were given up: those with an ID, or all.

    One that was given up and overtaken by a later one to the same guest stays as it is.
    """
    if ids and whole:
        raise UsageError(_("Say either IDs or --all."))
    settings = settings_for()
    with kept_database(settings) as database, database.writing() as transaction:
        _refuse_unknown(box.messages(transaction), ids)
        count = box.retry(transaction, ids or None, now=settings.clock.now())
    if count:
        say(
            _(
                "Due again: {count}. `impulscal serve` sends them by itself; or say "
                "`impulscal outbox drain`.",
                count=count,
            )
        )
    else:
        say(_("There was nothing to try again."))


@outbox.command(short_help="Send what is due, now.")
@lang_option
@click.pass_context
def drain(context: click.Context) -> None:
    """Send what is due until nothing is.

    Exit codes: 0 fine, 1 something was given up or the mail server takes nothing, 2 wrong
    use.
    """
    settings = settings_for()
    server = mail_server(settings)
    with kept_database(settings) as database:
        well = deliver(database, settings, server)
    if not well:
        context.exit(1)


def _guests(transaction: Transaction) -> dict[int, Guest]:
    return {
        guest.id: guest
        for series in transaction.series()
        for guests in guests_of_series(transaction, series).values()
        for guest in guests
    }


def _refuse_unknown(known: Sequence[OutboxMessage], ids: Sequence[int]) -> None:
    states = {message.id: message.state for message in known}
    for wanted in ids:
        if wanted not in states:
            raise UsageError(
                _("There is no message {id}. `impulscal outbox --all` lists them.", id=wanted)
            )


def _counts(everything: Sequence[OutboxMessage]) -> Message:
    if not everything:
        return _("The outbox is empty.")
    counts = Counter(message.state for message in everything)
    told = [f"{state_word(state)}: {counts[state]}" for state in State if counts[state]]
    return Message("{told}", {"told": ", ".join(told)})
