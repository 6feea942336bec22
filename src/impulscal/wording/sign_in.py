"""The letter with the one-time link for staff."""

from datetime import datetime

from impulscal.errors import _
from impulscal.language import translate
from impulscal.wording.dates import time_of_day, zone_name
from impulscal.wording.letter import Letter, Paragraph, Way
from impulscal.wording.occasion import greeting

__all__ = ["sign_in"]


def sign_in(link: str, until: datetime, language: str) -> Letter:
    """Return what somebody reads who wants to sign in.

    Args:
        link: Address of the page that signs them in.
        until: Until when it is good; its zone is that of the reader.
        language: Of the words.
    """
    ends = _(
        "It is good until {time} ({zone}) and once only.",
        time=time_of_day(until, language),
        zone=zone_name(until, language),
    )
    unasked = _("You did not ask for this? Then there is nothing to do.")
    told = _("With this link you sign in.")
    return Letter(
        subject=translate(_("Your sign-in link for impulscal"), language),
        greeting=greeting("", language),
        blocks=(
            Paragraph(tuple(translate(message, language) for message in (told, ends))),
            Way(
                translate(_("Sign in"), language), translate(_("Your sign-in link"), language), link
            ),
            Paragraph((translate(unasked, language),)),
        ),
        language=language,
    )
