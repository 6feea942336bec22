"""From forms to the parts of the model that stand in no time: texts, people, links, pictures."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from impulscal.errors import _
from impulscal.schedule.model import Accessibility, Image, Link, Organizer, Person, Text
from impulscal.schedule.reader.context import Context
from impulscal.schedule.reader.form import (
    AccessibilityForm,
    ImageForm,
    LinkForm,
    OrganizerForm,
    PersonForm,
)
from impulscal.schedule.reader.pictures import is_path, lies_below, signature
from impulscal.schedule.reader.problems import Code
from impulscal.schedule.reader.tree import Path

__all__ = ["accessibility", "image", "link", "listed", "organizer", "person", "text"]


def text(context: Context, by_language: Mapping[str, str | None] | None) -> Text | None:
    """Return the text with the series' language first, None where there is no word in it."""
    given = {
        tag or context.language: wording for tag, wording in (by_language or {}).items() if wording
    }
    if not given:
        return None
    return Text(tuple(sorted(given.items(), key=lambda pair: pair[0] != context.language)))


_Form = TypeVar("_Form")
_Part = TypeVar("_Part")


def listed(
    context: Context,
    forms: Sequence[_Form | None] | None,
    path: Path,
    build: Callable[[Context, _Form, Path], _Part | None],
) -> tuple[_Part, ...]:
    """Return what ``build`` makes of every item of the list at ``path``."""
    parts = (
        build(context, form, (*path, number))
        for number, form in enumerate(forms or ())
        if form is not None
    )
    return tuple(part for part in parts if part is not None)


def person(context: Context, form: PersonForm, path: Path) -> Person | None:
    """Return the person at ``path``."""
    context.require(form, path, "name")
    name = text(context, form.name)
    if name is None:
        return None
    return Person(
        name=name,
        role=text(context, form.role),
        organisation=text(context, form.organisation),
        about=text(context, form.about),
    )


def link(context: Context, form: LinkForm, path: Path) -> Link | None:
    """Return the reference at ``path``."""
    context.require(form, path, "title")
    title = text(context, form.title)
    return None if title is None else Link(title=title, url=form.url)


def organizer(context: Context, form: OrganizerForm | None, path: Path) -> Organizer | None:
    """Return the organizer at ``path``."""
    if form is None:
        return None
    context.require(form, path, "name")
    name = text(context, form.name)
    return None if name is None else Organizer(name=name, email=form.email)


def accessibility(context: Context, form: AccessibilityForm | None) -> Accessibility | None:
    """Return what is said on accessibility."""
    if form is None:
        return None
    return Accessibility(
        statement=form.statement, feedback=form.feedback, label=text(context, form.label)
    )


def image(context: Context, form: ImageForm, path: Path) -> Image | None:
    """Return the picture at ``path``; one that is not below the folder is a problem."""
    if form.src is not None and not _is_there(context, form.src):
        message = _(
            "There is no picture “{src}” below the folder of this file. Write its path from there, "
            "with /, like bilder/2.png.",
            src=form.src,
        )
        context.problems.add(context.tree.place((*path, "src")), Code.NO_IMAGE, message)
    return Image(src=form.src, alt=text(context, form.alt), credit=text(context, form.credit))


def _is_there(context: Context, src: str) -> bool:
    if not is_path(src):
        return False
    if context.folder is None:
        return True
    path = context.folder / src
    # Before it is looked for: what changes meanwhile shows as a change.
    context.pictures[path] = signature(path)
    return lies_below(path, context.folder)
