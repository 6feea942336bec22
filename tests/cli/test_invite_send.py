"""``impulscal invite --send`` and ``--update``: real mail to a real server."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.commands import publish_file, run
from cli.guests import (
    ANNA,
    HEADING,
    JUERGEN,
    SESSION,
    guests,
    invite_people,
    save,
    save_list,
    sign_off,
    writing,
)
from impulscal.cli import main
from impulscal.invitations import outbox
from impulscal.invitations.guests import remembered_join_link
from impulscal.invitations.model import State
from invitations.mail_servers import PostOffice

NO_LINK = "sessions:\n  - {id: 2, date: 2021-06-08, title: Mitte}\n"
MOVED = SESSION.replace("2021-06-08", "2021-06-15")
MOVED_HEADING = "NEW DATE: Reihe #2: Mitte\nTuesday, 15 June 2021, 12:00–12:30 (CEST)\n"


def mails(office: PostOffice) -> list[EmailMessage]:
    return [
        message_from_bytes(received.data, _class=EmailMessage, policy=policy.default)
        for received in office.received
    ]


def link() -> str | None:
    with writing() as transaction:
        return remembered_join_link(transaction, "reihe", "2")


def states() -> dict[str, State]:
    with writing() as transaction:
        return {one.recipient: one.state for one in outbox.messages(transaction)}


def test_every_guest_gets_a_message_of_their_own(office: PostOffice) -> None:
    save()

    result = run("invite", "2", "--send", "--guests", save_list())

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"{HEADING}Guest list: 2 new\nMessages, one to each person: 2 × invitation\nSent: 2\n"
    )
    assert office.to == ["j.mueller@stadt.example", "anna@stadt.example"]
    assert [mail["To"] for mail in mails(office)] == [
        "Jürgen Müller <j.mueller@stadt.example>",
        "Anna Weiß <anna@stadt.example>",
    ]
    assert [b"anna@" in received.data for received in office.received] == [False, True]


def test_the_file_is_published_first(office: PostOffice) -> None:
    save()
    publish_file("2021-05-01T09:00")
    save(MOVED)

    run("invite", "2", "--send", "--guests", save_list())

    assert run("changes").stdout == "Nothing would change for subscribers.\n"
    assert [mail["Subject"].endswith("15. Juni 2021, 12:00 Uhr") for mail in mails(office)] == [
        True,
        True,
    ]


def test_who_is_invited_already_gets_nothing_twice(office: PostOffice) -> None:
    save()
    run("invite", "2", "--send", "--guests", save_list("Anna;anna@stadt.example"))

    same = run("invite", "2", "--send", "--guests", save_list("Anna;ANNA@stadt.example"))
    more = run("invite", "2", "--send", "--guests", save_list())

    assert same.exit_code == 0
    assert same.stdout == (
        f"{HEADING}Guest list: 1 known already\nNothing to send: every guest was invited.\n"
    )
    assert more.stdout == (
        f"{HEADING}Guest list: 1 new, 1 known already, 1 name corrected\n"
        "Messages, one to each person: 1 × invitation\nSent: 1\n"
    )
    assert office.to == ["anna@stadt.example", "j.mueller@stadt.example"]


@pytest.mark.usefixtures("office")
def test_a_later_list_corrects_what_is_known_though_nothing_is_due() -> None:
    save()
    run("invite", "2", "--send", "--guests", save_list("Ana;anna@stadt.example"))
    Path("list.csv").write_text(
        "Name;E-Mail;Sprache\nAnna;anna@stadt.example;en\n", encoding="utf-8"
    )

    result = run("invite", "2", "--send", "--guests", "list.csv", "--lang", "de")

    assert (result.exit_code, result.stdout.splitlines()[2:]) == (
        0,
        [
            "Gästeliste: 1 schon bekannt, 1 Name berichtigt",
            "Nichts zu senden: Alle Gäste sind eingeladen.",
        ],
    )
    assert [(guest.name, guest.language) for guest in guests()] == [("Anna", "en")]


def test_guests_who_wait_for_an_invitation_get_it_without_a_list(office: PostOffice) -> None:
    save()
    publish_file("2021-05-01T09:00")
    invite_people("2021-05-02T09:00", JUERGEN)
    run("outbox", "drain")
    private = guests()[0]
    with writing() as transaction:
        transaction.connection.exec_driver_sql("UPDATE guest SET told = NULL, told_at = NULL")

    result = run("invite", "2", "--send")

    assert private.address == "j.mueller@stadt.example"
    assert result.stdout.splitlines()[-1] == "Sent: 1"
    assert office.to == ["j.mueller@stadt.example"] * 2


@pytest.mark.usefixtures("office")
def test_without_guests_there_is_nothing_to_do() -> None:
    save()

    send, update = run("invite", "2", "--send"), run("invite", "2", "--update")

    nothing = f"{HEADING}The session has no guests yet. Say --guests FILE.\n"
    assert (send.exit_code, send.stdout) == (0, nothing)
    assert (update.exit_code, update.stdout) == (0, nothing)
    assert sorted(Path().iterdir()) == [Path("sessions.yaml")]


def test_a_list_may_come_from_standard_input(office: PostOffice) -> None:
    save()
    pasted = '"Müller, Jürgen" <j.mueller@stadt.example>; anna@stadt.example'

    result = CliRunner().invoke(
        main, ("invite", "2", "--send", "--guests", "-"), input=pasted, catch_exceptions=False
    )

    assert result.exit_code == 0
    assert office.to == ["j.mueller@stadt.example", "anna@stadt.example"]


def test_bad_rows_keep_all_from_being_invited_unless_they_are_skipped(office: PostOffice) -> None:
    save()
    rows = save_list("Anna;anna@stadt.example", "B;b(at)stadt.example")

    refused = run("invite", "2", "--send", "--guests", rows)
    before = list(office.to)
    done = run("invite", "2", "--send", "--guests", rows, "--skip-bad-rows")

    assert (refused.exit_code, refused.stdout, before) == (1, "", [])
    assert refused.stderr.startswith("list.csv:3: “b(at)stadt.example”")
    assert (done.exit_code, office.to) == (0, ["anna@stadt.example"])
    assert done.stderr.startswith("list.csv:3: “b(at)stadt.example”")


def test_more_guests_than_places_are_told_and_invited(office: PostOffice) -> None:
    save(SESSION.replace("title: Mitte", "title: Mitte, registration: {places: 1}"))

    result = run("invite", "2", "--send", "--guests", save_list())

    assert (result.exit_code, len(office.to)) == (0, 2)
    assert result.stderr == "There are 1 places, but 2 guests.\n"


def test_a_link_from_the_command_line_is_remembered(office: PostOffice) -> None:
    save(NO_LINK)
    url = "https://treffen.example/neu"

    first = run("invite", "2", "--send", "--guests", save_list(), "--join-url", url)
    later = run("invite", "2", "--send", "--guests", save_list("Bo;bo@stadt.example"))

    assert (first.exit_code, later.exit_code, link()) == (0, 0, url)
    assert [url in str(mail.get_body(("plain",))) for mail in mails(office)] == [True] * 3


@pytest.mark.usefixtures("office")
def test_without_a_link_nobody_is_invited_and_nothing_is_written() -> None:
    save(NO_LINK)

    result = run("invite", "2", "--send", "--guests", save_list())

    assert result.exit_code == 1
    assert result.stderr.startswith("Session 2 has no participation link.")
    assert not Path("instance").exists()


def test_another_link_from_the_command_line_is_told_to_all_with_update(office: PostOffice) -> None:
    save(NO_LINK)
    run("invite", "2", "--send", "--guests", save_list(), "--join-url", "https://a.example/1")

    result = run("invite", "2", "--update", "--join-url", "https://a.example/2")

    assert result.stdout == f"{HEADING}Messages, one to each person: 2 × change\nSent: 2\n"
    assert [mail["Subject"].split(":")[0] for mail in mails(office)[2:]] == ["Geändert"] * 2


def test_a_link_is_remembered_where_nobody_has_to_be_told(office: PostOffice) -> None:
    save(NO_LINK)
    run("invite", "2", "--send", "--guests", save_list(), "--join-url", "https://a.example/1")

    result = run("invite", "2", "--send", "--join-url", "https://a.example/2")

    assert (len(office.to), link()) == (2, "https://a.example/2")
    assert result.stdout == (
        f"{HEADING}Nothing to send: every guest was invited.\n"
        "Out of date: 2. `impulscal invite 2 --update` sends updates.\n"
    )


def test_an_update_goes_exactly_to_those_whose_copy_is_out_of_date(office: PostOffice) -> None:
    save()
    publish_file("2021-05-01T09:00")
    _juergen, anna = invite_people("2021-05-02T09:00", JUERGEN, ANNA)
    sign_off("2021-05-03T09:00", anna)
    run("outbox", "drain")
    office.received.clear()
    save(MOVED)

    moved, again = run("invite", "2", "--update"), run("invite", "2", "--update")

    assert moved.stdout == (f"{MOVED_HEADING}Messages, one to each person: 1 × new date\nSent: 1\n")
    assert again.stdout == f"{MOVED_HEADING}Nothing to send: no invitation is out of date.\n"
    assert office.to == ["j.mueller@stadt.example"]


def test_a_cancellation_is_told_by_an_update_and_nobody_is_invited_any_more(
    office: PostOffice,
) -> None:
    save()
    publish_file("2021-05-01T09:00")
    invite_people("2021-05-02T09:00", JUERGEN)
    save(SESSION.replace("title: Mitte", "title: Mitte, status: cancelled"))

    send = run("invite", "2", "--send", "--guests", save_list())
    update = run("invite", "2", "--update")

    assert send.exit_code == 1
    assert send.stderr == (
        "Session 2 is cancelled: nobody is invited. --update tells those who were invited.\n"
    )
    assert update.stdout.splitlines()[2:] == [
        "Messages, one to each person: 1 × cancellation",
        "Sent: 2",
    ]
    assert [mail["Subject"].split(":")[0] for mail in mails(office)] == ["Einladung", "Abgesagt"]


def test_guests_of_a_withdrawn_session_can_still_be_told(office: PostOffice) -> None:
    save()
    publish_file("2021-05-01T09:00")
    invite_people("2021-05-02T09:00", JUERGEN)
    run("outbox", "drain")
    save(f"{SESSION}withdrawn: [2]\n")

    result = run("invite", "2", "--update")

    assert result.exit_code == 0
    assert [mail["Subject"].split(":")[0] for mail in mails(office)] == ["Einladung", "Abgesagt"]


def test_of_a_session_that_is_over_nobody_is_told_anything(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    save()
    publish_file("2021-05-01T09:00")
    invite_people("2021-05-02T09:00", JUERGEN)
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-06-09T09:00")

    send = run("invite", "2", "--send", "--guests", save_list())
    update = run("invite", "2", "--update")

    assert (send.exit_code, update.exit_code, office.to) == (1, 0, [])
    assert send.stderr == (
        "Session 2 is over: nobody is invited any more. --out still writes files.\n"
    )
    assert update.stdout == (f"{HEADING}The session is over: nobody is told anything any more.\n")


def test_what_the_server_refuses_is_told_in_its_words(office: PostOffice) -> None:
    save()
    office.answers = {"RCPT": ["550 5.1.1 No such user", "450 4.2.0 Try again later"]}
    rows = ("A;a@stadt.example", "B;b@stadt.example", "C;c@stadt.example")

    result = run("invite", "2", "--send", "--guests", save_list(*rows))

    assert result.exit_code == 1
    assert result.stdout.splitlines()[3:] == [
        "Messages, one to each person: 3 × invitation",
        "Sent: 1",
        "Given up, since the mail server refused for good: 1",
        "  1 × 550 5.1.1 No such user",
        (
            "`impulscal outbox` names them. Is the mailbox full or the server at fault, say "
            "`impulscal outbox retry` later. Is an address wrong, erase it with "
            "`impulscal forget --guest ADDRESS` and invite the right one."
        ),
        "Not taken yet: 1",
        "  1 × 450 4.2.0 Try again later",
        (
            "What waits is tried again by `impulscal serve`, or when you say "
            "`impulscal outbox drain`."
        ),
    ]
    assert states() == {
        "a@stadt.example": State.GIVEN_UP,
        "b@stadt.example": State.FAILED,
        "c@stadt.example": State.SENT,
    }


def test_what_will_only_be_tried_again_is_no_failure(office: PostOffice) -> None:
    save()
    office.answers = {"RCPT": ["450 4.2.0 Try again later"]}

    result = run("invite", "2", "--send", "--guests", save_list("A;a@stadt.example"))

    assert result.exit_code == 0


def test_without_the_mail_server_invitations_wait_and_that_is_told(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    save()
    monkeypatch.setenv("IMPULSCAL_SMTP_URL", "smtp://127.0.0.1:1")

    result = run("invite", "2", "--send", "--guests", save_list())

    assert result.exit_code == 1
    assert result.stderr.startswith("The mail server 127.0.0.1:1 cannot be reached")
    assert result.stdout.splitlines()[-2:] == [
        "Sent: 0",
        (
            "What waits is tried again by `impulscal serve`, or when you say "
            "`impulscal outbox drain`."
        ),
    ]
    assert set(states().values()) == {State.QUEUED}
    assert office.received == []


def test_who_was_refused_is_invited_again(office: PostOffice) -> None:
    save()
    office.answers = {"RCPT": ["550 5.1.1 No such user", "450 4.2.0 Try again later"]}
    run("invite", "2", "--send", "--guests", save_list())

    result = run("invite", "2", "--send")

    assert (result.exit_code, result.stdout) == (
        0,
        (
            f"{HEADING}Messages, one to each person: 1 × invitation\n"
            "Earlier messages that never arrived: 1. `impulscal outbox` tells why.\n"
            "Sent: 1\n"
        ),
    )


@pytest.mark.usefixtures("office")
def test_nobody_is_told_anything_if_no_sender_is_known() -> None:
    save().write_text(
        Path("sessions.yaml").read_text(encoding="utf-8").replace("  organizer:", "  # "),
        encoding="utf-8",
    )

    result = run("invite", "2", "--send", "--guests", save_list())

    assert result.exit_code == 2
    assert result.stderr.startswith("reihe has no address that its invitations come from.")
    assert guests() == ()


def test_many_guests_are_queued_in_parts_and_none_is_left_out(office: PostOffice) -> None:
    save()
    rows = [f"Gast {number};gast{number}@stadt.example" for number in range(60)]

    result = run("invite", "2", "--send", "--guests", save_list(*rows))

    assert result.stdout.splitlines()[-1] == "Sent: 60"
    assert sorted(office.to) == sorted(f"gast{number}@stadt.example" for number in range(60))


def test_after_a_failure_half_way_the_others_are_invited_and_nobody_twice(
    office: PostOffice,
) -> None:
    save()
    publish_file("2021-05-01T09:00")
    rows = save_list(*(f"Gast {number};gast{number}@stadt.example" for number in range(60)))
    with writing() as transaction:
        transaction.connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON message WHEN (SELECT count(*) FROM message) > 54 "
            "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )

    failed = run("invite", "2", "--send", "--guests", rows)
    with writing() as transaction:
        transaction.connection.exec_driver_sql("DROP TRIGGER full")
    done = run("invite", "2", "--send")

    assert (failed.exit_code, done.exit_code) == (1, 0)
    assert "disk full" in failed.stderr
    assert done.stdout.splitlines()[2:] == [
        "Messages, one to each person: 10 × invitation",
        "Sent: 60",
    ]
    assert sorted(office.to) == sorted(f"gast{number}@stadt.example" for number in range(60))


def test_german_says_it_in_german(office: PostOffice) -> None:
    save()

    result = run("--lang", "de", "invite", "2", "--send", "--guests", save_list())

    assert len(office.to) == 2
    assert result.stdout == (
        "Reihe #2: Mitte\n"
        "Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)\n"
        "Gästeliste: 2 neu\n"
        "Nachrichten, jede Person erhält ihre eigene: 2 × Einladung\n"
        "Gesendet: 2\n"
    )
