"""Answers are found wherever a message holds them; no message does harm."""

import base64
import quopri
import tracemalloc
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from impulscal.invitations.replies import Outcome, take
from impulscal.invitations.replies.incoming import MOST_BYTES, read_mail
from impulscal.invitations.replies.mailboxes import read_stream
from invitations.answers import Written, sample
from invitations.house import House

CALENDAR = Written().calendar()

FROM = b"From: j.mueller@stadt.example\n"


@pytest.fixture
def invited(house: House) -> House:
    house.add()
    house.invite()
    house.go(hours=3, minutes=30)
    return house


def outcome(house: House, mail: bytes) -> Outcome:
    return take(house.database, mail, now=house.now).outcome


def part(kind: str, body: bytes, encoding: str = "8bit") -> bytes:
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n".encode() + body


def multipart(kind: str, *parts: bytes, boundary: str = "b") -> bytes:
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'.encode()
    line = f"--{boundary}".encode()
    return head + b"".join(line + b"\n" + one + b"\n" for one in parts) + line + b"--\n"


UTF_16 = "text/calendar; method=REPLY; charset=utf-16"

REPLY = "text/calendar; method=REPLY; charset=utf-8"

TEXT = part("text/plain", b"Ja.")


@pytest.mark.parametrize(
    "body",
    [
        part(REPLY, base64.encodebytes(CALENDAR.encode()), "base64"),
        part(REPLY, base64.encodebytes(CALENDAR.encode()).strip(b"=\n"), "BASE64"),
        part(REPLY, quopri.encodestring(CALENDAR.encode()), "quoted-printable"),
        part("text/calendar", b"\xef\xbb\xbf" + CALENDAR.encode(), "binary"),
        part("text/calendar; charset=us-ascii", CALENDAR.encode()),
        part("text/calendar; charset=nonsense", CALENDAR.encode()),
        part("text/calendar; charset=utf-8", CALENDAR.encode() + b"X-M:\xfc\n"),
        part(UTF_16, base64.encodebytes(CALENDAR.encode("utf-16")), "base64"),
        part("Text/Calendar;METHOD=reply", CALENDAR.replace("\n", "\r\n").encode()),
        part("application/ics; name=invite.ics", CALENDAR.encode()),
        part('application/octet-stream; name="iCal.ICS"', CALENDAR.encode()),
        part("text/plain; name*=utf-8''Zusage%20M%C3%BCller.ics", CALENDAR.encode()),
        part("text/calendar", CALENDAR.replace("UID:", "UID:\n ").encode()),
    ],
)
def test_an_answer_is_read_however_it_is_packed(invited: House, body: bytes) -> None:
    assert outcome(invited, FROM + body) is Outcome.RECORDED


@pytest.mark.parametrize(
    "body",
    [
        multipart("alternative", TEXT, part(REPLY, CALENDAR.encode())),
        multipart("mixed", TEXT, part("application/ics", CALENDAR.encode())),
        multipart("mixed", part("application/ics", b"x"), part(REPLY, CALENDAR.encode())),
        multipart(
            "report",
            TEXT,
            multipart("mixed", part(REPLY, CALENDAR.encode()), boundary="b c/+='()"),
            boundary="a.*",
        ),
        # The last boundary is missing; a mail program cut it off.
        multipart("mixed", TEXT, part(REPLY, CALENDAR.encode())).removesuffix(b"--b--\n"),
        multipart("mixed", part("text/plain", b"--bye\n"), part(REPLY, CALENDAR.encode())),
    ],
)
def test_an_answer_is_found_wherever_it_lies(invited: House, body: bytes) -> None:
    assert outcome(invited, FROM + body) is Outcome.RECORDED


def test_what_python_writes_is_read(invited: House) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Jürgen Müller <j.mueller@stadt.example>"
    message["Subject"] = "Zugesagt: " + "ä" * 200
    message.set_content("Ja.")
    message.add_alternative(
        CALENDAR.encode(), maintype="text", subtype="calendar", params={"method": "REPLY"}
    )

    assert outcome(invited, message.as_bytes()) is Outcome.RECORDED


def test_a_mail_filter_may_put_a_line_before_the_message(invited: House) -> None:
    mail = b"From j.mueller@stadt.example Thu May 20 12:15:00 2021\n" + sample("google")

    assert outcome(invited, mail) is Outcome.RECORDED


def test_an_answer_in_an_attached_message_is_somebody_elses(invited: House) -> None:
    body = multipart("mixed", TEXT, part("message/rfc822", Written().mail()))

    assert outcome(invited, FROM + body) is Outcome.NO_CALENDAR


def test_what_google_attaches_once_more_is_read_once(invited: House) -> None:
    found = read_mail(sample("google"))

    assert len(found.calendars) == 2
    assert outcome(invited, sample("google")) is Outcome.RECORDED


def nested(depth: int) -> bytes:
    """Return an answer inside so many parts inside one another."""
    heads = (
        f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n'.encode() for n in range(depth)
    )
    return FROM + b"".join(heads) + part(REPLY, CALENDAR.encode())


HOSTILE = {
    "nothing": b"",
    "no mail": b"\x00\xff\xfe" * 1000,
    "head only": b"From: j.mueller@stadt.example",
    "a thousand parts inside one another": nested(1000),
    "messages inside one another": FROM + b"Content-Type: message/rfc822\n\n" * 5000,
    "a hundred thousand parts": FROM
    + multipart("mixed", *[b"x"] * 100_000, part(REPLY, CALENDAR.encode())),
    "many parts in many parts": FROM
    + multipart("mixed", *[multipart("mixed", b"", b"", boundary="c")] * 50_000),
    "empty boundary": FROM + b'Content-Type: multipart/mixed; boundary=""\n\n' + b"--\n" * 100_000,
    "header bomb": b"X: y\n" * 400_000 + Written().mail(),
    "long header": b"From: " + b"a," * 2_000_000 + b"\n" + Written().mail(),
    "folded header": b"From: x\n" + b" y\n" * 100_000 + Written().mail(),
    "many semicolons": b'Content-Type: text/calendar; a="' + b";" * 8000 + b"\n\n",
    "open comments": b"From: " + b"(" * 8000 + b"\n" + part(REPLY, CALENDAR.encode()),
    "quotes": b'From: "' + b'\\"' * 3500 + b"\n" + part(REPLY, CALENDAR.encode()),
    "authentication": b"Authentication-Results: " + b"(" * 8000 + b"\n" + FROM + b"\n",
    "empty lines": FROM + b"Content-Type: text/calendar\n\n" + b"\n" * 9_000_000,
    "large calendar": FROM + part(REPLY, b"X-A:b\r\n" * 700_000),
    "open components": FROM + part(REPLY, b"BEGIN:VCALENDAR\r\n" * 30_000),
    "closed components": FROM + part(REPLY, b"END:VCALENDAR\r\n" * 30_000),
    "long line": FROM + part(REPLY, b"ATTENDEE;" + b'A="b";' * 80_000),
    "folds": FROM + part(REPLY, b"\r\n " * 170_000),
    "bad base64": FROM + part(REPLY, b"=" * 1_000_000, "base64"),
    "uuencoded": FROM + part(REPLY, b"begin 666 x\n\xff\xff\n", "x-uuencode"),
    "wrong charset": FROM + part("text/calendar; charset=zlib", CALENDAR.encode()),
    "encoded charset": FROM + part("text/calendar; charset*=x'y'%ff%fe", b"BEGIN:VCALENDAR\xff"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_message_is_recorded_that_was_made_to_do_harm(invited: House, name: str) -> None:
    unharmed = {Outcome.RECORDED} if name == "wrong charset" else set(Outcome) - {Outcome.RECORDED}

    assert outcome(invited, HOSTILE[name]) in unharmed


def test_what_lies_deeper_than_any_answer_is_not_read() -> None:
    found = [len(read_mail(nested(depth)).calendars) for depth in (1, 9, 10, 11, 1000)]

    assert found == [1, 1, 1, 0, 0]


def test_of_many_calendars_the_first_four_are_looked_at() -> None:
    parts = [part(REPLY, f"X-N:{number}".encode()) for number in range(20)]

    found = read_mail(FROM + multipart("mixed", *parts))

    assert found.calendars == tuple(f"X-N:{number}\n" for number in range(4))


def test_a_calendar_of_more_than_256_kb_is_not_looked_at(invited: House) -> None:
    small, large = (b"X:y\n" * (lines << 10) for lines in (60, 64))

    outcomes = [
        outcome(invited, FROM + part(REPLY, CALENDAR.encode() + rest)) for rest in (large, small)
    ]

    assert outcomes == [Outcome.NO_CALENDAR, Outcome.RECORDED]


def test_a_message_of_fifty_megabytes_is_refused_without_keeping_it(invited: House) -> None:
    class Endless:
        left = 50 * 1024 * 1024

        def read(self, size: int) -> bytes:
            given = min(size, self.left)
            self.left -= given
            return b"x" * given

    stream = Endless()
    tracemalloc.start()
    try:
        data = read_stream(stream)  # type: ignore[arg-type]  # all that is asked of a stream
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert outcome(invited, data) is Outcome.TOO_LARGE
    assert stream.left == 0
    assert peak < 3 * MOST_BYTES


@pytest.mark.parametrize("name", ["google", "exchange", "apple", "winmail"])
def test_a_message_that_breaks_off_anywhere_is_told_in_words(house: House, name: str) -> None:
    mail = sample(name)

    outcomes = {outcome(house, mail[:length]) for length in range(0, len(mail), 37)}

    assert outcomes <= {
        Outcome.NO_CALENDAR,
        Outcome.UNREADABLE,
        Outcome.TNEF,
        Outcome.OTHER_SENDER,
        Outcome.NO_GUEST,
        Outcome.FOREIGN,
    }
