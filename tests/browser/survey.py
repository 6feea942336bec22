"""What a browser finds on a page: complaints, requests, storage, inline code, widths, axe."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

__all__ = ["OBSERVE_SHIFTS", "WIDTHS", "Finding", "survey"]

_AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

WIDTHS = {"320 px": 320, "200 %": 640}
"""Width in CSS pixels: the narrowest that WCAG 2.2 asks for (1.4.10), and 1280 px enlarged."""

OBSERVE_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
"""Run before a page's own scripts; ``window.shifted`` then tells how much has moved."""

_STORED = """async () => [
  document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage),
  ...(await indexedDB.databases()).map((one) => one.name),
  ...(await navigator.serviceWorker.getRegistrations()).map((one) => one.scope),
].filter(Boolean)"""

# What a strict policy forbids, in the page as it was sent: scripts may set styles afterwards.
_INLINE = """(sent) => [...new DOMParser().parseFromString(sent, "text/html").querySelectorAll("*")]
  .filter((element) =>
    (element.matches("script:not([src])") && element.type !== "application/ld+json") ||
    element.localName === "style" ||
    [...element.attributes].some(({ name, value }) =>
      name === "style" || name.startsWith("on") || /^\\s*javascript:/i.test(value)))
  .map((element) => element.outerHTML.slice(0, 120))"""

_OPEN_ALL = """() => document.querySelectorAll("details").forEach((one) => {
  one.removeAttribute("name");
  one.open = true;
})"""

# Too wide for the window, or cut off by a box that hides what does not fit. What only screen
# readers read is cut on purpose; a table that scrolls by itself is not cut (WCAG 2.2, 1.4.10).
_TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  const name = (element) => `${element.localName}.${element.getAttribute("class") || ""}`;
  const all = document.scrollingElement.scrollWidth;
  const found = all > wide ? [`${all} px`] : [];
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest(".sr, svg, .scroll")) continue;
    const box = element.getBoundingClientRect();
    if (box.width && (box.right > wide + 1 || box.left < -1) && !element.closest(".skips"))
      found.push(name(element));
    const hides = getComputedStyle(element).overflowX !== "visible";
    if (hides && element.clientWidth && element.scrollWidth > element.clientWidth + 1)
      found.push(`${name(element)} is cut`);
  }
  return found.slice(0, 5);
}"""

_RUN_AXE = """async () => {
  const options = { resultTypes: ["violations"], iframes: false, preload: false };
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => {
    const reasons = [...node.any, ...node.all, ...node.none].map((one) => one.message);
    return `${id}: ${node.html.slice(0, 160)} (${reasons.join("; ")})`;
  }));
}"""


@dataclass(slots=True)
class Finding:
    """What was found on one page; of each list, empty is what is wanted.

    Attributes:
        complaints: Of the console: errors, warnings, violations of the content policy.
        foreign: Addresses on other hosts that were asked for.
        stored: Cookies and whatever else a page can leave behind.
        inline: Elements with code or style of their own.
        shift: How much of the layout moved while the page loaded.
        too_wide: By the name of a width: what does not fit.
        violations: What axe finds.
    """

    path: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    shift: float = 0.0
    too_wide: dict[str, list[str]] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)


def survey(context: BrowserContext, address: str, paths: list[str]) -> Iterator[Finding]:
    """Visit each path once, all in one window, and yield what is found there."""
    context.add_init_script(OBSERVE_SHIFTS)
    page = context.new_page()
    findings = [Finding("")]
    _listen(page, findings, urlsplit(address).netloc)
    for path in paths:
        findings.append(Finding(path))
        _look_at(page, address, findings[-1])
        yield findings[-1]


def _listen(page: Page, findings: list[Finding], host: str) -> None:
    def hear(said: ConsoleMessage) -> None:
        findings[-1].complaints.append(f"{said.type}: {said.text}")

    def note(asked: Request) -> None:
        if urlsplit(asked.url).netloc != host:
            findings[-1].foreign.append(asked.url)

    page.on("console", hear)
    page.on("pageerror", lambda error: findings[-1].complaints.append(str(error)))
    page.on("request", note)


def _look_at(page: Page, address: str, finding: Finding) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    # The colours are the same in both languages, so that one look at each page and state is
    # enough: in light colours at the German one, in dark colours at the English one.
    page.emulate_media(color_scheme="dark" if "/en/" in finding.path else "light")
    answer = page.goto(address + finding.path)
    assert answer is not None
    page.evaluate("document.fonts.ready.then(() => null)")
    # Three decimals are what the measure is told with; below it the loading font is seen.
    finding.shift = round(page.evaluate("window.shifted"), 3)
    finding.inline = page.evaluate(_INLINE, answer.text())
    finding.stored = page.evaluate(_STORED)
    if answer.status >= 400:
        # The browser complains of the status itself.
        finding.complaints = [said for said in finding.complaints if str(answer.status) not in said]
    page.evaluate(_OPEN_ALL)
    # The content policy holds for the page; what the debugger evaluates is no part of it.
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    finding.violations = page.evaluate(_RUN_AXE)
    for name, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 800})
        finding.too_wide[name] = page.evaluate(_TOO_WIDE)
