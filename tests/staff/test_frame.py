"""What every page of the staff area can rely on, whoever builds it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Blueprint, Response, abort, request

from impulscal.errors import UsageError, _
from impulscal.export import export
from impulscal.web.staff.guard import route, see_other, show_staff, staff, staff_path
from invitations.house import House
from staff.desk import PETRA, Desk
from web.pages import Page

probe = Blueprint("probe", __name__)


@route(probe, "probe/<name>", ("GET", "POST"))
def show_probe(name: str) -> Response:
    if request.method == "POST":
        there = staff_path("probe/<name>", name=name, page=2)
        return see_other(there, _("Signed in as {address}", address=request.form["text"]))
    return show_staff("refusal.html", heading=name, advice=staff().language)


@route(probe, "probe-file")
def give_file() -> Response:
    return Response(staff().address, content_type="text/csv")


@route(probe, "probe-nothing")
def find_nothing() -> Response:
    abort(404)


@route(probe, "probe-trouble")
def fail() -> Response:
    raise UsageError(_("To the overview"))


@pytest.fixture
def desk(house: House) -> Desk:
    """Give somebody who is signed in where there are pages to try things with."""
    return _with_probe(Desk(house)).sign_in()


def _with_probe(desk: Desk) -> Desk:
    desk.app.register_blueprint(probe)
    return desk


def test_a_page_stands_in_german_and_in_english(desk: Desk) -> None:
    german, english = (desk.get(f"/staff{prefix}/probe/x").text for prefix in ("", "/en"))

    assert (Page(german).faults, Page(german).language) == ([], "de")
    assert (Page(english).faults, Page(english).language) == ([], "en")
    assert "Postausgang" in german
    assert "Outbox" in english


def test_a_page_leads_to_itself_in_the_other_language(desk: Desk) -> None:
    query = "language=x&rule=y&self=%22%3E"
    german = Page(desk.get(f"/staff/probe/ä%3F?{query}").text)
    english = Page(desk.get(f"/staff/en/probe/ä%3F?{query}").text)

    assert f"/staff/en/probe/%C3%A4%3F?{query}" in german.links
    assert f"/staff/probe/%C3%A4%3F?{query}" in english.links


def test_every_answer_is_private(desk: Desk) -> None:
    answers = [desk.get(path) for path in ("/staff/probe/x", "/staff/probe-file", "/staff/sign-in")]

    for answer in answers:
        assert {name: answer.headers[name] for name in PRIVATE} == PRIVATE


PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}


def test_no_page_of_the_staff_area_is_for_search_engines(desk: Desk) -> None:
    assert '<meta name="robots" content="noindex">' in desk.get("/staff/probe/x").text


def test_what_was_done_is_told_once(desk: Desk) -> None:
    answer = desk.post("/staff/probe/x", text="Müller & <b>")
    first, second = desk.get("/staff/probe/x").text, desk.get("/staff/probe/x").text

    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/probe/x?page=2")
    told = '<p class="told" role="status">Eingeloggt als Müller &amp; &lt;b&gt;</p>'
    assert (told in first, told in second) == (True, False)


def test_what_was_done_is_told_to_nobody_else(desk: Desk) -> None:
    desk.post("/staff/probe/x", text="Müller")
    desk.post("/staff/sign-out")
    way_in = desk.get("/staff/sign-in").text

    desk.post("/staff/probe/x", text="Müller")
    desk.sign_in()

    assert "Müller" not in way_in
    assert "Müller" not in desk.get("/staff/probe/x").text


def test_the_session_of_a_notice_cannot_be_swapped(desk: Desk) -> None:
    desk.post("/staff/probe/x", text="Müller")
    other = _with_probe(Desk(desk.house)).sign_in()
    kept = desk.client.get_cookie("impulscal_staff_notice", path="/staff")
    assert kept is not None
    other.client.set_cookie("impulscal_staff_notice", kept.value, path="/staff")

    assert "Müller" not in other.get("/staff/probe/x").text


def test_a_page_that_is_not_there_stands_in_the_frame(desk: Desk) -> None:
    answers = [desk.get(path) for path in ("/staff/probe-nothing", "/staff/gibt-es-nicht/x/y")]

    for answer in answers:
        assert answer.status_code == 404
        assert "<h1>Diese Seite gibt es nicht.</h1>" in answer.text
        assert f"Eingeloggt als {PETRA}" in answer.text


def test_trouble_is_told_in_words(desk: Desk) -> None:
    answer = desk.get("/staff/probe-trouble")

    assert answer.status_code == 409
    assert '<p class="lead advice">Zur Übersicht</p>' in answer.text


def test_a_history_that_fails_tells_strangers_no_address(desk: Desk, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "impulscal.sqlite3")) as history, history:
        history.execute("DROP TABLE staff_session")

    answer = desk.get("/staff/probe/x")

    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text
    assert "sqlite" not in answer.text


_UPLOAD = (
    b'--edge\r\nContent-Disposition: form-data; name="list"; filename="list.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\n%s\r\n--edge--\r\n"
)


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (b"text=%s", "application/x-www-form-urlencoded"),
        (_UPLOAD, "multipart/form-data; boundary=edge"),
    ],
    ids=["pasted", "uploaded"],
)
def test_what_is_too_large_is_refused_in_words(desk: Desk, form: bytes, kind: str) -> None:
    answer = desk.client.post(
        "/staff/probe/x", data=form % (b"x" * (10 * 1024 * 1024)), content_type=kind
    )

    assert answer.status_code == 413
    assert "<h1>Das ist zu groß.</h1>" in answer.text
    assert "höchstens 10\u00a0MB" in answer.text


def test_a_long_list_goes_through_a_form(desk: Desk) -> None:
    rows = {f"guest-{number}": "Müller, Jürgen <j@stadt.example>" for number in range(5000)}

    answer = desk.post("/staff/probe/x", text="ja", **rows)

    assert answer.status_code == 303


def test_a_session_that_ended_keeps_what_was_typed(desk: Desk) -> None:
    csrf = desk.csrf
    desk.house.go(hours=9)
    ours = {"Sec-Fetch-Site": "same-origin"}
    typed = {"text": "eine\nlange <Liste>", "csrf": csrf}

    ended = desk.client.post("/staff/probe/x", data=typed, headers=ours)
    desk.sign_in()
    # The page that was kept has the old token, or none.
    again = desk.client.post("/staff/probe/x", data=typed, headers=ours)
    done = desk.post("/staff/probe/x", text="eine\nlange <Liste>")

    assert (ended.status_code, again.status_code, done.status_code) == (403, 403, 303)
    for answer in (ended, again):
        assert Page(answer.text).faults == []
        assert ">\neine\nlange &lt;Liste&gt;</textarea>" in answer.text
        assert csrf not in answer.text
    assert f'name="csrf" value="{desk.csrf}"' in again.text
    assert "csrf" not in ended.text


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}])
def test_words_of_another_website_are_not_offered_for_sending(
    desk: Desk, headers: dict[str, str]
) -> None:
    answer = desk.client.post("/staff/probe/x", data={"text": "untergeschoben"}, headers=headers)

    assert answer.status_code == 403
    assert "untergeschoben" not in answer.text


def test_nothing_is_read_for_strangers(desk: Desk) -> None:
    answer = desk.app.test_client().post(
        "/staff/probe/x",
        data={"text": "von Fremden"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 403
    assert "von Fremden" not in answer.text


def test_a_base_path_stands_before_every_address(house: House) -> None:
    desk = _with_probe(Desk(house, {"base_url": "https://stadt.example/termine"})).sign_in()

    page = desk.get("/staff/probe/x")

    assert page.status_code == 200
    assert [link for link in Page(page.text).links if not link.startswith(("/termine/", "#"))] == []


def test_a_base_path_like_the_area_opens_no_back_door(house: House) -> None:
    desk = _with_probe(Desk(house, {"base_url": "https://stadt.example/staff"}))
    stranger = desk.app.test_client()

    answers = [stranger.get(path) for path in ("/staff/probe/x", "/staff/staff/probe/x")]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (303, "/staff/staff/sign-in?next=probe%2Fx")
    ] * 2


def test_the_static_export_has_no_staff_area(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "site"

    export(desk.app, "", folder, progress=lambda _address: None)

    names = {str(file.relative_to(folder)) for file in folder.rglob("*")}
    assert "stadtimpuls/index.html" in names
    assert [name for name in names if name.startswith(("staff", "en/staff", "de/staff"))] == []


@pytest.mark.parametrize("changed", [{"secret_key": None}, {"preview": True}], ids=str)
def test_without_a_key_and_in_a_preview_there_is_no_staff_area(
    house: House, changed: dict[str, object]
) -> None:
    client = Desk(house, changed).app.test_client()

    answers = [client.get(path) for path in ("/staff", "/staff/sign-in", "/staff/stadtimpuls/2")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert "Interner Bereich" not in "".join(answer.text for answer in answers)
