"""``impulscal check``: what is wrong with the files, and how to mend it."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import click

from impulscal.cli.drafts import Draft, at_option, drafts, files_argument, settings_for
from impulscal.cli.terminal import lang_option, terminal_language
from impulscal.errors import Message, _
from impulscal.language import translate
from impulscal.schedule.reader import Problem, Severity

__all__ = ["check"]


@click.command()
@files_argument
@click.option("--format", "form", type=click.Choice(("text", "json", "github")), default="text")
@click.option("--strict", is_flag=True, help="Make warnings count as problems.")
@at_option
@lang_option
@click.pass_context
def check(
    context: click.Context, *, files: tuple[Path, ...], form: str, strict: bool, at: str | None
) -> None:
    """Tell every problem of the files, with line, column and how to mend it."""
    found = list(drafts(settings_for(files, at)))
    click.echo(_FORMATS[form](found))
    counted = [problem for draft in found for problem in draft.problems]
    if any(strict or problem.severity is Severity.ERROR for problem in counted):
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
    # What GitHub's workflow commands ask for.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _as_text(found: Sequence[Draft]) -> str:
    return "\n".join(
        paragraph
        for draft in found
        for paragraph in (*_paragraphs(draft), f"{draft.path}: {_words(_summary(draft))}")
    )


def _paragraphs(draft: Draft) -> list[str]:
    lines = _LINE_BREAK.split(draft.text.decode("utf-8-sig", errors="replace"))
    paragraphs = []
    for problem in draft.problems:
        where = f"{draft.path}:{problem.line}:{problem.column}"
        head = f"{where}: {problem.severity}[{problem.code}]: {_words(problem.message)}"
        shown = lines[problem.line - 1] if problem.line <= len(lines) else ""
        paragraphs.append(f"{head}\n{_pointed(shown, problem)}" if shown else head)
    return paragraphs


# What ends a line in YAML 1.1; Python's splitlines knows more.
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")

# A line is shown as far as a terminal is wide, around the place in question.
_SHOWN_COLUMNS = 100


def _pointed(line: str, problem: Problem) -> str:
    number = str(problem.line)
    first = max(0, problem.column - _SHOWN_COLUMNS // 2) if len(line) > _SHOWN_COLUMNS else 0
    visible = "".join(
        character if character.isprintable() else " "
        for character in line[first : first + _SHOWN_COLUMNS]
    )
    gutter = " " * len(number)
    return f"  {number} | {visible}\n  {gutter} | {' ' * (problem.column - 1 - first)}^\n"


def _summary(draft: Draft) -> Message:
    errors = sum(problem.severity is Severity.ERROR for problem in draft.problems)
    warnings = len(draft.problems) - errors
    if not draft.problems:
        return _("no problems.")
    if draft.refused:
        return _(
            "{errors} error(s), {warnings} warning(s). Nothing of it is published "
            "until the errors are mended; what was published stays.",
            errors=errors,
            warnings=warnings,
        )
    return _("{warnings} warning(s). It can be published.", warnings=warnings)


def _words(message: Message) -> str:
    return translate(message, terminal_language())


_FORMATS = {"json": _as_json, "github": _as_github, "text": _as_text}
