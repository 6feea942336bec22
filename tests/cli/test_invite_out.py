"""``impulscal invite --out``: files for staff who send from a program of their own."""

import os
import stat
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from cli.commands import DATABASE, publish_file, run
from cli.guests import HEADING, JUERGEN, SESSION, invite_people, save, save_list, sign_off

WHAT_NEXT = (
    "Open the .eml file in Outlook and press Send.\n"
    "With another program: attach the .ics file to a mail of your own.\n"
    "Contains the participation link. Do not publish.\n"
)
NO_LINK = "sessions:\n  - {id: 2, date: 2021-06-08, title: Mitte}\n"


@pytest.fixture(autouse=True)
def _before_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-05-20T09:00")
    monkeypatch.setenv("IMPULSCAL_BASE_URL", "https://kalender.example")


def names(folder: str = "drafts") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def test_the_single_invitation_is_written_without_any_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("IMPULSCAL_BASE_URL")
    save()

    result = run("invite", "2", "--out", "drafts")

    assert (result.exit_code, result.stdout) == (0, f"{HEADING}drafts: 2 files\n{WHAT_NEXT}")
    assert names() == ["reihe-2-2021-06-08.eml", "reihe-2-2021-06-08.ics"]
    assert sorted(Path().iterdir()) == [Path("drafts"), Path("sessions.yaml")]
    assert result.stderr == (
        "IMPULSCAL_BASE_URL is not set: links in the messages lead to http://127.0.0.1:8000, "
        "where nobody else gets to.\n"
    )


def test_a_draft_opens_for_sending_and_holds_the_link() -> None:
    save()

    run("invite", "2", "--out", "drafts", "--guests", save_list())

    draft = Path("drafts/reihe-2-2021-06-08-j.mueller@stadt.example.eml").read_bytes()
    mail = message_from_bytes(draft, policy=policy.default)
    body = mail.get_body(("plain",))
    assert (mail["X-Unsent"], mail["To"]) == ("1", "Jürgen Müller <j.mueller@stadt.example>")
    assert body is not None
    assert "https://treffen.example/2" in body.get_content()
    assert b"anna" not in draft


def test_each_guest_gets_two_files_and_duplicates_are_told() -> None:
    save()
    rows = ("Anna Weiß;anna@stadt.example", "Bo;bo@stadt.example", "ANNA;Anna@Stadt.example")

    result = run("invite", "2", "--out", "a/b", "--guests", save_list(*rows))

    assert result.stdout == (
        f"{HEADING}Guest list: 2 to invite, 1 duplicate (merged)\na/b: 4 files\n{WHAT_NEXT}"
    )
    assert names("a/b") == [
        "reihe-2-2021-06-08-anna@stadt.example.eml",
        "reihe-2-2021-06-08-anna@stadt.example.ics",
        "reihe-2-2021-06-08-bo@stadt.example.eml",
        "reihe-2-2021-06-08-bo@stadt.example.ics",
    ]


def test_only_their_owner_reads_the_files_and_the_folder_made_for_them() -> None:
    save()
    before = os.umask(0o022)

    run("invite", "2", "--out", "drafts", "--guests", save_list())

    os.umask(before)
    assert stat.S_IMODE(Path("drafts").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in Path("drafts").iterdir()} == {0o600}


def test_of_a_cancelled_session_the_cancellation_is_told_and_no_link() -> None:
    save(SESSION.replace("title: Mitte", "title: Mitte, registration: {places: 1}"))
    publish_file("2021-05-01T09:00")
    save(
        SESSION.replace(
            "title: Mitte", "title: Mitte, registration: {places: 1}, status: cancelled"
        )
    )

    result = run("invite", "2", "--out", "drafts", "--guests", save_list())

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[2:] == [
        "Guest list: 2 to be told of the cancellation",
        "drafts: 4 files",
        *WHAT_NEXT.splitlines()[:2],
        "The drafts tell that the session is cancelled; no participation link is in them.",
    ]
    assert [path for path in Path("drafts").iterdir() if b"treffen" in path.read_bytes()] == []


def test_files_of_an_earlier_time_are_replaced_and_others_stay() -> None:
    save()
    run("invite", "2", "--out", "drafts")
    Path("drafts/notes.txt").write_text("mine", encoding="utf-8")
    save(SESSION.replace("Mitte", "Ende"))

    run("invite", "2", "--out", "drafts")

    assert names() == ["notes.txt", "reihe-2-2021-06-08.eml", "reihe-2-2021-06-08.ics"]
    assert b"SUMMARY:Reihe #2: Ende" in Path("drafts/reihe-2-2021-06-08.ics").read_bytes()


def test_the_history_stays_as_it_is() -> None:
    save()
    publish_file("2021-05-01T09:00")
    before = DATABASE.read_bytes()
    save(NO_LINK)

    result = run("invite", "2", "--out", "drafts", "--join-url", "https://treffen.example/neu")

    assert result.exit_code == 0
    assert DATABASE.read_bytes() == before
    assert b"https://treffen.example/neu" in Path("drafts/reihe-2-2021-06-08.ics").read_bytes()


def test_without_a_link_nothing_is_written() -> None:
    save(NO_LINK)

    result = run("invite", "2", "--out", "drafts")

    assert (result.exit_code, Path("drafts").exists()) == (1, False)
    assert result.stderr == (
        "Session 2 has no participation link. Write join_url: https://… at the session in the "
        "file, or say --join-url https://….\n"
    )


def test_a_session_that_is_over_is_written_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_NOW", "2026-05-20T09:00")
    save()

    result = run("invite", "2", "--out", "drafts")

    assert (result.exit_code, result.stderr) == (0, "The session is over.\n")


def test_who_signed_off_gets_no_draft() -> None:
    save()
    publish_file("2021-05-01T09:00")
    (guest,) = invite_people("2021-05-02T09:00", JUERGEN)
    sign_off("2021-05-03T09:00", guest)

    result = run("invite", "2", "--out", "drafts", "--guests", save_list())

    assert result.stdout.splitlines()[2] == "Guest list: 1 to invite, 1 signed off"
    assert len(names()) == 2


def test_bad_rows_are_all_told_and_nothing_is_written() -> None:
    save()
    rows = ("Anna;anna@stadt.example", "B;b(at)stadt.example", "C;", "D;d@stadt.example", "E;e@")
    guests = save_list(*rows)

    refused = run("invite", "2", "--out", "drafts", "--guests", guests)
    done = run("invite", "2", "--out", "drafts", "--guests", guests, "--skip-bad-rows")

    assert (refused.exit_code, refused.stdout) == (1, "")
    told = refused.stderr.splitlines()
    assert [line[:11] for line in told[:3]] == ["list.csv:3:", "list.csv:4:", "list.csv:6:"]
    assert " ".join(told[3:]) == (
        "list.csv: Entries that cannot be used: 3. Nothing is sent and nothing written, so that "
        "nobody is left out unnoticed. Mend the list, or say --skip-bad-rows."
    )
    assert (done.exit_code, len(names())) == (0, 4)


def test_a_list_with_bad_rows_alone_invites_nobody() -> None:
    save()
    guests = ("--guests", save_list("B;b(at)stadt.example"), "--skip-bad-rows")

    result = run("invite", "2", "--out", "drafts", *guests)

    assert (result.exit_code, result.stdout) == (0, f"{HEADING}Guest list: 0 to invite\n")
    assert not Path("drafts").exists()


def test_a_folder_that_cannot_be_made_is_told() -> None:
    save()
    Path("file").write_text("", encoding="utf-8")

    result = run("invite", "2", "--out", "file/drafts")

    assert result.exit_code == 1
    assert result.stderr.startswith("file/drafts/reihe-2-2021-06-08.eml cannot be written: ")


def test_a_dry_run_tells_the_files_and_one_draft() -> None:
    save()

    result = run("invite", "2", "--out", "drafts", "--guests", save_list(), "--dry-run")

    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[3:7] == [
        "drafts/reihe-2-2021-06-08-j.mueller@stadt.example.eml",
        "drafts/reihe-2-2021-06-08-j.mueller@stadt.example.ics",
        "drafts/reihe-2-2021-06-08-anna@stadt.example.eml",
        "drafts/reihe-2-2021-06-08-anna@stadt.example.ics",
    ]
    assert "  To: Jürgen Müller <j.mueller@stadt.example>" in lines
    assert lines[-1] == "A dry run: nothing was sent and nothing written."
    assert not Path("drafts").exists()


def test_more_people_than_places_are_told() -> None:
    save(SESSION.replace("title: Mitte", "title: Mitte, registration: {places: 1}"))

    result = run("invite", "2", "--out", "drafts", "--guests", save_list())

    assert (result.exit_code, result.stderr) == (0, "There are 1 places, but 2 guests.\n")
