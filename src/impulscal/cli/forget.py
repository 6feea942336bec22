"""``impulscal forget`` and ``export``: how long people are remembered, and what is kept."""

import sys
from typing import Any

import click

from impulscal.cli.addresses import good_addresses
from impulscal.cli.columns import printable_json
from impulscal.cli.drafts import settings_for
from impulscal.cli.kept import kept_database
from impulscal.cli.terminal import lang_option, note, say, terminal_language
from impulscal.errors import Message, _
from impulscal.history.database import Database
from impulscal.invitations.retention import forget_address, forget_past, kept_of_address
from impulscal.language import translate

__all__ = ["export", "forget"]


@click.command(short_help="Erase guests whose session was over long ago, or one at once.")
@click.option(
    "--guest",
    metavar="ADDRESS",
    callback=good_addresses,
    help="Erase all that is kept of this person, at once.",
)
@click.option("--yes", is_flag=True, help="Do not ask whether that is meant.")
@lang_option
@click.pass_context
def forget(context: click.Context, *, guest: str | None, yes: bool) -> None:
    """Erase the guests whose session was over IMPULSCAL_RETENTION_DAYS (30) ago.

    With them go their messages and answers and the session's remembered link. `serve`
    does the same by itself. With --guest all that is kept of one person is erased, in all
    series. Their calendar is not told: sign them off before, if it is to lose the entry.
    """
    settings = settings_for()
    with kept_database(settings) as database:
        if guest is not None:
            if not _forget_one(database, guest, asks=not yes and sys.stdin.isatty()):
                context.exit(1)
            return
        with database.writing() as transaction:
            count = forget_past(
                transaction, retention_days=settings.retention_days, now=settings.clock.now()
            )
    say(_("Erased guests: {count}", count=count))


@click.command(short_help="Tell all that is kept of one person, as JSON.")
@click.option(
    "--guest",
    metavar="ADDRESS",
    required=True,
    callback=good_addresses,
    help="The person's e-mail address.",
)
@lang_option
def export(*, guest: str) -> None:
    """Print all that is kept of one person, as JSON, with the meaning of each key.

    For people who ask what is known of them (GDPR, article 15). It holds nothing of
    anybody else.
    """
    settings = settings_for()
    with kept_database(settings) as database, database.reading() as transaction:
        kept = kept_of_address(transaction, guest)
    if not kept:
        note(_nothing_kept(guest))
    document = {
        "address": guest,
        "exported_at": settings.clock.now().isoformat(timespec="seconds"),
        "meaning": {key: _words(meaning) for key, meaning in _MEANING.items() if _has(kept, key)},
        **kept,
    }
    click.echo(printable_json(document))


def _forget_one(database: Database, address: str, *, asks: bool) -> bool:
    """Erase one person; return False where somebody thought better of it."""
    with database.reading() as transaction:
        kept = kept_of_address(transaction, address)
    if not kept:
        say(_nothing_kept(address))
        return True
    if asks and not _agreed(address, kept):
        say(_("Nothing was erased."))
        return False
    with database.writing() as transaction:
        forget_address(transaction, address)
    say(_("All that was kept of {address} is erased.", address=address))
    return True


def _agreed(address: str, kept: dict[str, Any]) -> bool:
    for guest in kept.get("guest", ()):
        say(_("{address} is a guest of {series} {session}.", address=address, **_place(guest)))
    question = _words(
        _(
            "Erase all that is kept of {address}, for good? Their calendar is not told. [y/N]",
            address=address,
        )
    )
    answer = click.prompt(question, default="", show_default=False, prompt_suffix=" ", err=True)
    return answer.strip().casefold() in ("y", "yes", "j", "ja")


def _place(guest: dict[str, Any]) -> dict[str, str]:
    session = guest["session"]
    return {
        "series": guest["series"],
        "session": f"#{session}" if session.isdigit() else session,
    }


def _nothing_kept(address: str) -> Message:
    return _("Nothing is kept of {address}.", address=address)


def _words(message: Message) -> str:
    return translate(message, terminal_language())


def _has(kept: Any, path: str) -> bool:
    """Tell whether there is something at ``path``, in any entry of the lists on the way."""
    if isinstance(kept, list):
        return any(_has(entry, path) for entry in kept)
    name, _dot, rest = path.partition(".")
    if not isinstance(kept, dict) or name not in kept:
        return False
    return not rest or _has(kept[name], rest)


_MEANING = {
    "guest": _("the sessions to which the person was invited, one entry each"),
    "guest.series": _("id of the series"),
    "guest.session": _("id of the session"),
    "guest.address": _("the address that messages go to"),
    "guest.name": _("the name, as the guest list had it; may be empty"),
    "guest.language": _("the language of the messages; null: that of the series"),
    "guest.added_at": _("when the person was added; in UTC, like all moments here"),
    "guest.signed_off_at": _("when the person signed off; null: never"),
    "guest.answer": _("the answer to the date told last; NEEDS-ACTION: none yet"),
    "guest.answered_at": _("when that answer was given; null: never"),
    "guest.handle": _("a random name for the person in the link to sign off"),
    "guest.told": _("what the person was told last of the session; null: nothing yet"),
    "guest.told.method": _("REQUEST: an invitation; CANCEL: a cancellation"),
    "guest.told.sequence": _("the number by which calendars tell old from new"),
    "guest.told.at": _("when that message was written"),
    "guest.told.facts": _("what stood in it of the session"),
    "guest.messages": _("the messages to the person, one entry each"),
    "guest.messages.kind": _("what the message tells"),
    "guest.messages.recipient": _("the address that the message went to"),
    "guest.messages.message_id": _("the id of the message"),
    "guest.messages.state": _("where it stands: queued, sending, sent, failed or given up"),
    "guest.messages.queued_at": _("when it was written"),
    "guest.messages.attempts": _("how many times it was tried"),
    "guest.messages.attempted_at": _("when it was tried last"),
    "guest.messages.sent_at": _("when the mail server took it; null: not yet"),
    "guest.messages.reply": _("what the mail server said"),
    "guest.messages.text": _("the whole message; null: erased when it was sent"),
    "messages": _("sign-in links that were sent to the person as staff; keys as above"),
    "sign_ins": _("the sign-in links of the person as staff"),
    "sign_ins.address": _("the address of the person"),
    "sign_ins.made_at": _("when the link was made"),
    "sign_ins.expires_at": _("until when it is valid"),
    "sign_ins.used_at": _("when it was used; null: not"),
    "staff_sessions": _("where the person is signed in as staff, one entry for each browser"),
    "staff_sessions.address": _("the address of the person"),
    "staff_sessions.signed_in_at": _("when the person signed in"),
    "staff_sessions.expires_at": _("until when it is valid"),
}
