import subprocess
import sys
from pathlib import Path

import pytest

from cli.commands import NO_HISTORY, run, write

GERMAN = "Es gibt noch keinen Verlauf: Bisher wurde nichts veröffentlicht, womit sich "
IMPULSCAL = str(Path(sys.executable).with_name("impulscal"))


def note() -> str:
    write("")
    return run("check").stderr


@pytest.mark.parametrize(
    ("settings", "german"),
    [
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "de_AT"}, True),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "fr_FR.UTF-8"}, False),
        ({"LANG": ""}, False),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "de_DE.UTF-8"}, True),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, False),
    ],
)
def test_messages_are_in_the_language_of_the_locale(
    settings: dict[str, str], *, german: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    told = note()

    assert (told != NO_HISTORY, told.startswith(GERMAN)) == (german, german)


@pytest.mark.parametrize(
    "arguments",
    [("--lang", "de", "check"), ("check", "--lang", "de"), ("--lang", "en", "check", "--lang=de")],
)
def test_the_language_may_be_chosen_before_and_behind_the_command(
    arguments: tuple[str, ...],
) -> None:
    write("")

    assert run(*arguments).stderr.startswith(GERMAN)


def test_an_unknown_language_is_wrong_use() -> None:
    assert run("--lang", "fr", "check").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("invite",), "SESSION fehlt."),
        (("--foo",), "Die Option --foo gibt es nicht."),
        (("check", "--foo"), "Die Option --foo gibt es nicht."),
        (("--lang", "de"), "Der Befehl fehlt."),
        (("chek",), "Den Befehl chek gibt es nicht."),
        (("check", "--strict=1"), "--strict nimmt keinen Wert."),
        (("check", "--at"), "--at braucht einen Wert."),
        (("--lang", "fr", "check"), "--lang: Erlaubt sind de, en."),
        (("serve", "--port", "x"), "--port: Gebraucht wird eine ganze Zahl von 1 bis 65535."),
        (("outbox", "retry", "x"), "[ID]...: Gebraucht wird eine ganze Zahl ab 1."),
        (
            ("invite", "2", "--out", "taken"),
            "--out: Gebraucht wird ein Ordner oder der Name eines neuen.",
        ),
        (("schema", "a", "b"), "Das ist zu viel: a b"),
    ],
)
def test_wrong_use_is_told_in_german_too(
    arguments: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    Path("taken").touch()

    result = run(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == f"Fehler: {told}"


def test_wrong_use_tells_in_german_how_a_command_is_used() -> None:
    result = run("--lang", "de", "invite")

    assert result.stderr == (
        "Aufruf: main invite [OPTIONS] SESSION\n"
        "`main invite --help` sagt mehr (auf Englisch).\n"
        "\n"
        "Fehler: SESSION fehlt.\n"
    )


def test_without_a_command_the_help_is_shown_in_any_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")

    result = run()

    assert result.output.startswith("Usage: main [OPTIONS] COMMAND [ARGS]...")


def test_a_terminal_without_utf8_shows_what_it_can() -> None:
    done = subprocess.run(
        [IMPULSCAL, "--lang", "de", "show"],
        env={"PYTHONIOENCODING": "latin-1", "IMPULSCAL_RELOAD_SECONDS": "x"},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr == (
        b"IMPULSCAL_RELOAD_SECONDS: ?x? ist keine Zahl von Sekunden. "
        b"Schreiben Sie zum Beispiel 2, oder 0 f\xfcr nie.\n"
    )
