"""``impulscal invite --dry-run``: a table and one whole message, and nothing is done."""

import pytest

from cli.commands import DATABASE, publish_file, run
from cli.guests import ANNA, HEADING, JUERGEN, SESSION, invite_people, save, save_list, sign_off
from impulscal.invitations.model import Listed
from invitations.mail_servers import PostOffice

NOTHING_DONE = "A dry run: nothing was sent and nothing written."
MOVED = SESSION.replace("2021-06-08", "2021-06-15")


@pytest.fixture(autouse=True)
def _before_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-05-20T09:00")
    monkeypatch.setenv("IMPULSCAL_BASE_URL", "https://kalender.example")


def table(output: str) -> list[str]:
    """Return the lines of the table, its heading included."""
    lines = output.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("  NAME"))
    return lines[first : lines.index("", first)]


def test_nothing_that_strangers_wrote_commands_the_terminal() -> None:
    save()
    line = ';"<mailto:%1b]0;pwn%07%1b[2J%0aBcc:x@y.example>"'
    rows = save_list(line, "\x1b[31mEve\x9b2J;eve@stadt.example", "\x1b[2J\u202e;(at)x.example\x07")

    shown = run("invite", "2", "--guests", rows, "--dry-run").output

    assert [sign for sign in shown if not sign.isprintable() and sign != "\n"] == []
    assert "list.csv:2: “]0;pwn[2J Bcc:x@y.example” is no e-mail address" in shown


def test_it_shows_who_would_get_what_and_one_whole_message() -> None:
    save()

    result = run("invite", "2", "--guests", save_list(), "--dry-run")

    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{HEADING}One message as a whole:\n")
    assert "  To: Jürgen Müller <j.mueller@stadt.example>" in lines
    assert "  https://treffen.example/2" in lines
    assert "  METHOD:REQUEST" in lines
    # What is long comes first: the table stays on the screen.
    assert lines[lines.index("  END:VCALENDAR") + 1 :] == [
        "",
        "Guest list: 2 new",
        "Messages, one to each person: 2 × invitation",
        "",
        "  NAME           ADDRESS                  LANGUAGE  MESSAGE",
        "  Jürgen Müller  j.mueller@stadt.example  de        invitation",
        "  Anna Weiß      anna@stadt.example       de        invitation",
        "",
        NOTHING_DONE,
    ]


def test_nothing_is_sent_and_nothing_written(office: PostOffice) -> None:
    save()
    publish_file("2021-05-01T09:00")
    before = DATABASE.read_bytes()
    save(MOVED)

    result = run("invite", "2", "--send", "--guests", save_list(), "--dry-run")

    assert (result.exit_code, result.stderr) == (0, "")
    assert (office.stages, DATABASE.read_bytes() == before) == ([], True)


def test_it_needs_no_settings_and_tells_which_are_missing() -> None:
    save()

    result = run("invite", "2", "--send", "--guests", save_list(), "--dry-run")

    assert result.exit_code == 0
    assert result.stderr == (
        "To be set before it can be sent: IMPULSCAL_SMTP_URL, IMPULSCAL_SECRET_KEY\n"
    )
    assert not DATABASE.exists()


def test_an_update_tells_what_changed_and_for_whom_nothing_did() -> None:
    save()
    publish_file("2021-05-01T09:00")
    _juergen, anna = invite_people("2021-05-02T09:00", JUERGEN, ANNA)
    sign_off("2021-05-03T09:00", anna)
    save(SESSION.replace("Mitte", "Ende").replace("example/2", "example/neu"))

    result = run("invite", "2", "--update", "--dry-run")

    assert table(result.stdout)[1:] == [
        "  Müller, Jürgen  j.mueller@stadt.example  de        change: title, participation link",
        "  Anna Weiß       anna@stadt.example       de        nothing: signed off",
    ]


def test_why_somebody_gets_nothing_is_told() -> None:
    save()
    publish_file("2021-05-01T09:00")
    invite_people("2021-05-02T09:00", JUERGEN)

    invited = run("invite", "2", "--send", "--dry-run").stdout
    save(MOVED)
    outdated = run("invite", "2", "--send", "--dry-run").stdout

    assert table(invited)[1].endswith("de        nothing: knows all")
    assert table(outdated)[1].endswith("de        nothing: out of date, see --update")
    assert "Out of date: 1. `impulscal invite 2 --update` sends updates." in outdated


def test_who_waits_for_an_invitation_is_named_by_an_update() -> None:
    save()
    publish_file("2021-05-01T09:00")
    invite_people("2021-05-02T09:00", JUERGEN)
    save(MOVED)
    publish_file("2021-05-03T09:00")
    invite_people("2021-05-04T09:00", ANNA)

    told = run("invite", "2", "--update", "--dry-run").stdout

    assert [line.split("de  ")[1].strip() for line in table(told)[1:]] == [
        "new date",
        "nothing: knows all",
    ]


def test_two_people_at_one_address_are_told_and_no_error() -> None:
    save()
    rows = save_list("Erika Muster;post@stadt.example", "Max Muster;post@stadt.example")

    result = run("invite", "2", "--guests", rows, "--dry-run")

    assert result.exit_code == 0
    assert result.stderr.splitlines()[0] == (
        "list.csv:3: post@stadt.example stands in line 2 already, there as Erika Muster. "
        "Max Muster gets no message of their own."
    )


def test_bad_rows_are_told_and_the_rest_is_shown() -> None:
    save()
    rows = save_list("Anna;anna@stadt.example", "B;b(at)stadt.example")

    result = run("invite", "2", "--guests", rows, "--dry-run")

    assert result.exit_code == 1
    assert len(table(result.stdout)) == 2
    assert result.stderr.splitlines()[-1].startswith("list.csv: Entries that cannot be used: 1.")


def test_signs_that_a_terminal_would_obey_are_shown_as_blanks() -> None:
    save()
    publish_file("2021-05-01T09:00")
    invite_people("2021-05-02T09:00", Listed(address="x@stadt.example", name="Eva\x1b[2J\r\nX"))

    told = run("invite", "2", "--send", "--dry-run").stdout

    assert "\x1b" not in told
    assert table(told)[1].startswith("  Eva [2J  X  x@stadt.example")
