"""Content codings: which one a client takes, and packing with it (RFC 9110 8.4, 12.5.3)."""

import functools
import gzip
import re
from collections.abc import Callable, Mapping

import brotli

__all__ = ["CODINGS", "best_coding", "is_packable"]

_TEXT = re.compile(
    r"text/(?:html|css|javascript)\b|application/(?:[a-z.]+\+)?(?:json|xml)\b|image/svg\+xml",
    re.IGNORECASE,
)


def _brotli(body: bytes) -> bytes:
    # Above 9 it takes ten times as long for a twentieth less.
    packed: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=9)
    return packed


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=9, mtime=0)


# The best first.
CODINGS: Mapping[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": _gzip}


def is_packable(content_type: str) -> bool:
    """Tell whether an answer of that type may be packed.

    Never a calendar: Outlook on the web fails with packed feeds (CLIENTS.md 2.1). Pictures and
    fonts are packed by themselves.
    """
    return _TEXT.match(content_type) is not None


@functools.lru_cache(maxsize=256)
def best_coding(accepted: str) -> str | None:
    """Return the coding that the header Accept-Encoding prefers; None for as it is.

    Of equally welcome ones the smaller; as it is, where it is more welcome than all of them.
    """
    weights = dict(_weights(accepted))
    other = weights.get("*", 0.0)
    welcome = {coding: weights.get(coding, other) for coding in CODINGS}
    best = max(welcome, key=lambda coding: welcome[coding])
    return best if welcome[best] > 0 and welcome[best] >= weights.get("identity", 0.0) else None


def _weights(accepted: str) -> list[tuple[str, float]]:
    found = []
    for part in accepted.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        if coding:
            found.append((coding.replace("x-gzip", "gzip"), _number(weight)))
    return found


def _number(weight: str) -> float:
    return float(weight) if re.fullmatch(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?", weight) else 0.0
