"""The JSON-LD in a real browser: a data block needs no leave of the Content-Security-Policy."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from impulscal.web import create_app
from web.serving import Serving, schedule


@pytest.fixture
def address(serving: Serving) -> Iterator[str]:
    serving.write(schedule())
    server = make_server("127.0.0.1", 0, create_app(serving.settings()))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', event => {
  window.violations.push(event.violatedDirective + ' ' + event.blockedURI);
});
"""

READ_BLOCKS = """
[...document.querySelectorAll('script[type="application/ld+json"]')]
  .map(block => JSON.parse(block.textContent)['@type'])
"""


def test_the_policy_minds_no_data_block_but_an_inline_script(
    chromium: Browser, address: str
) -> None:
    page = chromium.new_page()
    page.add_init_script(NOTE_VIOLATIONS)
    found = {}

    for path in ("/stadtimpuls/", "/stadtimpuls/1/"):
        page.goto(address + path)
        found[path] = (page.evaluate(READ_BLOCKS), page.evaluate("window.violations"))
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'),"
        " {textContent: 'window.executed = true'}))"
    )
    page.wait_for_function("window.violations.length > 0")

    assert found == {
        "/stadtimpuls/": (["EventSeries"], []),
        "/stadtimpuls/1/": (["Event"], []),
    }
    # The same page would have told of a script.
    assert page.evaluate("[window.executed, window.violations]") == [
        None,
        ["script-src-elem inline"],
    ]
