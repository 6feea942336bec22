"""Style sheet, script, font and pictures: named by their bytes, light, kept for good."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html

from impulscal.web import create_app
from impulscal.web.assets import assets

Page = Any
Open = Callable[[str], Page]

FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", ["style.css", "site.js", "figtree.woff2", "icon.svg"])
def test_a_file_is_kept_for_good_by_the_name_of_its_bytes(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/static/{assets()[name].name}")

    assert answer.data == assets()[name].body
    assert answer.headers["Cache-Control"] == FOR_GOOD


def test_a_page_from_before_a_release_still_finds_its_style(client: FlaskClient) -> None:
    answer = client.get("/static/style-0123456789.css")

    assert answer.data == assets()["style.css"].body
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_the_page_of_the_series_is_light(client: FlaskClient) -> None:
    page = client.get("/stadtimpuls/", headers={"Accept-Encoding": "gzip"})
    named = set(re.findall(r"/static/[\w.-]+", gzip.decompress(page.data).decode()))

    files = [client.get(name, headers={"Accept-Encoding": "gzip"}).data for name in named]

    assert len(files) == 4
    assert len(page.data) + sum(map(len, files)) < 60_000


def test_a_packed_page_is_the_same_page(client: FlaskClient) -> None:
    plain = client.get("/offen/")
    packed = client.get("/offen/", headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] == f"W/{plain.headers['ETag']}"
    assert (plain.headers["Vary"], packed.headers["Vary"]) == ("Accept-Encoding",) * 2


def test_a_feed_is_never_packed(client: FlaskClient) -> None:
    answer = client.get("/offen.ics", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers


def test_a_picture_has_its_place_its_words_and_its_credit(
    open_page: Open, client: FlaskClient
) -> None:
    page = open_page("/offen/2/")

    [picture] = page.xpath("//img")
    answer = client.get(picture.get("src").removeprefix("/termine"))

    told = [picture.get(name) for name in ("alt", "width", "height")]
    assert told == ["Ein Park", "64", "36"]
    assert page.xpath("//img/../figcaption")[0].text_content() == "Quelle: Stadt Beispiel"
    assert answer.mimetype == "image/png"
    assert answer.headers["Cache-Control"] == FOR_GOOD


def test_a_picture_of_a_session_that_is_not_announced_is_not_there(
    open_page: Open, client: FlaskClient
) -> None:
    assert open_page("/vor-ankuendigung/1/").xpath("//img") == []
    assert client.get("/vor-ankuendigung/1/1-0123456789.png").status_code == 404


def test_a_picture_that_vanished_breaks_no_page(client: FlaskClient, folder: Path) -> None:
    # Of its own: nothing is answered from memory that another test has asked for.
    client = create_app(client.application.extensions["impulscal"].settings).test_client()
    before: Page = html.fromstring(client.get("/letzter-tag/2/").text)
    [picture] = before.xpath("//img/@src")
    path = folder / "bilder" / "offen.png"
    saved = path.read_bytes()
    path.unlink()

    gone = client.get(picture.removeprefix("/termine"))
    page: Page = html.fromstring(client.get("/geschlossen/2/").text)
    path.write_bytes(saved)

    assert gone.status_code == 404
    assert page.xpath("//img") == []


def test_the_script_is_small() -> None:
    assert len(assets()["site.js"].body) < 4 * 1024
