"""Frame, element and the share page in a real browser, on a website of somebody else."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from share.browsing import Visit

Foreign = Callable[..., str]

HOSTILE = (
    "<style>* {all: unset !important; font: 2px serif !important} "
    "div {display: none !important} ul, li, a, p {color: red; display: none}</style>"
)


def element(address: str, attributes: str = "", inside: str = "") -> str:
    return (
        f'<script src="{address}/embed.js" async></script>'
        f'<impulscal-sessions series="reihe" {attributes}>{inside}</impulscal-sessions>'
    )


def frame(address: str, query: str = "") -> str:
    return (
        f'<iframe src="{address}/reihe/embed{query}" title="Termine" '
        'width="100%" height="150"></iframe>'
    )


def inner_height(page: Page) -> int:
    """Return how high the list in the only frame of the page is."""
    found: int = page.frames[1].evaluate(
        "Math.ceil(document.documentElement.getBoundingClientRect().height)"
    )
    return found


def style_of(page: Page, selector: str, name: str) -> str:
    found: str = page.locator(selector).first.evaluate(
        "(element, name) => getComputedStyle(element)[name]", name
    )
    return found


def test_frame_takes_the_height_of_the_list(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    place = foreign(f'{frame(address)}<script src="{address}/embed.js" async></script>')

    with Visit(chromium) as visit:
        visit.page.goto(place)
        visit.page.wait_for_function("document.querySelector('iframe').style.height !== ''")
        wide = visit.page.locator("iframe").evaluate("frame => frame.clientHeight")
        assert wide == inner_height(visit.page)

        visit.page.set_viewport_size({"width": 320, "height": 800})
        visit.page.wait_for_function(f"document.querySelector('iframe').clientHeight > {wide + 40}")

        narrow = visit.page.locator("iframe").evaluate("frame => frame.clientHeight")
        assert narrow == inner_height(visit.page)
        assert visit.complaints == []


def test_frame_is_sized_also_where_the_script_comes_late(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    place = foreign(frame(address))

    with Visit(chromium) as visit:
        visit.page.goto(place, wait_until="networkidle")
        visit.page.add_script_tag(url=f"{address}/embed.js")

        visit.page.wait_for_function("document.querySelector('iframe').style.height !== ''")
        assert visit.complaints == []


def test_each_of_several_frames_has_its_own_height(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    place = foreign(
        f"{frame(address)}{frame(address, '?limit=1')}"
        f'<script src="{address}/embed.js" async></script>'
    )

    with Visit(chromium) as visit:
        visit.page.goto(place)
        visit.page.wait_for_function(
            "[...document.querySelectorAll('iframe')].every((frame) => frame.style.height)"
        )

        heights = visit.page.locator("iframe").evaluate_all("all => all.map(f => f.clientHeight)")
        assert heights[0] > heights[1] + 200


def test_heights_that_frames_of_others_tell_are_not_believed(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    place = foreign(
        f'<script src="{address}/embed.js"></script>{frame(address)}'
        "<iframe id=other title=x srcdoc=\"<script>parent.postMessage({impulscal: 999}, '*')"
        '</script>"></iframe>'
    )

    with Visit(chromium) as visit:
        visit.page.goto(place, wait_until="networkidle")
        visit.page.wait_for_function("document.querySelector('iframe').style.height !== ''")

        assert visit.page.locator("#other").evaluate("frame => frame.style.height") == ""


def test_frame_can_be_read_and_scrolled_without_any_script(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    place = foreign(frame(address))

    with Visit(chromium, script=False) as visit:
        visit.page.goto(place)

        inside = visit.page.frame_locator("iframe")
        last = inside.get_by_role("link", name="Alle Termine und Abo")
        expect(inside.get_by_role("listitem")).to_have_count(4)
        last.scroll_into_view_if_needed()
        expect(last).to_be_in_viewport()


def test_links_of_the_frame_open_in_the_whole_window(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    place = foreign(frame(address))

    with Visit(chromium) as visit:
        visit.page.goto(place)
        visit.page.frame_locator("iframe").get_by_role("link", name="Gerechte Stadt").click()
        visit.page.wait_for_url(f"{address}/reihe/2/")

        assert visit.page.url == f"{address}/reihe/2/"


def test_other_pages_refuse_to_be_framed(chromium: Browser, address: str, foreign: Foreign) -> None:
    place = foreign(f'<iframe src="{address}/reihe/" title="x"></iframe>')

    with Visit(chromium) as visit:
        visit.page.goto(place, wait_until="networkidle")

        assert [text for text in visit.complaints if "frame-ancestors 'none'" in text] != []


def test_element_shows_the_sessions_with_headings_in_the_right_place(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    place = foreign(element(address, 'heading="4" past'))

    with Visit(chromium) as visit:
        visit.page.goto(place)

        heading = visit.page.get_by_role("heading", level=4)
        expect(heading).to_have_text('Termine: Reihe "A" & B')
        expect(visit.page.get_by_role("heading", level=5)).to_have_text("Bisherige Termine")
        expect(visit.page.get_by_role("list")).to_have_count(2)
        assert visit.page.get_by_role("link").all_inner_texts() == [
            "Gerechte Stadt",
            "<b>Fett</b>",
            "Fällt aus",
            "Spater",
            "Vorbei",
            "Alle Termine und Abo",
        ]


def test_element_takes_fonts_and_colours_of_the_page(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    own = "<style>body {font: 22px/1.4 monospace; color: rgb(1, 2, 3); background: #eee}</style>"
    place = foreign(element(address), own)

    with Visit(chromium) as visit:
        visit.page.goto(place)
        expect(visit.page.get_by_role("listitem")).to_have_count(4)

        looks = [
            style_of(visit.page, f"impulscal-sessions {inner}", name)
            for inner in ("time", "a")
            for name in ("fontFamily", "fontSize", "color")
        ]
        assert looks == ["monospace", "22px", "rgb(1, 2, 3)"] * 2


def test_element_can_be_read_in_a_page_with_hostile_styles(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    place = foreign(element(address), HOSTILE)

    with Visit(chromium) as visit:
        visit.page.goto(place)

        links = visit.page.locator("impulscal-sessions a")
        expect(links).to_have_count(5)
        for number in range(5):
            expect(links.nth(number)).to_be_visible()
        size = float(style_of(visit.page, "impulscal-sessions time", "fontSize").rstrip("px"))
        assert size >= 13
        assert style_of(visit.page, "impulscal-sessions li", "display") == "list-item"
        assert style_of(visit.page, "impulscal-sessions a", "color") == "rgb(0, 0, 0)"


def test_element_can_be_styled_by_properties_and_parts(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    own = (
        "<style>impulscal-sessions {--impulscal-accent: rgb(9, 8, 7)} "
        "impulscal-sessions::part(date) {font-weight: 700}</style>"
    )
    place = foreign(element(address), own)

    with Visit(chromium) as visit:
        visit.page.goto(place)
        expect(visit.page.get_by_role("listitem")).to_have_count(4)

        assert style_of(visit.page, "impulscal-sessions a", "color") == "rgb(9, 8, 7)"
        assert style_of(visit.page, "impulscal-sessions time", "fontWeight") == "700"


def test_element_takes_theme_and_accent_as_attributes(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    place = foreign(element(address, 'theme="dark" accent="ffff00"'))

    with Visit(chromium) as visit:
        visit.page.goto(place)
        expect(visit.page.get_by_role("listitem")).to_have_count(4)

        assert style_of(visit.page, "impulscal-sessions .box", "backgroundColor") == (
            "rgb(7, 26, 28)"
        )
        assert style_of(visit.page, "impulscal-sessions a", "color") == "rgb(255, 255, 0)"


def test_several_elements_stand_side_by_side_and_ask_once(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    place = foreign(
        element(address, 'id="one" limit="1"')
        + element(address, 'id="two" limit="2"')
        + element(address, 'id="three" lang="en"')
    )
    asked: list[str] = []

    with Visit(chromium) as visit:
        visit.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        visit.page.goto(place)
        expect(visit.page.locator("#one li")).to_have_count(1)
        expect(visit.page.locator("#two li")).to_have_count(2)
        expect(visit.page.locator("#three h2")).to_have_text('Sessions: Series "A" & B')

        assert sorted(path for path in asked if path.endswith(".json")) == [
            "/kalender/en/reihe/embed.json",
            "/kalender/reihe/embed.json",
        ]
        assert visit.complaints == []


def test_element_follows_its_attributes(chromium: Browser, address: str, foreign: Foreign) -> None:
    place = foreign(element(address, 'limit="1"'))

    with Visit(chromium) as visit:
        visit.page.goto(place)
        expect(visit.page.locator("li")).to_have_count(1)
        visit.page.locator("impulscal-sessions").evaluate(
            "element => { element.setAttribute('limit', '3'); element.lang = 'en'; }"
        )

        expect(visit.page.locator("li")).to_have_count(3)
        expect(visit.page.get_by_role("heading")).to_have_text('Sessions: Series "A" & B')


@pytest.mark.parametrize("series", ["nirgends", "../x", ""])
def test_what_stands_inside_stays_where_there_is_no_list(
    chromium: Browser, address: str, foreign: Foreign, series: str
) -> None:
    inside = f'<a href="{address}/reihe/">Alle Termine</a>'
    place = foreign(element(address, "", inside).replace('series="reihe"', f'series="{series}"'))

    with Visit(chromium) as visit:
        visit.page.goto(place, wait_until="networkidle")

        expect(visit.page.get_by_role("link", name="Alle Termine")).to_be_visible()


def test_element_works_under_a_strict_policy_of_the_page(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    policy = (
        f"default-src 'none'; img-src data:; script-src {origin}; connect-src {origin}; "
        "require-trusted-types-for 'script'"
    )
    place = foreign(
        element(address, 'theme="light" accent="8c1330"'),
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
    )

    with Visit(chromium) as visit:
        visit.page.goto(place)

        expect(visit.page.get_by_role("listitem")).to_have_count(4)
        assert style_of(visit.page, "impulscal-sessions a", "color") == "rgb(140, 19, 48)"
        assert visit.complaints == []


def test_all_links_are_reached_by_keyboard_with_a_visible_focus(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    place = foreign(element(address, 'limit="2"') + frame(address, "?limit=2"))

    with Visit(chromium) as visit:
        visit.page.goto(place, wait_until="networkidle")
        expect(visit.page.locator("impulscal-sessions li")).to_have_count(2)
        reached, outlines = [], []
        for _press in range(3):
            visit.page.keyboard.press("Tab")
            inner = "document.querySelector('impulscal-sessions').shadowRoot.activeElement"
            reached.append(visit.page.evaluate(f"{inner}.textContent"))
            outlines.append(visit.page.evaluate(f"getComputedStyle({inner}).outlineWidth"))
        for _press in range(3):
            visit.page.keyboard.press("Tab")
            active = "document.activeElement"
            reached.append(visit.page.frames[1].evaluate(f"{active}.textContent"))
            outlines.append(
                visit.page.frames[1].evaluate(f"getComputedStyle({active}).outlineWidth")
            )

        assert reached == ["Gerechte Stadt", "<b>Fett</b>", "Alle Termine und Abo"] * 2
        assert outlines == ["3px"] * 6


def test_nothing_is_stored_and_nobody_else_is_asked(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    place = foreign(element(address) + frame(address))

    with Visit(chromium) as visit:
        visit.page.goto(place, wait_until="networkidle")
        expect(visit.page.get_by_role("listitem").first).to_be_visible()

        stored = "[localStorage.length, sessionStorage.length]"
        assert visit.hosts == {urlsplit(address).netloc, urlsplit(place).netloc}
        assert visit.page.evaluate(stored) == [0, 0]
        visit.page.goto(f"{address}/reihe/embed")
        assert visit.page.evaluate(stored) == [0, 0]
        assert visit.context.cookies() == []


def test_copy_buttons_fill_the_clipboard_with_the_code(chromium: Browser, address: str) -> None:
    with Visit(chromium) as visit:
        visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
        visit.page.goto(f"{address}/reihe/share")
        buttons = visit.page.get_by_role("button", name="Code kopieren")
        expect(buttons).to_have_count(7)

        for number in range(7):
            buttons.nth(number).click()
            expect(visit.page.get_by_role("status")).to_have_text("Code kopiert.")
            copied = visit.page.evaluate("navigator.clipboard.readText()")
            assert copied == visit.page.locator("textarea").nth(number).input_value()


def test_copied_blocks_work_on_another_website(
    chromium: Browser, address: str, foreign: Foreign
) -> None:
    with Visit(chromium) as visit:
        visit.page.goto(f"{address}/reihe/share?limit=2")
        blocks = visit.page.locator("textarea").evaluate_all("all => all.map(one => one.value)")
        visit.page.goto(foreign("".join(blocks)))

        expect(visit.page.locator("impulscal-sessions li")).to_have_count(2)
        expect(visit.page.locator("iframe")).to_have_count(2)
        expect(visit.page.frame_locator("iframe >> nth=1").get_by_role("listitem")).to_have_count(2)
        expect(visit.page.locator("body > div li")).to_have_count(2)
        assert visit.complaints == []


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("path", ["/reihe/share", "/en/reihe/share?theme=dark&past=1"])
def test_share_page_shows_every_preview_and_never_scrolls_sideways(
    chromium: Browser, address: str, path: str, width: int
) -> None:
    with Visit(chromium, width=width) as visit:
        visit.page.goto(f"{address}{path}")
        visit.page.locator("iframe").scroll_into_view_if_needed()
        # Not wait_for_function: it evaluates a text, which the policy of the page forbids.
        expect(visit.page.locator("iframe")).to_have_attribute("style", re.compile("height"))
        expect(visit.page.locator("impulscal-sessions li").first).to_be_visible()

        assert visit.page.evaluate("document.documentElement.scrollWidth") == width
        assert visit.hosts == {urlsplit(address).netloc}
        assert visit.context.cookies() == []
        assert visit.complaints == []


def test_share_page_has_no_dead_button_without_script(chromium: Browser, address: str) -> None:
    with Visit(chromium, script=False) as visit:
        visit.page.goto(f"{address}/reihe/share")

        expect(visit.page.get_by_role("button")).to_have_text(["Auswahl übernehmen"])
        expect(visit.page.locator("textarea")).to_have_count(7)


def test_form_changes_all_blocks_without_script(chromium: Browser, address: str) -> None:
    with Visit(chromium, script=False) as visit:
        visit.page.goto(f"{address}/reihe/share")
        visit.page.get_by_label("Anzahl der Termine").fill("3")
        visit.page.get_by_label("Auch bisherige Termine").check()
        visit.page.get_by_label("Sprache des Bausteins").select_option("en")
        visit.page.get_by_label("Eigene Farbe").fill("#8C1330")
        visit.page.get_by_role("button", name="Auswahl übernehmen").click()

        expect(visit.page.locator("#code-frame")).to_have_value(
            f'<iframe src="{address}/en/reihe/embed?limit=3&amp;past=1&amp;accent=8c1330"\n'
            ' title="Sessions of the webinar series Series &#34;A&#34; &amp; B" lang="en" '
            'loading="lazy"\n width="100%" height="534" style="border:0"></iframe>'
        )
        assert urlsplit(visit.page.url).fragment == "bausteine"


@pytest.mark.parametrize(("query", "told"), [("?limit=3", True), ("?limit=10&theme=auto", False)])
def test_page_on_a_static_host_says_that_the_form_changes_nothing(
    chromium: Browser, address: str, query: str, *, told: bool
) -> None:
    with Visit(chromium) as visit:
        # A host of files gives the same bytes whatever the options.
        file = visit.context.request.get(f"{address}/reihe/share")
        visit.page.route("**/share?*", lambda route: route.fulfill(response=file))
        visit.page.goto(f"{address}/reihe/share{query}")
        expect(visit.page.locator("impulscal-sessions li")).to_have_count(4)

        expect(visit.page.locator("#unheard")).to_be_visible(visible=told)


def test_page_that_follows_the_form_has_no_such_note(chromium: Browser, address: str) -> None:
    with Visit(chromium) as visit:
        visit.page.goto(
            f"{address}/reihe/share?limit=3&past=1&lang=en&theme=light&accent=%238C1330"
        )
        expect(visit.page.locator("impulscal-sessions li")).to_have_count(3)

        expect(visit.page.locator("#unheard")).to_be_hidden()
