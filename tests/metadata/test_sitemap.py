"""``/sitemap.xml`` by the rules of sitemaps.org, and the way to it."""

from datetime import datetime
from itertools import chain
from typing import Any

from flask.testing import FlaskClient
from lxml import etree

from web.serving import Serving, schedule, session

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


def urls(client: FlaskClient, path: str = "/sitemap.xml") -> list[Any]:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    root = etree.fromstring(answer.data)
    assert root.tag == f"{{{NAMES['s']}}}urlset"
    return list(root)


def address(url: Any) -> str:
    return str(url.findtext("s:loc", namespaces=NAMES))


def alternates(url: Any) -> dict[str, str]:
    return {
        link.get("hreflang"): link.get("href")
        for link in url.findall("x:link[@rel='alternate']", namespaces=NAMES)
    }


def changed(url: Any) -> datetime:
    return datetime.fromisoformat(url.findtext("s:lastmod", namespaces=NAMES))


def test_every_page_stands_in_it_in_every_language(serving: Serving) -> None:
    serving.write(schedule())
    client = serving.start(base_url="https://kalender.example/termine")

    found = [address(url) for url in urls(client, "/termine/sitemap.xml")]

    assert found == [
        f"https://kalender.example/termine{prefix}/stadtimpuls/{here}"
        for here in ("", "1/", "2/", "changes/")
        for prefix in ("", "/en")
    ]


def test_every_address_answers(serving: Serving) -> None:
    serving.write(schedule())
    serving.write(schedule(id="andere", domain="b.example"), name="andere.yaml")
    serving.schedules = (serving.file, serving.folder / "andere.yaml")
    client = serving.start()

    paths = [address(url).removeprefix("https://kalender.example") for url in urls(client)]

    assert len(paths) == 16
    assert {client.get(path).status_code for path in paths} == {200}


def test_the_pages_of_a_group_name_each_other(serving: Serving) -> None:
    serving.write(schedule())
    found = urls(serving.start())

    groups = {address(url): alternates(url) for url in found}

    for group in groups.values():
        assert list(group) == ["de", "en", "x-default"]
        assert group["x-default"] == group["de"]
        assert all(groups[there] == group for there in group.values())
    assert set(chain.from_iterable(group.values() for group in groups.values())) == set(groups)


def test_a_page_is_as_old_as_its_revision(serving: Serving) -> None:
    serving.write(schedule())
    client = serving.start()
    client.get("/sitemap.xml")
    serving.hand.go(days=1)
    serving.write(schedule(session(1, "2021-06-15"), session(2, "2021-07-13")))

    days = {address(url).split("/", 3)[3]: changed(url).day for url in urls(client)}

    assert days == {
        "stadtimpuls/": 21,
        "en/stadtimpuls/": 21,
        "stadtimpuls/1/": 21,
        "en/stadtimpuls/1/": 21,
        "stadtimpuls/2/": 20,
        "en/stadtimpuls/2/": 20,
        "stadtimpuls/changes/": 21,
        "en/stadtimpuls/changes/": 21,
    }


def test_each_entry_holds_what_the_protocol_allows_in_its_order(serving: Serving) -> None:
    serving.write(schedule())

    for url in urls(serving.start()):
        first, second, *others = [etree.QName(child) for child in url]
        assert (first.localname, second.localname) == ("loc", "lastmod")
        assert {name.namespace for name in others} == {NAMES["x"]}
        assert changed(url).tzinfo is not None


def test_it_names_no_more_than_the_protocol_allows(serving: Serving) -> None:
    serving.write(schedule(*(session(number, "2021-06-08") for number in range(1, 301))))
    client = serving.start()

    found = urls(client)

    assert len(found) == 604
    assert len({address(url) for url in found}) == 604


def test_a_withdrawn_session_leaves_it(serving: Serving) -> None:
    serving.write(schedule())
    client = serving.start()
    client.get("/sitemap.xml")
    serving.write(schedule(session(1, "2021-06-08"), withdrawn=(2,)))

    assert [url for url in urls(client) if "/2/" in address(url)] == []


def test_without_any_series_it_is_not_there_yet(serving: Serving) -> None:
    serving.write("series: broken")

    answer = serving.start().get("/sitemap.xml")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


def test_nothing_is_sent_to_who_knows_it(serving: Serving) -> None:
    serving.write(schedule())
    client = serving.start()
    known = client.get("/sitemap.xml")

    again = client.get("/sitemap.xml", headers={"If-None-Match": known.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Last-Modified"] == known.headers["Last-Modified"]


def test_robots_are_shown_the_way(serving: Serving) -> None:
    serving.write(schedule())
    client = serving.start(base_url="https://kalender.example/termine")

    assert client.get("/robots.txt").text == (
        "User-agent: *\nAllow: /\nSitemap: https://kalender.example/termine/sitemap.xml\n"
    )
