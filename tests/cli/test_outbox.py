"""``impulscal outbox``: what waits, what failed, and trying again."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from cli.commands import publish_file, run
from cli.guests import ANNA, JUERGEN, at, invite_people, save, writing
from impulscal.invitations import outbox
from impulscal.invitations.model import Listed
from invitations.mail_servers import PostOffice

BO = Listed(address="bo@stadt.example", name="Bo")
NO_DATABASE = (
    "There is no database, so there are no guests and no messages. "
    "IMPULSCAL_DATABASE_URL names it.\n"
)


@pytest.fixture
def _invited() -> None:
    save()
    publish_file("2021-05-01T09:00")
    invite_people("2021-05-20T06:00", JUERGEN, ANNA, BO)


@pytest.fixture
def _tried(_invited: None, office: PostOffice) -> None:
    """Let Jürgen's message be refused for good, Anna's for now, and Bo's be taken."""
    office.answers = {"RCPT": ["550 5.1.1 No such user", "450 4.2.0 Try again later"]}
    run("outbox", "drain")


@pytest.mark.usefixtures("_tried")
def test_what_is_not_sent_is_listed_with_the_words_of_the_server() -> None:
    result = run("outbox")

    assert result.exit_code == 0
    assert result.stdout == (
        "  ID  STATE     AGE  ATTEMPTS  NEXT      RECIPIENT\n"
        "  1   given up  3 h  1         –         j.mueller@stadt.example\n"
        "      invitation, reihe/2: 550 5.1.1 No such user\n"
        "  2   failed    3 h  1         in 1 min  anna@stadt.example\n"
        "      invitation, reihe/2: 450 4.2.0 Try again later\n"
        "\n"
        "sent: 1, failed: 1, given up: 1\n"
    )


@pytest.mark.usefixtures("_invited")
def test_nothing_that_a_mail_server_says_commands_the_terminal() -> None:
    said = "550 \x1b]0;x\x07\x9b2J\u202e"
    with writing() as transaction:
        claimed = outbox.claim(transaction, now=at("2021-05-20T06:01"), lease=timedelta(minutes=5))
        assert claimed is not None
        outbox.give_up(transaction, claimed, said)

    text, programs, person = (
        run(*arguments).output
        for arguments in (
            ("outbox",),
            ("outbox", "--format", "json"),
            ("export", "--guest", JUERGEN.address),
        )
    )

    assert "reihe/2: 550  ]0;x  2J" in text
    assert [
        sign for sign in text + programs + person if not sign.isprintable() and sign != "\n"
    ] == []
    assert json.loads(programs)[0]["reply"] == said


@pytest.mark.usefixtures("_tried")
def test_german_says_it_in_german() -> None:
    assert run("--lang", "de", "outbox").stdout == (
        "  ID  STAND           ALTER   VERSUCHE  WIEDER     AN\n"
        "  1   aufgegeben      3 Std.  1         –          j.mueller@stadt.example\n"
        "      Einladung, reihe/2: 550 5.1.1 No such user\n"
        "  2   fehlgeschlagen  3 Std.  1         in 1 Min.  anna@stadt.example\n"
        "      Einladung, reihe/2: 450 4.2.0 Try again later\n"
        "\n"
        "gesendet: 1, fehlgeschlagen: 1, aufgegeben: 1\n"
    )


@pytest.mark.usefixtures("_tried")
def test_what_was_sent_is_listed_on_demand() -> None:
    lines = run("outbox", "--all").stdout.splitlines()

    assert [line.split()[:2] for line in lines[1:7:2]] == [
        ["1", "given"],
        ["2", "failed"],
        ["3", "sent"],
    ]


@pytest.mark.usefixtures("_tried")
def test_programs_get_all_as_json_without_any_text_of_a_message() -> None:
    given_up, failed, sent = json.loads(run("outbox", "--format", "json").stdout)

    assert [one["state"] for one in (given_up, failed, sent)] == ["given up", "failed", "sent"]
    assert (sent["due_at"], sent["reply"]) == (None, "250 Taken as number 1")
    assert failed == {
        "id": 2,
        "state": "failed",
        "kind": "invitation",
        "series": "reihe",
        "session": "2",
        "recipient": "anna@stadt.example",
        "message_id": failed["message_id"],
        "queued_at": "2021-05-20T04:00:00+00:00",
        "attempts": 1,
        "attempted_at": failed["attempted_at"],
        "due_at": failed["due_at"],
        "sent_at": None,
        "reply": "450 4.2.0 Try again later",
    }


@pytest.mark.usefixtures("_invited")
def test_an_age_is_told_in_days_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-05-25T06:00")

    assert run("outbox").stdout.splitlines()[1] == (
        "  1   queued  5 d  0         now   j.mueller@stadt.example"
    )


def test_where_there_is_no_database_none_is_made() -> None:
    save()

    results = [run("outbox"), run("outbox", "retry")]

    assert [(one.exit_code, one.stderr) for one in results] == [(1, NO_DATABASE)] * 2
    assert not Path("instance").exists()


def test_an_empty_outbox_says_so() -> None:
    save()
    publish_file("2021-05-01T09:00")

    assert run("outbox").stdout == "The outbox is empty.\n"
    assert run("outbox", "--format", "json").stdout == "[]\n"


@pytest.mark.usefixtures("_invited")
def test_draining_sends_what_waits(office: PostOffice) -> None:
    result = run("outbox", "drain")

    assert (result.exit_code, result.stdout) == (0, "Sent: 3\n")
    assert office.to == ["j.mueller@stadt.example", "anna@stadt.example", "bo@stadt.example"]


@pytest.mark.usefixtures("_invited")
def test_draining_fails_if_something_was_given_up(office: PostOffice) -> None:
    office.answers = {"RCPT": ["550 5.1.1 No such user"]}

    assert run("outbox", "drain").exit_code == 1
    assert run("outbox", "drain").exit_code == 0


def test_draining_needs_a_mail_server() -> None:
    save()

    result = run("outbox", "drain")

    assert result.exit_code == 2
    assert result.stderr.startswith("IMPULSCAL_SMTP_URL is not set")


@pytest.mark.usefixtures("_tried")
def test_all_that_failed_or_was_given_up_is_tried_again(office: PostOffice) -> None:
    retried = run("outbox", "retry")
    drained = run("outbox", "drain")

    assert retried.stdout == (
        "Due again: 2. `impulscal serve` sends them by itself; or say `impulscal outbox drain`.\n"
    )
    assert drained.stdout == "Sent: 2\n"
    assert sorted(office.to) == [
        "anna@stadt.example",
        "bo@stadt.example",
        "j.mueller@stadt.example",
    ]


@pytest.mark.usefixtures("_tried")
def test_one_message_is_tried_again(office: PostOffice) -> None:
    run("outbox", "retry", "1")
    run("outbox", "drain")

    assert office.to == ["bo@stadt.example", "j.mueller@stadt.example"]


@pytest.mark.usefixtures("_tried")
def test_wrong_ids_are_wrong_use() -> None:
    unknown, both = run("outbox", "retry", "77"), run("outbox", "retry", "1", "--all")

    assert (unknown.exit_code, both.exit_code) == (2, 2)
    assert unknown.stderr == "There is no message 77. `impulscal outbox --all` lists them.\n"


@pytest.mark.usefixtures("_invited")
def test_where_nothing_failed_there_is_nothing_to_try_again() -> None:
    assert run("outbox", "retry", "--all").stdout == "There was nothing to try again.\n"


@pytest.mark.usefixtures("_invited")
def test_a_message_that_is_being_sent_is_shown_as_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-05-20T06:02")
    with writing() as transaction:
        outbox.claim(transaction, now=at("2021-05-20T06:01"), lease=timedelta(minutes=5))

    assert run("outbox").stdout.splitlines()[1] == (
        "  1   sending  2 min  1         –     j.mueller@stadt.example"
    )
