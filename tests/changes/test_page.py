"""``/{series}/changes/`` as people read it."""

import pytest
from flask.testing import FlaskClient
from lxml import html

from web.serving import Serving, schedule, session

FIRST = session(1, "2021-06-08", title="Gerechte Stadt")
SECOND = session(2, "2021-07-13", title="Grüne Stadt")
PAGE = "/stadtimpuls/changes/"


def page(client: FlaskClient, path: str = PAGE) -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.fromstring(answer.get_data())


def main(client: FlaskClient, path: str = PAGE) -> list[str]:
    """Return days, changes, notes and sentences of the page, each in one line of words."""
    found = page(client, path).xpath("//main//*[self::h2 or self::p or self::ul/ul or self::li/li]")
    return [words(element) for element in found if "lead" not in element.classes][1:]


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture
def client(serving: Serving) -> FlaskClient:
    serving.write(schedule(FIRST, SECOND))
    client = serving.start()
    client.get("/stadtimpuls/changes/")
    serving.hand.go(days=1)
    return client


def test_a_series_that_has_just_begun_says_that_nothing_changed(client: FlaskClient) -> None:
    assert main(client) == [
        "Seit der Ankündigung hat sich nichts geändert.",
        "Die Reihe wurde am Donnerstag, 20. Mai 2021, mit 2 Terminen veröffentlicht.",
    ]


def test_the_page_stands_in_english_too(client: FlaskClient) -> None:
    assert main(client, "/en/stadtimpuls/changes/") == [
        "Nothing has changed since the announcement.",
        "The series was published on Thursday, 20 May 2021, with 2 sessions.",
    ]


def test_a_move_says_from_when_to_when_and_why(serving: Serving, client: FlaskClient) -> None:
    moved = {**FIRST, "date": "2021-06-15", "note": "Der Saal war belegt."}
    serving.write(schedule(moved, SECOND))

    assert main(client)[:3] == [
        "Freitag, 21. Mai 2021",
        (
            "→ Verschoben: Gerechte Stadt · von Dienstag, 8. Juni 2021, 12:00 Uhr "
            "auf Dienstag, 15. Juni 2021, 12:00 Uhr"
        ),
        "Grund: Der Saal war belegt.",
    ]


def test_what_was_is_struck_and_what_is_underlined(serving: Serving, client: FlaskClient) -> None:
    serving.write(schedule({**FIRST, "date": "2021-06-15"}, SECOND))

    tree = page(client, "/en/stadtimpuls/changes/")

    assert [words(mark) for mark in tree.xpath("//del | //ins")] == [
        "Tuesday, 8 June 2021, 12:00",
        "Tuesday, 15 June 2021, 12:00",
    ]


def test_a_cancellation_and_its_end_are_told(serving: Serving, client: FlaskClient) -> None:
    serving.write(schedule({**FIRST, "status": "cancelled", "note": "Krank"}, SECOND))
    client.get(PAGE)
    serving.hand.go(hours=1)
    serving.write(schedule({**FIRST}, SECOND))

    assert main(client)[:3] == [
        "Freitag, 21. Mai 2021",
        "✓ Findet doch statt: Gerechte Stadt · am Dienstag, 8. Juni 2021",
        "× Abgesagt: Gerechte Stadt · am Dienstag, 8. Juni 2021",
    ]


def test_the_reason_of_a_cancellation_is_told(serving: Serving, client: FlaskClient) -> None:
    serving.write(schedule({**FIRST, "status": "cancelled", "note": "Krank"}, SECOND))

    assert main(client)[2] == "Grund: Krank"


def test_all_texts_that_changed_at_once_are_named(serving: Serving, client: FlaskClient) -> None:
    texts = {"title": "Neu", "teaser": "Neu", "description": "Neu", "location": "Neu"}
    serving.write(schedule({**FIRST, **texts}, SECOND))

    told = [main(client, path)[1] for path in (PAGE, "/en/stadtimpuls/changes/")]

    assert told == [
        "≈ Text geändert: Neu · Beschreibung, Ort, Anreißer, Titel",
        "≈ Text changed: Neu · description, place, teaser, title",
    ]


def test_a_reason_is_not_told_again_with_another_change(
    serving: Serving, client: FlaskClient
) -> None:
    moved = {**FIRST, "date": "2021-06-15", "note": "Krank"}
    serving.write(schedule(moved, SECOND))
    client.get(PAGE)
    serving.hand.go(hours=1)
    serving.write(schedule({**moved, "teaser": "Neu"}, SECOND))

    assert [line.partition(" ·")[0] for line in main(client)[1:4]] == [
        "≈ Text geändert: Gerechte Stadt",
        "→ Verschoben: Gerechte Stadt",
        "Grund: Krank",
    ]


CHANGED = [
    (
        {"teaser": "Neu", "materials": [{"title": "Leitfaden", "url": "https://a.example/b"}]},
        "≈ Text geändert: Gerechte Stadt · Unterlagen, Anreißer",
        "≈ Text changed: Gerechte Stadt · materials, teaser",
    ),
    (
        {"duration": "45 min"},
        (
            "→ Neues Ende: Gerechte Stadt · von Dienstag, 8. Juni 2021, 12:30 Uhr "
            "auf Dienstag, 8. Juni 2021, 12:45 Uhr"
        ),
        (
            "→ New end: Gerechte Stadt · from Tuesday, 8 June 2021, 12:30 to "
            "Tuesday, 8 June 2021, 12:45"
        ),
    ),
    (
        {"status": "tentative"},
        "? Noch nicht fest: Gerechte Stadt · Dieser Termin kann sich noch verschieben.",
        "? Not yet fixed: Gerechte Stadt · This date may still change.",
    ),
    (
        {"announce": "1 week before"},
        (
            "… Einzelheiten kommen später: Gerechte Stadt · Einzelheiten folgen am Dienstag, "
            "1. Juni 2021."
        ),
        "… Details come later: Gerechte Stadt · Details follow on Tuesday, 1 June 2021.",
    ),
]


@pytest.mark.parametrize(("facts", "german", "english"), CHANGED)
def test_every_kind_of_change_has_its_words(
    serving: Serving, client: FlaskClient, facts: dict[str, object], german: str, english: str
) -> None:
    serving.write(schedule({**FIRST, **facts}, SECOND))

    assert [main(client)[1], main(client, "/en/stadtimpuls/changes/")[1]] == [german, english]


def test_an_announcement_is_told_with_its_turning_point(serving: Serving) -> None:
    serving.write(schedule({**FIRST, "announce": "1 week before"}, SECOND))
    client = serving.start()
    client.get(PAGE)
    serving.hand.go(days=20)

    assert main(client)[:2] == [
        "Dienstag, 1. Juni 2021",
        "» Angekündigt: Gerechte Stadt · am Dienstag, 8. Juni 2021",
    ]


def test_a_new_session_is_told(serving: Serving, client: FlaskClient) -> None:
    serving.write(schedule(FIRST, SECOND, session(3, "2021-08-10")))

    assert main(client)[1] == "+ Neu in der Reihe: Termin 3 · am Dienstag, 10. August 2021"


def test_several_new_sessions_are_told_together(serving: Serving, client: FlaskClient) -> None:
    serving.write(schedule(FIRST, SECOND, session(3, "2021-08-10"), session(4, "2021-09-14")))

    tree = page(client)

    assert [words(line) for line in tree.xpath("//p[contains(@class, 'change')]")] == [
        "+ Neu in der Reihe: 2 Termine"
    ]
    assert [words(line) for line in tree.xpath("//ol//li//li//li")] == [
        "Termin 3, Dienstag, 10. August 2021",
        "Termin 4, Dienstag, 14. September 2021",
    ]


def test_a_withdrawn_session_leaves_the_page(serving: Serving, client: FlaskClient) -> None:
    serving.write(schedule({**FIRST, "date": "2021-06-15"}, SECOND))
    client.get(PAGE)
    serving.hand.go(hours=1)
    serving.write(schedule(SECOND, withdrawn=(1,)))

    assert main(client) == [
        "Seit der Ankündigung hat sich nichts geändert.",
        "Die Reihe wurde am Donnerstag, 20. Mai 2021, mit einem Termin veröffentlicht.",
    ]


def test_a_session_that_is_over_and_gone_is_named_without_a_link(
    serving: Serving, client: FlaskClient
) -> None:
    serving.write(schedule({**FIRST, "date": "2021-06-15"}, SECOND))
    client.get(PAGE)
    serving.hand.go(days=30)
    serving.write(schedule(SECOND))

    tree = page(client)

    assert [words(line) for line in tree.xpath("//p[contains(@class, 'moved')]//bdi")] == [
        "Gerechte Stadt"
    ]
    assert tree.xpath("//p[contains(@class, 'moved')]//a") == []


def test_titles_stand_as_they_are_now(serving: Serving, client: FlaskClient) -> None:
    serving.write(schedule({**FIRST, "date": "2021-06-15"}, SECOND))
    client.get(PAGE)
    serving.hand.go(hours=1)
    serving.write(schedule({**FIRST, "date": "2021-06-15", "title": "Faire Stadt"}, SECOND))

    assert [line.partition(" ·")[0] for line in main(client)[1:3]] == [
        "≈ Text geändert: Faire Stadt",
        "→ Verschoben: Faire Stadt",
    ]


def test_days_are_those_of_the_series_zone(serving: Serving) -> None:
    serving.write(schedule(FIRST, timezone="Pacific/Auckland"))
    client = serving.start()
    client.get(PAGE)
    serving.hand.go(hours=12)
    serving.write(schedule({**FIRST, "date": "2021-06-15"}, timezone="Pacific/Auckland"))

    # 21:00 in Berlin is the next morning there.
    assert main(client)[0] == "Freitag, 21. Mai 2021"


def test_a_title_in_another_language_than_the_page_says_so(
    serving: Serving, client: FlaskClient
) -> None:
    serving.write(schedule({**FIRST, "date": "2021-06-15"}, SECOND))

    tree = page(client, "/en/stadtimpuls/changes/")

    assert tree.xpath("//p[contains(@class, 'moved')]//bdi/@lang") == ["de"]


def test_a_long_page_ends_with_the_way_to_the_data(serving: Serving) -> None:
    sessions = [session(number, "2021-06-08") for number in range(1, 202)]
    serving.write(schedule(*sessions))
    client = serving.start()
    client.get(PAGE)
    serving.hand.go(days=1)
    serving.write(schedule(*sessions, start="13:00"))

    tree = page(client)

    assert len(tree.xpath("//p[contains(@class, 'change')]")) == 200
    assert words(tree.xpath("//main//p")[-2]) == (
        "Ältere Änderungen stehen in den Daten der Reihe. JSON"
    )


def test_the_same_edition_gives_the_same_page_in_another_process(
    serving: Serving, client: FlaskClient
) -> None:
    serving.write(schedule({**FIRST, "date": "2021-06-15"}, SECOND))

    assert serving.start().get(PAGE).data == client.get(PAGE).data


def test_the_page_is_not_sent_again_where_it_is_known(client: FlaskClient) -> None:
    answer = client.get(PAGE)

    again = client.get(PAGE, headers={"If-None-Match": answer.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
