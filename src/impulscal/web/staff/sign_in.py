"""Signing in by a link that is mailed, and signing out.

What a stranger sees depends on what they typed, never on who is on the staff: the link is
made and queued when the answer is out already, so that time tells nothing either.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid, parseaddr

from flask import Blueprint, Response, abort, current_app, request

from impulscal.errors import ImpulscalError, Message, UsageError
from impulscal.history.database import Database
from impulscal.invitations import outbox
from impulscal.invitations.address import BadAddressError, ascii_address
from impulscal.invitations.mail import SignInMail, compose_sign_in
from impulscal.invitations.model import Kind, Letter, Sender
from impulscal.invitations.post import Post
from impulscal.settings import Settings
from impulscal.web.addresses import site
from impulscal.web.staff import access
from impulscal.web.staff.bodies import read_form
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

__all__ = ["WRONG_LINKS", "blueprint"]

_log = logging.getLogger("impulscal")

blueprint = Blueprint("staff_sign_in", __name__)

WRONG_LINKS = "impulscal.wrong_links"
"""Where the application keeps its patience with those who try links.

Nobody guesses one; whoever tries all the same is told to stop. Right ones always work, so
nobody keeps the staff out by trying.
"""

# Somebody's post box is not filled by somebody else.
_MOST_LINKS = 5


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
    known = access.member(settings, address)
    if known is not None:
        wanted = _Wanted(
            settings=settings,
            address=known,
            sender=sender,
            language=language_of_page(),
            onward=going,
            now=now(),
        )
        database = site().editions.database()
        response.call_on_close(lambda: _queue_link(database, wanted))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A link that somebody of the staff asked for."""

    settings: Settings
    address: str
    sender: Sender
    language: str
    onward: str
    now: datetime


def _queue_link(database: Database, wanted: _Wanted) -> None:
    """Make a link and put its mail into the outbox, unless there were too many of late."""
    since = wanted.now - access.LINK_LASTS
    try:
        with database.writing() as transaction:
            if access.links_since(transaction, wanted.address, since) < _MOST_LINKS:
                token = access.add_link(transaction, wanted.address, now=wanted.now)
                outbox.queue(transaction, _letter(wanted, token), now=wanted.now)
    except ImpulscalError as error:
        _log.error("A sign-in link could not be queued: %s", error)


def _letter(wanted: _Wanted, token: str) -> Letter:
    link = access.link_address(wanted.settings, token, wanted.language, wanted.onward)
    message_id = make_msgid(domain=wanted.sender.address.rpartition("@")[2])
    mail = SignInMail(
        address=ascii_address(wanted.address),
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
