"""How e-mail addresses, web addresses and domains are spelled."""

import re
from urllib.parse import urlsplit

from impulscal.errors import _
from impulscal.schedule.reader.bad_value import BadValueError
from impulscal.schedule.reader.problems import Code
from impulscal.schedule.reader.words import shortened

__all__ = ["parse_contact", "parse_domain", "parse_email", "parse_url"]

SCHEMES = ("http", "https", "mailto")

# RFC 5321 4.1.2: dot-string before the @; quoted local parts are legal and nobody has one.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?")
_ASCII_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_NOT_IN_URL = re.compile(r"[\s<>\"\\^`{|}\x00-\x20]")
_MAX_EMAIL = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
_MAX_HOST = 253  # RFC 1035 2.3.4, written out
_MAX_URL = 2000  # what programs can be trusted to follow


def parse_email(text: str) -> str:
    """Return ``text`` if it is a bare e-mail address; its domain may be internationalised.

    Raises:
        BadValueError: ``bad-email``.
    """
    if not _is_email(text):
        message = _(
            "“{text}” is no e-mail address. Write the address alone, like name@example.org.",
            text=shortened(text),
        )
        raise BadValueError(Code.BAD_EMAIL, message)
    return text


def parse_url(text: str) -> str:
    """Return ``text`` if it is a whole web address (http, https) or a mailto address.

    Raises:
        BadValueError: ``bad-url``.
    """
    if not _is_url(text):
        message = _(
            "“{text}” is no web address. Write it whole, beginning with https:// (or http://, "
            "mailto:), without blanks.",
            text=text if len(text) <= 80 else f"{text[:79]}…",
        )
        raise BadValueError(Code.BAD_URL, message)
    return text


def parse_contact(text: str) -> str:
    """Return ``text`` if it is an e-mail address or a web address.

    Raises:
        BadValueError: ``bad-email`` or ``bad-url``, by what it looks like.
    """
    scheme = text.partition(":")[0].lower()
    if scheme in SCHEMES or "/" in text:
        return parse_url(text)
    return parse_email(text)


def parse_domain(text: str) -> str:
    """Return ``text`` if it can be the right-hand side of a UID: an ASCII domain name.

    Raises:
        BadValueError: ``bad-id``.
    """
    labels = text.split(".")
    if len(text) <= _MAX_HOST and all(_ASCII_LABEL.fullmatch(label) for label in labels):
        return text
    message = _(
        "“{text}” is no domain. Write one that belongs to you, like example.org (in its ASCII "
        "form, xn--…, if it has other letters).",
        text=shortened(text),
    )
    raise BadValueError(Code.BAD_ID, message)


def _is_email(text: str) -> bool:
    local, at, host = text.rpartition("@")
    return (
        bool(at)
        and len(text) <= _MAX_EMAIL
        and len(local) <= 64  # RFC 5321 4.5.3.1.1
        and _LOCAL.fullmatch(local) is not None
        and "." in host
        and _is_host(host)
    )


def _is_host(host: str) -> bool:
    if len(host) > _MAX_HOST:
        return False
    return all(_LABEL.fullmatch(label) for label in host.split("."))


def _is_url(text: str) -> bool:
    if len(text) > _MAX_URL or _NOT_IN_URL.search(text):
        return False
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return _is_email(parts.path)
    if parts.scheme not in SCHEMES or not host or port == 0:
        return False
    return ":" in host or _is_host(host.rstrip("."))
