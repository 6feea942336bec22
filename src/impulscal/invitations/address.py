"""E-mail addresses of guests and staff: which are good, and when two are the same."""

import re

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from impulscal.errors import ImpulscalError, Message, _

__all__ = ["BadAddressError", "ascii_address", "cut", "key_of", "spelled_out"]

_MAX_LENGTH = 254  # RFC 5321 4.5.3.1.3, less the angle brackets; erratum 1690 of RFC 3696

_MAX_LOCAL = 64  # RFC 5321 4.5.3.1.1

_SPELLED_OUT = re.compile(r"[(\[{]\s*(?:at|ät)\s*[)\]}]", re.IGNORECASE)


class BadAddressError(ImpulscalError):
    """A text that is no e-mail address that mail can be sent to."""


def ascii_address(text: str) -> str:
    """Return the address as mail servers and calendars want it: its domain in ASCII.

    Raises:
        BadAddressError: It is none; or it has letters before the @ that only few servers
            take (RFC 6531).
    """
    # No domain is shorter in ASCII, and a whole file may stand here: ask nobody about it.
    if len(text) > _MAX_LENGTH:
        raise BadAddressError(_too_long(text))
    try:
        found = validate_email(
            text,
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,  # keeps to _MAX_LOCAL
            test_environment=True,
        )
    except EmailNotValidError:
        # “from None”: the validator's own words quote the address once more.
        raise BadAddressError(_reason(text)) from None
    return found.ascii_email or found.normalized


def key_of(address: str) -> str:
    """Return what two spellings of one address share.

    Letter case counts nowhere in practice, though it might before the @ (RFC 5321 2.4).

    Raises:
        BadAddressError: It is no address.
    """
    return ascii_address(address).lower()


def spelled_out(text: str) -> bool:
    """Whether ``text`` has a word for the @, as in ``name(at)stadt.example``."""
    return _SPELLED_OUT.search(text) is not None


def cut(text: str) -> str:
    """Return ``text`` short enough to be quoted in a sentence, harmless to a terminal."""
    short = text if len(text) <= 80 else f"{text[:79]}…"
    return "".join(char if char.isprintable() else " " for char in short)


def _reason(text: str) -> Message:
    """Return what is wrong with ``text``, in which the validator found a fault."""
    local, at, domain = text.rpartition("@")
    shown = cut(text)
    if not at:
        reason = _without_at(text)
    elif any(char.isspace() for char in text):
        reason = _("“{text}” is no e-mail address: there is a blank in it.", text=shown)
    elif "@" in local:
        reason = _("“{text}” is no e-mail address: there is more than one @.", text=shown)
    elif not local.isascii():
        reason = _(
            "“{text}” has letters before the @ that mail servers do not take (ä, ö, ü, ß).",
            text=shown,
        )
    elif len(local) > _MAX_LOCAL:
        reason = _too_long(text)
    elif local and _stays_inside(domain):
        reason = _(
            "“{text}”: no mail can be sent to “{domain}” from outside. Write the public address.",
            text=shown,
            domain=cut(domain),
        )
    else:
        reason = _("“{text}” is no e-mail address.", text=shown)
    return reason


def _stays_inside(domain: str) -> bool:
    """Whether the name means something in one network only (RFC 6761, RFC 6762)."""
    top = domain.rpartition(".")[2].lower()
    return bool(domain) and (top == domain.lower() or top in SPECIAL_USE_DOMAIN_NAMES)


def _without_at(text: str) -> Message:
    if spelled_out(text):
        return _(
            "“{text}” is no e-mail address: write @ for “{word}”.",
            text=cut(text),
            word=cut(_SPELLED_OUT.findall(text)[0]),
        )
    return _("“{text}” is no e-mail address: the @ is missing.", text=cut(text))


def _too_long(text: str) -> Message:
    return _("“{text}” is too long for an e-mail address.", text=cut(text))
