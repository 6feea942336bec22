"""``/staff/check``: a file before it is published, its problems and what it would change."""

from flask import Blueprint, Response, request

from impulscal.web.addresses import site
from impulscal.web.staff.guard import route, say, show_staff, staff
from impulscal.web.staff.places import places, taken
from impulscal.web.staff.preview import preview
from impulscal.web.told import told

__all__ = ["blueprint"]

blueprint = Blueprint("staff_check", __name__)

# Beyond it a page helps nobody; the problems name their lines all the same.
_MOST_LINES = 5000
_MOST_PROBLEMS = 200

# Bytes; a series of years has a tenth of it, and a bad one costs memory in proportion.
_LARGEST = 2 * 1024 * 1024


@route(blueprint, "check", methods=("GET", "POST"))
def check() -> Response:
    """Show the form, and below it what would become of the text that was sent."""
    if request.method == "GET":
        return show_staff("check.html", text="", found=None)
    upload = request.files.get("file")
    data = b"" if upload is None else upload.read()
    if not data:
        # Browsers send CRLF, whatever was pasted.
        data = request.form.get("text", "").replace("\r\n", "\n").encode()
    if len(data) > _LARGEST:
        return show_staff("check.html", 413, text="", found=None, too_large=_LARGEST // 1024**2)
    language, found = staff().language, None
    if data.strip():
        with taken(places().checks):
            found = preview(data, site().settings, language)
    return show_staff(
        "check.html",
        text=data.decode(errors="replace").removeprefix("\ufeff"),
        found=found,
        empty=found is None,
        most=_MOST_LINES,
        most_problems=_MOST_PROBLEMS,
        lines_wrong={problem.line for problem in found.problems} if found else set(),
        told=lambda text: told(text, language),
        say=say,
    )
