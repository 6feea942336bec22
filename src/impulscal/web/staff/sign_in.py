"""Signing in and out."""

from flask import Blueprint, Response

from impulscal.web.staff.guard import open_route, show_staff

__all__ = ["blueprint"]

blueprint = Blueprint("staff_sign_in", __name__)


@open_route(blueprint, "sign-in")
def show_sign_in() -> Response:
    """Ask for the address that the sign-in link is mailed to."""
    return show_staff("sign_in.html")
