"""The pages for people: valid, self-contained, and every link on them leads somewhere."""

from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from real_series import FILE
from web.pages import Page
from web.serving import Serving, schedule, session

BASE_URL = "https://kalender.example/termine"

PATHS = [
    f"{prefix}{path}"
    for prefix in ("", "/de", "/en")
    for path in ("/", "/stadtimpuls/", "/stadtimpuls/2/", "/stadtimpuls/4/", "/nichts")
]

NASTY = "<script>alert(1)</script> & \"x' {{7777*7777}} “ö”"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    serving = Serving(tmp_path_factory.mktemp("real"))
    serving.write(FILE.read_text(encoding="utf-8"))
    return serving.start(base_url=BASE_URL)


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    serving = Serving(tmp_path_factory.mktemp("nasty"))
    facts = {
        "title": NASTY,
        "topic": NASTY,
        "teaser": NASTY,
        "description": f"{NASTY}\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)>",
        "speakers": [{"name": NASTY, "about": NASTY}],
    }
    serving.write(
        schedule(
            session(2, "2021-06-08", **facts),
            session(4, "2021-07-13", status="cancelled", note=NASTY),
            title=NASTY,
            subtitle=NASTY,
            description=NASTY,
            imprint="https://einsateam.de/?a=1&b=2",
            contact="a'b@einsateam.de",
        )
    )
    return serving.start(base_url=BASE_URL)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_well_formed_and_holds_nothing_inline(real: FlaskClient, path: str) -> None:
    page = Page(real.get(path).text)

    assert page.faults == []
    assert page.language == ("en" if path.startswith("/en") else "de")


@pytest.mark.parametrize("path", PATHS)
def test_texts_of_the_file_never_become_markup(nasty: FlaskClient, path: str) -> None:
    answer = nasty.get(path)
    page = Page(answer.text)

    assert page.faults == []
    assert [link for link in page.links if link.startswith("javascript")] == []
    assert "60481729" not in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_a_page_may_load_nothing_from_elsewhere(real: FlaskClient, path: str) -> None:
    policy = dict(
        part.strip().split(" ", 1)
        for part in real.get(path).headers["Content-Security-Policy"].split(";")
    )

    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "font-src": "'self'",
        "img-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.parametrize("path", PATHS)
def test_every_link_of_a_page_leads_somewhere(real: FlaskClient, path: str) -> None:
    links = Page(real.get(path).text).links
    whole = {urljoin(f"{BASE_URL}{path}", link) for link in links if not link.startswith("#")}
    own = [urlsplit(link) for link in whole if link.startswith("https://kalender.example")]
    schemes = {urlsplit(link).scheme for link in whole}

    broken = [link.geturl() for link in own if real.get(link.path).status_code != 200]

    assert broken == []
    assert schemes <= {"https", "webcal", "mailto"}
    assert all(f"{link.path}/".startswith("/termine/") for link in own)


def test_the_page_of_the_series_offers_every_way_to_subscribe(real: FlaskClient) -> None:
    page = Page(real.get("/stadtimpuls/").text)

    hosts = {urlsplit(link).hostname for link in page.links if urlsplit(link).scheme == "https"}

    assert {"calendar.google.com", "outlook.office.com", "outlook.live.com"} <= hosts
    assert "webcal://kalender.example/termine/stadtimpuls.ics" in page.links


def test_the_page_of_a_session_ahead_leads_to_its_single_file(serving: Serving) -> None:
    serving.write(schedule())

    links = Page(serving.start().get("/en/stadtimpuls/2/").text).links

    assert "/en/stadtimpuls/2.ics" in links


def test_a_series_without_sessions_says_so(serving: Serving) -> None:
    serving.write(schedule().partition("sessions:")[0] + "sessions: []\n")

    page = serving.start().get("/")

    assert page.status_code == 200
    assert "Sobald Termine feststehen, erscheinen sie hier." in page.text
