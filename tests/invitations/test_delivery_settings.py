"""IMPULSCAL_SMTP_URL: where mail is handed over."""

import pytest

from impulscal.errors import UsageError
from impulscal.settings import Clock, MailServer, Settings, Ticking
from invitations.house import NOW


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost", MailServer(host="localhost", port=25)),
        ("smtp://[::1]:2525", MailServer(host="::1", port=2525)),
        (
            "smtp://post.example?starttls=1",
            MailServer(host="post.example", port=587, starttls=True),
        ),
        ("smtps://post.example", MailServer(host="post.example", port=465, tls=True)),
        (
            "smtp://anna%40e.example:p%40ss%2Fw%3Art@post.example:2587?starttls=1",
            MailServer(
                host="post.example",
                port=2587,
                user="anna@e.example",
                password="p@ss/w:rt",
                starttls=True,
            ),
        ),
        (
            "smtp://localhost?per_minute=0&timeout=2.5",
            MailServer(host="localhost", port=25, per_minute=0, timeout=2.5),
        ),
        ("smtp://müller.example", MailServer(host="xn--mller-kva.example", port=25)),
    ],
)
def test_an_address_tells_all_about_the_mail_server(url: str, server: MailServer) -> None:
    assert MailServer.parse(url) == server


@pytest.mark.parametrize(
    ("url", "port", "starttls"),
    [
        ("smtp://post:geheim@mail.example", 587, True),
        ("smtp://post:geheim@mail.example?starttls=0", 25, False),
        ("smtps://post:geheim@mail.example", 465, False),
    ],
)
def test_a_password_is_said_unencrypted_only_if_that_is_asked_for(
    url: str, port: int, *, starttls: bool
) -> None:
    server = MailServer.parse(url)

    assert (server.port, server.starttls) == (port, starttls)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://mail.example:port",
        "smtp://mail..example",
        "smtp://post@mail.example",
        "smtp://post:geheim@mail.example?starttls=yes",
        "smtp://post:geheim@mail.example?start_tls=1",
        "smtp://post:geheim@mail.example?per_minute=-1",
        "smtp://post:geheim@mail.example?timeout=0",
        "smtp://post:geheim@mail.example?timeout=nan",
        "smtp://post:geh/eim@mail.example",
    ],
)
def test_what_is_no_address_of_a_mail_server_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError) as refusal:
        Settings.from_environment({"IMPULSCAL_SMTP_URL": url})

    told = str(refusal.value)
    assert told.startswith("IMPULSCAL_SMTP_URL is not the address of a mail server.")
    assert "geh" not in told


def test_a_password_is_not_shown() -> None:
    settings = Settings.from_environment({"IMPULSCAL_SMTP_URL": "smtp://post:geheim@mail.example"})

    assert "geheim" not in repr(settings)


def test_a_clock_that_stands_goes_on_for_work_that_takes_time() -> None:
    ticking = Ticking(Clock(NOW))

    first, second = ticking.now(), ticking.now()

    assert NOW <= first <= second
    assert (second - NOW).total_seconds() < 3600
