"""E-mail addresses of guests and staff: which are good, and when two are the same."""

from email_validator import EmailNotValidError, validate_email

from impulscal.errors import ImpulscalError, Message, _

__all__ = ["BadAddressError", "ascii_address", "key_of"]


class BadAddressError(ImpulscalError):
    """A text that is no e-mail address that mail can be sent to."""


def ascii_address(text: str) -> str:
    """Return the address as mail servers and calendars want it: its domain in ASCII.

    Raises:
        BadAddressError: It is none; or it has letters before the @ that only few servers
            take (RFC 6531).
    """
    try:
        found = validate_email(
            text, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise BadAddressError(_reason(text)) from error
    return found.ascii_email or found.normalized


def key_of(address: str) -> str:
    """Return what two spellings of one address share.

    Letter case counts nowhere in practice, though it might before the @ (RFC 5321 2.4).

    Raises:
        BadAddressError: It is no address.
    """
    return ascii_address(address).lower()


def _reason(text: str) -> Message:
    shown = text if len(text) <= 80 else f"{text[:79]}…"
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        return _("“{text}” is no e-mail address.", text=shown)
    if len(text) > 254:  # RFC 5321 4.5.3.1.3
        return _("“{text}” is too long for an e-mail address.", text=shown)
    if not local.isascii():
        return _(
            "“{text}” has letters before the @ that mail servers do not take (ä, ö, ü, ß).",
            text=shown,
        )
    return _("“{text}” is no e-mail address.", text=shown)
