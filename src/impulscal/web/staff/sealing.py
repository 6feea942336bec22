"""A guest list on its way through a form: signed, so that it comes back as it was shown."""

from collections.abc import Iterable

from itsdangerous import BadData, URLSafeSerializer

from impulscal.invitations.model import Listed

__all__ = ["seal", "unseal"]

# One key serves several ends; a list of one is no token of another.
_SALT = "impulscal.staff-guest-list"


def seal(secret_key: str, place: str, listed: Iterable[Listed]) -> str:
    """Return what a form carries; ``place`` names the session that the list is for."""
    rows = [(person.address, person.name, person.language) for person in listed]
    text = URLSafeSerializer(secret_key, salt=_SALT).dumps([place, rows])
    return text if isinstance(text, str) else text.decode()


def unseal(secret_key: str, place: str, text: str) -> tuple[Listed, ...] | None:
    """Return the list; None where we did not sign it, or for another session."""
    try:
        found, rows = URLSafeSerializer(secret_key, salt=_SALT).loads(text)
    except BadData:
        return None
    if found != place:
        return None
    return tuple(
        Listed(address=address, name=name, language=language) for address, name, language in rows
    )
