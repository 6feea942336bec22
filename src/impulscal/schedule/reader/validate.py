"""From the tree to the form: every value is read, every bad one told at its place."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from impulscal.errors import Message, _
from impulscal.schedule.reader.bad_value import BadValueError
from impulscal.schedule.reader.form import FileForm, Form, SessionForm
from impulscal.schedule.reader.kinds import PLAIN
from impulscal.schedule.reader.problems import Code, Problems
from impulscal.schedule.reader.tree import ListNode, MapNode, Node, Path, ScalarNode, Spot, Tree
from impulscal.schedule.reader.words import nearest, shortened, suggestion

__all__ = ["validate"]

_AT_ONCE = 2_000  # values, some fifty sessions

_EXPECTED = {
    "list_type": _("A list is expected here: one item a line, each after “- ”."),
    "dict_type": _("A text is expected here, or one text a language: {{de: …, en: …}}."),
    "model_type": _("A mapping is expected here: “key: value”."),
}


def validate(tree: Tree, problems: Problems) -> FileForm:
    """Return what ``tree`` says, without what is wrong in it; that goes to ``problems``.

    Sessions are read some at a time: pydantic keeps every fault with the traceback of its
    exception, and a full list of problems takes no more. The rest is left out then.
    """
    form, sessions = FileForm(), list[SessionForm | None]()
    for part in _parts(tree.items(("sessions",))):
        found = _validated(tree, part, problems)
        form = found if part.start == 0 else form
        sessions += found.sessions or ()
        if problems.full:
            break
    return form.model_copy(update={"sessions": sessions})


def _parts(sessions: list[Node]) -> Iterator[range]:
    """Yield positions of ``sessions``, one part at least; no part is far beyond ``_AT_ONCE``."""
    start = size = 0
    for number, session in enumerate(sessions, 1):
        size += session.size
        if size > _AT_ONCE:
            yield range(start, number)
            start, size = number, 0
    if start < len(sessions) or start == 0:
        yield range(start, len(sessions))


def _validated(tree: Tree, part: range, problems: Problems) -> FileForm:
    """Return the sessions of ``part``, and with the first part all but the sessions.

    A wrong node is poisoned, so that a bad value is not told again as a missing one.
    pydantic finds all that is wrong at once; only then the rest is read a second time.
    """
    try:
        return FileForm.model_validate(_plain(tree, part))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    for detail in details:
        detail["loc"] = _in_file(detail["loc"], part)
    unknown = [detail for detail in details if detail["type"] == "extra_forbidden"]
    for detail in details:
        if detail["type"] != "extra_forbidden":
            _tell_bad_value(detail, tree, problems)
    for detail in unknown:
        _tell_unknown_key(detail["loc"], tree, problems)
    meant = [] if problems.full else [*_meant(unknown, tree)]
    for detail in unknown:
        _drop(detail["loc"], tree)
    form = FileForm.model_validate(_plain(tree, part))
    # Not before: a mapping that is repeated (*name) may stand where that key is unknown.
    _enter(meant)
    return form


def _plain(tree: Tree, part: range) -> Any:
    root = tree.root
    if not isinstance(root, MapNode) or root.poisoned:
        return root.plain() or {}
    plain = {}
    for key, node in root.values.items():
        if key == "sessions" and isinstance(node, ListNode) and not node.poisoned:
            plain[key] = [node.items[number].plain() for number in part]
        elif part.start == 0 and not key.startswith("x-"):
            plain[key] = node.plain()
    return plain


def _in_file(path: Path, part: range) -> Path:
    if len(path) > 1 and path[0] == "sessions" and isinstance(path[1], int):
        return "sessions", part[path[1]], *path[2:]
    return path


def _tell_bad_value(detail: ErrorDetails, tree: Tree, problems: Problems) -> None:
    path = tuple(step for step in detail["loc"] if step != PLAIN)
    code, message = _reason(detail)
    if path and path[-1] == "[key]":
        problems.add(tree.key(path[:-1]), code, message)
        # Without its only language the text would seem to be missing.
        tree.poison(path[:-2])
    else:
        problems.add(tree.place(path), code, message)
        tree.poison(path)


def _reason(detail: ErrorDetails) -> tuple[Code, Message]:
    error = detail.get("ctx", {}).get("error")
    if isinstance(error, BadValueError):
        return error.code, error.message
    return Code.BAD_TYPE, _EXPECTED[detail["type"]]


def _tell_unknown_key(path: Path, tree: Tree, problems: Problems) -> None:
    if problems.full:
        return
    key = str(path[-1])
    known = known_keys(path[:-1])
    message = _(
        "“{key}” is no key known here.{hint}", key=shortened(key), hint=suggestion(key, known)
    )
    problems.add(tree.key(path), Code.UNKNOWN_KEY, message)


def _meant(unknown: list[ErrorDetails], tree: Tree) -> Iterator[tuple[MapNode, str, Spot]]:
    """Yield what mistyped keys mean: “titel” is not told again as a missing “title”."""
    for detail in unknown:
        *path, key = detail["loc"]
        known, parent = nearest(str(key), known_keys(tuple(path))), tree.node(tuple(path))
        if known is not None and isinstance(parent, MapNode) and key in parent.keys:
            yield parent, known, parent.keys[str(key)]


def _enter(meant: list[tuple[MapNode, str, Spot]]) -> None:
    for parent, key, where in meant:
        if key not in parent.values:
            parent.enter(key, where, ScalarNode(where, poisoned=True))


def _drop(path: Path, tree: Tree) -> None:
    parent = tree.node(path[:-1])
    if isinstance(parent, MapNode):
        parent.drop(str(path[-1]))


def known_keys(path: Path) -> list[str]:
    """Return the keys that the mapping at ``path`` may have."""
    form: Any = FileForm
    for step in path:
        if isinstance(step, str):
            form = _form_in(form.model_fields[step].annotation)
    return list(form.model_fields)


def _form_in(annotation: Any) -> Any:
    """Return the form inside ``list[Form | None] | None`` and the like."""
    if isinstance(annotation, type) and issubclass(annotation, Form):
        return annotation
    found = (_form_in(part) for part in get_args(annotation))
    return next((form for form in found if form is not None), None)
