"""Mail servers that take nothing from us: no message is to blame, and all wait."""

from collections.abc import Callable
from pathlib import Path

import pytest

from impulscal.invitations.delivery import Delivery, Drained
from impulscal.invitations.model import Listed, State
from impulscal.language import translate
from impulscal.settings import Clock, MailServer
from invitations.house import House
from invitations.mail_servers import Authority, Misdeed, PostOffice

LOGIN = ("post@einsateam.de", "g:e/h@eim")
USER = dict(zip(("user", "password"), LOGIN, strict=True))


@pytest.fixture
def crowd(house: House) -> House:
    """Give a house whose outbox holds two messages."""
    house.add(*(Listed(address=f"guest{each}@stadt.example") for each in (1, 2)))
    house.invite()
    return house


@pytest.fixture
def authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, require_program: Callable[[str], None]
) -> Authority:
    """Give a certificate authority that we trust."""
    require_program("openssl")
    built = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(built.file))
    return built


def drain(house: House, server: MailServer) -> Drained:
    return Delivery(house.database, server, Clock(house.now)).drain()


def stopped_by(house: House, server: MailServer) -> str:
    """Return why nothing was sent; make sure that nobody's attempt was spent on it."""
    drained = drain(house, server)
    assert drained.stopped is not None
    assert drained == Drained(stopped=drained.stopped)
    assert [(one.state, one.attempts) for one in house.messages()] == [(State.QUEUED, 0)] * 2
    return str(drained.stopped)


def test_a_server_that_is_not_there_is_named_with_the_reason(crowd: House) -> None:
    with PostOffice() as office:
        port = office.port

    reason = stopped_by(crowd, MailServer(host="127.0.0.1", port=port))

    assert reason == (
        f"The mail server 127.0.0.1:{port} cannot be reached: Connection refused. "
        "Check that it runs and that IMPULSCAL_SMTP_URL names it."
    )


def test_a_name_that_nobody_knows_is_a_server_that_is_not_there(crowd: House) -> None:
    reason = stopped_by(crowd, MailServer(host="mail.invalid", port=25))

    assert reason.startswith("The mail server mail.invalid:25 cannot be reached: ")


@pytest.mark.parametrize("misdeed", [Misdeed.DROP, Misdeed.HANG])
@pytest.mark.parametrize("stage", ["CONNECT", "EHLO"])
def test_a_server_that_does_not_speak_with_us_stops_all(
    crowd: House, stage: str, misdeed: Misdeed
) -> None:
    with PostOffice(answers={stage: [misdeed]}) as office:
        reason = stopped_by(crowd, office.server(timeout=1.0))

    assert reason.startswith(f"The mail server 127.0.0.1:{office.port} takes no mail from us: ")


@pytest.mark.parametrize("code", [421, 554])
def test_a_greeting_that_is_a_refusal_stops_all(crowd: House, code: int) -> None:
    with PostOffice(answers={"CONNECT": [f"{code} No, thank you"]}) as office:
        reason = stopped_by(crowd, office.server())

    assert f"takes no mail from us: {code} No, thank you. " in reason


def test_a_refusal_of_our_name_stops_all(crowd: House) -> None:
    answers: dict[str, list[str | Misdeed]] = {
        "EHLO": ["550 Who are you?"],
        "HELO": ["550 Who are you?"],
    }
    with PostOffice(answers=answers) as office:
        reason = stopped_by(crowd, office.server())

    assert "takes no mail from us: 550 Who are you?. " in reason


def test_an_old_server_without_extensions_is_sent_to(crowd: House) -> None:
    with PostOffice(answers={"EHLO": ["500 What is EHLO?"]}) as office:
        drained = drain(crowd, office.server())

    assert drained == Drained(sent=2)


def test_what_waits_goes_out_when_the_server_is_back(crowd: House) -> None:
    with PostOffice() as office:
        port = office.port
    drain(crowd, MailServer(host="127.0.0.1", port=port))

    with PostOffice(port=port) as office:
        drained = drain(crowd, office.server())

    assert drained == Drained(sent=2)
    assert [message.attempts for message in crowd.messages()] == [1, 1]


# Encryption


def test_mail_is_encrypted_where_that_is_asked_for(crowd: House, authority: Authority) -> None:
    with PostOffice(context=authority.context("IP:127.0.0.1")) as office:
        drained = drain(crowd, office.server(starttls=True))

    assert drained == Drained(sent=2)
    assert [message.encrypted for message in office.received] == [True, True]


def test_mail_is_encrypted_from_the_beginning_for_smtps(crowd: House, authority: Authority) -> None:
    with PostOffice(context=authority.context("IP:127.0.0.1"), implicit=True) as office:
        drained = drain(crowd, office.server(tls=True))

    assert drained == Drained(sent=2)
    assert [message.encrypted for message in office.received] == [True, True]


def test_without_the_encryption_that_was_asked_for_nothing_is_sent(crowd: House) -> None:
    with PostOffice() as office:
        reason = stopped_by(crowd, office.server(starttls=True))

    assert "offers no encryption (STARTTLS), so nothing was sent." in reason
    assert office.stages == ["CONNECT", "EHLO"]


@pytest.mark.parametrize("implicit", [False, True])
def test_a_certificate_of_somebody_else_stops_all(
    crowd: House, authority: Authority, *, implicit: bool
) -> None:
    with PostOffice(context=authority.context("DNS:other.example"), implicit=implicit) as office:
        reason = stopped_by(crowd, office.server(starttls=not implicit, tls=implicit))

    assert reason.startswith(
        f"The certificate of the mail server 127.0.0.1:{office.port} is not to be trusted: "
        "IP address mismatch"
    )
    assert "MAIL" not in office.stages


def test_a_certificate_of_an_unknown_authority_stops_all(
    crowd: House, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    with PostOffice(context=authority.context("IP:127.0.0.1")) as office:
        reason = stopped_by(crowd, office.server(starttls=True))

    assert "is not to be trusted: unable to get local issuer certificate." in reason


def test_smtps_at_a_port_without_it_is_explained(crowd: House) -> None:
    with PostOffice() as office:
        reason = stopped_by(crowd, office.server(tls=True))

    assert reason == (
        f"The mail server 127.0.0.1:{office.port} does not speak TLS there: "
        "WRONG_VERSION_NUMBER. Write smtps:// for port 465, smtp:// and ?starttls=1 for port 587."
    )


# Authentication


def test_the_right_password_lets_us_send(crowd: House, authority: Authority) -> None:
    with PostOffice(context=authority.context("IP:127.0.0.1"), login=LOGIN) as office:
        drained = drain(crowd, office.server(starttls=True, **USER))

    assert drained == Drained(sent=2)
    assert [message.user for message in office.received] == ["post@einsateam.de"] * 2


def test_a_wrong_password_stops_all_and_is_not_repeated(crowd: House, authority: Authority) -> None:
    wrong = {**USER, "password": "letmein"}
    with PostOffice(context=authority.context("IP:127.0.0.1"), login=LOGIN) as office:
        reason = stopped_by(crowd, office.server(starttls=True, **wrong))

    assert reason == (
        f"The mail server 127.0.0.1:{office.port} refuses user name or password: "
        "535 5.7.8 Authentication credentials invalid. Correct IMPULSCAL_SMTP_URL."
    )


def test_a_server_that_wants_a_password_we_do_not_have_stops_all(
    crowd: House, authority: Authority
) -> None:
    with PostOffice(context=authority.context("IP:127.0.0.1"), login=LOGIN) as office:
        reason = stopped_by(crowd, office.server(starttls=True))

    assert reason == (
        f"The mail server 127.0.0.1:{office.port} takes no mail from us: 530. "
        "Check IMPULSCAL_SMTP_URL, and whether it wants a user name and a password."
    )


def test_a_password_is_not_told_to_a_server_that_asks_for_none(crowd: House) -> None:
    with PostOffice() as office:
        reason = stopped_by(crowd, office.server(**USER))

    assert "asks for no password here." in reason
    assert office.stages == ["CONNECT", "EHLO"]


def test_a_password_with_an_umlaut_is_refused_with_a_reason(
    crowd: House, authority: Authority
) -> None:
    umlaut = {**USER, "password": "geheimnistür"}
    with PostOffice(context=authority.context("IP:127.0.0.1"), login=LOGIN) as office:
        reason = stopped_by(crowd, office.server(starttls=True, **umlaut))

    assert "may hold only letters without accents" in reason
    assert "tür" not in reason


def test_the_reason_is_told_in_german_too(crowd: House) -> None:
    with PostOffice() as office:
        port = office.port

    drained = drain(crowd, MailServer(host="127.0.0.1", port=port))

    assert drained.stopped is not None
    assert translate(drained.stopped, "de") == (
        f"Der Mailserver 127.0.0.1:{port} ist nicht erreichbar: Connection refused. "
        "Prüfen Sie, ob er läuft und ob IMPULSCAL_SMTP_URL stimmt."
    )
