"""The staff area: what the people who run a series do, behind a sign-in."""

from flask import Flask

from impulscal.web.staff import sign_in

__all__ = ["register_staff"]

_MODULES = (sign_in,)


def register_staff(app: Flask) -> None:
    """Add all addresses below ``/staff``."""
    for module in _MODULES:
        app.register_blueprint(module.blueprint)
