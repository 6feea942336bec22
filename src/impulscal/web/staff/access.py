"""Who may enter the staff area: one-time links and sessions.

Both are random names of which the database knows the digest only: whoever reads it
cannot enter with what stands there. What a browser keeps is signed besides, so that a
stranger's guess never reaches the database.
"""

import functools
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

import sqlalchemy as sa
from itsdangerous import BadSignature, Signer

from impulscal.errors import UsageError, _
from impulscal.history import tables
from impulscal.history.database import Database
from impulscal.history.transaction import Transaction
from impulscal.invitations.address import BadAddressError, key_of
from impulscal.settings import Settings

__all__ = [
    "LINK_LASTS",
    "SESSION_LASTS",
    "StaffSession",
    "add_link",
    "begin_session",
    "cookie_of",
    "csrf_of",
    "end_session",
    "find_session",
    "id_in_cookie",
    "link_address",
    "link_holder",
    "links_since",
    "make_link",
    "member",
    "use_link",
]

LINK_LASTS = timedelta(minutes=15)
"""How long a sign-in link may be used."""

SESSION_LASTS = timedelta(hours=8)
"""A working day, counted from the sign-in whatever is done meanwhile."""

# One key serves several ends; what is signed for one is nothing to another.
_COOKIE_SALT = "impulscal.staff-session"
_CSRF_SALT = "impulscal.staff-csrf"

_SIGN_IN = tables.sign_in.c
_SESSION = tables.staff_session.c


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSession:
    """Somebody who is signed in.

    Attributes:
        id: What the cookie holds, without its signature.
        address: As IMPULSCAL_STAFF writes it.
    """

    id: str = field(repr=False)
    address: str
    expires_at: datetime


def member(settings: Settings, address: str) -> str | None:
    """Return the address of staff that ``address`` is another spelling of, or None."""
    key = _key(address)
    return next((known for known in settings.staff if _key(known) == key), None)


def make_link(
    database: Database, settings: Settings, address: str, now: datetime, *, language: str = "de"
) -> str:
    """Return a new one-time sign-in address for ``address``: for `impulscal staff-link`.

    Args:
        database: Where the link is remembered.
        settings: Tell who may sign in, and where.
        address: Of somebody in IMPULSCAL_STAFF.
        now: The link is valid for ``LINK_LASTS`` from then on.
        language: Of the page: ``de`` or ``en``.

    Raises:
        UsageError: There is no staff area, or the address may not sign in.
    """
    if settings.secret_key is None:
        raise UsageError(
            _(
                "There is no staff area: IMPULSCAL_SECRET_KEY is not set. Set it to a long random "
                "text for this command and for `impulscal serve` alike."
            )
        )
    known = member(settings, address)
    if known is None:
        raise UsageError(
            _(
                "“{address}” may not sign in. Add the address to IMPULSCAL_STAFF, for this "
                "command and for `impulscal serve` alike.",
                address=address,
            )
        )
    with database.writing() as transaction:
        token = add_link(transaction, known, now=now)
    return link_address(settings, token, language)


def link_address(settings: Settings, token: str, language: str, onward: str = "") -> str:
    """Return the address at which ``token`` is used.

    Args:
        settings: Tell where the staff area is.
        token: Of ``add_link``.
        language: ``de`` or ``en``.
        onward: The page to go on to, as ``guard.onward`` gives it.
    """
    area = "staff" if language == "de" else f"staff/{language}"
    query = f"?next={quote(onward)}" if onward else ""
    return f"{settings.base_url}/{area}/sign-in/{token}{query}"


def add_link(transaction: Transaction, address: str, *, now: datetime) -> str:
    """Remember a new link for ``address`` and return its token."""
    token = secrets.token_urlsafe(32)
    row = {
        "digest": _digest(token),
        "address": address,
        "made_at": now,
        "expires_at": now + LINK_LASTS,
    }
    transaction.connection.execute(tables.sign_in.insert(), row)
    return token


def links_since(transaction: Transaction, address: str, since: datetime) -> int:
    """Return how many links were made for ``address`` after ``since``."""
    query = sa.select(sa.func.count()).where(_SIGN_IN.address == address, _SIGN_IN.made_at > since)
    count: int = transaction.connection.execute(query).scalar_one()
    return count


def link_holder(
    transaction: Transaction, settings: Settings, token: str, *, now: datetime
) -> str | None:
    """Return who may sign in with ``token`` at ``now``; None if nobody (any more)."""
    query = sa.select(_SIGN_IN.address).where(_usable(token, now))
    address: str | None = transaction.connection.execute(query).scalar_one_or_none()
    return None if address is None else member(settings, address)


def use_link(
    transaction: Transaction, settings: Settings, token: str, *, now: datetime
) -> str | None:
    """Use ``token`` up and return who signs in with it; None if nobody (any more).

    One statement decides, so that of two that use it at once one gets nothing.
    """
    holder = link_holder(transaction, settings, token, now=now)
    used = transaction.connection.execute(
        tables.sign_in.update().where(_usable(token, now)).values(used_at=now)
    )
    return holder if used.rowcount == 1 else None


def begin_session(transaction: Transaction, address: str, *, now: datetime) -> str:
    """Sign ``address`` in and return the session's id: a fresh one each time."""
    name = secrets.token_urlsafe(32)
    row = {
        "digest": _digest(name),
        "address": address,
        "signed_in_at": now,
        "expires_at": now + SESSION_LASTS,
    }
    transaction.connection.execute(tables.staff_session.insert(), row)
    return name


def find_session(
    transaction: Transaction, settings: Settings, name: str, *, now: datetime
) -> StaffSession | None:
    """Return the session with the id ``name``, if it still holds.

    Whoever is no longer in IMPULSCAL_STAFF has none, at once.
    """
    query = tables.staff_session.select().where(
        _SESSION.digest == _digest(name), _SESSION.expires_at > now
    )
    row = transaction.connection.execute(query).mappings().one_or_none()
    address = None if row is None else member(settings, row["address"])
    if row is None or address is None:
        return None
    return StaffSession(id=name, address=address, expires_at=row["expires_at"])


def end_session(transaction: Transaction, name: str) -> None:
    """Sign the session with the id ``name`` out, wherever its cookie may be."""
    same = _SESSION.digest == _digest(name)
    transaction.connection.execute(tables.staff_session.delete().where(same))


def cookie_of(settings: Settings, name: str) -> str:
    """Return what the cookie of the session with the id ``name`` holds."""
    return _signer(settings, _COOKIE_SALT).sign(name).decode()


def id_in_cookie(settings: Settings, cookie: str) -> str | None:
    """Return the session's id in ``cookie``; None where we did not sign it."""
    try:
        return _signer(settings, _COOKIE_SALT).unsign(cookie).decode()
    except (BadSignature, UnicodeError):
        return None


def csrf_of(settings: Settings, name: str) -> str:
    """Return what every form of the session with the id ``name`` has to bring along."""
    return _signer(settings, _CSRF_SALT).get_signature(name).decode()


def _usable(token: str, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        _SIGN_IN.digest == _digest(token), _SIGN_IN.used_at.is_(None), _SIGN_IN.expires_at > now
    )


def _signer(settings: Settings, salt: str) -> Signer:
    assert settings.secret_key is not None  # noqa: S101 -- without one there is no staff area
    return Signer(settings.secret_key, salt=salt, digest_method=hashlib.sha256)


def _digest(name: str) -> str:
    # Random enough for a plain digest: nobody guesses 32 bytes.
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


# Each request asks for all addresses of the staff.
@functools.lru_cache(maxsize=256)
def _key(address: str) -> str:
    try:
        return key_of(address.strip())
    except BadAddressError:
        return address.strip().lower()
