"""What a page looks like where the reader has set something: motion, contrast, paper."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.xdist_group("browser")

MOVING = """() => document.getAnimations().length"""

# Longest of all transitions and animations, in seconds.
LONGEST = """() => Math.max(...[...document.querySelectorAll("*")].flatMap((one) => {
  const { transitionDuration, animationDuration, animationIterationCount } = getComputedStyle(one);
  const seconds = [transitionDuration, animationDuration].join(",").split(",").map(parseFloat);
  return animationIterationCount.includes("infinite") ? [Infinity] : seconds;
}))"""

# Whether the element has a border, or the row that it fills.
BORDERED = """(element) => [element, element.closest("details"), element.closest("li")]
  .some((one) => one && getComputedStyle(one).borderTopStyle === "solid")"""

# Drawings of the season: what they are, and how they are filled and outlined.
ARROWS = """() => [...document.querySelectorAll(".season.wide-only svg [class^='a-']")]
  .map((arrow) => [arrow, getComputedStyle(arrow)])
  .map(([arrow, { fill, stroke }]) => [arrow.getAttribute("class"), `${fill} ${stroke}`])"""

# Stands only where the clock stands still, which nobody's own site does.
NO_DEMONSTRATION = (
    "() => document.querySelectorAll('.demonstration').forEach((one) => one.remove())"
)


def a4_pages(page: Page) -> int:
    """Print the page as its style sheet says and count the sheets."""
    printed = page.pdf(prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", printed))


def test_nothing_moves_where_the_reader_wants_no_motion(
    reader: BrowserContext, address: str
) -> None:
    page = reader.new_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}/stadtimpuls/")

    assert page.evaluate(MOVING) == 0
    assert page.evaluate(LONGEST) == 0


def test_motion_is_short_and_ends(reader: BrowserContext, address: str) -> None:
    page = reader.new_page()
    page.emulate_media(reduced_motion="no-preference")
    page.goto(f"{address}/stadtimpuls/")

    assert page.evaluate(LONGEST) < 1


def test_controls_have_borders_in_forced_colours(reader: BrowserContext, address: str) -> None:
    page = reader.new_page()
    page.emulate_media(forced_colors="active")
    page.goto(f"{address}/offen/")

    controls = page.locator("main a.button:visible, main button:visible, textarea, select, summary")
    bordered = [control.evaluate(BORDERED) for control in controls.all()]

    assert len(bordered) > 10
    assert all(bordered)


def test_arrows_are_told_apart_in_forced_colours(reader: BrowserContext, address: str) -> None:
    page = reader.new_page()
    page.emulate_media(forced_colors="active")
    page.goto(f"{address}/stadtimpuls/")

    looks = page.evaluate(ARROWS)

    kinds = {kind for kind, _look in looks}
    assert kinds == {"a-over", "a-next", "a-ahead"}
    assert len({look for _kind, look in looks}) == len(kinds)


@pytest.mark.parametrize("language", ["de", "en"])
def test_programme_fits_one_sheet(reader: BrowserContext, address: str, language: str) -> None:
    page = reader.new_page()
    page.goto(f"{address}/{language}/stadtimpuls/")

    assert a4_pages(page) == 1


def test_sheet_has_the_code_and_the_state_and_nothing_to_press(
    reader: BrowserContext, address: str
) -> None:
    page = reader.new_page()
    page.goto(f"{address}/stadtimpuls/")

    page.emulate_media(media="print")

    expect(page.locator(".on-paper .qr")).to_be_visible()
    expect(page.locator(".on-paper")).to_contain_text("Stand:")
    for hidden in ("nav", "form", "button", ".panel", "footer ul"):
        expect(page.locator(f"{hidden}:visible")).to_have_count(0)


@pytest.mark.parametrize("path", ["/stadtimpuls/2/", "/offen/2/", "/abgesagt/2/"])
def test_session_fits_one_sheet(reader: BrowserContext, address: str, path: str) -> None:
    page = reader.new_page()
    page.goto(address + path)

    assert a4_pages(page) == 1


def test_first_screen_of_a_computer_holds_what_matters(
    reader: BrowserContext, address: str
) -> None:
    page = reader.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{address}/stadtimpuls/")
    page.evaluate(NO_DEMONSTRATION)

    expect(page.locator("h1")).to_be_in_viewport(ratio=1)
    expect(page.locator(".frame .date")).to_be_in_viewport(ratio=1)
    expect(page.locator(".frame .state").first).to_be_in_viewport(ratio=1)
    expect(page.locator(".frame .buttons a").first).to_be_in_viewport(ratio=1)
    for program in page.locator(".programs summary").all():
        expect(program).to_be_in_viewport(ratio=1)


def test_first_screen_of_a_phone_holds_what_matters(reader: BrowserContext, address: str) -> None:
    page = reader.new_page()
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{address}/stadtimpuls/")
    page.evaluate(NO_DEMONSTRATION)

    expect(page.locator("h1")).to_be_in_viewport(ratio=1)
    expect(page.locator(".frame .date")).to_be_in_viewport(ratio=1)
    expect(page.locator(".frame .state").first).to_be_in_viewport(ratio=1)
    for button in page.locator(".frame .buttons a:visible").all():
        expect(button).to_be_in_viewport(ratio=1)


def test_text_spacing_of_the_reader_breaks_nothing(reader: BrowserContext, address: str) -> None:
    page = reader.new_page()
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{address}/stadtimpuls/")

    # WCAG 2.2, 1.4.12; the debugger is not bound by the content policy.
    page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
            word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
          document.adoptedStyleSheets = [sheet];
        }"""
    )

    assert page.evaluate("document.scrollingElement.scrollWidth") == 320
