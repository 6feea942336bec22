"""``impulscal forget`` and ``export``: how long people are remembered, and what is kept."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.commands import publish_file, run
from cli.guests import ANNA, JUERGEN, SESSION, guests, invite_people, save, sign_off
from impulscal.invitations.model import Guest

IMPULSCAL = str(Path(sys.executable).with_name("impulscal"))
NO_DATABASE = (
    "There is no database, so there are no guests and no messages. "
    "IMPULSCAL_DATABASE_URL names it.\n"
)


@pytest.fixture
def invited() -> tuple[Guest, ...]:
    save()
    publish_file("2021-05-01T09:00")
    return invite_people("2021-05-02T09:00", JUERGEN, ANNA)


@pytest.fixture(autouse=True)
def _before_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-05-20T09:00")


def names() -> list[str]:
    return [guest.name for guest in guests()]


def exported(address: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run("export", "--guest", address).stdout)
    return document


def on_a_terminal(answer: str, *arguments: str) -> tuple[int, str]:
    """Run impulscal where somebody sits and types ``answer``; return its code and its output."""
    keyboard, terminal = pty.openpty()
    os.write(keyboard, f"{answer}\n".encode())
    done = subprocess.run(
        [IMPULSCAL, *arguments], stdin=terminal, capture_output=True, text=True, check=False
    )
    os.close(keyboard)
    os.close(terminal)
    return done.returncode, done.stdout


@pytest.mark.usefixtures("invited")
def test_guests_are_forgotten_thirty_days_after_their_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    early = run("forget")
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-07-09T09:00")
    late = run("forget")

    assert (early.stdout, late.stdout) == ("Erased guests: 0\n", "Erased guests: 2\n")
    assert names() == []


@pytest.mark.usefixtures("invited")
def test_the_time_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-06-11T09:00")
    monkeypatch.setenv("IMPULSCAL_RETENTION_DAYS", "2")

    assert run("forget").stdout == "Erased guests: 2\n"


@pytest.mark.usefixtures("invited")
def test_one_person_is_forgotten_at_once() -> None:
    result = run("forget", "--guest", "J.Mueller@stadt.example")
    again = run("forget", "--guest", "j.mueller@stadt.example")

    assert result.stdout == "All that was kept of J.Mueller@stadt.example is erased.\n"
    assert again.stdout == "Nothing is kept of j.mueller@stadt.example.\n"
    assert (result.exit_code, again.exit_code, names()) == (0, 0, ["Anna Weiß"])


@pytest.mark.parametrize(
    ("answer", "code", "left"),
    [("y", 0, ["Anna Weiß"]), ("Ja", 0, ["Anna Weiß"]), ("", 1, 2), ("n", 1, 2)],
)
@pytest.mark.usefixtures("invited")
def test_on_a_terminal_it_is_asked_whether_that_is_meant(
    answer: str, code: int, left: list[str] | int
) -> None:
    ended, told = on_a_terminal(answer, "forget", "--guest", JUERGEN.address)

    assert ended == code
    assert told.startswith("j.mueller@stadt.example is a guest of reihe #2.\n")
    assert names() == left or len(names()) == left


@pytest.mark.usefixtures("invited")
def test_it_is_not_asked_of_those_who_said_yes_already() -> None:
    ended, told = on_a_terminal("n", "forget", "--guest", JUERGEN.address, "--yes")

    assert (ended, names()) == (0, ["Anna Weiß"])
    assert told == "All that was kept of j.mueller@stadt.example is erased.\n"


@pytest.mark.parametrize("command", ["forget", "export"])
def test_a_text_that_is_no_address_is_wrong_use(command: str) -> None:
    result = run(command, "--guest", "Anna")

    assert result.exit_code == 2
    assert result.stderr.startswith("“Anna” is no e-mail address")


@pytest.mark.parametrize("arguments", [("forget",), ("export", "--guest", ANNA.address)])
def test_where_there_is_no_database_none_is_made(arguments: tuple[str, ...]) -> None:
    save()

    result = run(*arguments)

    assert (result.exit_code, result.stdout, result.stderr) == (1, "", NO_DATABASE)
    assert not Path("instance").exists()


def test_all_that_is_kept_of_a_person_is_told_and_every_key_is_explained(
    invited: tuple[Guest, ...],
) -> None:
    sign_off("2021-05-03T09:00", invited[0])

    document = exported(JUERGEN.address)

    (entry,) = document["guest"]
    assert (document["address"], entry["name"]) == (JUERGEN.address, "Müller, Jürgen")
    assert document["exported_at"] == "2021-05-20T09:00:00+02:00"
    assert [message["kind"] for message in entry["messages"]] == ["invitation", "signed-off"]
    assert entry["messages"][0]["text"].startswith("From: ")
    keys = {f"guest.{key}" for key in entry} | {
        f"guest.messages.{key}" for key in entry["messages"][0]
    }
    assert keys | {f"guest.told.{key}" for key in entry["told"]} | {"guest"} == set(
        document["meaning"]
    )


@pytest.mark.usefixtures("invited")
def test_nothing_of_anybody_else_is_told() -> None:
    told = run("export", "--guest", JUERGEN.address).stdout

    assert [word for word in ("anna", "Anna", "Weiß") if word in told] == []


@pytest.mark.usefixtures("invited")
def test_of_a_stranger_it_is_told_that_nothing_is_kept() -> None:
    result = run("export", "--guest", "x@stadt.example")

    assert (result.exit_code, result.stderr) == (0, "Nothing is kept of x@stadt.example.\n")
    assert set(json.loads(result.stdout)) == {"address", "exported_at", "meaning"}


@pytest.mark.usefixtures("invited")
def test_the_keys_are_explained_in_german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")

    assert exported(ANNA.address)["meaning"]["guest.series"] == "Kennung der Reihe"


def test_staff_see_what_is_kept_of_their_sign_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    save(SESSION)
    monkeypatch.setenv("IMPULSCAL_SECRET_KEY", "a long key for tests")
    monkeypatch.setenv("IMPULSCAL_STAFF", "team@example.org")
    run("staff-link", "team@example.org")

    document = exported("team@example.org")

    keys = {"address", "made_at", "expires_at", "used_at"}
    assert [set(entry) for entry in document["sign_ins"]] == [keys]
    assert set(document["meaning"]) == {"sign_ins", *(f"sign_ins.{key}" for key in keys)}
