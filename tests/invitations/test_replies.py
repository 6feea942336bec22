"""Whose answer counts, and to what (RFC 5546 2.1.5, 3.2.3; CLIENTS 5.5)."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from impulscal.invitations.model import Guest, Listed, Partstat
from impulscal.invitations.replies import Outcome, Result, take
from invitations.answers import Written, sample
from invitations.house import House, schedule, session

SAID = "Authentication-Results: mx.example;"

PASSED = f"{SAID} dmarc=pass\n"

RECEIVED = "Received: from eve.example by mx.example\n"

LONG = "x" * 9000

ANSWERED = datetime(2021, 5, 20, 10, 15, tzinfo=UTC)


@pytest.fixture
def invited(house: House) -> House:
    """Give a house whose guest was invited at nine; it is half past twelve."""
    house.add()
    house.invite()
    house.go(hours=3, minutes=30)
    return house


def answer(house: House, mail: bytes) -> Outcome:
    return take(house.database, mail, now=house.now).outcome


def guest(house: House) -> Guest:
    (found,) = house.guests()
    return found


def known(house: House) -> tuple[Partstat, datetime | None]:
    return guest(house).partstat, guest(house).answered_at


@pytest.mark.parametrize(
    ("name", "partstat"),
    [
        ("google", Partstat.ACCEPTED),
        ("exchange", Partstat.TENTATIVE),
        ("outlook-wrapped-uid", Partstat.ACCEPTED),
        ("apple", Partstat.DECLINED),
        ("thunderbird", Partstat.ACCEPTED),
    ],
)
def test_the_answer_of_every_program_is_recorded(
    invited: House, name: str, partstat: Partstat
) -> None:
    result = take(invited.database, sample(name), now=invited.now)

    assert result == Result(
        outcome=Outcome.RECORDED, series="stadtimpuls", session="2", answer=partstat
    )
    assert known(invited) == (partstat, ANSWERED)


def test_an_answer_to_the_very_message_that_was_sent_counts(house: House) -> None:
    house.add(Listed(address="Ada.Meier@müller.example", name="Meier, Ada"))
    house.invite()
    sent = message_from_bytes(house.messages()[0].data or b"", policy=default)
    (request,) = (part for part in sent.walk() if part.get_content_type() == "text/calendar")
    calendar = request.get_content()
    text = (calendar.decode() if isinstance(calendar, bytes) else calendar).replace("\r\n ", "")
    text = text.replace("METHOD:REQUEST", "METHOD:REPLY").replace("NEEDS-ACTION", "ACCEPTED")
    reply = EmailMessage()
    reply["From"] = sent["To"]
    reply.set_content(text.encode(), maintype="text", subtype="calendar", cte="base64")

    outcome = answer(house, reply.as_bytes())

    assert (outcome, guest(house).partstat) == (Outcome.RECORDED, Partstat.ACCEPTED)


def test_what_outlook_hides_in_its_own_form_is_told_as_that(invited: House) -> None:
    assert answer(invited, sample("winmail")) is Outcome.TNEF
    assert known(invited) == (Partstat.NEEDS_ACTION, None)


@pytest.mark.parametrize("name", ["google", "exchange"])
def test_the_same_mail_again_changes_nothing(invited: House, name: str) -> None:
    answer(invited, sample(name))
    before = guest(invited)

    assert answer(invited, sample(name)) is Outcome.KNOWN
    assert guest(invited) == before


def test_a_later_answer_takes_the_place_of_an_earlier_whatever_arrives_first(
    invited: House,
) -> None:
    no = Written(partstat="DECLINED", dtstamp="20210520T102000Z").mail()
    yes = Written(partstat="ACCEPTED", dtstamp="20210520T101500Z").mail()

    outcomes = [answer(invited, mail) for mail in (no, yes)]

    assert outcomes == [Outcome.RECORDED, Outcome.OVERTAKEN]
    assert guest(invited).partstat is Partstat.DECLINED


def test_who_declines_is_not_signed_off(invited: House) -> None:
    answer(invited, Written(partstat="DECLINED").mail())

    assert guest(invited).signed_off_at is None
    assert [message.kind for message in invited.messages()] == ["invitation"]


def test_who_signed_off_stays_signed_off(invited: House) -> None:
    gone = invited.sign_off(guest(invited))

    outcomes = [answer(invited, Written(sequence=f"SEQUENCE:{n}").mail()) for n in (0, 1)]

    assert outcomes == [Outcome.SIGNED_OFF, Outcome.SIGNED_OFF]
    assert guest(invited) == gone


def test_an_answer_to_the_date_before_the_move_does_not_count(invited: House) -> None:
    invited.publish(schedule(session(date="2021-06-15")))
    invited.update()

    before = answer(invited, Written(sequence="SEQUENCE:0").mail())
    after = answer(invited, Written(sequence="SEQUENCE:1", dtstamp="20210520T103500Z").mail())

    assert (before, after) == (Outcome.OLDER_DATE, Outcome.RECORDED)


def test_a_missing_sequence_is_zero(invited: House) -> None:
    assert answer(invited, Written(sequence="COMMENT:x").mail()) is Outcome.RECORDED


def test_an_answer_to_a_text_that_was_corrected_since_counts(invited: House) -> None:
    invited.publish(schedule(session(title="Gerechte Stadt, Teil Zwei")))
    invited.update()

    assert answer(invited, Written().mail()) is Outcome.RECORDED


def test_an_answer_after_the_cancellation_was_sent_does_not_count(invited: House) -> None:
    invited.publish(schedule(session(status="cancelled")))
    (step,) = invited.update()

    outcome = answer(invited, Written(sequence=f"SEQUENCE:{step.sequence}").mail())

    assert outcome is Outcome.NOT_INVITED


def test_who_is_listed_and_not_yet_invited_cannot_answer(house: House) -> None:
    house.add()

    assert answer(house, Written().mail()) is Outcome.NOT_INVITED


def test_an_answer_counts_for_its_sender_alone(invited: House) -> None:
    invited.add(Listed(address="ada@stadt.example"))
    invited.invite()

    answer(invited, Written().mail())

    assert {one.address: one.partstat for one in invited.guests()} == {
        "j.mueller@stadt.example": Partstat.ACCEPTED,
        "ada@stadt.example": Partstat.NEEDS_ACTION,
    }


def test_addresses_are_compared_as_mail_servers_do(invited: House) -> None:
    invited.add(Listed(address="ada@müller.example"))
    invited.invite()
    mail = Written(
        attendee="MAILTO:Ada@xn--mller-kva.example", sender="From: ADA@xn--mller-kva.example"
    ).mail()

    assert answer(invited, mail) is Outcome.RECORDED


def test_calendar_servers_may_name_the_address_in_a_parameter(invited: House) -> None:
    mail = Written(
        partstat="ACCEPTED;EMAIL=j.mueller@stadt.example", attendee="/principals/4711/"
    ).mail()

    assert answer(invited, mail) is Outcome.RECORDED


@pytest.mark.parametrize(
    "sender",
    [
        "From: ada@stadt.example",
        "From: Jürgen Müller <eve@elsewhere.example>",
        "From: j.mueller@stadt.example <eve@elsewhere.example>",
        "From: =?utf-8?q?j=2Emueller=40stadt=2Eexample?= <eve@elsewhere.example>",
        "From: j.mueller@stadt.example, eve@elsewhere.example",
        "From: eve@elsewhere.example\nFrom: j.mueller@stadt.example",
        "From: eve@elsewhere.example\nSender: j.mueller@stadt.example",
        "From: eve@elsewhere.example\nReply-To: j.mueller@stadt.example",
        "Sender: j.mueller@stadt.example",
        "From: <>",
        "From:",
    ],
)
def test_only_the_one_in_from_can_answer(invited: House, sender: str) -> None:
    assert answer(invited, Written(sender=sender).mail()) is Outcome.OTHER_SENDER
    assert known(invited) == (Partstat.NEEDS_ACTION, None)


def test_an_assistant_answers_in_the_name_of_the_guest(invited: House) -> None:
    mail = Written(
        partstat='DECLINED;SENT-BY="mailto:vorzimmer@stadt.example"',
        sender="From: j.mueller@stadt.example\nSender: vorzimmer@stadt.example",
    ).mail()

    assert answer(invited, mail) is Outcome.RECORDED


def test_an_answer_from_an_address_that_was_not_invited_is_told(invited: House) -> None:
    mail = Written(attendee="mailto:ada@stadt.example", sender="From: ada@stadt.example").mail()

    result = take(invited.database, mail, now=invited.now)

    assert (result.outcome, result.session) == (Outcome.NO_GUEST, "2")


@pytest.mark.parametrize(
    "verdict",
    [
        "mx.example; dmarc=fail header.from=stadt.example",
        "mx.example; spf=pass; dkim=pass header.d=eve.example;\n dmarc=fail (p=reject dis=none)",
        "mx.example; spf=fail; dkim=fail (body hash did not verify)",
        "spf=fail (sender IP is 192.0.2.1)\n smtp.mailfrom=stadt.example;dkim=fail;dmarc=none",
        'mx.example 1; spf=fail reason="dmarc=pass"; dkim=fail',
        "mx.example; spf=fail smtp.mailfrom=eve.example; dkim=none",
        "mx.example; spf=fail smtp.mailfrom=eve.example",
        "mx.example; dmarc/1=fail",
    ],
)
def test_what_the_mail_server_calls_forged_does_not_count(invited: House, verdict: str) -> None:
    mail = Written(headers=f"Authentication-Results: {verdict}\n").mail()

    assert answer(invited, mail) is Outcome.FORGED
    assert known(invited) == (Partstat.NEEDS_ACTION, None)


def test_verdicts_of_one_server_count_together(invited: House) -> None:
    heads = "".join(
        f"Authentication-Results: mx.example; {result}\n"
        for result in ("dkim=pass header.d=eve.example", "spf=pass", "dmarc=fail")
    )

    assert answer(invited, Written(headers=f"{heads}{RECEIVED}").mail()) is Outcome.FORGED


@pytest.mark.parametrize("made_up", ["dmarc=pass", "dkim=pass", "spf=pass", "dkim=none"])
@pytest.mark.parametrize(
    "said",
    [
        f"{SAID} spf=fail; dkim=none; dmarc=fail\n",
        f"{SAID} spf=fail; dkim=fail; dmarc=none\n{RECEIVED}",
        # Other servers write it below their own Received, or hand the message on.
        f"{RECEIVED}{SAID} spf=fail; dkim=none; dmarc=none\n",
        f"Received: inside\n{RECEIVED}{SAID} spf=pass\n{SAID} dkim=none; dmarc=fail\n",
    ],
)
@pytest.mark.parametrize("hidden", ["", "Received: made up\n"])
def test_lines_of_the_sender_do_not_overrule_the_mail_server(
    invited: House, said: str, hidden: str, made_up: str
) -> None:
    heads = f"{said}{hidden}{SAID} {made_up}\n"

    assert answer(invited, Written(headers=heads).mail()) is Outcome.FORGED


def test_a_line_below_the_topmost_one_may_be_the_senders_where_nothing_was_received(
    invited: House,
) -> None:
    heads = f"{SAID} spf=fail\n{SAID} dkim=pass\n"

    assert answer(invited, Written(headers=heads).mail()) is Outcome.FORGED


def test_an_overlong_line_of_the_sender_does_not_hide_what_the_mail_server_says(
    invited: House,
) -> None:
    heads = f"{SAID} dmarc=fail\n{RECEIVED}Authentication-Results: {LONG}\n"

    assert answer(invited, Written(headers=heads).mail()) is Outcome.FORGED


@pytest.mark.parametrize(
    "heads",
    [
        f"{SAID} {LONG}; dmarc=fail\n",
        f"{SAID} dmarc=pass\n{SAID} {LONG}\n{RECEIVED}",
    ],
)
def test_a_verdict_too_long_to_be_read_counts_as_forged(invited: House, heads: str) -> None:
    assert answer(invited, Written(headers=heads).mail()) is Outcome.FORGED


def test_an_overlong_sender_beside_another_leaves_no_one_sender(invited: House) -> None:
    mail = Written(headers=f"From: {LONG} <eve@eve.example>\n").mail()

    assert answer(invited, mail) is Outcome.OTHER_SENDER


def test_an_overlong_line_leaves_the_others_alone(invited: House) -> None:
    mail = Written(headers=f"{PASSED}{RECEIVED}Authentication-Results: {LONG}\n").mail()

    assert answer(invited, mail) is Outcome.RECORDED


@pytest.mark.parametrize(
    "heads",
    [
        "Authentication-Results: mx.example; spf=fail; dkim=pass; dmarc=pass\n",
        "Authentication-Results: mx.example; spf=fail; dkim=fail; dkim=pass\n",
        "Authentication-Results: mx.example; spf=softfail; dkim=none; dmarc=none\n",
        "Authentication-Results: mx.example; none\n",
        "Authentication-Results: mx.example; dmarc=pass (was dmarc=fail)\n",
        # What an earlier server said, or the sender made up, stands below.
        f"{PASSED}Authentication-Results: list.example; dmarc=fail\n",
    ],
)
def test_what_is_merely_unproven_counts(invited: House, heads: str) -> None:
    assert answer(invited, Written(headers=heads).mail()) is Outcome.RECORDED


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        (Written(uid="9.stadtimpuls@einsateam.de"), Outcome.NO_GUEST),
        (Written(uid="2.stadtimpuls@elsewhere.example"), Outcome.FOREIGN),
        (Written(uid="2.andere@einsateam.de"), Outcome.FOREIGN),
        (Written(uid="7e0a5c0b-2b6f@google.com"), Outcome.FOREIGN),
        (Written(uid="2.deadline.stadtimpuls@einsateam.de"), Outcome.FOREIGN),
        (Written(uid="040000008200E00074C5B7101A82E00800000000"), Outcome.FOREIGN),
        (Written(sequence="SEQUENCE:1"), Outcome.FOREIGN),
        (Written(method="COUNTER"), Outcome.COUNTER),
        (Written(method="REQUEST"), Outcome.OTHER_METHOD),
        (Written(method="CANCEL"), Outcome.OTHER_METHOD),
        (Written(method="REFRESH"), Outcome.OTHER_METHOD),
        (Written(partstat="NEEDS-ACTION"), Outcome.UNDECIDED),
        (Written(partstat="IN-PROCESS"), Outcome.UNDECIDED),
        (Written(partstat='DELEGATED;DELEGATED-TO="mailto:x@y.example"'), Outcome.DELEGATED),
        (Written(dtstamp="20210522T101500Z"), Outcome.IN_FUTURE),
        (Written(dtstamp="99991231T235959Z"), Outcome.IN_FUTURE),
        (Written(dtstamp="yesterday"), Outcome.UNREADABLE),
        (Written(dtstamp="00010101T000000+1400"), Outcome.UNREADABLE),
        (Written(sequence="SEQUENCE:x"), Outcome.UNREADABLE),
        (Written(sequence="RECURRENCE-ID:20210608T100000Z"), Outcome.UNREADABLE),
        (Written(more=Written().event()), Outcome.UNREADABLE),
        (Written(kind="text/plain"), Outcome.NO_CALENDAR),
    ],
)
def test_nothing_else_counts_and_each_is_told(
    invited: House, written: Written, outcome: Outcome
) -> None:
    assert answer(invited, written.mail()) is outcome
    assert known(invited) == (Partstat.NEEDS_ACTION, None)


@pytest.mark.parametrize("dtstamp", ["20210520T101500", "2021-05-20T10:15:00Z"])
def test_a_moment_that_is_written_badly_is_understood(invited: House, dtstamp: str) -> None:
    answer(invited, Written(dtstamp=dtstamp).mail())

    assert known(invited) == (Partstat.ACCEPTED, ANSWERED)


def test_nothing_of_the_guest_is_logged(invited: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)

    for mail in (Written(), Written(sender="From: eve@elsewhere.example"), Written(uid="x")):
        answer(invited, mail.mail())

    assert "mueller" not in caplog.text.lower()
