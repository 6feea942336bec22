"""From the text of a file to its tree.

PyYAML's events, not its objects: every scalar stays text, lines and columns are kept,
and the bounds are checked while the text is still being read, so an attack file costs
no more than the bound.
"""

import re

import yaml

from impulscal.errors import _
from impulscal.schedule.reader.composer import compose_tree
from impulscal.schedule.reader.encoding import place_of
from impulscal.schedule.reader.limits import RefusedError
from impulscal.schedule.reader.problems import Code, Place, Problems
from impulscal.schedule.reader.syntax import explain
from impulscal.schedule.reader.tree import Tree

__all__ = ["compose"]

_BAD_ESCAPES = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\U(?!00(?:0[0-9a-fA-F]|10))\w{8}")
_NONCHARACTER_ESCAPE = r"\\uFFFF"


def compose(text: str, problems: Problems) -> Tree:
    """Return the tree of ``text``; what is wrong with single nodes goes to ``problems``.

    An empty text gives an empty mapping.

    Raises:
        RefusedError: It is no YAML, or exceeds a bound.
    """
    if directive := re.search(r"^%TAG", text, re.MULTILINE):
        # libyaml compares each with all before it: a file of them would take hours.
        place = Place(text.count("\n", 0, directive.start()) + 1, 1)
        raise RefusedError(place, Code.BAD_YAML, _("%TAG is not supported. Delete this line."))
    try:
        return compose_tree(text, problems)
    except (yaml.scanner.ScannerError, ValueError, OverflowError) as error:
        # libyaml stops at an escaped lone surrogate; the value is to be told, and the rest read.
        mended = _BAD_ESCAPES.sub(_NONCHARACTER_ESCAPE, text)
        if mended == text:
            raise _no_yaml(error, text) from None
    except yaml.YAMLError as error:
        raise _no_yaml(error, text) from None
    try:
        return compose_tree(mended, problems)
    except yaml.YAMLError as error:
        raise _no_yaml(error, mended) from None


def _no_yaml(error: Exception, text: str) -> RefusedError:
    if not isinstance(error, yaml.MarkedYAMLError):
        raise error
    mark = error.problem_mark or error.context_mark
    if mark is not None and mark.index >= len(text):
        # What was opened and never closed is mended where it was opened.
        mark = error.context_mark
    if mark is None or mark.index >= len(text):
        place = place_of(text.rstrip())
    else:
        place = Place(mark.line + 1, mark.column + 1)
    return RefusedError(place, Code.BAD_YAML, explain(error, text))
