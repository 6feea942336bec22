"""``impulscal invite``: invitations to one session, by mail or as files to send oneself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from impulscal.cli.addresses import good_addresses
from impulscal.cli.chosen import Chosen, choose, with_join_link
from impulscal.cli.drafts import settings_for
from impulscal.cli.guest_file import bad_rows, guest_file
from impulscal.cli.invite_files import People, show_files, who_comes, write_files
from impulscal.cli.invite_mail import FIRST, Order, Plan, prepare, refuse_late, send
from impulscal.cli.invite_told import (
    tell_letter,
    tell_list,
    tell_people,
    tell_plan,
    tell_session,
    tell_table,
)
from impulscal.cli.sending import deliver, mail_server
from impulscal.cli.terminal import lang_option, note, say
from impulscal.errors import UsageError, _
from impulscal.history.database import Database
from impulscal.invitations.guest_list import GuestList
from impulscal.invitations.inviting import UPDATES
from impulscal.invitations.post import Post
from impulscal.settings import Settings

__all__ = ["invite"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for on the command line; see the options of ``invite``."""

    session: str
    out: Path | None
    send: bool
    update: bool
    dry_run: bool
    guests: str | None
    join_url: str | None
    again: tuple[str, ...]
    skip_bad_rows: bool
    files: tuple[Path, ...]

    @property
    def sends(self) -> bool:
        """Whether mail is to be sent."""
        return (self.send or self.update) and not self.dry_run

    def refuse_contradictions(self) -> None:
        """Refuse what makes no sense together.

        Raises:
            UsageError: It is not clear what is to be done.
        """
        ways = sum((self.out is not None, self.send, self.update))
        if ways > 1 or (ways == 0 and not self.dry_run):
            raise UsageError(
                _(
                    "Say one of --out DIR (files to send yourself), --send (invite) and --update "
                    "(tell what changed); or --dry-run to look first."
                )
            )
        if self.update and (self.guests is not None or self.again):
            raise UsageError(
                _("--update tells those who were invited. New guests are invited with --send.")
            )
        if self.out is not None and self.again:
            raise UsageError(_("--again goes with --send only."))

    def order(self, found: GuestList | None) -> Order:
        """Return what is to be written down."""
        return Order(
            kinds=UPDATES if self.update else FIRST,
            listed=None if found is None else found.listed,
            again=self.again,
            join_url=self.join_url,
        )


@click.command(short_help="Invite the people who registered, by mail or as files.")
@click.argument("session")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write drafts for Outlook (.eml) and calendar files (.ics) to send yourself; needs no "
    "mail server.",
)
@click.option("--send", is_flag=True, help="Send invitations to those who have none yet.")
@click.option(
    "--update",
    is_flag=True,
    help="Send updates and cancellations to exactly those whose copy is out of date.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Show who would get what, and one whole message; nothing is sent or written.",
)
@click.option(
    "--guests",
    metavar="FILE",
    help="The guest list, CSV or XLSX, as Excel or a mail program writes it; - for standard input.",
)
@click.option(
    "--join-url",
    metavar="ADDRESS",
    help="The participation link, where the file has no join_url; it is remembered.",
)
@click.option(
    "--again",
    multiple=True,
    metavar="ADDRESS",
    callback=good_addresses,
    help="Invite somebody who signed off and comes after all; may be repeated.",
)
@click.option(
    "--skip-bad-rows", is_flag=True, help="Invite the others where rows of the list are bad."
)
@click.option(
    "--file",
    "files",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A file or folder instead of those of IMPULSCAL_SCHEDULE; may be repeated.",
)
@lang_option
@click.pass_context
def invite(context: click.Context, /, **given: Any) -> None:
    """Invite the people who registered for SESSION.

    SESSION is an id from the file, or SERIES/ID. Each person gets a message of their own,
    with the participation link: the session's join_url, or --join-url.

    \b
    A first visit:
      impulscal invite 2 --guests list.csv --dry-run        look first
      impulscal invite 2 --guests list.csv --out drafts     to send yourself
      impulscal invite 2 --guests list.csv --send           to let it send

    --send and --update publish the file as it is, and need IMPULSCAL_SMTP_URL and
    IMPULSCAL_SECRET_KEY. Nobody is invited twice.

    Exit codes: 0 fine, 1 something could not be sent or the list has bad rows, 2 wrong
    use.
    """  # noqa: D301 -- click wants the character itself, not a backslash and a b
    request = Request(**given)
    request.refuse_contradictions()
    settings = settings_for(request.files)
    found = None if request.guests is None else guest_file(request.guests)
    bad = None if request.skip_bad_rows else bad_rows(request.guests, found)
    if bad is not None and not request.dry_run:
        raise bad
    if request.sends:
        mail_server(settings)
        Post.of(settings)
    with _copy(settings) as database:
        chosen = choose(database, settings, request.session)
        tell_session(chosen)
        if settings.base_url == Settings().base_url:
            note(
                _(
                    "IMPULSCAL_BASE_URL is not set: links in the messages lead to {address}, "
                    "where nobody else gets to.",
                    address=settings.base_url,
                )
            )
        if request.out is not None:
            _out(database, chosen, request, found, settings)
        elif request.dry_run:
            _dry_run(database, chosen, request, found, settings)
        elif not _send(database, chosen, request, found, settings):
            context.exit(1)
    if bad is not None:
        raise bad


@contextmanager
def _copy(settings: Settings) -> Iterator[Database]:
    """Give a copy of the history, or where there is none an empty one, without a word.

    Raises:
        HistoryError: It cannot be read.
    """
    database = Database.copy(settings.database_url) or Database.in_memory()
    try:
        yield database
    finally:
        database.close()


def _out(
    database: Database,
    chosen: Chosen,
    request: Request,
    found: GuestList | None,
    settings: Settings,
) -> None:
    """Write files, or tell which."""
    assert request.out is not None  # noqa: S101 -- else it is another way
    if chosen.over:
        note(_("The session is over."))
    with database.writing() as transaction:
        data = b"" if chosen.draft.file is None else chosen.draft.file.data
        private = with_join_link(transaction, chosen.private, request.join_url, data)
        people: People = (None,)
        if found is not None:
            people = who_comes(transaction, private, found.listed)
            tell_people(chosen, found, len(people))
    act = show_files if request.dry_run else write_files
    act(private, people, request.out, settings)
    if request.dry_run:
        say(_NOTHING_DONE)


def _dry_run(
    database: Database,
    chosen: Chosen,
    request: Request,
    found: GuestList | None,
    settings: Settings,
) -> None:
    """Tell who would be told what, and one whole message."""
    order = request.order(found)
    refuse_late(chosen, order.kinds)
    with database.writing() as transaction:
        plan = prepare(transaction, chosen, chosen.private, order)
    _tell(chosen, order, plan, found)
    tell_table(order, plan)
    # Whoever tries it out may not have a key yet; nobody gets this link.
    post = Post.of(replace(settings, secret_key=settings.secret_key or _NO_KEY))
    for guest, step in plan.due[:1]:
        tell_letter(post.letter(plan.private, guest, step).data)
    say(_NOTHING_DONE)
    _tell_missing(settings)


def _send(
    database: Database,
    chosen: Chosen,
    request: Request,
    found: GuestList | None,
    settings: Settings,
) -> bool:
    """Do it; return whether all went well."""
    server, post, order = mail_server(settings), Post.of(settings), request.order(found)
    refuse_late(chosen, order.kinds)
    with database.writing() as transaction:
        plan = prepare(transaction, chosen, chosen.private, order)
    _tell(chosen, order, plan, found)
    if not plan.due and order.join_url is None:
        return True
    history = Database.open(settings.database_url)
    try:
        count = send(history, chosen, order, post)
        return deliver(history, settings, server) if count else True
    finally:
        history.close()


def _tell(chosen: Chosen, order: Order, plan: Plan, found: GuestList | None) -> None:
    if found is not None:
        tell_list(found, plan)
    tell_plan(chosen, order, plan)


def _tell_missing(settings: Settings) -> None:
    needed = {
        "IMPULSCAL_SMTP_URL": settings.mail_server,
        "IMPULSCAL_SECRET_KEY": settings.secret_key,
    }
    missing = [name for name, value in needed.items() if value is None]
    if missing:
        note(_("To be set before it can be sent: {settings}", settings=", ".join(missing)))


_NO_KEY = 32 * "-"

_NOTHING_DONE = _("A dry run: nothing was sent and nothing written.")
