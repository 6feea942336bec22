"""The keyboard alone is enough, and it is always seen where it is."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.xdist_group("browser")

FOCUSED = """() => {
  let one = document.activeElement;
  while (one.shadowRoot) one = one.shadowRoot.activeElement;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const middle = [box.left + box.width / 2, box.top + Math.min(box.height, 20) / 2];
  const hit = one.getRootNode().elementFromPoint(...middle);
  return {
    top: Math.round(box.top + scrollY),
    name: (one.getAttribute("aria-label") || one.textContent || one.name).trim().slice(0, 60),
    tag: one.localName,
    ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    uncovered: Boolean(hit) && (one.contains(hit) || hit.contains(one)),
  };
}"""


@pytest.fixture
def page(reader: BrowserContext, address: str) -> Iterator[Page]:
    """Give the page of the open series."""
    page = reader.new_page()
    page.goto(f"{address}/offen/")
    yield page
    page.close()


def walk(page: Page) -> Iterator[dict[str, object]]:
    """Go on with the tab key and yield each thing that has the focus, once round."""
    while True:
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["tag"] in ("body", "html"):
            return
        yield focused


def test_first_key_offers_to_skip_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_in_viewport()

    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_second_key_offers_to_subscribe(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Alle Termine abonnieren").first).to_be_in_viewport()


@pytest.mark.parametrize("path", ["/offen/", "/offen/2/", "/en/offen/share", "/offen/changes/"])
def test_focus_is_always_seen(reader: BrowserContext, address: str, path: str) -> None:
    page = reader.new_page()
    page.goto(address + path)

    stops = [*walk(page)]

    assert len(stops) > 5
    assert [stop for stop in stops if stop["tag"] != "iframe" and not stop["ringed"]] == []
    assert [stop for stop in stops if not stop["uncovered"]] == []


def test_focus_goes_down_the_page(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 800})

    tops = [stop["top"] for stop in walk(page) if stop["tag"] != "a"]

    assert tops == sorted(tops, key=lambda top: int(str(top)))


def test_enter_opens_a_program_and_its_link_is_next(page: Page) -> None:
    page.get_by_text("Thunderbird", exact=True).locator("xpath=ancestor::summary").focus()

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="In Thunderbird öffnen")).to_be_focused()


def test_form_is_filled_and_sent(page: Page) -> None:
    page.get_by_label("Anmeldefristen als eigene Einträge").focus()

    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    page.wait_for_url("**/offen/?deadlines=1**")
    assert "deadlines=1" in page.get_by_label("Kalender-Adresse").input_value()
