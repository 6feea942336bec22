"""States of the pages about sessions and guests that no plain visit shows, in Chromium."""

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route
from werkzeug.test import TestResponse

from browser.survey import WIDTHS, Finding, survey
from browser.test_markup import VNU
from impulscal.invitations import outbox
from impulscal.invitations.guests import remember_answer
from impulscal.invitations.model import Listed, Partstat
from invitations.house import House, schedule, session
from staff.desk import Desk
from staff.reading import Reading

pytestmark = pytest.mark.xdist_group("browser")

BASE_URL = "https://kalender.example"

REGISTRATION = {"email": "a@stadt.example", "places": 4}

LINES = (
    "Neu <neu@amt.example>\n<b>Ä</b> <gast1@amt.example>\nweg@amt.example\nkaputt(at)amt.example"
)


def busy(house: House) -> None:
    """Let guests of session 2 stand wherever guests can stand; it is overbooked and has moved."""
    house.publish(schedule(session(registration=REGISTRATION), session(3, "2021-07-13")))
    guests = house.add(*[Listed(address=f"gast{number}@amt.example") for number in range(9)])
    away = house.add(Listed(address="weg@amt.example", name="<b>Weg</b>"))[0]
    house.invite()
    with house.database.writing() as transaction:
        for fate in (outbox.give_up, outbox.give_up, None, None, None):
            message = outbox.claim(transaction, now=house.now, lease=timedelta(minutes=5))
            assert message is not None
            if fate is None:
                outbox.sent(transaction, message, "250 OK", now=house.now)
            else:
                fate(transaction, message, "550 No such user")
        for guest, partstat in zip(guests, (*Partstat, *Partstat), strict=False):
            remember_answer(transaction, guest, partstat, at=house.now)
    house.sign_off(away)
    house.add(Listed(address="spaet@amt.example", name="Noch Neu"))
    house.go(hours=1)
    house.publish(
        schedule(
            session(1, "2021-05-11"),
            session(registration=REGISTRATION, start="13:00", note="Die Referentin ist krank."),
            session(3, "2021-07-13", status="tentative", join_url=None),
            session(4, "2021-09-14", announce="2021-08-01"),
        )
    )


def broken(desk: Desk) -> None:
    desk.house.file.write_text(schedule(session(date="2021-06-31")), encoding="utf-8")


def states(folder: Path) -> dict[str, TestResponse]:
    """Return the pages by paths that are made up."""
    house = House(folder)
    busy(house)
    desk = Desk(house).sign_in()
    found: dict[str, TestResponse] = {}
    for area in ("/staff", "/staff/en"):
        page = f"{area}/stadtimpuls/2"
        found |= {
            f"{area}/state/overview": desk.get(area),
            f"{area}/state/invitations": desk.get(f"{area}/invitations"),
            f"{area}/state/session": desk.get(page),
            f"{area}/state/chosen": desk.get(f"{page}?show=lost"),
            f"{area}/state/no-link": desk.get(f"{area}/stadtimpuls/3"),
            f"{area}/state/over": desk.get(f"{area}/stadtimpuls/1"),
            f"{area}/state/no-file": desk.get(f"{area}/stadtimpuls/3/invitation.ics"),
            f"{area}/state/preview": desk.post(f"{page}/guests/preview", lines=LINES),
            f"{area}/state/known": desk.post(f"{page}/guests/preview", lines="gast1@amt.example"),
            f"{area}/state/nothing": desk.post(f"{page}/guests/preview"),
            f"{area}/state/wrong": desk.post(f"{page}/guests/add", name="<b>", email="x"),
            f"{area}/state/away": desk.get(f"{page}/guests/10/return"),
        }
    broken(desk)
    silent = Desk(house, {"mail_server": None}).sign_in()
    for area in ("/staff", "/staff/en"):
        found[f"{area}/state/broken"] = silent.get(area)
        found[f"{area}/state/drafts"] = silent.get(f"{area}/stadtimpuls/2")
    house.database.close()
    return found


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TestResponse]:
    """Give the pages of all states."""
    return states(tmp_path_factory.mktemp("states"))


@pytest.fixture(scope="module")
def findings(
    shown: dict[str, TestResponse],
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    require_program: Callable[[str], None],
) -> Iterator[list[Finding]]:
    """Give what the browser and axe find in them."""
    require_program("axe-core")
    look = Desk(House(tmp_path_factory.mktemp("look"))).client

    def respond(route: Route) -> None:
        path = route.request.url.removeprefix(BASE_URL)
        given = shown[path] if path in shown else look.get(path)
        route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.data)

    context = chromium.new_context(timezone_id="Europe/Berlin", reduced_motion="reduce")
    context.route("**/*", respond)
    yield [*survey(context, BASE_URL, list(shown))]
    context.close()


def those(findings: list[Finding], wrong: Callable[[Finding], object]) -> dict[str, object]:
    """Return what is wrong, by the path of the page."""
    return {finding.path: wrong(finding) for finding in findings if wrong(finding)}


def test_the_states_are_what_they_should_be(shown: dict[str, TestResponse]) -> None:
    german = {path: page.status_code for path, page in shown.items() if "/en/" not in path}

    assert german == {
        **dict.fromkeys((path for path in german), 200),
        "/staff/state/no-file": 409,
        "/staff/state/nothing": 400,
        "/staff/state/wrong": 400,
    }
    assert Reading(shown["/staff/state/session"]).all("//figure/figcaption") == [
        "Versand: gesendet 3 · wartet 4 · aufgegeben 2 · noch nicht eingeladen 1",
        "Antworten: zugesagt 1 · vielleicht 2 · abgesagt 2 · ohne Antwort 2",
    ]


def test_axe_finds_no_barrier(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.violations) == {}


def test_browser_complains_of_nothing_and_no_policy_is_broken(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.complaints) == {}


def test_no_page_holds_code_or_style_of_its_own(findings: list[Finding]) -> None:
    assert those(findings, lambda finding: finding.inline) == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_too_wide_or_cut(findings: list[Finding], width: str) -> None:
    assert those(findings, lambda finding: finding.too_wide[width]) == {}


def test_what_is_wrong_with_a_form_has_the_focus_without_script(
    shown: dict[str, TestResponse], chromium: Browser
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    context.route(
        "**/*",
        lambda route: route.fulfill(
            body=shown["/staff/state/wrong"].data, content_type="text/html; charset=utf-8"
        ),
    )
    page = context.new_page()
    page.goto(BASE_URL)

    focused = page.locator(":focus").get_attribute("id")

    context.close()
    assert focused == "h-problems"


def test_the_markup_has_no_fault(
    shown: dict[str, TestResponse], tmp_path: Path, require_program: Callable[[str], None]
) -> None:
    require_program("vnu")
    names = {}
    for number, (path, page) in enumerate(shown.items()):
        (tmp_path / f"{number}.html").write_bytes(page.data)
        names[f"{number}.html"] = path

    command = ["java", "-Xss4m", "-jar", str(VNU), "--format", "json", "--stdout", str(tmp_path)]
    told = subprocess.run(command, capture_output=True, check=False)

    faults = [
        f"{names[Path(said['url']).name]}: {said['message']}: {said.get('extract', '')}"
        for said in json.loads(told.stdout)["messages"]
    ]
    assert sorted(faults) == []
