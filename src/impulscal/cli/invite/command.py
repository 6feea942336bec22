"""``impulscal invite``: invitations to one session, by mail or as files to send oneself."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from impulscal.cli.addresses import good_addresses
from impulscal.cli.drafts import settings_for
from impulscal.cli.invite.chosen import choose
from impulscal.cli.invite.guest_file import bad_rows, guest_file
from impulscal.cli.invite.request import Request
from impulscal.cli.invite.told import tell_session
from impulscal.cli.invite.ways import Case, by_files, by_mail, rehearse
from impulscal.cli.sending import mail_server
from impulscal.cli.terminal import lang_option, note
from impulscal.errors import _
from impulscal.history.database import Database
from impulscal.invitations.post import Post
from impulscal.settings import Settings

__all__ = ["invite"]


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
    if request.sends:
        mail_server(settings)
        Post.of(settings)
    found = None if request.guests is None else guest_file(request.guests)
    bad = None if request.skip_bad_rows else bad_rows(request.guests, found)
    if bad is not None and not request.dry_run:
        raise bad
    with _copy(settings) as database:
        chosen = choose(database, settings, request.session)
        tell_session(chosen)
        _warn_of_address(settings)
        case = Case(
            database=database, chosen=chosen, request=request, found=found, settings=settings
        )
        way = by_files if request.out is not None else rehearse if request.dry_run else by_mail
        if not way(case):
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


def _warn_of_address(settings: Settings) -> None:
    if settings.base_url == Settings().base_url:
        note(
            _(
                "IMPULSCAL_BASE_URL is not set: links in the messages lead to {address}, where "
                "nobody else gets to.",
                address=settings.base_url,
            )
        )
