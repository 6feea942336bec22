"""What only a script can do: copy, and tell the reader's own time."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.survey import OBSERVE_SHIFTS

pytestmark = pytest.mark.xdist_group("browser")


@contextmanager
def reading(chromium: Browser, address: str, **reader: str) -> Iterator[Page]:
    """Give the page of the open series as a reader elsewhere sees it."""
    context = chromium.new_context(**reader)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


@pytest.mark.parametrize(
    ("path", "field", "said"),
    [
        ("/offen/", "#kalender-adresse", "Adresse kopiert."),
        ("/en/offen/", "#kalender-adresse", "Address copied."),
        ("/en/offen/share", "#code-link", "Code copied."),
    ],
)
def test_button_fills_the_clipboard_and_says_so(
    reader: BrowserContext, address: str, path: str, field: str, said: str
) -> None:
    reader.grant_permissions(["clipboard-read", "clipboard-write"])
    page = reader.new_page()
    page.goto(address + path)
    button = page.locator(f"[data-copy='{field[1:]}']:visible").first

    button.click()

    expect(page.locator("#status")).to_have_text(said)
    expect(button.locator("xpath=following-sibling::*[1]")).to_have_text(said)
    clipboard = page.evaluate("navigator.clipboard.readText()")
    assert clipboard == page.locator(field).input_value()


def test_where_copying_fails_the_address_is_selected(reader: BrowserContext, address: str) -> None:
    page = reader.new_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(f"{address}/offen/")

    page.locator("[data-copy='kalender-adresse']:visible").first.click()

    expect(page.locator("#status")).to_contain_text("Strg + C")
    field = page.locator("#kalender-adresse")
    assert page.evaluate("getSelection().toString()") == field.input_value()


def test_copying_moves_nothing(reader: BrowserContext, address: str) -> None:
    reader.grant_permissions(["clipboard-read", "clipboard-write"])
    page = reader.new_page()
    page.goto(f"{address}/offen/")
    button = page.locator("[data-copy='kalender-adresse']:visible").first
    below = page.locator("#h-sessions")
    button.scroll_into_view_if_needed()
    before = below.bounding_box()

    button.click()
    expect(page.locator("#status")).not_to_be_empty()

    assert below.bounding_box() == before


def test_reader_elsewhere_sees_the_own_time_beside_the_german_one(
    chromium: Browser, address: str
) -> None:
    with reading(chromium, f"{address}/offen/", timezone_id="America/New_York") as page:
        expect(page.locator("section.frame .own")).to_have_text(
            "Bei Ihnen: Dienstag, 15. Juni, 06:00–06:30 Uhr (GMT-4)"
        )
        expect(page.locator("section.frame time").first).to_contain_text("12:00")


def test_reader_elsewhere_sees_it_in_english(chromium: Browser, address: str) -> None:
    with reading(chromium, f"{address}/en/offen/2/", timezone_id="America/New_York") as page:
        expect(page.locator("section.frame .own")).to_have_text(
            "Your time: Tuesday 15 June, 06:00–06:30 (GMT-4)"
        )


@pytest.mark.parametrize("timezone", ["Europe/Berlin", "Europe/Paris"])
def test_reader_with_the_same_time_sees_it_once(
    chromium: Browser, address: str, timezone: str
) -> None:
    with reading(chromium, f"{address}/offen/", timezone_id=timezone) as page:
        assert {slot.text_content() for slot in page.locator(".own").all()} == {""}


@pytest.mark.parametrize("path", ["/offen/", "/offen/2/", "/stadtimpuls/"])
@pytest.mark.parametrize("width", [320, 1280])
def test_own_time_moves_nothing(chromium: Browser, address: str, path: str, width: int) -> None:
    context = chromium.new_context(
        timezone_id="America/New_York", viewport={"width": width, "height": 800}
    )
    context.add_init_script(OBSERVE_SHIFTS)
    page = context.new_page()

    page.goto(address + path)
    page.evaluate("document.fonts.ready.then(() => null)")

    assert page.evaluate("window.shifted") == 0
    context.close()
