"""Everything can be used where scripts are switched off."""

from collections.abc import Iterator
from urllib.parse import unquote, urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.xdist_group("browser")

PROGRAMS = 8


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Give a page of a browser that runs no script."""
    context = chromium.new_context(java_script_enabled=False, locale="de-DE")
    yield context.new_page()
    context.close()


def calendars(page: Page) -> list[str]:
    """Return the links that subscribe somewhere, and the address to copy."""
    links = page.locator(".programs a.button")
    found = [link.get_attribute("href") or "" for link in links.all()]
    return [*found, page.get_by_label("Kalender-Adresse").input_value()]


def test_subscribing_takes_two_clicks(page: Page, address: str) -> None:
    page.goto(f"{address}/offen/")

    page.get_by_text("Thunderbird", exact=True).click()

    link = page.get_by_role("link", name="In Thunderbird öffnen")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", f"webcal{address.removeprefix('http')}/offen.ics")


def test_every_program_opens_and_tells_how_soon_changes_arrive(page: Page, address: str) -> None:
    page.goto(f"{address}/offen/")

    programs = page.locator(".programs details")
    opened = []
    for program in programs.all():
        program.locator("summary").click()
        opened.append(program.get_by_text("Änderungen:").is_visible())

    assert opened == [True] * PROGRAMS
    expect(page.locator(".programs details[open]")).to_have_count(1)


def test_choices_change_every_link(page: Page, address: str) -> None:
    page.goto(f"{address}/offen/")

    page.get_by_label("Anmeldefristen als eigene Einträge").check()
    page.get_by_label("Erinnerung").select_option("30")
    page.get_by_label("Grüne Stadt").check()
    page.get_by_label("Englisch").check()
    page.get_by_role("button", name="Auswahl übernehmen").click()

    chosen = [unquote(unquote(link)) for link in calendars(page)]
    assert chosen != []
    for part in ("/en/", "/offen.ics", "deadlines=1", "alarm=30", "topic=gruene-stadt"):
        assert [link for link in chosen if part not in link] == []
    assert page.url.endswith("#abonnieren")
    expect(page.locator(".selection")).to_be_visible()


def test_choices_can_be_reset(page: Page, address: str) -> None:
    page.goto(f"{address}/offen/")
    before = calendars(page)
    page.get_by_label("Anmeldefristen als eigene Einträge").check()
    page.get_by_role("button", name="Auswahl übernehmen").click()

    page.get_by_role("link", name="Auswahl zurücksetzen").click()

    assert calendars(page) == before


def test_chosen_address_gives_the_chosen_feed(page: Page, address: str) -> None:
    page.goto(f"{address}/offen/?deadlines=1&texts=en")

    answer = page.request.get(page.get_by_label("Kalender-Adresse").input_value())

    assert answer.status == 200
    assert "UID:2.deadline.offen@example.org" in answer.text()


def test_no_button_is_there_that_does_nothing(page: Page, address: str) -> None:
    page.goto(f"{address}/offen/")
    page.locator(".programs summary").last.click()

    expect(page.get_by_role("button", name="Adresse kopieren")).to_have_count(0)
    expect(page.get_by_role("button", name="Programm drucken")).to_have_count(0)


def test_language_changes_and_keeps_the_choice(page: Page, address: str) -> None:
    page.goto(f"{address}/offen/?deadlines=1")

    page.get_by_role("link", name="English", exact=True).click()

    assert page.url == urljoin(address, "/en/offen/?deadlines=1")
    expect(page.get_by_role("heading", name="Subscribe to all sessions").first).to_be_visible()


def test_session_is_reached_and_registered_for(page: Page, address: str) -> None:
    page.goto(f"{address}/offen/")

    page.get_by_role("link", name="Mehr zu diesem Termin").click()

    assert page.url == f"{address}/offen/2/"
    link = page.get_by_role("link", name="Per E-Mail anmelden").get_attribute("href") or ""
    assert link.startswith("mailto:reihe@example.org?subject=Anmeldung")
    assert "15. Juni 2021" in unquote(link).replace("\u00a0", " ")


@pytest.mark.parametrize("state", ["geschlossen", "abgesagt", "ausgebucht", "ohne-anmeldung"])
def test_registration_is_offered_only_where_it_is_open(
    page: Page, address: str, state: str
) -> None:
    page.goto(f"{address}/{state}/2/")

    assert page.locator("main a[href^='mailto:']").count() == 0
