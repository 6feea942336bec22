"""``/{series}.atom`` against RFC 4287, read by others: libxml2 and feedparser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser  # type: ignore[import-untyped]  # it has no types
import pytest
from flask.testing import FlaskClient
from lxml import etree

from impulscal.links import Links
from impulscal.web.atom import atom
from impulscal.web.log import Log
from schedules import NOW, make_series, make_session, publish, text
from web.serving import Serving, schedule, session

ATOM = "{http://www.w3.org/2005/Atom}"
PATHS = ("/stadtimpuls.atom", "/de/stadtimpuls.atom", "/en/stadtimpuls.atom")

# fmt: off
ELEMENTS = {
    "feed", "id", "title", "subtitle", "updated", "published", "author", "name", "link",
    "entry", "category", "content",
}
# fmt: on

HOSTILE = {
    "cdata": "]]> </title><script>alert(1)</script>",
    "entities": "&lt;b&gt; & &#0; <![CDATA[",
    "emoji": "Stadt 🏙️👩‍👩‍👧 Ünïcode",
    "right to left": "\u202eعنوان עברית\u202c",
    "line ends": "eins\u2028zwei\u2029drei\u0085vier",
    "a template": "{before} {0} %s {{ 7 * 7 }}",
}


def tree(client: FlaskClient, path: str = PATHS[0]) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    return etree.fromstring(answer.data)


def read(client: FlaskClient, path: str = PATHS[0]) -> Any:
    answer = client.get(path)
    headers = {name.lower(): value for name, value in answer.headers}
    found = feedparser.parse(answer.data, response_headers=headers)
    assert found.bozo == 0, found.bozo_exception
    return found


def ids(client: FlaskClient, path: str = PATHS[0]) -> list[str]:
    return [str(found.text) for found in tree(client, path).iter(f"{ATOM}id")]


def problems(found: Any) -> list[str]:
    """Return what RFC 4287 would mind in a feed."""
    schema = etree.RelaxNG(etree.parse(str(Path(__file__).parent / "atom.rng")))
    schema.validate(found)
    return [str(error) for error in schema.error_log] + list(_beyond_the_schema(found))


def _beyond_the_schema(feed: Any) -> Iterator[str]:
    """Yield what sections 4.1.1, 4.1.2 and 4.2.6 ask for beyond the schema."""
    if feed.find(f"{ATOM}author") is None:
        yield "no author"
    for parent in (feed, *feed.iter(f"{ATOM}entry")):
        links = [
            (link.get("rel"), link.get("type"), link.get("hreflang"))
            for link in parent.findall(f"{ATOM}link")
            if link.get("rel") == "alternate"
        ]
        if len(links) != len(set(links)) or not links:
            yield f"alternate links: {links}"
    found = [element.text for element in feed.iter(f"{ATOM}id")]
    if len(found) != len(set(found)):
        yield f"ids: {found}"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Serving:
    """Give a series that went through every kind of change but a withdrawal."""
    serving = Serving(tmp_path_factory.mktemp("changed"))
    one = session(1, "2021-06-08", title="Gerechte Stadt")
    two = session(2, "2021-07-13", announce="4 weeks before")
    three = session(3, "2021-08-10")
    steps: list[list[dict[str, Any]]] = [
        [one, two],
        [one, two, three],
        [{**one, "date": "2021-06-15", "note": "Krank"}, two, three],
        [{**one, "date": "2021-06-15", "note": "Krank"}, two, {**three, "status": "cancelled"}],
        [one, two, {**three, "teaser": "Neu"}],
        [one, {**two, "status": "tentative"}, {**three, "duration": "45 min"}],
        [{**one, "announce": "2 weeks before"}, two, three],
    ]
    client = serving.start()
    for step in steps:
        serving.write(schedule(*step, organizer={"name": "EINSATEAM"}))
        client.get("/stadtimpuls.ics")
        serving.hand.go(hours=1)
    serving.hand.go(days=30)
    return serving


@pytest.fixture(scope="module")
def client(changed: Serving) -> FlaskClient:
    return changed.start()


@pytest.mark.parametrize("path", PATHS)
def test_the_feed_is_valid(client: FlaskClient, path: str) -> None:
    assert problems(tree(client, path)) == []


@pytest.mark.parametrize("path", PATHS)
def test_a_reader_finds_nothing_wrong(client: FlaskClient, path: str) -> None:
    found = read(client, path)

    assert (found.version, len(found.entries)) == ("atom10", 13)


@pytest.mark.parametrize("name", ["id", "title", "updated", "author", "entry/link", "entry/id"])
def test_the_validator_notices_what_is_missing(client: FlaskClient, name: str) -> None:
    feed = tree(client)
    missing = feed.find("/".join(f"{ATOM}{part}" for part in name.split("/")))
    missing.getparent().remove(missing)

    assert problems(feed) != []


def test_a_feed_without_sessions_is_valid(serving: Serving) -> None:
    written = schedule(session(1, "2021-06-08"))
    serving.write(written[: written.index("sessions:")])
    client = serving.start()

    feed = tree(client)

    assert problems(feed) == []
    assert feed.findtext(f"{ATOM}updated") == "2021-05-20T07:00:00Z"


def test_the_head_names_series_author_language_and_addresses(serving: Serving) -> None:
    organizer = {"name": "EINSATEAM", "email": "stadtimpuls@einsateam.de"}
    serving.write(
        schedule(organizer=organizer, homepage="https://reihe.example/", subtitle="Praxis")
    )
    client = serving.start(base_url="https://kalender.example/termine")

    head = read(client, "/termine/en/stadtimpuls.atom").feed

    assert (head.title, head.subtitle) == ("stadt:impuls: what has changed", "Praxis")
    assert (head.language, head.author) == ("en", "EINSATEAM")
    assert [(link.rel, link.get("hreflang"), link.href) for link in head.links] == [
        ("self", "en", "https://kalender.example/termine/en/stadtimpuls.atom"),
        ("alternate", "en", "https://kalender.example/termine/en/stadtimpuls/changes/"),
        ("alternate", "de", "https://kalender.example/termine/stadtimpuls.atom"),
    ]


def test_an_entry_says_what_changed_when_and_where(serving: Serving) -> None:
    serving.write(schedule(session(1, "2021-06-08", title="Gerechte Stadt")))
    client = serving.start()
    client.get("/stadtimpuls.atom")
    serving.hand.go(days=1)
    moved = session(1, "2021-06-15", title="Gerechte Stadt", note="Der Saal war belegt.")
    serving.write(schedule(moved))

    entry = read(client).entries[0]

    assert (entry.id, entry.link, entry.title) == (
        "tag:einsateam.de,2021-05-21:stadtimpuls/1/1",
        "https://kalender.example/stadtimpuls/1/",
        "Verschoben: Gerechte Stadt",
    )
    assert entry.updated == entry.published == "2021-05-21T07:00:00Z"
    assert entry.content[0].value == (
        "Verschoben: von Dienstag, 8. Juni 2021, 12:00 Uhr "
        "auf Dienstag, 15. Juni 2021, 12:00 Uhr\nDer Saal war belegt."
    )


def test_a_series_that_has_just_begun_is_one_entry(serving: Serving) -> None:
    serving.write(schedule(*(session(number, "2021-06-08") for number in range(1, 31))))

    entries = read(serving.start()).entries

    assert [entry.title for entry in entries] == [
        "Die Reihe wurde am Donnerstag, 20. Mai 2021, mit 30 Terminen veröffentlicht."
    ]


def test_the_ids_are_those_of_all_languages(client: FlaskClient) -> None:
    assert ids(client, PATHS[0]) == ids(client, PATHS[1]) == ids(client, PATHS[2])


def test_the_ids_outlive_a_restart_on_another_host(changed: Serving, client: FlaskClient) -> None:
    other = changed.start(base_url="https://anderswo.example/kalender")

    assert ids(other, "/kalender/stadtimpuls.atom") == ids(client)


def test_the_ids_go_on_when_more_changes(serving: Serving) -> None:
    first, *others = [session(number, "2021-06-08") for number in range(1, 4)]
    client = serving.start()
    known: list[list[str]] = []
    for edited in (first, {**first, "teaser": "Neu"}, {**first, "date": "2021-06-15"}):
        serving.write(schedule(edited, *others))
        known.append(ids(client))
        serving.hand.go(days=1)
    serving.write(schedule(others[0], withdrawn=(1, 3)))

    after = ids(client)

    feed, *entries = known[-1]
    assert [one[1:] for one in known] == [entries[2:], entries[1:], entries]
    assert after == [feed, entries[-1]]


def test_the_same_history_gives_the_same_bytes(changed: Serving, client: FlaskClient) -> None:
    assert [client.get(path).data for path in PATHS] == [
        changed.start().get(path).data for path in PATHS
    ]


def test_nothing_is_sent_to_who_knows_it(client: FlaskClient) -> None:
    known = client.get(PATHS[0])

    by_tag = client.get(PATHS[0], headers={"If-None-Match": known.headers["ETag"]})
    by_date = client.get(PATHS[0], headers={"If-Modified-Since": known.headers["Last-Modified"]})

    assert [answer.status_code for answer in (by_tag, by_date)] == [304, 304]
    assert known.headers["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_scripts_of_other_websites_may_read_it(client: FlaskClient) -> None:
    known = client.get(PATHS[0])
    again = client.get(PATHS[0], headers={"If-None-Match": known.headers["ETag"]})

    allowed = [answer.headers.get("Access-Control-Allow-Origin") for answer in (known, again)]

    assert allowed == ["*", "*"]


def test_a_long_history_shows_its_newest_fifty_entries(serving: Serving) -> None:
    sessions = [session(number, "2021-06-08") for number in range(1, 61)]
    serving.write(schedule(*sessions))
    client = serving.start()
    client.get(PATHS[0])
    serving.hand.go(days=1)
    serving.write(schedule(*sessions, start="13:00"))

    assert len(read(client).entries) == 50


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_text_stays_text_whatever_it_holds(serving: Serving, hostile: str) -> None:
    serving.write(
        schedule(session(1, "2021-06-08", title=hostile), title=hostile, subtitle=hostile)
    )
    client = serving.start()
    client.get(PATHS[0])
    serving.hand.go(days=1)
    moved = session(1, "2021-06-15", title=hostile, note=hostile)
    serving.write(schedule(moved, title=hostile, subtitle=hostile))

    feed = tree(client)

    assert problems(feed) == []
    assert {element.tag.removeprefix(ATOM) for element in feed.iter()} == ELEMENTS
    assert hostile.split("\u2028", maxsplit=1)[0] in "".join(feed.itertext())


def test_what_xml_cannot_hold_is_replaced() -> None:
    # No file may hold it, but a restored history can.
    series = make_series(title=text("vorher\ufffe\uffff\x00nachher"))
    edition = publish([make_session()], series=series)
    links = Links(base_url="https://kalender.example", series=series, language="de")

    rendered = atom(edition, Log(revisions=(), news=(), founded_at=NOW), links)

    title = etree.fromstring(rendered).findtext(f"{ATOM}title")
    assert title == "vorher\ufffd\ufffd\ufffdnachher: was sich geändert hat"
