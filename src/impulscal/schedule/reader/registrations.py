"""Registration: what a session takes over from its series, key by key."""

from datetime import datetime

from impulscal.schedule.model import Deadline, Registration
from impulscal.schedule.reader.context import Context
from impulscal.schedule.reader.form import NO_REGISTRATION, RegistrationForm
from impulscal.schedule.reader.moments import deadline
from impulscal.schedule.reader.parts import text
from impulscal.schedule.reader.tree import Path

__all__ = ["of_series", "of_session"]


def of_series(context: Context, form: RegistrationForm | None, path: Path) -> Registration | None:
    """Return the registration of the series as a whole: without the deadline."""
    if form is None or form is NO_REGISTRATION:
        return None if form is None else _NONE
    context.conflict(form, path, "email", "url")
    return _registration(context, form, None)


def of_session(
    context: Context,
    inherited: RegistrationForm | None,
    own: RegistrationForm | None,
    path: Path,
    start: datetime | None,
) -> Registration | None:
    """Return the registration of the session whose mapping stands at ``path``.

    Args:
        context: The file.
        inherited: The series' registration.
        own: The session's; None where it says nothing.
        path: Of the session's registration.
        start: Start of the session, if it is known.
    """
    if own is not None:
        context.conflict(own, path, "email", "url")
    form = _merged(inherited, own)
    if form is None or form is NO_REGISTRATION:
        return None if form is None else _NONE
    given_here = own is not None and own.closes is not None
    place = context.tree.place((*path, "closes") if given_here else _SERIES_CLOSES)
    closes = None
    if form.closes is not None and start is not None:
        closes = deadline(context, form.closes, start, place)
    return _registration(context, form, closes)


_NONE = Registration(needed=False)
_SERIES_CLOSES: Path = ("series", "registration", "closes")


def _merged(
    inherited: RegistrationForm | None, own: RegistrationForm | None
) -> RegistrationForm | None:
    if own is None:
        return inherited
    if own is NO_REGISTRATION or inherited is None or inherited is NO_REGISTRATION:
        return own
    changes = {key: value for key, value in own if value is not None}
    if not {"email", "url"}.isdisjoint(changes):
        changes = {"email": None, "url": None, **changes}
    return inherited.model_copy(update=changes)


def _registration(
    context: Context, form: RegistrationForm, closes: Deadline | None
) -> Registration:
    return Registration(
        email=form.email,
        url=None if form.email else form.url,
        closes=closes,
        places=form.places,
        free=bool(form.free),
        full=bool(form.full),
        note=text(context, form.note),
    )
