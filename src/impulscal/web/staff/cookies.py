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
    "session_id",
    "set_cookie",
]

COOKIE = "impulscal_staff"


def current_session() -> access.StaffSession | None:
    """Return the session of whoever asks, if it still holds."""
    shared, name = site(), session_id()
    if name is None:
        return None
    with shared.editions.database().reading() as transaction:
        return access.find_session(transaction, shared.settings, name, now=now())


def session_id() -> str | None:
    """Return the id in the cookie that came with the request, if we signed it."""
    return access.id_in_cookie(site().settings, request.cookies.get(COOKIE, ""))


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
