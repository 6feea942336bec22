"""What the browser keeps for the staff area."""

from flask import Response, request

from impulscal.web.addresses import site
from impulscal.web.staff import access
from impulscal.web.staff.call import now

__all__ = [
    "COOKIE",
    "current_session",
    "drop_cookie",
    "keep_session",
    "session_ids",
    "set_cookie",
]

COOKIE = "impulscal_staff"


def current_session() -> access.StaffSession | None:
    """Return the session of whoever asks, if it still holds."""
    shared, names = site(), session_ids()
    if not names:
        return None
    with shared.editions.database().reading() as transaction:
        found = (
            access.find_session(transaction, shared.settings, name, now=now()) for name in names
        )
        return next((session for session in found if session is not None), None)


def session_ids() -> tuple[str, ...]:
    """Return the ids in the cookies that came with the request, those that we signed.

    Mostly one: but a page of a neighbouring host may set others of the same name, and
    browsers send all (RFC 6265 8.6).
    """
    signed = (
        access.id_in_cookie(site().settings, cookie) for cookie in request.cookies.getlist(COOKIE)
    )
    return tuple(dict.fromkeys(name for name in signed if name is not None))


def keep_session(response: Response, name: str) -> None:
    """Give the browser the session with the id ``name``."""
    set_cookie(response, COOKIE, access.cookie_of(site().settings, name))


def set_cookie(response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
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


def drop_cookie(response: Response, name: str) -> None:
    """Take a cookie of the staff area away from the browser."""
    response.delete_cookie(name, path=_cookie_path())


def _cookie_path() -> str:
    return f"{site().settings.base_path}/staff"
