"""How heavy the series' page is, and how soon it is seen on a slow line."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page

pytestmark = pytest.mark.xdist_group("browser")

MOST_BYTES = 60_000

FIRST_PAINT = 1000.0  # milliseconds

MOST_ATTEMPTS = 12

# WebPageTest's profile "3G": 300 ms to and fro, 1.6 Mbit/s down, 768 kbit/s up.
THIRD_GENERATION = {
    "offline": False,
    "latency": 300,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 768_000 / 8,
}

PAINTED = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (entry.name === "first-contentful-paint") resolve(entry.startTime);
}).observe({ type: "paint", buffered: true }))"""


@contextmanager
def measured(chromium: Browser) -> Iterator[tuple[Page, CDPSession]]:
    """Give a page of a reader who has nothing of the site yet, and its debugger."""
    context = chromium.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    debugger = context.new_cdp_session(page)
    debugger.send("Network.enable")
    yield page, debugger
    context.close()


@pytest.mark.parametrize("path", ["/stadtimpuls/", "/en/stadtimpuls/", "/offen/"])
def test_series_page_with_all_it_loads_is_light(chromium: Browser, address: str, path: str) -> None:
    with measured(chromium) as (page, debugger):
        sizes: list[float] = []

        def note(finished: dict[str, Any]) -> None:
            sizes.append(finished["encodedDataLength"])

        debugger.on("Network.loadingFinished", note)
        page.goto(address + path, wait_until="networkidle")

        assert len(sizes) >= 4
        assert sum(sizes) < MOST_BYTES


def test_series_page_is_seen_soon_on_a_slow_line(chromium: Browser, address: str) -> None:
    # The best one counts: other work on the machine makes a paint late, nothing makes it early.
    best = math.inf

    for _attempt in range(MOST_ATTEMPTS):
        with measured(chromium) as (page, debugger):
            debugger.send("Network.emulateNetworkConditions", THIRD_GENERATION)
            page.goto(f"{address}/stadtimpuls/")
            best = min(best, page.evaluate(PAINTED))
        if best < FIRST_PAINT:
            break

    assert best < FIRST_PAINT
