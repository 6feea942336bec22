"""The guard of the staff area: who asks, in which language, and whether they may.

Every address below ``/staff`` is registered by ``route``, so that none is left open by
mistake; ``tests/staff/test_guard.py`` walks all of them.
"""

import functools
import hmac
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from impulscal.errors import HistoryError, ImpulscalError, Message, _
from impulscal.web.addresses import site
from impulscal.web.staff import access
from impulscal.web.staff.call import (
    Call,
    Staff,
    begin_call,
    call,
    page_below,
    say,
    staff,
    staff_path,
)
from impulscal.web.staff.cookies import current_session, session_ids
from impulscal.web.staff.page import redirect, see_other, show_staff
from impulscal.web.staff.places import BusyError, read_form

# What the pages of the staff area are built with comes from here.
__all__ = [
    "LARGEST",
    "Staff",
    "open_route",
    "route",
    "say",
    "see_other",
    "show_staff",
    "staff",
    "staff_path",
]

LARGEST = 10 * 1024 * 1024
"""Bytes of what is uploaded or pasted: a guest list of thousands, or a file of years."""

# A list that goes through a form with three fields a guest.
_MOST_FIELDS = 30_000

# What strangers may send: an address.
_LARGEST_OF_STRANGERS = 16 * 1024

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


def _register(
    blueprint: Blueprint, rule: str, methods: tuple[str, ...], entrance: Callable[..., Response]
) -> Callable[[_View], _View]:
    def register(view: _View) -> _View:
        for area, language in (("/staff", "de"), ("/staff/en", "en")):
            blueprint.add_url_rule(
                f"{area}/{rule}".rstrip("/"),
                f"{view.__name__} {' '.join(methods)} {rule}".replace(".", "_"),
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
        begin_call(
            Call(
                language=language,
                rule=rule,
                values=values,
                readable="GET" in methods,
                now=site().settings.clock.now(),
            )
        )
        # Nothing is read that no form of ours sends.
        request.max_content_length = _LARGEST_OF_STRANGERS if _writes() else 0
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
    if _writes() and _from_here() is False:
        return _refuse_from_elsewhere()
    return view(**values)


def _for_members(view: _View, values: dict[str, Any]) -> Response:
    if _writes() and _from_here() is False:
        return _refuse_from_elsewhere()
    if _writes() and session_ids():
        _bear_large_forms()
    session = current_session()
    if session is None:
        return _stay_outside()
    current = call()
    csrf = access.csrf_of(site().settings, session.id)
    current.staff = Staff(
        address=session.address, language=current.language, csrf=csrf, now=current.now
    )
    if _writes():
        read_form(member=True)
        if not hmac.compare_digest(request.form.get("csrf", "").encode(), csrf.encode()):
            return _show_kept()
    return view(**values)


def _writes() -> bool:
    return request.method not in ("GET", "HEAD", "OPTIONS")


def _bear_large_forms() -> None:
    request.max_content_length = LARGEST
    request.max_form_memory_size = LARGEST
    request.max_form_parts = _MOST_FIELDS


def _stay_outside() -> Response:
    """Answer somebody without a session: the same whether there is anything or not."""
    if _writes():
        return _show_kept()
    below = page_below()
    return redirect(staff_path("sign-in", **({"next": below} if below else {})))


def _show_kept() -> Response:
    """Show what was typed again: the session ended, or began anew, meanwhile.

    Only what a page of ours sent, so that nobody has others send their words; and only
    what somebody sent who was signed in: nothing is read for strangers.
    """
    if not session_ids():
        return show_staff("signed_out.html", 403, section="")
    kept, file = [], False
    if _from_here():
        if call().staff is None:
            read_form(member=False)
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
    return _origin(origin) == _origin(site().settings.base_url)


def _origin(address: str) -> tuple[str, str | None, int | None] | None:
    """Return what RFC 6454 4 compares; None where there is nothing of the kind."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    return parts.scheme, parts.hostname, port or {"http": 80, "https": 443}.get(parts.scheme)


def _refuse_from_elsewhere() -> Response:
    # The address is that of the settings: if they are wrong, this is where it shows.
    here = f"{site().settings.base_url}/staff/"
    advice = _("Please open {address} and try again.", address=here)
    return _show_refusal(403, _("This form comes from another address."), advice)


_BACK = _("Please go back and try again.")


def _refusal(error: HTTPException) -> Response:
    if isinstance(error.response, Response):
        return error.response
    if isinstance(error, RequestEntityTooLarge):
        most = _("At most {size} MB are allowed.", size=LARGEST // 1024**2)
        stranger = call().staff is None
        return _show_refusal(413, _("This is too large."), _BACK if stranger else most)
    if isinstance(error, BusyError):
        return _ask_for_patience(error)
    if error.code == 404:
        return _show_refusal(
            404, _("This page does not exist."), _("The address may be incomplete.")
        )
    if error.code is not None and error.code < 500:
        return _show_refusal(error.code, _("That did not work."), _BACK)
    raise error


def _ask_for_patience(error: BusyError) -> Response:
    response = _show_refusal(
        503, _("Just a moment, please."), _("A lot is going on here. Please try again shortly.")
    )
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _failure(error: ImpulscalError) -> Response:
    if call().staff is None:
        abort(503)  # in words that tell strangers nothing
    status = 503 if isinstance(error, HistoryError) else 409
    return _show_refusal(status, _("That did not work."), error.message)


def _show_refusal(status: int, heading: Message, advice: Message) -> Response:
    return show_staff("refusal.html", status, heading=say(heading), advice=say(advice))
