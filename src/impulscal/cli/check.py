"""``impulscal check``: what is wrong with the files, and how to mend it."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import click

from impulscal.cli.columns import cut, printable, width
from impulscal.cli.drafts import Draft, at_option, drafts, files_argument, settings_for, weighed
from impulscal.cli.terminal import lang_option, terminal_language
from impulscal.errors import Message, _
from impulscal.language import translate
from impulscal.schedule.reader import Problem
from impulscal.schedule.reader.encoding import NotTextError, decode
from impulscal.schedule.reader.problems import Problems

__all__ = ["check"]


@click.command(short_help="Tell what is wrong with the files, and how to mend it.")
@files_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "github")),
    default="text",
    show_default=True,
    help="For people, for programs, or as annotations in GitHub's workflows.",
)
@click.option("--strict", is_flag=True, help="Let warnings count as problems.")
@at_option
@lang_option
@click.pass_context
def check(
    context: click.Context, *, files: tuple[Path, ...], form: str, strict: bool, at: str | None
) -> None:
    """Tell all that is wrong with the files, where, and how to mend it.

    FILE is a file or a folder of .yaml files; without any, those of IMPULSCAL_SCHEDULE
    are checked. They are also compared with what was published, where there is a
    history; it is only read.

    An error keeps a series from being published, a warning does not. Exit codes:
    0 no errors (with --strict: nor warnings), 1 errors, 2 wrong use.
    """
    settings = settings_for(files, at)
    found = [weighed(draft, settings.base_url) for draft in drafts(settings)]
    report = _FORMATS[form](found)
    if report:
        click.echo(report)
    problems = [problem for draft in found for problem in draft.problems]
    if any(strict or problem.is_error for problem in problems):
        context.exit(1)


def _as_json(found: Sequence[Draft]) -> str:
    report = [
        {
            "file": str(draft.path),
            "line": problem.line,
            "column": problem.column,
            "severity": str(problem.severity),
            "code": problem.code,
            "message": _words(problem.message),
        }
        for draft in found
        for problem in draft.problems
    ]
    return json.dumps(report, ensure_ascii=False, indent=2)


def _as_github(found: Sequence[Draft]) -> str:
    return "\n".join(
        f"::{problem.severity} file={_property(str(draft.path))},line={problem.line},"
        f"col={problem.column},title={problem.code}::{_data(_words(problem.message))}"
        for draft in found
        for problem in draft.problems
    )


def _data(text: str) -> str:
    # As GitHub's own toolkit does it (actions/toolkit, packages/core/src/command.ts).
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _as_text(found: Sequence[Draft]) -> str:
    return "\n".join(
        paragraph
        for draft in found
        for paragraph in (*_paragraphs(draft), f"{_path(draft)}: {_words(_summary(draft))}")
    )


def _paragraphs(draft: Draft) -> list[str]:
    lines = _LINE_END.split(_text(draft.data)) if draft.problems else []
    paragraphs = []
    for problem in draft.problems:
        where = f"{_path(draft)}:{problem.line}:{problem.column}"
        message = printable(_words(problem.message))
        head = f"{where}: {problem.severity}[{problem.code}]: {message}"
        line = lines[problem.line - 1] if problem.line <= len(lines) else ""
        paragraphs.append(f"{head}\n{_pointed(line, problem)}\n" if line.strip() else f"{head}\n")
    return paragraphs


def _path(draft: Draft) -> str:
    # A name may hold a line end, and the rest of it could be taken for a line of ours.
    return printable(str(draft.path))


# What editors count as the end of a line, and with them the reader.
_LINE_END = re.compile("\r\n|\r|\n")


def _text(data: bytes) -> str:
    try:
        return decode(data, Problems())
    except NotTextError:
        return data.decode(errors="replace")


# A line is shown as far as a terminal is wide, around the place in question.
_SHOWN_COLUMNS = 90
_SHOWN_BEFORE = 60


def _pointed(line: str, problem: Problem) -> str:
    """Return ``line`` with its number, and a caret under the place of ``problem``."""
    index = problem.column - 1
    first = max(0, index - _SHOWN_BEFORE)
    before = printable(line[first:index])
    while width(before) > _SHOWN_BEFORE:
        first, before = first + 1, before[1:]
    if first:
        before = f"…{before}"
    after = cut(printable(line[index : index + _SHOWN_COLUMNS]), _SHOWN_COLUMNS - width(before))
    number = str(problem.line)
    gutter = " " * len(number)
    return f"  {number} | {before}{after}\n  {gutter} | {' ' * width(before)}^"


def _summary(draft: Draft) -> Message:
    if draft.superseded is not None:
        return draft.superseded
    errors = sum(problem.is_error for problem in draft.problems)
    warnings = len(draft.problems) - errors
    if not draft.problems:
        return _("no problems.")
    if not errors:
        return _("{warnings}. It can be published.", warnings=_warnings(warnings))
    counts = _errors(errors)
    if warnings:
        counts = _("{errors}, {warnings}", errors=counts, warnings=_warnings(warnings))
    return _(
        "{counts}. Nothing of it is published until the errors are mended; "
        "what was published stays.",
        counts=counts,
    )


def _errors(count: int) -> Message:
    return _("1 error") if count == 1 else _("{count} errors", count=count)


def _warnings(count: int) -> Message:
    return _("1 warning") if count == 1 else _("{count} warnings", count=count)


def _words(message: Message) -> str:
    return translate(message, terminal_language())


_FORMATS = {"json": _as_json, "github": _as_github, "text": _as_text}
