import pytest

from cli.commands import run
from impulscal import __version__

COMMANDS = [
    *("check", "changes", "show", "plan", "serve", "subscribers"),
    *("invite", "outbox", "replies", "staff-link", "forget", "export"),
    *("build", "restore", "schema", "count-polls"),
]


def test_the_help_lists_the_commands_in_the_order_people_need_them() -> None:
    result = run("--help")

    listed = result.stdout.partition("Commands:\n")[2].splitlines()
    assert result.exit_code == 0
    assert [line.split()[0] for line in listed] == COMMANDS
    assert [line for line in listed if line.endswith("...")] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_each_of_its_options(command: str) -> None:
    result = run(command, "-h")

    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {command} [OPTIONS]")
    options = result.stdout.partition("Options:\n")[2].split("\n  -")
    assert [option for option in options if len(option.split("  ", 1)) < 2] == []


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"impulscal, version {__version__}\n"


def test_without_a_command_the_help_is_shown() -> None:
    result = run()

    assert result.exit_code == 2
    assert "check" in result.stderr


def test_an_unknown_command_is_wrong_use() -> None:
    assert run("publish").exit_code == 2
