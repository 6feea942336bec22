"""The staff area: what the people who run a series do, behind a sign-in."""

from flask import Flask

from impulscal.web.staff import (
    access,
    check,
    downloads,
    guest_pages,
    outbox,
    overview,
    sending,
    session,
    sign_in,
    subscribers,
)
from impulscal.web.staff.link_mail import LINK_MAIL, LinkMail
from impulscal.web.staff.patience import Patience
from impulscal.web.staff.places import PLACES, Places

__all__ = ["register_staff"]

_MODULES = (sign_in, overview, session, downloads, guest_pages, sending, outbox, check, subscribers)


def register_staff(app: Flask) -> None:
    """Add all addresses below ``/staff``."""
    app.extensions[LINK_MAIL] = LinkMail()
    app.extensions[PLACES] = Places()
    app.extensions[sign_in.WRONG_LINKS] = Patience(most=20, span=access.LINK_LASTS)
    for module in _MODULES:
        app.register_blueprint(module.blueprint)
