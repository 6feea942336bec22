"""The guard of the staff area: who asks, in which language, and whether they may.

Every address below ``/staff`` is registered by ``route``, so that none is left open by
mistake; ``tests/staff/test_guard.py`` walks all of them.
"""

import functools
import hmac
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import Blueprint, Response, abort, g, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from impulscal.errors import HistoryError, ImpulscalError, Message, _
from impulscal.language import LANGUAGES, translate
from impulscal.web.addresses import site
from impulscal.web.frame import HTML, NAMES, words
from impulscal.web.staff import access

__all__ = [
    "COOKIE",
    "LARGEST",
    "Staff",
    "area_path",
    "current_session",
    "drop_session",
    "keep_session",
    "language_of_page",
    "now",
    "onward",
    "open_route",
    "route",
    "say",
    "see_other",
    "session_id",
    "show_staff",
    "staff",
    "staff_path",
]

COOKIE = "impulscal_staff"

_NOTICE_COOKIE = "impulscal_staff_notice"

# A notice is for the page after a redirect; who comes back later does not see it.
_NOTICE_SECONDS = 60

LARGEST = 10 * 1024 * 1024
"""Bytes of what is uploaded or pasted: a guest list of thousands, or a file of years."""

# A list that goes through a form with three fields a guest.
_MOST_FIELDS = 30_000

_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    # With no-referrer browsers send ``Origin: null`` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}


_View = Callable[..., Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Whose request it is.

    Attributes:
        address: E-mail address.
        language: Of the page: ``de`` or ``en``.
        csrf: What each form brings along (``csrf_field`` in templates).
        now: The moment of the request.
    """

    address: str
    language: str
    csrf: str = field(repr=False)
    now: datetime


@dataclass(slots=True, kw_only=True)
class _Call:
    """The current request, as far as the staff area is concerned."""

    language: str
    rule: str
    values: dict[str, Any]
    readable: bool
    now: datetime
    staff: Staff | None = None


def route(
    blueprint: Blueprint, rule: str, methods: Iterable[str] = ("GET",)
) -> Callable[[_View], _View]:
    """Register a view at ``/staff/<rule>`` and ``/staff/en/<rule>`` for staff alone.

    The view gets its own path arguments; ``staff()`` tells the rest. Without a session it
    is not called, and neither for a POST without the form's CSRF token. What it raises is
    told on a page: an ``abort``, and an ``ImpulscalError`` in its own words.

    Args:
        blueprint: Of the module.
        rule: Without a slash at either end; empty for the overview.
        methods: Of HTTP.
    """
    return _register(blueprint, rule, tuple(methods), _for_members)


def open_route(
    blueprint: Blueprint, rule: str, methods: Iterable[str] = ("GET",)
) -> Callable[[_View], _View]:
    """Register a view as ``route`` does, for strangers too: the way in."""
    return _register(blueprint, rule, tuple(methods), _for_all)


def staff() -> Staff:
    """Return whose request it is, in a view that ``route`` registered."""
    member = _call().staff
    assert member is not None  # noqa: S101 -- `route` lets nobody else through
    return member


def language_of_page() -> str:
    """Return the language of the current page, whoever asks for it."""
    return _call().language


def now() -> datetime:
    """Return the moment of the current request, whoever asks."""
    return _call().now


def say(message: Message) -> str:
    """Return ``message`` in the language of the current page."""
    return translate(message, _call().language)


def area_path(language: str) -> str:
    """Return the path of the staff area in ``language``, with the base path."""
    area = "/staff" if language == "de" else f"/staff/{language}"
    return site().settings.base_path + area


def staff_path(rule: str, **values: object) -> str:
    """Return the path of a page of the staff area in the current language.

    Args:
        rule: As in ``route``.
        values: The arguments of the path; others become the query.
    """
    return _path_in(_call().language, rule, **values)


def see_other(path: str, notice: Message | None = None) -> Response:
    """Answer a POST with the page at ``path``, which then tells ``notice`` once.

    The notice travels in a signed cookie: it may name a guest, and addresses end up in
    logs and bookmarks.

    Args:
        path: Of ``staff_path``.
        notice: What was done.
    """
    response = _redirect(path)
    if notice is not None:
        told = _notices().dumps(say(notice))
        _set_cookie(response, _NOTICE_COOKIE, str(told), max_age=_NOTICE_SECONDS)
    return response


def show_staff(template: str, status: int = 200, **values: Any) -> Response:
    """Answer with a page of the staff area.

    Templates extend ``staff/base.html`` and have all of ``web.frame.words``, and
    ``staff``: see ``Staff``; None on the way in,
    ``csrf_field()``: the hidden field of every form,
    ``path(rule, …)``: see ``staff_path``,
    ``section``: which part of the navigation is the current one.

    Args:
        template: Its name below ``templates/staff``.
        status: Of HTTP.
        values: What the template needs besides.
    """
    call = _call()
    told = {
        **words(call.language),
        "staff": call.staff,
        "csrf_field": _csrf_field,
        "path": staff_path,
        "section": call.rule.partition("/")[0],
        "tongues": [
            (code, NAMES[code], _same_page(code)) for code in LANGUAGES if code != call.language
        ],
        "public": f"{site().settings.base_path}/{'' if call.language == 'de' else 'en/'}",
        "notice": _notice(),
        "code": status,
    }
    text = render_template(f"staff/{template}", **{**told, **values})
    response = Response(text, status=status, content_type=HTML)
    if _NOTICE_COOKIE in request.cookies:
        response.delete_cookie(_NOTICE_COOKIE, path=_cookie_path())
    return response


def keep_session(response: Response, name: str) -> None:
    """Give the browser the session with the id ``name``."""
    _set_cookie(response, COOKIE, access.cookie_of(site().settings, name))


def drop_session(response: Response) -> None:
    """Take the session away from the browser."""
    response.delete_cookie(COOKIE, path=_cookie_path())


def onward(text: str) -> str:
    """Return the page below the staff area that ``text`` names; empty where it names none.

    It is a path that goes on from ``/staff/``, so it never leads anywhere else.
    """
    return text if re.fullmatch(r"(?:[a-z0-9][a-z0-9._-]*/?){1,9}", text[:300]) else ""


def current_session() -> access.StaffSession | None:
    """Return the session of whoever asks, if it still holds."""
    shared, name = site(), session_id()
    if name is None:
        return None
    with shared.editions.database().reading() as transaction:
        return access.find_session(transaction, shared.settings, name, now=_call().now)


def session_id() -> str | None:
    """Return the id in the cookie that came with the request, if we signed it."""
    return access.id_in_cookie(site().settings, request.cookies.get(COOKIE, ""))


def _register(
    blueprint: Blueprint, rule: str, methods: tuple[str, ...], entrance: Callable[..., Response]
) -> Callable[[_View], _View]:
    def register(view: _View) -> _View:
        for area, language in (("/staff", "de"), ("/staff/en", "en")):
            blueprint.add_url_rule(
                f"{area}/{rule}".rstrip("/"),
                f"{view.__name__}:{rule}:{methods}".replace(".", "_"),
                _guarded(view, rule, methods, entrance),
                methods=methods,
                defaults={"language": language},
            )
        return view

    return register


@functools.cache
def _guarded(
    view: _View, rule: str, methods: tuple[str, ...], entrance: Callable[..., Response]
) -> _View:
    @functools.wraps(view)
    def guarded(*, language: str, **values: Any) -> Response:
        g.staff_call = _Call(
            language=language,
            rule=rule,
            values=values,
            readable="GET" in methods,
            now=site().settings.clock.now(),
        )
        request.max_content_length = LARGEST
        request.max_form_memory_size = LARGEST
        request.max_form_parts = _MOST_FIELDS
        try:
            response = entrance(view, values)
        except HTTPException as error:
            response = _refusal(error)
        except ImpulscalError as error:
            response = _failure(error)
        response.headers.update(_HEADERS)
        return response

    return guarded


def _for_all(view: _View, values: dict[str, Any]) -> Response:
    if request.method == "POST" and _from_here() is False:
        return _show_refusal(403, *_ELSEWHERE)
    return view(**values)


def _for_members(view: _View, values: dict[str, Any]) -> Response:
    call, posted = _call(), request.method == "POST"
    if posted and _from_here() is False:
        return _show_refusal(403, *_ELSEWHERE)
    session = current_session()
    if session is None:
        return _stay_outside()
    csrf = access.csrf_of(site().settings, session.id)
    call.staff = Staff(address=session.address, language=call.language, csrf=csrf, now=call.now)
    if posted and not hmac.compare_digest(request.form.get("csrf", "").encode(), csrf.encode()):
        return _show_kept()
    return view(**values)


def _stay_outside() -> Response:
    """Answer somebody without a session: the same whether there is anything or not."""
    if request.method != "POST":
        below = _below(_call().rule, **_call().values)
        return _redirect(staff_path("sign-in", **({"next": below} if below else {})))
    return _show_kept()


def _redirect(path: str) -> Response:
    return Response(status=303, headers={"Location": path})


def _show_kept() -> Response:
    """Show what was typed again: the session ended, or began anew, meanwhile.

    Only what a page of ours sent, so that nobody has others send their words; and only
    what somebody sent who was signed in: nothing is read for strangers.
    """
    kept, file = [], False
    if session_id() is not None and _from_here():
        kept = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf"]
        file = any(request.files.values())
    return show_staff("signed_out.html", 403, kept=kept, file=file)


def _from_here() -> bool | None:
    """Return whether a page of ours sent the form; None where the browser does not say.

    Browsers of today say it (Fetch Metadata; RFC 6454 7), and no page can change it.
    """
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched == "same-origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    parts = urlsplit(site().settings.base_url)
    return origin.lower() == f"{parts.scheme}://{parts.netloc}".lower()


_ELSEWHERE = (
    _("This form comes from another address."),
    _("Please open the staff area in this window and try again."),
)


def _refusal(error: HTTPException) -> Response:
    if isinstance(error.response, Response):
        return error.response
    if isinstance(error, RequestEntityTooLarge):
        most = _("At most {size} MB are allowed.", size=LARGEST // 1024**2)
        return _show_refusal(413, _("This is too large."), most)
    if error.code == 404:
        return _show_refusal(
            404, _("This page does not exist."), _("The address may be incomplete.")
        )
    if error.code is not None and error.code < 500:
        return _show_refusal(
            error.code, _("That did not work."), _("Please go back and try again.")
        )
    raise error


def _failure(error: ImpulscalError) -> Response:
    if _call().staff is None:
        abort(503)  # in words that tell strangers nothing
    status = 503 if isinstance(error, HistoryError) else 409
    return _show_refusal(status, _("That did not work."), error.message)


def _show_refusal(status: int, heading: Message, advice: Message) -> Response:
    return show_staff("refusal.html", status, heading=say(heading), advice=say(advice))


def _call() -> _Call:
    call = g.staff_call
    assert isinstance(call, _Call)  # noqa: S101 -- `_guarded` puts it there
    return call


def _path_in(language: str, rule: str, **values: object) -> str:
    below = _below(rule, **values)
    return f"{area_path(language)}/{below}" if below else f"{area_path(language)}/"


def _below(rule: str, **values: object) -> str:
    """Return what follows ``/staff/``: ``rule`` with its places filled, and a query."""
    rest = dict(values)

    def fill(place: re.Match[str]) -> str:
        return quote(str(rest.pop(place[1])), safe="")

    path = re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", fill, rule)
    return f"{path}?{urlencode(rest)}" if rest else path


def _same_page(language: str) -> str:
    call = _call()
    if not call.readable:
        return _path_in(language, "")
    return _path_in(language, call.rule, **{**request.args, **call.values})


def _csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf" value="{}">').format(staff().csrf)


def _notices() -> URLSafeTimedSerializer:
    settings = site().settings
    assert settings.secret_key is not None  # noqa: S101 -- without one there is no staff area
    # Of this session: nobody reads what was told to somebody else at the same computer.
    return URLSafeTimedSerializer(
        settings.secret_key, salt=f"impulscal.staff-notice.{session_id()}"
    )


def _notice() -> str | None:
    if _call().staff is None or _NOTICE_COOKIE not in request.cookies:
        return None
    try:
        told = _notices().loads(request.cookies[_NOTICE_COOKIE], max_age=_NOTICE_SECONDS)
    except BadSignature:
        return None
    return told if isinstance(told, str) else None


def _cookie_path() -> str:
    return f"{site().settings.base_path}/staff"


def _set_cookie(response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    """Set a cookie that only the staff area gets.

    Lax, not Strict: a link to the staff area in a mail or on the intranet finds those who
    are signed in. What changes anything is a POST, which other websites send without it.
    """
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path=_cookie_path(),
        secure=site().settings.base_url.lower().startswith("https:"),
        httponly=True,
        samesite="Lax",
    )
