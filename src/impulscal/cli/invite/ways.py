"""The ways of ``impulscal invite``: files, a rehearsal, mail."""

from dataclasses import dataclass, replace

from impulscal.cli.invite.chosen import Chosen, with_join_link
from impulscal.cli.invite.files import People, show_files, who_comes, write_files
from impulscal.cli.invite.mail import Order, Plan, prepare, refuse_late, send
from impulscal.cli.invite.request import Request
from impulscal.cli.invite.told import tell_letter, tell_list, tell_people, tell_plan, tell_table
from impulscal.cli.sending import deliver, mail_server
from impulscal.cli.terminal import note, say
from impulscal.errors import _
from impulscal.history.database import Database
from impulscal.invitations.guest_list import GuestList
from impulscal.invitations.post import Post
from impulscal.settings import Settings

__all__ = ["Case", "by_files", "by_mail", "rehearse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All there is to know.

    Attributes:
        database: A copy of the history; the file is published in it.
        found: The guest list, if there is one.
    """

    database: Database
    chosen: Chosen
    request: Request
    found: GuestList | None
    settings: Settings


def by_files(case: Case) -> bool:
    """Write files, or in a dry run tell which.

    Raises:
        ImpulscalError: There is no link, or the files cannot be written.
    """
    chosen, request = case.chosen, case.request
    assert request.out is not None  # noqa: S101 -- else it is another way
    if chosen.over:
        note(_("The session is over."))
    with case.database.writing() as transaction:
        private = with_join_link(transaction, chosen.private, request.join_url, chosen.data)
        people: People = (None,)
        if case.found is not None:
            people = who_comes(transaction, private, case.found.listed)
            tell_people(chosen, case.found, len(people))
    if not people:
        return True
    act = show_files if request.dry_run else write_files
    act(private, people, request.out, case.settings)
    if request.dry_run:
        say(_NOTHING_DONE)
    return True


def rehearse(case: Case) -> bool:
    """Tell who would be told what, and one whole message.

    Raises:
        ImpulscalError: It could not be sent.
    """
    order, plan = _planned(case)
    # Whoever tries it out may not have a key yet; nobody gets this link.
    key = case.settings.secret_key or _NO_KEY
    post = Post.of(replace(case.settings, secret_key=key))
    for guest, step in plan.due[:1]:
        tell_letter(post.letter(plan.private, guest, step).data)
    # What is long comes first: the end is what stays on the screen.
    _tell(case, order, plan)
    tell_table(order, plan)
    say(_NOTHING_DONE)
    _tell_missing(case.settings)
    return True


def by_mail(case: Case) -> bool:
    """Tell what is due, and send it; return whether all went well.

    Raises:
        ImpulscalError: It cannot be sent; nobody was told anything.
    """
    settings = case.settings
    server, post = mail_server(settings), Post.of(settings)
    order, plan = _planned(case)
    _tell(case, order, plan)
    if not plan.due and order.join_url is None and order.listed is None:
        return True
    history = Database.open(settings.database_url)
    try:
        count = send(history, case.chosen, order, post)
        return deliver(history, settings, server) if count else True
    finally:
        history.close()


def _planned(case: Case) -> tuple[Order, Plan]:
    """Do it in the copy."""
    chosen, order = case.chosen, case.request.order(case.found)
    refuse_late(chosen, order.kinds)
    with case.database.writing() as transaction:
        return order, prepare(transaction, chosen, chosen.private, order)


def _tell(case: Case, order: Order, plan: Plan) -> None:
    if case.found is not None:
        tell_list(case.found, plan)
    tell_plan(case.chosen, order, plan)


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
