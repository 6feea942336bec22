"""The page at which a guest says that they stay away; the link to it is in their invitation.

Whoever holds the link may use it: no account, no script, and no mail server that works.
Opening it changes nothing, since mail scanners open links. Nothing here is kept in any
cache or told to anybody else, and the page names nobody.
"""

import functools
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn

from flask import Blueprint, Response, abort, render_template
from werkzeug.exceptions import HTTPException

from impulscal.edition import PublishedSession
from impulscal.errors import HistoryError, UsageError
from impulscal.history.database import Database
from impulscal.invitations import drafts
from impulscal.invitations.guests import guest_by_handle, remember_sign_off
from impulscal.invitations.inviting import Inviting
from impulscal.invitations.model import Guest, PrivateSession
from impulscal.invitations.post import Post
from impulscal.invitations.private import UnknownSessionError, private_session
from impulscal.invitations.sign_off import handle_of
from impulscal.language import LANGUAGES, spoken
from impulscal.links import Links
from impulscal.vcalendar.feed import single_file_name
from impulscal.web.addresses import Visit, site, visit
from impulscal.web.frame import HTML, NAMES, frame
from impulscal.web.refusals import refuse
from impulscal.web.told import path_of

__all__ = ["blueprint"]

blueprint = Blueprint("sign_off", __name__)

_log = logging.getLogger("impulscal")


class _Stage(StrEnum):
    """What there is to say to a guest who opens their link."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"
    OVER = "over"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class _Invited:
    """A guest at the address that only they know.

    Attributes:
        token: What stands in that address.
    """

    visited: Visit
    token: str
    guest: Guest
    private: PrivateSession

    @property
    def session(self) -> PublishedSession:
        """The session they are invited to."""
        return self.private.session

    @property
    def stage(self) -> _Stage:
        """What there is to say to them."""
        if self.session.revision.over(_now(self.visited)):
            return _Stage.OVER
        if self.session.cancelled:
            return _Stage.CANCELLED
        return _Stage.OPEN if self.guest.signed_off_at is None else _Stage.DONE


def _privately(view: Callable[..., Response]) -> Callable[..., Response]:
    """Let no cache, search engine or other site learn of the address.

    Whoever calls the view: a path that begins like the base path is no route of Flask's.
    """

    @functools.wraps(view)
    def private(**values: Any) -> Response:
        try:
            response = view(**values)
        except HTTPException as error:
            response = refuse(error)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return private


@blueprint.get("/<series>/<session>/sign-off/<token>")
@blueprint.get("/<any(de, en):lang>/<series>/<session>/sign-off/<token>")
@_privately
def show_question(series: str, session: str, token: str, lang: str | None = None) -> Response:
    """Answer with the question and its button, or with what there is to say instead."""
    return _page(_invited(visit(series, lang), session, token))


@blueprint.post("/<series>/<session>/sign-off/<token>")
@blueprint.post("/<any(de, en):lang>/<series>/<session>/sign-off/<token>")
@_privately
def sign_off(series: str, session: str, token: str, lang: str | None = None) -> Response:
    """Sign the guest off; a second time changes nothing.

    The page that says so is shown by a redirect: loading it again sends nothing again.
    """
    found = _invited(visit(series, lang), session, token)
    if found.stage is _Stage.OPEN:
        try:
            _sign_off(_database(), found)
        except HistoryError as error:
            _later(error)
    return Response(status=303, headers={"Location": _path(found.visited.links, found)})


@blueprint.get("/<series>/<session>/sign-off/<token>/<name>.ics")
@blueprint.get("/<any(de, en):lang>/<series>/<session>/sign-off/<token>/<name>.ics")
@_privately
def show_file(
    series: str, session: str, token: str, name: str, lang: str | None = None
) -> Response:
    """Answer with the session and its participation link, to save in a calendar.

    For those whose mail system has taken the invitation out of the mail (SEMANTICS 1.6).
    """
    del name  # it only names the file
    found = _invited(visit(series, lang), session, token)
    if not _has_file(found):
        return _page(found, status=410)
    body = drafts.ics(found.private, found.visited.language, base_url=site().settings.base_url)
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(found)}"'
    return response


def _invited(visited: Visit, session: str, token: str) -> _Invited:
    """Return whose link it is; one that is nobody's (any more) gets a page that says so."""
    settings = site().settings
    handle = handle_of(settings.secret_key or "", token)
    try:
        with _database().reading() as transaction:
            guest = None if handle is None else guest_by_handle(transaction, handle)
            about = (visited.edition.series.id, session)
            if guest is None or (guest.series, guest.session) != about:
                abort(_gone(visited))
            private = private_session(transaction, visited.edition, session)
    except UnknownSessionError:
        abort(_gone(visited))  # over, and gone from the file
    except HistoryError as error:
        _later(error)
    return _Invited(visited, token, guest, private)


def _sign_off(database: Database, found: _Invited) -> None:
    now = _now(found.visited)
    with database.writing() as transaction:
        try:
            post = Post.of(site().settings)
            Inviting(transaction, found.private, post, now).sign_off(found.guest)
        except UsageError as error:
            # Nobody can send the cancellation. The guest stays away all the same.
            _log.warning("A guest signed off and cannot be told so by mail: %s", error)
            remember_sign_off(transaction, found.guest, at=now)


def _page(found: _Invited, status: int = 200) -> Response:
    guest, links = found.guest, found.visited.links
    return _rendered(
        found.visited,
        status,
        stage=found.stage,
        session=found.session,
        initials=_initials(guest),
        by_mail=guest.reached and site().settings.mail_server is not None,
        file=f"{_path(links, found)}/{_file_name(found)}" if _has_file(found) else None,
        tongues=[
            (code, NAMES[code], _path(_in(links, code), found))
            for code in LANGUAGES
            if code != spoken(links.language)
        ],
    )


def _gone(visited: Visit) -> Response:
    return _rendered(visited, 410, stage=_Stage.GONE, tongues=())


def _rendered(visited: Visit, status: int, **values: object) -> Response:
    text = render_template("sign_off.html", **{**frame(visited, ""), "here": None, **values})
    return Response(text, status=status, content_type=HTML)


def _has_file(found: _Invited) -> bool:
    return found.stage is _Stage.OPEN and found.private.join_url is not None


def _file_name(found: _Invited) -> str:
    return single_file_name(found.private.edition, found.session.id)


def _path(links: Links, found: _Invited) -> str:
    return path_of(links.sign_off_address(found.session.id, found.token))


def _in(links: Links, language: str) -> Links:
    return Links(base_url=links.base_url, series=links.series, language=language)


def _initials(guest: Guest) -> str:
    """Return ``J. M.`` for Müller, Jürgen, for Dr. Jürgen Müller and for j.mueller@….

    So people who share a mailbox see whom it is about, and nobody else does.
    """
    local = re.sub(r"[._+-]+", " ", guest.address.partition("@")[0])
    last, _comma, first = (guest.name or local).partition(",")
    titles = re.compile(r"\w{2,}\.")
    words = [
        word
        for word in f"{first} {last}".split()
        if word[0].isalpha() and not titles.fullmatch(word)
    ]
    return " ".join(f"{word[0].upper()}." for word in dict.fromkeys((*words[:1], *words[-1:])))


def _now(visited: Visit) -> datetime:
    return site().settings.clock.now(visited.edition.series.timezone)


def _database() -> Database:
    return site().editions.database()


def _later(error: HistoryError) -> NoReturn:
    _log.warning("A sign-off page cannot be shown: %s", error)
    abort(503)
