"""``impulscal replies``: messages from files, mailboxes and standard input."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.commands import run
from impulscal.cli import main
from impulscal.invitations.model import Partstat
from invitations.answers import Written, sample
from invitations.house import House

pytestmark = pytest.mark.usefixtures("house")

COMMAND = [sys.executable, "-c", "from impulscal.cli import main; main()", "replies"]

ACCEPTED = "stadtimpuls, session 2: accepted.\n"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Give a series whose guest is invited, and a command that works on it."""
    built = House(tmp_path)
    built.add()
    built.invite()
    monkeypatch.setenv("IMPULSCAL_DATABASE_URL", built.url)
    monkeypatch.setenv("IMPULSCAL_NOW", "2021-05-20T12:30")
    yield built
    built.database.close()


def saved(name: str, data: bytes) -> str:
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return name


def piped(data: bytes, *arguments: str) -> Result:
    return CliRunner().invoke(main, ("replies", *arguments), input=data, catch_exceptions=False)


def answers(house: House) -> list[Partstat]:
    return [guest.partstat for guest in house.guests()]


def test_a_message_in_a_file_is_recorded(house: House) -> None:
    file = saved("answer.eml", sample("google"))

    result = run("replies", file)

    assert (result.exit_code, result.output) == (0, f"answer.eml: {ACCEPTED}")
    assert answers(house) == [Partstat.ACCEPTED]


def test_what_is_ignored_is_told_with_its_reason_and_no_problem(house: House) -> None:
    file = saved("answer.eml", Written(sender="From: eve@elsewhere.example").mail())

    result = run("replies", file)

    assert (result.exit_code, result.output) == (
        0,
        "answer.eml: stadtimpuls, session 2: ignored. The sender is not the one who answers.\n",
    )
    assert answers(house) == [Partstat.NEEDS_ACTION]


def test_a_maildir_is_read_and_left_as_it_was() -> None:
    for folder in ("cur", "new", "tmp"):
        Path("Mail", folder).mkdir(parents=True)
    saved("Mail/new/1.host", b"Subject: Hello\n\nHello.\n")
    saved("Mail/new/2.host", sample("google"))
    saved("Mail/cur/3.host:2,S", sample("exchange"))
    saved("Mail/cur/.hidden", sample("apple"))
    saved("Mail/tmp/4.host", sample("apple"))
    before = sorted((file, file.stat().st_mtime_ns) for file in Path("Mail").rglob("*"))

    result = run("replies", "Mail")

    assert result.output == (
        f"Mail/new/2.host: {ACCEPTED}"
        "Mail/cur/3.host:2,S: stadtimpuls, session 2: known already.\n"
        "Recorded: 1, known already: 1, ignored: 0, other mail: 1.\n"
    )
    assert sorted((file, file.stat().st_mtime_ns) for file in Path("Mail").rglob("*")) == before


def test_a_second_run_records_nothing(house: House) -> None:
    files = [saved(f"{name}.eml", sample(name)) for name in ("google", "winmail")]
    run("replies", *files)
    before = house.guests()

    result = run("replies", *files)

    assert result.output == (
        "google.eml: stadtimpuls, session 2: known already.\n"
        "winmail.eml: ignored. It is in Outlook's own form (winmail.dat), which only Outlook "
        "reads. Please look at it by hand.\n"
        "Recorded: 0, known already: 1, ignored: 1, other mail: 0.\n"
    )
    assert house.guests() == before


def test_an_mbox_is_read_message_by_message() -> None:
    line = b"From MAILER-DAEMON Thu May 20 12:15:00 2021\n"
    mails = [b"Subject: Hello\n\nFrom here on.\n", sample("apple"), sample("google")]
    file = saved("box", b"".join(line + mail + b"\n" for mail in mails))

    result = run("replies", file)

    assert result.output == (
        "box:2: stadtimpuls, session 2: declined.\n"
        "box:3: stadtimpuls, session 2: known already.\n"
        "Recorded: 1, known already: 1, ignored: 0, other mail: 1.\n"
    )


def test_a_mail_filter_gives_one_message_to_standard_input(house: House) -> None:
    result = piped(b"From x Thu May 20 12:15:00 2021\n" + sample("thunderbird"))

    assert (result.exit_code, result.output) == (0, f"-: {ACCEPTED}")
    assert answers(house) == [Partstat.ACCEPTED]


@pytest.mark.parametrize("data", [b"", b"Subject: Hello\n\nHello.\n", b"\xff" * 100])
def test_a_mail_filter_bounces_no_mail(data: bytes) -> None:
    result = piped(data)

    assert (result.exit_code, result.output) == (0, "-: no answer of a calendar program.\n")


def test_a_mail_server_keeps_the_message_while_there_is_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPULSCAL_DATABASE_URL", f"sqlite:///{tmp_path}/other.sqlite3")

    elsewhere = piped(sample("google"))
    monkeypatch.setenv("IMPULSCAL_DATABASE_URL", "nonsense")
    misspelt = piped(sample("google"))

    assert (elsewhere.exit_code, misspelt.exit_code) == (75, 75)
    assert elsewhere.stderr.startswith("There is no database at IMPULSCAL_DATABASE_URL")
    assert misspelt.stderr.startswith("IMPULSCAL_DATABASE_URL is not the address of a database")


def test_what_cannot_be_read_is_told_and_the_rest_is_taken() -> None:
    Path("folder").mkdir()
    file = saved("answer.eml", sample("google"))

    result = run("replies", "missing.eml", "folder", file)

    assert result.exit_code == 1
    assert result.stderr == (
        "missing.eml cannot be read (there is no such file).\n"
        "folder is no Maildir: it has no folders new and cur. Name files, or a Maildir.\n"
    )
    assert result.stdout == f"answer.eml: {ACCEPTED}"


def test_programs_get_json() -> None:
    files = [saved(f"{name}.eml", sample(name)) for name in ("exchange", "winmail")]

    result = run("replies", "--format", "json", *files)

    assert json.loads(result.output) == [
        {
            "file": "exchange.eml",
            "outcome": "recorded",
            "series": "stadtimpuls",
            "session": "2",
            "answer": "TENTATIVE",
        },
        {"file": "winmail.eml", "outcome": "tnef", "series": None, "session": None, "answer": None},
    ]


def test_nothing_of_the_guest_is_told() -> None:
    texts = [
        run("replies", "--format", form, saved("a.eml", Written(partstat=answer).mail())).output
        for form in ("text", "json")
        for answer in ("ACCEPTED", "DELEGATED", "x")
    ]

    assert [text for text in texts if "mueller" in text or "stadt.example" in text] == []


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (Written(partstat="TENTATIVE"), "stadtimpuls, Termin 2: vielleicht.\n"),
        (
            Written(method="COUNTER"),
            "übergangen. Sie schlägt ein anderes Datum vor. Bitte antworten Sie selbst.\n",
        ),
    ],
)
def test_in_german(written: Written, words: str) -> None:
    file = saved("a.eml", written.mail())

    assert run("--lang", "de", "replies", file).output == f"a.eml: {words}"


def test_at_a_terminal_it_says_what_to_do() -> None:
    main_end, terminal = os.openpty()
    done = subprocess.run(COMMAND, stdin=terminal, capture_output=True, check=False)
    os.close(main_end)
    os.close(terminal)

    assert (done.returncode, done.stderr) == (
        2,
        b"Name files, or pipe a message into the command.\n",
    )


def test_on_a_terminal_it_shows_how_far_it_is() -> None:
    files = [saved(f"{number}.eml", sample("winmail")) for number in range(3)]
    main_end, terminal = os.openpty()

    done = subprocess.run([*COMMAND, *files], stdout=subprocess.PIPE, stderr=terminal, check=True)
    os.close(terminal)
    shown = os.read(main_end, 10_000)
    os.close(main_end)

    assert b"Messages read: 2" in shown
    assert shown.endswith(b"\r\x1b[K")
    assert len(done.stdout.splitlines()) == 4


def test_a_real_process_reads_all_that_is_piped(house: House) -> None:
    done = subprocess.run(
        COMMAND,
        input=sample("google") + b"x" * (12 * 1024 * 1024),
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (
        0,
        b"-: ignored. It is larger than 10 MB, which no answer is.\n",
    )
    assert answers(house) == [Partstat.NEEDS_ACTION]
