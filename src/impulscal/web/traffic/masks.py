"""What the access log may say: no whole address of a person, no secret, no control character."""

import re
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from urllib.parse import quote

__all__ = ["masked_address", "masked_path", "masked_query", "quoted"]

# Behind these, the path holds a secret: whoever has the link may sign in, or off.
_SECRET = re.compile(r"(/sign-in/+|/sign-off/+)(?!sent(?:/|$)|/)[^/]+")

# The options of a feed. Others are added by trackers, and may name a person.
_OPTIONS = frozenset({"deadlines", "alarm", "topic", "cancelled"})

# Short enough that a whole line is written at once: see ``access_log``.
_LONGEST = 1_000


def masked_address(address: str) -> str:
    """Return ``address`` with its last part zeroed; ``-`` where it is none (a unix socket).

    What is left are 24 of 32 bits of IPv4 and 48 of 128 of IPv6: a provider's region.
    """
    address = address.partition("%")[0].removeprefix("::ffff:")
    family, kept, bytes_ = (AF_INET6, 6, 16) if ":" in address else (AF_INET, 3, 4)
    try:
        packed = inet_pton(family, address)
    except (OSError, ValueError):
        return "-"
    return inet_ntop(family, packed[:kept].ljust(bytes_, b"\0"))


def masked_path(path: str) -> str:
    """Return ``path`` as it stands in a request line, ``…`` in place of secrets.

    Args:
        path: Decoded, its bytes read as Latin-1 (PEP 3333).
    """
    return _cut(_SECRET.sub(r"\1...", quote(path, safe="/:@!$&'()*+,;=~", encoding="latin-1")))


def masked_query(query: str) -> str:
    """Return the options of a feed in ``query`` with the question mark; else nothing."""
    options = [part for part in query.split("&") if part.partition("=")[0] in _OPTIONS]
    return _cut(quoted("?" + "&".join(options))) if options else ""


def quoted(text: str) -> str:
    r"""Return ``text`` so that it stays within its quotes and its line: ``\x0a`` for a newline."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return "".join(
        one if " " <= one <= "~" and one not in '"\\' else f"\\x{ord(one):02x}" for one in text
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
