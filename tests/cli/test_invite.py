"""What ``impulscal invite`` is told, and what it refuses."""

from pathlib import Path

import pytest

from cli.commands import DATABASE, publish_file, run
from cli.guests import HEADING, JUERGEN, SESSION, guests, invite_people, save, save_list, sign_off
from invitations.mail_servers import PostOffice


@pytest.fixture(autouse=True)
def _before_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-05-20T09:00")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Say one of --out DIR"),
        (("--send", "--update"), "Say one of --out DIR"),
        (("--send", "--out", "drafts"), "Say one of --out DIR"),
        (("--update", "--out", "drafts", "--dry-run"), "Say one of --out DIR"),
        (("--update", "--guests", "list.csv"), "--update tells those who were invited."),
        (("--update", "--again", "a@stadt.example"), "--update tells those who were invited."),
        (("--out", "drafts", "--again", "a@stadt.example"), "--again goes with --send only."),
        (("--send", "--again", "Anna"), "“Anna” is no e-mail address"),
        (("--dry-run", "--guests", "missing.csv"), "missing.csv cannot be read"),
        (("--send",), "IMPULSCAL_SMTP_URL is not set"),
        (("--update",), "IMPULSCAL_SMTP_URL is not set"),
        (("--dry-run", "--join-url", "treffen.example"), "--join-url: this is no web address."),
        (("--dry-run", "--join-url", "mailto:a@b.example"), "--join-url: this is no web address."),
        (("--dry-run", "--join-url", "https://a b"), "The participation link is no web address."),
    ],
)
def test_wrong_use_is_told_and_nothing_is_written(arguments: tuple[str, ...], told: str) -> None:
    save()

    result = run("invite", "2", *arguments)

    assert (result.exit_code, result.stderr.rpartition(told)[1]) == (2, told)
    assert sorted(Path().iterdir()) == [Path("sessions.yaml")]


def test_to_send_needs_a_secret_key(monkeypatch: pytest.MonkeyPatch, office: PostOffice) -> None:
    monkeypatch.delenv("IMPULSCAL_SECRET_KEY")
    save()

    result = run("invite", "2", "--send", "--guests", save_list())

    assert result.exit_code == 2
    assert result.stderr.startswith("IMPULSCAL_SECRET_KEY is not set")
    assert (office.received, DATABASE.exists()) == ([], False)


def test_an_unknown_session_is_told_with_those_that_there_are() -> None:
    save(f"{SESSION}  - {{id: abend, date: 2021-07-13, title: Ende}}\n")

    result = run("invite", "7", "--dry-run")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "There is no session 7. There are: 2, abend.\n"


def test_a_broken_file_is_told_with_the_command_that_says_why() -> None:
    save(SESSION.replace("2021-06-08", "2021-06-31"))

    result = run("invite", "2", "--dry-run")

    assert result.exit_code == 1
    assert result.stderr == "sessions.yaml has errors. `impulscal check` names them.\n"


def test_of_several_series_the_wanted_one_is_named() -> None:
    save(path="a.yaml")
    save(path="b.yaml", series="andere")
    files = ("--file", "a.yaml", "--file", "b.yaml")

    plain = run("invite", "2", "--dry-run", *files)
    named = run("invite", "andere/2", "--dry-run", *files)
    unknown = run("invite", "andere/3", "--dry-run", *files)

    assert (plain.exit_code, named.exit_code, unknown.exit_code) == (2, 0, 2)
    assert plain.stderr == "Several series have a session 2. Say which: reihe/2, andere/2.\n"
    assert unknown.stderr == "There is no session andere/3. There are: reihe/2, andere/2.\n"


def test_an_id_that_only_one_series_has_is_enough() -> None:
    save(path="a.yaml")
    save(SESSION.replace("id: 2", "id: 3"), "b.yaml", "andere")

    result = run("invite", "3", "--out", "drafts", "--file", "a.yaml", "--file", "b.yaml")

    assert result.exit_code == 0
    assert result.stdout.startswith("Reihe #3: Mitte\n")


def test_a_broken_file_stops_no_other_series_but_nothing_is_guessed() -> None:
    save(path="a.yaml")
    save("sessions: 5\n", "b.yaml", "andere")
    files = ("--file", "a.yaml", "--file", "b.yaml")

    plain = run("invite", "2", "--out", "drafts", *files)
    named = run("invite", "reihe/2", "--out", "drafts", *files)
    broken = run("invite", "andere/2", "--out", "drafts", *files)

    assert (plain.exit_code, named.exit_code, broken.exit_code) == (2, 0, 1)
    assert plain.stderr == (
        "b.yaml has errors, so 2 may be meant there. Say which session you mean: reihe/2.\n"
    )
    assert broken.stderr == "b.yaml has errors. `impulscal check` names them.\n"


@pytest.mark.usefixtures("office")
def test_a_file_that_was_superseded_is_not_sent() -> None:
    save(path="old.yaml")
    publish_file("2021-05-01T09:00", "old.yaml")
    save(SESSION.replace("Mitte", "Ende"))
    publish_file("2021-05-02T09:00")

    result = run("invite", "2", "--send", "--guests", save_list(), "--file", "old.yaml")

    assert (result.exit_code, guests()) == (1, ())
    assert result.stderr.startswith("old.yaml: This file was published before, and another")


def test_a_link_that_the_file_contradicts_is_refused() -> None:
    save()

    result = run("invite", "2", "--dry-run", "--join-url", "https://treffen.example/neu")

    assert result.exit_code == 2
    assert result.stderr.endswith(
        "--join-url: the file names another participation link for session 2. "
        "Change it there (join_url).\n"
    )


def test_the_link_of_the_file_may_be_repeated() -> None:
    save()

    result = run("invite", "2", "--out", "drafts", "--join-url", "https://treffen.example/2")

    assert result.exit_code == 0


@pytest.mark.parametrize("sentence", ["Kommt zu https://treffen.example/x!", "treffen.example/x"])
def test_a_link_that_is_public_is_refused(sentence: str) -> None:
    save(f'sessions:\n  - {{id: 2, date: 2021-06-08, title: Mitte, note: "{sentence}"}}\n')

    result = run("invite", "2", "--out", "drafts", "--join-url", "https://treffen.example/x")

    assert result.exit_code == 2
    assert result.stderr.endswith(
        "--join-url: this link stands in a public text of the file. Delete it there: "
        "invited people get it by mail.\n"
    )
    assert not Path("drafts").exists()


@pytest.mark.usefixtures("office")
def test_only_who_signed_off_can_be_invited_again() -> None:
    save()
    publish_file("2021-05-01T09:00")
    invite_people("2021-05-02T09:00", JUERGEN)

    invited = run("invite", "2", "--send", "--again", JUERGEN.address)
    stranger = run("invite", "2", "--send", "--again", "x@stadt.example")

    assert (invited.exit_code, stranger.exit_code) == (2, 2)
    assert stranger.stderr == (
        "--again: nobody with the address x@stadt.example has signed off from session 2.\n"
    )


def test_who_signed_off_gets_an_invitation_again(office: PostOffice) -> None:
    save()
    publish_file("2021-05-01T09:00")
    (guest,) = invite_people("2021-05-02T09:00", JUERGEN)
    sign_off("2021-05-03T09:00", guest)
    run("outbox", "drain")
    office.received.clear()

    listed = run("invite", "2", "--send", "--guests", save_list())
    again = run("invite", "2", "--send", "--again", "J.Mueller@stadt.example")

    assert listed.stdout == (
        f"{HEADING}"
        "Guest list: 1 new, 1 name corrected, 1 signed off\n"
        "Who signed off is not invited again. Say --again ADDRESS if somebody comes after all.\n"
        "Messages, one to each person: 1 × invitation\n"
        "Sent: 1\n"
    )
    assert again.stdout == f"{HEADING}Messages, one to each person: 1 × invitation\nSent: 1\n"
    assert office.to == ["anna@stadt.example", "j.mueller@stadt.example"]
    assert [one.signed_off_at for one in guests()] == [None, None]
