"""What holds for every page of the staff area, in both languages, in Chromium."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from browser.server import free_port
from browser.survey import WIDTHS, Finding, survey
from browser.test_markup import VNU
from impulscal.invitations.model import Listed
from invitations.house import House, schedule, session
from staff.desk import Desk
from staff.doors import doors
from subscribers.realistic import fill

pytestmark = pytest.mark.xdist_group("browser")

GUESTS = (
    Listed(address="j.mueller@stadt.example", name="Müller, Jürgen"),
    Listed(address=f"{'lang' * 14}@{'sehr' * 14}.example", name="<b>Ä</b> & Söhne"),
    Listed(address="ohne@namen.example", name=""),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Give somebody who is signed in where guests were invited and copies are out of date."""
    house = House(tmp_path_factory.mktemp("house"))
    house.publish(schedule(session(), session(3, "2021-07-13")))
    guests = house.add(*GUESTS)
    house.invite()
    house.go(hours=1)
    house.sign_off(guests[2])
    fill(house.database, ["stadtimpuls"], house.now.date(), days=16)
    house.publish(schedule(session(start="13:00"), session(3, "2021-07-13")))
    yield Desk(house, {"base_url": f"http://127.0.0.1:{free_port()}"}).sign_in()
    house.database.close()


@dataclass(frozen=True, slots=True)
class Seen:
    """Paths and texts of all pages: those of the way in, and those behind it."""

    outside: dict[str, str]
    inside: dict[str, str]


@pytest.fixture(scope="module")
def seen(desk: Desk) -> Seen:
    """Give every page of the staff area."""
    found = [door for door in doors(desk.app, desk.house.guests()[0].id) if door.method == "GET"]
    outside = [door.path for door in found if door.open]
    links = [desk.link(), desk.link().replace("/staff", "/staff/en", 1)]
    return Seen(
        outside=_read(desk.app.test_client(), [*outside, *links]),
        inside=_read(desk.client, [door.path for door in found if not door.open]),
    )


def _read(client: FlaskClient, paths: list[str]) -> dict[str, str]:
    found = {path: client.get(path) for path in paths}
    assert [path for path, page in found.items() if page.status_code >= 500] == []
    pages = {path: page.text for path, page in found.items() if page.mimetype == "text/html"}
    # What sends on, as the address of a form does that somebody opens again, has no page.
    return {path: text for path, text in pages.items() if found[path].status_code != 303}


@pytest.fixture(scope="module")
def findings(
    desk: Desk, seen: Seen, chromium: Browser, require_program: Callable[[str], None]
) -> Iterator[list[Finding]]:
    """Give what the browser and axe find on every page."""
    require_program("axe-core")
    address = desk.settings.base_url
    server = make_server("127.0.0.1", int(address.rpartition(":")[2]), desk.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    context = chromium.new_context(timezone_id="Europe/Berlin", reduced_motion="reduce")
    found = [*survey(context, address, list(seen.outside))]
    way_in = context.new_page()
    way_in.goto(address + desk.link())
    way_in.click("main button")
    yield [*found, *survey(context, address, list(seen.inside))]
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()


def those(findings: list[Finding], wrong: Callable[[Finding], object]) -> dict[str, object]:
    """Return what is wrong, by the path of the page."""
    return {finding.path: wrong(finding) for finding in findings if wrong(finding)}


def test_the_main_pages_are_among_them(seen: Seen) -> None:
    assert {"/staff/sign-in", "/staff/en/sign-in/sent"} <= seen.outside.keys()
    assert {"/staff", "/staff/en", "/staff/stadtimpuls/2", "/staff/outbox"} <= seen.inside.keys()


def test_axe_finds_no_barrier(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.violations) == {}


def test_browser_complains_of_nothing_and_no_policy_is_broken(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.complaints) == {}


def test_no_other_host_is_asked(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.foreign) == {}


def test_no_script_can_read_what_is_stored(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.stored) == {}


def test_no_page_holds_code_or_style_of_its_own(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.inline) == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_too_wide_or_cut(findings: list[Finding], width: str) -> None:
    assert those(findings, lambda finding: finding.too_wide[width]) == {}


def test_the_markup_has_no_fault(
    seen: Seen, tmp_path: Path, require_program: Callable[[str], None]
) -> None:
    require_program("vnu")
    names = {}
    for number, (path, text) in enumerate({**seen.outside, **seen.inside}.items()):
        (tmp_path / f"{number}.html").write_text(text, encoding="utf-8")
        names[f"{number}.html"] = path

    command = ["java", "-Xss4m", "-jar", str(VNU), "--format", "json", "--stdout", str(tmp_path)]
    told = subprocess.run(command, capture_output=True, check=False)

    faults = [
        f"{names[Path(said['url']).name]}: {said['message']}: {said.get('extract', '')}"
        for said in json.loads(told.stdout)["messages"]
    ]
    assert sorted(faults) == []
