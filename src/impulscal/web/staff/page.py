"""The pages of the staff area, and what is told once after a redirect."""

from typing import Any

from flask import Response, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from markupsafe import Markup

from impulscal.errors import Message
from impulscal.language import LANGUAGES
from impulscal.web.addresses import site
from impulscal.web.frame import HTML, NAMES, words
from impulscal.web.staff.call import call, same_page, say, staff, staff_path
from impulscal.web.staff.cookies import drop_cookie, set_cookie

__all__ = ["redirect", "see_other", "show_staff"]

_NOTICE = "impulscal_staff_notice"

# A notice is for the page after a redirect; who comes back later does not see it.
_NOTICE_SECONDS = 60


def see_other(path: str, notice: Message | None = None) -> Response:
    """Answer a POST with the page at ``path``, which then tells ``notice`` once.

    The notice travels in a signed cookie: it may name a guest, and addresses end up in
    logs and bookmarks.

    Args:
        path: Of ``staff_path``.
        notice: What was done.
    """
    response = redirect(path)
    if notice is not None:
        told = _notices().dumps(say(notice))
        set_cookie(response, _NOTICE, str(told), max_age=_NOTICE_SECONDS)
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
    current = call()
    told = {
        **words(current.language),
        "staff": current.staff,
        "csrf_field": _csrf_field,
        "path": staff_path,
        "section": current.rule.partition("/")[0],
        "tongues": [
            (code, NAMES[code], same_page(code)) for code in LANGUAGES if code != current.language
        ],
        "public": f"{site().settings.base_path}/{'' if current.language == 'de' else 'en/'}",
        "notice": _notice(),
        "code": status,
    }
    text = render_template(f"staff/{template}", **{**told, **values})
    response = Response(text, status=status, content_type=HTML)
    if _NOTICE in request.cookies:
        drop_cookie(response, _NOTICE)
    return response


def redirect(path: str) -> Response:
    """Send the browser on to ``path``, with GET."""
    return Response(status=303, headers={"Location": path})


def _csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf" value="{}">').format(staff().csrf)


def _notices() -> URLSafeTimedSerializer:
    settings = site().settings
    assert settings.secret_key is not None  # noqa: S101 -- without one there is no staff area
    # Of this session: nobody reads what was told to somebody else at the same computer.
    return URLSafeTimedSerializer(
        settings.secret_key, salt=f"impulscal.staff-notice.{staff().csrf}"
    )


def _notice() -> str | None:
    if call().staff is None or _NOTICE not in request.cookies:
        return None
    try:
        told = _notices().loads(request.cookies[_NOTICE], max_age=_NOTICE_SECONDS)
    except BadSignature:
        return None
    return told if isinstance(told, str) else None
