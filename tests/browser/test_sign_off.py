"""The sign-off page in a real browser: every stage, with and without script."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from browser.server import running
from browser.survey import survey
from browser.test_markup import VNU, body
from impulscal.history.database import Database
from impulscal.invitations.guests import guests_of_session
from impulscal.invitations.sign_off import sign_off_token
from states import KEY, publish, settings

pytestmark = pytest.mark.xdist_group("browser")

STATES = ("offen", "verschoben", "abgesagt", "vorbei")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give series whose guests were invited; the first guest of each has signed off."""
    made = tmp_path_factory.mktemp("guests")
    publish(made, STATES)
    return made


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    with running(folder, SECRET_KEY=KEY, SMTP_URL="smtp://127.0.0.1:9") as address:
        yield address


def page_of(folder: Path, series: str, number: int) -> str:
    """Return the path of the page of a series' guest."""
    database = Database.open(settings(folder).database_url)
    with database.reading() as transaction:
        guest = guests_of_session(transaction, series, "2")[number]
    database.close()
    return f"/{series}/2/sign-off/{sign_off_token(KEY, guest.handle)}"


def paths(folder: Path) -> list[str]:
    """Return a page for each thing that it may say."""
    guests = [page_of(folder, series, 1) for series in STATES]
    found = [*guests, page_of(folder, "offen", 0), "/offen/2/sign-off/x"]
    return [f"{prefix}{path}" for path in found for prefix in ("", "/en")]


def test_no_page_has_a_fault_in_the_browser(
    chromium: Browser, folder: Path, served: str, require_program: Callable[[str], None]
) -> None:
    require_program("axe-core")
    context = chromium.new_context(
        locale="de-DE", timezone_id="Europe/Berlin", reduced_motion="reduce"
    )

    findings = [asdict(finding) for finding in survey(context, served, paths(folder))]
    context.close()

    wrong = [
        {name: value for name, value in finding.items() if name != "too_wide" and value}
        for finding in findings
    ]
    assert [list(one) for one in wrong] == [["path"]] * 12, wrong
    assert {str(of) for one in findings for of in one["too_wide"].values()} == {"[]"}


def test_no_page_has_a_fault_in_its_markup(
    folder: Path, served: str, tmp_path: Path, require_program: Callable[[str], None]
) -> None:
    require_program("vnu")
    for number, path in enumerate(paths(folder)):
        (tmp_path / f"{number}.html").write_bytes(body(f"{served}{path}"))

    command = ["java", "-jar", str(VNU), "--format", "json", "--exit-zero-always", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=True)

    assert json.loads(done.stderr)["messages"] == []


def test_a_guest_signs_off_with_the_keyboard_and_without_script(
    chromium: Browser, folder: Path, served: str
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served + page_of(folder, "offen", 2))

    page.get_by_role("button", name="Teilnahme absagen").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Sie sind abgemeldet.").wait_for()
    page.reload()

    assert page.get_by_role("heading", level=1).inner_text() == "Sie sind abgemeldet."
    assert page.get_by_text("Danke, dass Sie Bescheid geben.").is_visible()
    context.close()


def test_who_follows_a_link_from_there_takes_the_address_to_nobody(
    reader: BrowserContext, folder: Path, served: str
) -> None:
    page = reader.new_page()
    told: list[str] = []
    page.on("request", lambda request: told.append(request.headers.get("referer", "")))

    page.goto(served + page_of(folder, "verschoben", 1))
    page.get_by_role("link", name="Grüne Stadt, Teil 2").click()
    page.wait_for_load_state()

    assert len(told) > 1
    assert [address for address in told if "sign-off" in address] == []
