"""The project's own promises: what the papers say exists, and the pins are whole."""

import re
import tomllib
from pathlib import Path

import pytest
from click import Context, Group
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from impulscal.cli import main

ROOT = Path(__file__).parent.parent
PAPERS = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/anleitung.md",
    "docs/einladungen.md",
    "docs/scaling.md",
)
GROUPS = ("build", "test", "lint", "bench")


def pyproject() -> dict[str, dict[str, list[str]]]:
    loaded: dict[str, dict[str, list[str]]] = tomllib.loads(
        (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )
    return loaded


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==(\S+)", text, re.MULTILINE))


def unpinned(wanted: list[str], pinned: dict[str, str]) -> list[str]:
    requirements = [Requirement(text) for text in wanted]
    return [
        str(requirement)
        for requirement in requirements
        if not requirement.specifier.contains(pinned.get(canonicalize_name(requirement.name), "0"))
    ]


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_names_only_targets_of_the_makefile(paper: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = set(re.findall(r"\bmake ([a-z]+)\b", code(paper)))

    assert named - targets == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_names_only_commands_of_the_program(paper: str) -> None:
    assert isinstance(main, Group)

    named = set(re.findall(r"\bimpulscal ([a-z][a-z-]*)\b", code(paper)))

    assert named - set(main.list_commands(Context(main))) == set()


def code(paper: str) -> str:
    """What stands in code, set off by backticks, in a paper."""
    text = (ROOT / paper).read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


def test_the_report_in_the_guide_is_what_the_program_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = (ROOT / "docs" / "anleitung.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"<!-- (file|report) -->\n```\w+\n(.*?)```", guide, re.DOTALL))
    (tmp_path / "sessions.yaml").write_text(blocks["file"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(main, ["check", "--lang", "de"])

    assert result.stdout == blocks["report"]


def test_every_dependency_is_pinned_where_it_is_installed_from() -> None:
    project = pyproject()
    groups = project["dependency-groups"]

    missing = unpinned(project["project"]["dependencies"], pins("runtime"))
    missing += unpinned(project["build-system"]["requires"], pins("build"))
    for group in GROUPS:
        missing += unpinned(groups[group], pins(group))

    assert missing == [], "run: make lock"


def test_a_package_has_one_version_in_all_pins() -> None:
    versions: dict[str, set[str]] = {}
    for name in ("runtime", *GROUPS):
        for package, version in pins(name).items():
            versions.setdefault(package, set()).add(version)

    disputed = {package: found for package, found in versions.items() if len(found) > 1}

    assert disputed == {}


@pytest.mark.parametrize("name", ["runtime", *GROUPS])
def test_pins_hold_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]

    without_hash = [entry for entry in entries if "--hash=sha256:" not in entry]

    assert without_hash == []
    assert not re.search(r"://|^-|^\s*#.*/", text, re.MULTILINE)
