"""E-mail addresses on the command line."""

from typing import Any

import click

from impulscal.errors import UsageError
from impulscal.invitations.address import BadAddressError, ascii_address

__all__ = ["good_addresses"]


def good_addresses(_context: click.Context, _option: click.Parameter, given: Any) -> Any:
    """Return what was given, one address, several, or None; for an option's ``callback``.

    Raises:
        UsageError: One of them is no address.
    """
    for address in (given,) if isinstance(given, str) else given or ():
        try:
            ascii_address(address)
        except BadAddressError as error:
            raise UsageError(error.message) from error
    return given
