"""Which kind of address is asked for, told by its path alone."""

from dataclasses import dataclass
from enum import StrEnum

from impulscal.language import LANGUAGES

__all__ = ["Kind", "Place", "place_of"]


class Kind(StrEnum):
    """What is told apart in counts; few, since each is a label."""

    FEED = "feed"
    SESSION_FILE = "session file"
    DATA = "data"
    PAGE = "page"
    LOOK = "static"
    STAFF = "staff"
    SIGN_OFF = "sign-off"
    STATE = "state"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads.

    Attributes:
        kind: A value of ``Kind``.
        series: Of a feed: the id that the path names, whether there is one or not.
    """

    kind: str
    series: str = ""


_STATE = ("healthz", "metrics")
_LOOK = ("static", "embed", "embed.js")
_DATA = (".json", ".atom", ".xml")
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".avif")


def place_of(path: str) -> Place:
    """Return where ``path`` leads.

    Args:
        path: Without the base path and without needless slashes.
    """
    parts = path.split("/")[1:]
    if parts[0] in LANGUAGES and len(parts) > 1:
        del parts[0]
    match parts:
        case ["staff", *_rest]:
            return Place(str(Kind.STAFF))
        case [_series, _session, "sign-off", *_rest]:
            return Place(str(Kind.SIGN_OFF))
        case [name] | ["feeds", _, name] if name.endswith(".ics"):
            return Place(str(Kind.FEED), name.removesuffix(".ics"))
        case [_series, name] if name.endswith(".ics"):
            return Place(str(Kind.SESSION_FILE))
        case _:
            return Place(str(_kind_by_name(parts)))


def _kind_by_name(parts: list[str]) -> Kind:
    first, last = parts[0], parts[-1]
    if len(parts) == 1 and first in _STATE:
        return Kind.STATE
    if first in _LOOK or last.endswith(_PICTURES):
        return Kind.LOOK
    if last.endswith(_DATA):
        return Kind.DATA
    if len(parts) > 3 or "." in last:
        return Kind.OTHER
    return Kind.PAGE
