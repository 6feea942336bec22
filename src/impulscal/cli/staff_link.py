"""``impulscal staff-link``: a way into the staff area where no mail can be sent."""

import click

from impulscal.cli.drafts import settings_for
from impulscal.cli.terminal import lang_option, note, terminal_language
from impulscal.errors import _
from impulscal.history.database import Database
from impulscal.web.staff.access import LINK_LASTS, make_link

__all__ = ["staff_link"]


@click.command("staff-link", short_help="Print a one-time sign-in address for staff.")
@click.argument("address")
@lang_option
def staff_link(*, address: str) -> None:
    """Print an address at which ADDRESS signs in to the staff area, once.

    ADDRESS is one of IMPULSCAL_STAFF. For the first sign-in, or where no mail server is
    set up. Whoever has the printed address can sign in with it.
    """
    settings = settings_for()
    database = Database.open(settings.database_url)
    try:
        language = terminal_language()
        link = make_link(database, settings, address, settings.clock.now(), language=language)
    finally:
        database.close()
    click.echo(link)
    minutes = int(LINK_LASTS.total_seconds()) // 60
    note(_("Valid once, for {minutes} minutes. `impulscal serve` answers there.", minutes=minutes))
