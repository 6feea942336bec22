"""``impulscal invite``.

    request ─chosen─▶ session ─guest_file─▶ guests ─ways─▶ files, mail, or a rehearsal

``told`` and ``mail_shown`` say what was or would be done.
"""

from impulscal.cli.invite.command import invite

__all__ = ["invite"]
