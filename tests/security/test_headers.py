"""Every answer tells the browser what it may do with it, whatever the answer is."""

from pathlib import Path

import pytest

from impulscal.invitations.model import Guest, Listed
from impulscal.invitations.sign_off import sign_off_token
from impulscal.web import create_app
from invitations.house import House
from staff.desk import Desk
from web.serving import Serving

ALL = {"X-Content-Type-Options": "nosniff"}

PAGE = {
    **ALL,
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}

FILE = {
    **ALL,
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
}

# Compared without what differs from page to page.
FRAME = {**PAGE, "Content-Security-Policy": "frame-ancestors *"}

SECRET = {**PAGE, "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"}

SECRET_FILE = {name: value for name, value in SECRET.items() if not name.startswith("C")} | {
    "Cross-Origin-Resource-Policy": "same-origin"
}

STAFF = {
    **PAGE,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

# Whose link it is: each state has its own guest, so that no test depends on another.
GUESTS = {"/sign-off": "Ada", "/sign-off-now": "Bea", "/signed-off": "Cem"}

ANSWERS = [
    ("GET", "/", 200, PAGE),
    ("HEAD", "/stadtimpuls/2/", 200, PAGE),
    ("GET", "/nothing", 404, PAGE),
    ("GET", "/stadtimpuls/nothing/", 404, PAGE),
    ("GET", "/stadtimpuls?alarm=x", 400, PAGE),
    ("GET", "/stadtimpuls/share?limit=x", 400, ALL),
    ("POST", "/", 405, PAGE),
    ("TRACE", "/stadtimpuls", 405, PAGE),
    ("OPTIONS", "/stadtimpuls", 200, PAGE),
    ("GET", "/stadtimpuls/embed", 200, FRAME),
    ("GET", "/stadtimpuls/embed?limit=x", 400, FRAME),
    ("GET", "/stadtimpuls.ics", 200, FILE),
    ("GET", "/stadtimpuls/2.ics", 200, FILE),
    ("GET", "/stadtimpuls.ics?alarm=x", 400, FILE),
    ("GET", "/stadtimpuls.ics?topic=x", 404, FILE),
    ("GET", "/nothing.ics", 404, FILE),
    ("PROPFIND", "/stadtimpuls.ics", 405, FILE),
    ("GET", "/stadtimpuls.atom", 200, FILE),
    ("GET", "/stadtimpuls.json", 200, FILE),
    ("GET", "/embed.js", 200, FILE),
    ("GET", "/static/style.css", 200, FILE),
    ("GET", "/robots.txt", 200, FILE),
    ("GET", "/sitemap.xml", 200, FILE),
    ("GET", "/healthz", 200, FILE),
    ("GET", "/metrics", 404, ALL),
    ("GET", "/sign-off", 200, SECRET),
    ("GET", "/sign-off/x.ics", 200, SECRET_FILE),
    ("POST", "/sign-off-now", 303, {name: SECRET[name] for name in SECRET_FILE}),
    ("GET", "/signed-off/x.ics", 410, SECRET),
    ("GET", "/stadtimpuls/2/sign-off/x", 410, SECRET),
    ("GET", "/staff", 200, STAFF),
    ("GET", "/staff/nothing", 404, STAFF),
    ("GET", "/staff/stadtimpuls/2", 200, STAFF),
    ("GET", "/staff/stadtimpuls/2/guests.csv", 200, {**STAFF, "X-Robots-Tag": "noindex"}),
    ("GET", "/staff/sign-in/x", 403, STAFF),
    ("POST", "/staff/sign-out", 403, STAFF),
    ("POST", "/staff/check", 403, STAFF),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Give staff who are signed in, and a guest for each state a link to sign off can have."""
    house = House(tmp_path_factory.mktemp("house"))
    house.add(*(Listed(address=f"{name}@stadt.example", name=name) for name in GUESTS.values()))
    house.invite()
    house.sign_off(_guest(house, "/signed-off"))
    return Desk(house, {"reload_seconds": 0}).sign_in()


def _guest(house: House, link: str) -> Guest:
    return next(guest for guest in house.guests() if guest.name == GUESTS[link])


def _headers(desk: Desk, method: str, path: str) -> tuple[int, dict[str, str]]:
    link = path.removesuffix("/x.ics")
    if link in GUESTS:
        token = sign_off_token(str(desk.settings.secret_key), _guest(desk.house, link).handle)
        path = path.replace(link, f"/stadtimpuls/2/sign-off/{token}")
    answer = desk.client.open(path, method=method)
    told = dict(answer.headers)
    if "frame-ancestors *" in told.get("Content-Security-Policy", ""):
        told["Content-Security-Policy"] = "frame-ancestors *"
    return answer.status_code, told


@pytest.mark.parametrize(
    ("method", "path", "status", "expected"),
    ANSWERS,
    ids=[f"{method} {path}" for method, path, _status, _expected in ANSWERS],
)
def test_an_answer_has_the_headers_of_its_kind(
    desk: Desk, method: str, path: str, status: int, expected: dict[str, str]
) -> None:
    found, told = _headers(desk, method, path)

    assert (found, {name: told.get(name) for name in expected}) == (status, expected)
    assert "Set-Cookie" not in told


@pytest.mark.parametrize("path", ["/stadtimpuls", "/stadtimpuls.ics", "/stadtimpuls.json"])
def test_a_304_has_the_headers_of_the_200(desk: Desk, path: str) -> None:
    whole = desk.client.get(path)

    known = desk.client.get(path, headers={"If-None-Match": whole.headers["ETag"]})

    names = {*PAGE, *FILE, "Cache-Control", "Access-Control-Allow-Origin", "X-Robots-Tag"}
    assert known.status_code == 304
    assert [known.headers.get(name) for name in names] == [
        whole.headers.get(name) for name in names
    ]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/staff/outbox", 303),
        ("GET", "/staff/nothing", 303),
        ("POST", "/staff/check", 403),
        ("GET", "/staff/stadtimpuls/2/guests.csv", 303),
        ("POST", "/staff/sign-in", 422),
    ],
)
def test_a_stranger_is_answered_as_guardedly(
    desk: Desk, method: str, path: str, status: int
) -> None:
    answer = desk.app.test_client().open(path, method=method)

    told = {name: answer.headers.get(name) for name in STAFF}
    assert (answer.status_code, told) == (status, STAFF)
    assert answer.headers.get("Location", "/staff/sign-in").startswith("/staff/sign-in")


@pytest.mark.parametrize(
    ("path", "expected"), [("/failing", PAGE), ("/failing.ics", FILE), ("/failing/x", PAGE)]
)
def test_a_fault_of_ours_is_answered_as_guardedly_and_tells_nothing(
    tmp_path: Path, path: str, expected: dict[str, str]
) -> None:
    app = create_app(Serving(tmp_path).settings())

    @app.get("/failing")
    @app.get("/failing.ics")
    @app.get("/failing/<path>")
    def fail(path: str = "") -> str:
        raise RuntimeError(f"a secret {path}")

    answer = app.test_client().get(path)

    told = {name: answer.headers.get(name) for name in expected}
    assert (answer.status_code, told) == (500, expected)
    assert [word for word in ("secret", "Traceback", "RuntimeError") if word in answer.text] == []


@pytest.mark.parametrize(("path", "expected"), [("/", PAGE), ("/stadtimpuls.ics", FILE)])
def test_an_address_that_is_not_ready_is_answered_as_guardedly(
    tmp_path: Path, path: str, expected: dict[str, str]
) -> None:
    answer = Serving(tmp_path).start().get(path)

    told = {name: answer.headers.get(name) for name in expected}
    assert (answer.status_code, told) == (503, expected)
