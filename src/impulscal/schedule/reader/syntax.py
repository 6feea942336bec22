"""What the YAML parser complains of, in words that help."""

import yaml

from impulscal.errors import Message, _

__all__ = ["explain"]

_COLON = _(
    "A colon followed by a blank begins a value, and none is expected here. Put a text that "
    "holds one into quotes, and check the indentation."
)
_TAB = _("A tab stands here. Indent with blanks.")
_SIGN = _("A value cannot begin with this sign. Put the text into quotes.")
_QUOTE = _("A quotation mark that was opened is not closed.")
_INDENT = _("The indentation or the bracket does not fit here: compare with the lines above.")
_KEY = _("A key without a colon stands here. Write “key: value”.")
_ESCAPE = _(
    "A backslash in double quotes begins an escape, and this is none. Use single quotes or \\\\."
)

# libyaml and PyYAML word the same complaints differently; these parts cover both.
_EXPLANATIONS = (
    ("mapping values are not allowed", _COLON),
    ("unexpected end of stream", _QUOTE),
    ("unexpected document indicator", _QUOTE),
    ("could not find expected ':'", _KEY),
    ("escape", _ESCAPE),
    ("did not find expected", _INDENT),
    ("but found", _INDENT),
    ("but got", _INDENT),
)


def explain(error: yaml.MarkedYAMLError, text: str) -> Message:
    """Return what is wrong at the place where ``error`` stopped the parser of ``text``."""
    problem = error.problem or ""
    if "cannot start any token" in problem:
        mark = error.problem_mark
        line = text.splitlines()[mark.line] if mark is not None and text else ""
        return _TAB if mark is not None and line[mark.column : mark.column + 1] == "\t" else _SIGN
    for part, message in _EXPLANATIONS:
        if part in problem:
            return message
    return _("This is not valid YAML ({problem}).", problem=problem)
