"""Every setting is told wherever somebody looks for it."""

import ast
import inspect
import re
from collections.abc import Callable

import pytest

from cli.commands import run
from deploy.house import DEPLOY, ROOT
from impulscal.settings import environment

# Not for people: `impulscal serve --at` tells its workers.
INTERNAL = "IMPULSCAL_PREVIEW_AT"

VARIABLE = re.compile(r"IMPULSCAL_[A-Z_]+[A-Z]")


def read_variables() -> set[str]:
    """Return the variables that the settings are read from, as the program has them."""
    keys: list[ast.expr] = []
    for node in ast.walk(ast.parse(inspect.getsource(environment))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="given"), attr="get"), args=args):
                keys.append(args[0])
            case ast.Subscript(value=ast.Name(id="given"), slice=key):
                keys.append(key)
    return {"IMPULSCAL_" + ast.literal_eval(key) for key in keys}


def named_by_the_table() -> set[str]:
    paper = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    section = paper.partition("## Settings\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return set(VARIABLE.findall("".join(rows)))


def named_by_the_example() -> set[str]:
    text = (DEPLOY / "environment.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#?(IMPULSCAL_[A-Z_]+)=", text, re.MULTILINE))


def named_by_the_help() -> set[str]:
    return set(VARIABLE.findall(run("--help").stdout))


def test_the_table_of_settings_has_each_of_them_and_no_other() -> None:
    assert named_by_the_table() == read_variables()


@pytest.mark.parametrize("named", [named_by_the_example, named_by_the_help])
def test_the_example_and_the_help_have_each_that_is_for_people(
    named: Callable[[], set[str]],
) -> None:
    assert named() == read_variables() - {INTERNAL}
