"""Take pictures of the main pages, to be looked at: ``make screenshots``.

Each page in German and English, at three widths, in light and dark colours.
"""

import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from browser.server import LANGUAGES, running
from chromium import launch
from states import publish

PAGES = {
    "start": "/",
    "series": "/stadtimpuls/",
    "series-chosen": "/offen/?deadlines=1&alarm=30",
    "series-over": "/vorbei/",
    "series-moved": "/verschoben/",
    "series-cancelled": "/abgesagt/",
    "series-unannounced": "/vor-ankuendigung/",
    "series-empty": "/ohne-termine/",
    "series-300": "/dreihundert/",
    "series-long-words": "/lange-woerter/",
    "series-arabic": "/arabisch/",
    "session": "/stadtimpuls/2/",
    "session-over": "/vorbei/2/",
    "session-moved": "/verschoben/2/",
    "session-cancelled": "/abgesagt/2/",
    "changes": "/verschoben/changes/",
    "share": "/stadtimpuls/share",
    "embed": "/stadtimpuls/embed",
    "not-found": "/stadtimpuls/keiner/",
}

WIDTHS = (320, 768, 1440)

COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def take(browser: Browser, address: str, folder: Path) -> int:
    """Write the pictures into ``folder`` and return how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, path) in enumerate(PAGES.items(), 1):
        print(f"{number}/{len(PAGES)} {path}", file=sys.stderr)
        for language in LANGUAGES:
            context = browser.new_context(timezone_id="Europe/Berlin", reduced_motion="reduce")
            page = context.new_page()
            page.goto(f"{address}/{language}{path}")
            for width, colours in product(WIDTHS, COLOURS):
                page.emulate_media(color_scheme=colours)
                page.set_viewport_size({"width": width, "height": 900})
                file = folder / f"{name}-{language}-{width}-{colours}.png"
                # Of a series of 300 sessions the first ones are enough.
                page.screenshot(path=file, full_page=name != "series-300")
            context.close()
    return len(PAGES) * len(LANGUAGES) * len(WIDTHS) * len(COLOURS)


def main() -> None:
    """Run from the command line: the folder is the one argument."""
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as states, sync_playwright() as playwright:
        publish(Path(states))
        with running(Path(states)) as address:
            browser = launch(playwright)
            count = take(browser, address, folder)
            browser.close()
    print(f"{folder}: {count} pictures")


if __name__ == "__main__":
    main()
