"""``impulscal staff-link``: a way in where no mail can be sent."""

import pytest

from cli.commands import DATABASE, run
from cli.guests import save
from impulscal.settings import Settings
from impulscal.web import create_app

STAFF = "team@example.org"


@pytest.fixture
def _staff(monkeypatch: pytest.MonkeyPatch) -> None:
    save()
    monkeypatch.setenv("IMPULSCAL_SECRET_KEY", "a long key for tests")
    monkeypatch.setenv("IMPULSCAL_STAFF", f"other@example.org {STAFF}")
    monkeypatch.setenv("IMPULSCAL_BASE_URL", "https://kalender.example/termine")


@pytest.mark.usefixtures("_staff")
def test_the_address_alone_is_printed_and_beside_it_how_long_it_is_valid() -> None:
    english, german = (
        run("staff-link", STAFF),
        run("--lang", "de", "staff-link", "Team@Example.org"),
    )

    assert (english.exit_code, german.exit_code) == (0, 0)
    assert english.stdout.startswith("https://kalender.example/termine/staff/en/sign-in/")
    assert german.stdout.startswith("https://kalender.example/termine/staff/sign-in/")
    assert english.stdout.count("\n") == 1
    assert english.stderr == "Valid once, for 15 minutes. `impulscal serve` answers there.\n"


@pytest.mark.usefixtures("_staff")
def test_the_staff_area_knows_the_address() -> None:
    path = run("staff-link", STAFF).stdout.strip().removeprefix("https://kalender.example")
    settings = Settings(
        base_url="https://kalender.example/termine",
        database_url=f"sqlite:///{DATABASE}",
        secret_key="a long key for tests",
        staff=(STAFF,),
    )

    client = create_app(settings).test_client()

    page = client.get(path, base_url="https://kalender.example")
    signed_in = client.post(path, base_url="https://kalender.example")
    again = client.post(path, base_url="https://kalender.example")

    assert "Sign in as team@" in page.text
    assert (signed_in.status_code, signed_in.location) == (303, "/termine/staff/en/")
    assert again.status_code >= 400


@pytest.mark.usefixtures("_staff")
def test_somebody_else_gets_none() -> None:
    result = run("staff-link", "stranger@example.org")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("“stranger@example.org” may not sign in.")


@pytest.mark.usefixtures("_staff")
def test_without_a_secret_key_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMPULSCAL_SECRET_KEY")

    result = run("staff-link", STAFF)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("There is no staff area: IMPULSCAL_SECRET_KEY is not set.")
