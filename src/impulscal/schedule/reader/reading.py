"""Reading one file: what it says, and all that is wrong with it, in one pass."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from impulscal.collector import held_back
from impulscal.errors import Message, _
from impulscal.schedule.clock import zone
from impulscal.schedule.model import Schedule
from impulscal.schedule.reader.checks import check
from impulscal.schedule.reader.context import Context
from impulscal.schedule.reader.encoding import NotTextError, decode
from impulscal.schedule.reader.form import FileForm
from impulscal.schedule.reader.leak import check_leaks
from impulscal.schedule.reader.limits import RefusedError, check_parts
from impulscal.schedule.reader.pictures import Signatures
from impulscal.schedule.reader.places import Places, places_of
from impulscal.schedule.reader.problems import (
    MAX_BYTES,
    Code,
    Problem,
    Problems,
    too_large,
)
from impulscal.schedule.reader.resolve import resolve
from impulscal.schedule.reader.source import compose
from impulscal.schedule.reader.tree import Tree
from impulscal.schedule.reader.validate import validate

__all__ = ["Reading", "read"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a file.

    Attributes:
        schedule: None if there is an error.
        problems: Ordered by line and column.
        places: Where things stand, as far as the file could be read.
        pictures: The files of its pictures as they were found, those too that are not there;
            none where the file could not be read so far.
    """

    schedule: Schedule | None
    problems: tuple[Problem, ...] = ()
    places: Places = field(default_factory=Places)
    pictures: Signatures = field(default_factory=dict)


@held_back()
def read(data: bytes, *, folder: Path | None, now: datetime) -> Reading:
    """Read the text of a file.

    Args:
        data: The file's bytes: UTF-8, or UTF-16 with a byte order mark.
        folder: Where its pictures are looked for; None where that is not checked,
            since the text does not come from a folder.
        now: Aware. Some warnings concern only what is ahead, or what is announced by
            then; the schedule never depends on it.
    """
    if len(data) > MAX_BYTES:
        return Reading(None, (too_large(),))
    problems = Problems()
    try:
        tree = compose(decode(data, problems), problems)
        check_parts(tree)
    except NotTextError as error:
        problems.add(error.place, Code.BAD_YAML, _NOT_TEXT)
        return Reading(None, tuple(problems))
    except RefusedError as error:
        problems.add(error.place, error.code, error.message)
        return Reading(None, tuple(problems))
    places = places_of(tree)
    form = validate(tree, problems)
    if problems.full:
        return Reading(None, tuple(problems), places)
    context = _context(form, tree, problems, folder)
    schedule = _schedule(context, form, now)
    told = None if problems.has_errors else schedule
    return Reading(told, tuple(problems), places, context.pictures)


_LANGUAGE, _ZONE = "de", "Europe/Berlin"
_NOT_TEXT: Message = _("This is not UTF-8. Save the file as UTF-8 in your editor.")


def _schedule(context: Context, form: FileForm, now: datetime) -> Schedule | None:
    resolved = resolve(context, form)
    check_leaks(context.tree, context.problems)
    check(context, form, resolved, now=now)
    return resolved.schedule


def _context(form: FileForm, tree: Tree, problems: Problems, folder: Path | None) -> Context:
    language, name = _LANGUAGE, _ZONE
    if form.series is not None:
        language, name = form.series.language or language, form.series.timezone or name
    if tree.poisoned(("series", "timezone")):
        # No wall time is skipped there: a mistyped zone is one problem, not many.
        name = "UTC"
    return Context(tree=tree, problems=problems, folder=folder, language=language, zone=zone(name))
