"""One server, one browser, one look at every page; the tests judge what was found."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from browser.server import pages, running
from browser.survey import Finding, survey
from states import publish


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a server with every state."""
    folder = tmp_path_factory.mktemp("states")
    publish(folder)
    with running(folder) as served:
        yield served


@pytest.fixture
def reader(chromium: Browser) -> Iterator[BrowserContext]:
    """Give a reader in Germany who was never here before."""
    context = chromium.new_context(locale="de-DE", timezone_id="Europe/Berlin")
    yield context
    context.close()


@pytest.fixture(scope="session")
def findings(
    chromium: Browser, address: str, require_program: Callable[[str], None]
) -> list[Finding]:
    """Give what the browser and axe find on every page of every state, in both languages."""
    require_program("axe-core")
    context = chromium.new_context(
        locale="de-DE", timezone_id="Europe/Berlin", reduced_motion="reduce"
    )
    found = [*survey(context, address, pages(address))]
    context.close()
    return found
