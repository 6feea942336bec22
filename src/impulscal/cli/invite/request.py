"""What was asked of ``impulscal invite``."""

from dataclasses import dataclass
from pathlib import Path

from impulscal.cli.invite.mail import FIRST, Order
from impulscal.errors import UsageError, _
from impulscal.invitations.guest_list import GuestList
from impulscal.invitations.inviting import UPDATES

__all__ = ["Request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for on the command line; see the options of ``invite``."""

    session: str
    out: Path | None
    send: bool
    update: bool
    dry_run: bool
    guests: str | None
    join_url: str | None
    again: tuple[str, ...]
    skip_bad_rows: bool
    files: tuple[Path, ...]

    @property
    def sends(self) -> bool:
        """Whether mail is to be sent."""
        return (self.send or self.update) and not self.dry_run

    def refuse_contradictions(self) -> None:
        """Refuse what makes no sense together.

        Raises:
            UsageError: It is not clear what is to be done.
        """
        ways = sum((self.out is not None, self.send, self.update))
        if ways > 1 or (ways == 0 and not self.dry_run):
            raise UsageError(
                _(
                    "Say one of --out DIR (files to send yourself), --send (invite) and --update "
                    "(tell what changed); or --dry-run to look first."
                )
            )
        if self.update and (self.guests is not None or self.again):
            raise UsageError(
                _("--update tells those who were invited. New guests are invited with --send.")
            )
        if self.out is not None and self.again:
            raise UsageError(_("--again goes with --send only."))

    def order(self, found: GuestList | None) -> Order:
        """Return what is to be written down."""
        return Order(
            kinds=UPDATES if self.update else FIRST,
            listed=None if found is None else found.listed,
            again=self.again,
            join_url=self.join_url,
        )
