"""Signing in by a link that is mailed, and signing out.

What a stranger sees depends on what they typed, never on who is on the staff: whether a
link is made is decided elsewhere (``link_mail``), so that time tells nothing either.
"""

import logging
from email.utils import parseaddr

from flask import Blueprint, Response, abort, current_app, request

from impulscal.errors import Message, UsageError
from impulscal.invitations.address import BadAddressError, ascii_address
from impulscal.invitations.model import Sender
from impulscal.invitations.post import Post
from impulscal.settings import Settings
from impulscal.web.addresses import site
from impulscal.web.staff import access
from impulscal.web.staff.call import area_path, language_of_page, now, onward
from impulscal.web.staff.cookies import (
    COOKIE,
    current_session,
    drop_cookie,
    keep_session,
    session_ids,
)
from impulscal.web.staff.guard import (
    open_route,
    route,
    say,
    see_other,
    show_staff,
    staff_path,
)
from impulscal.web.staff.link_mail import LINK_MAIL, LinkMail, Wanted
from impulscal.web.staff.places import read_form

__all__ = ["WRONG_LINKS", "blueprint"]

_log = logging.getLogger("impulscal")

blueprint = Blueprint("staff_sign_in", __name__)

WRONG_LINKS = "impulscal.wrong_links"
"""Where the application keeps its patience with those who try links.

Nobody guesses one; whoever tries all the same is told to stop. Right ones always work, so
nobody keeps the staff out by trying.
"""


@open_route(blueprint, "sign-in")
def show_sign_in() -> Response:
    """Ask for the address that the sign-in link is mailed to."""
    if current_session() is not None:
        return see_other(_target(request.args.get("next", "")))
    return _show_form(request.args.get("next", ""))


@open_route(blueprint, "sign-in", ("POST",))
def ask_for_link() -> Response:
    """Mail a link to the address, if it may sign in; the answer is the same if not."""
    read_form(member=False)
    settings, going = site().settings, onward(request.form.get("next", ""))
    address = request.form.get("email", "").strip()
    sender = _sender(settings)
    if settings.mail_server is None or sender is None:
        return _show_form(going)
    try:
        ascii_address(address)
    except BadAddressError as error:
        return _show_form(going, address, error.message)
    response = see_other(staff_path("sign-in/sent"))
    wanted = Wanted(
        settings=settings,
        database=site().editions.database(),
        address=address,
        sender=sender,
        language=language_of_page(),
        onward=going,
        now=now(),
    )
    links: LinkMail = current_app.extensions[LINK_MAIL]
    response.call_on_close(lambda: links.ask(wanted))
    return response


@open_route(blueprint, "sign-in/sent")
def show_sent() -> Response:
    """Say that a mail comes if the address is entitled."""
    return show_staff("sign_in_sent.html")


@open_route(blueprint, "sign-in/<token>")
def show_link(token: str) -> Response:
    """Ask whether to sign in: programs that look into mails open links, but press no buttons."""
    with site().editions.database().reading() as transaction:
        holder = access.link_holder(transaction, site().settings, token, now=now())
    if holder is None:
        return _refuse_link()
    return show_staff(
        "sign_in_link.html", holder=holder, onward=onward(request.args.get("next", ""))
    )


@open_route(blueprint, "sign-in/<token>", ("POST",))
def use_link(token: str) -> Response:
    """Use the link up and begin a session; an older one of this browser ends.

    All that it needs stands in the address: no body is read, so that whoever has a link
    gets in however many half-sent forms there are.
    """
    settings, database, moment = site().settings, site().editions.database(), now()
    with database.reading() as transaction:
        if access.link_holder(transaction, settings, token, now=moment) is None:
            return _refuse_link()
    with database.writing() as transaction:
        holder = access.use_link(transaction, settings, token, now=moment)
        if holder is None:
            return _refuse_link()
        for before in session_ids():
            access.end_session(transaction, before)
        name = access.begin_session(transaction, holder, now=moment)
    response = see_other(_target(request.args.get("next", "")))
    keep_session(response, name)
    return response


@route(blueprint, "sign-out", ("POST",))
def sign_out() -> Response:
    """End the session, here and wherever its cookie may have been copied to."""
    with site().editions.database().writing() as transaction:
        for name in session_ids():
            access.end_session(transaction, name)
    response = see_other(staff_path("sign-in", signed="out"))
    drop_cookie(response, COOKIE)
    return response


@route(blueprint, "<path:rest>", ("GET", "POST"))
def show_nothing(rest: str) -> Response:
    """Answer for all other addresses, so that strangers do not learn which there are."""
    del rest
    abort(404)


def _sender(settings: Settings) -> Sender | None:
    """Return who mails the links: IMPULSCAL_MAIL_FROM, else the organizer of a series."""
    name, address = parseaddr(settings.mail_from or "")
    try:
        return Sender(name=name or "impulscal", address=ascii_address(address))
    except BadAddressError:
        pass
    post = Post(base_url=settings.base_url, secret_key=settings.secret_key or "")
    for edition in site().editions.current().editions.values():
        try:
            return post.sender(edition.series)
        except UsageError:
            continue
    return None


def _show_form(going: str, address: str = "", problem: Message | None = None) -> Response:
    settings = site().settings
    mails = settings.mail_server is not None and _sender(settings) is not None
    return show_staff(
        "sign_in.html",
        200 if problem is None else 422,
        mails=mails,
        onward=onward(going),
        address=address,
        problem=None if problem is None else say(problem),
        signed_out=request.args.get("signed") == "out",
    )


def _refuse_link() -> Response:
    wait = current_app.extensions[WRONG_LINKS].minutes_after(now())
    response = show_staff("sign_in_refused.html", 403 if wait is None else 429, wait=wait)
    if wait is not None:
        response.headers["Retry-After"] = str(wait * 60)
    return response


def _target(going: str) -> str:
    return f"{area_path(language_of_page())}/{onward(going)}"
