"""What holds for every page of every state, in both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from browser.survey import WIDTHS, Finding, survey

pytestmark = pytest.mark.xdist_group("browser")


def those(findings: list[Finding], wrong: Callable[[Finding], object]) -> dict[str, object]:
    """Return what is wrong, by the path of the page."""
    return {finding.path: wrong(finding) for finding in findings if wrong(finding)}


def test_axe_finds_no_barrier(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.violations) == {}


def test_browser_complains_of_nothing_and_no_policy_is_broken(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.complaints) == {}


def test_no_other_host_is_asked(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.foreign) == {}


def test_nothing_is_stored_on_the_device(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.stored) == {}


def test_no_page_holds_code_or_style_of_its_own(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.inline) == {}


def test_nothing_moves_while_a_page_loads(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.shift) == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_too_wide_or_cut(findings: list[Finding], width: str) -> None:
    assert those(findings, lambda finding: finding.too_wide[width]) == {}


FAULTY = """<!doctype html><title>Fehler</title>
<img src="http://127.0.0.1:9/anderswo.png">
<p style="width: 3000px">zu breit</p>
<script>document.cookie = "a=b"; localStorage.setItem("c", "d"); console.error("Fehler")</script>
"""


def test_faults_would_be_found(reader: BrowserContext, address: str) -> None:
    reader.route("**/fehler", lambda route: route.fulfill(body=FAULTY, content_type="text/html"))

    (found,) = survey(reader, address, ["/fehler"])

    assert any("image-alt" in said for said in found.violations)
    assert "error: Fehler" in found.complaints
    assert found.foreign == ["http://127.0.0.1:9/anderswo.png"]
    assert found.stored == ["a=b", "c"]
    assert len(found.inline) == 2
    assert all(found.too_wide.values())
