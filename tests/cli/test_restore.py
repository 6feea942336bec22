import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.commands import DATABASE, publish_file, run, write
from impulscal.history.database import Database
from impulscal.history.revisions import Revision
from impulscal.settings import Settings
from impulscal.web import create_app

FIRST = """\
sessions:
  - {id: 1, date: 2021-05-11, title: Anfang, topic: Grüne Stadt}
  - {id: 2, date: 2021-06-08, title: Mitte}
  - {id: 3, date: 2021-07-13, title: Irrtum}
"""
SECOND = FIRST.replace("2021-06-08", "2021-06-15")
THIRD = SECOND.replace("Mitte", "Ende") + "withdrawn: [3]\n"
NEW = Path("new.sqlite3")
REPOSITORY = Path(__file__).parents[2]


def publish_three_states() -> dict[str, Any]:
    """Publish three states of a file; return what the server tells of them as data."""
    for day, state in enumerate((FIRST, SECOND, THIRD), start=1):
        write(state)
        publish_file(f"2021-05-0{day}T09:00")
    settings = Settings(schedules=(Path("sessions.yaml"),), database_url=f"sqlite:///{DATABASE}")
    answer = create_app(settings).test_client().get("/reihe.json")
    document: dict[str, Any] = json.loads(answer.data)
    return document


@pytest.fixture
def published() -> dict[str, Any]:
    return publish_three_states()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> str:
    with contextlib.chdir(tmp_path_factory.mktemp("published")):
        return json.dumps(publish_three_states())


@pytest.fixture
def document(shared: str) -> dict[str, Any]:
    """Give a document of a series that the history here knows nothing of."""
    found: dict[str, Any] = json.loads(shared)
    assert [revision["session"] for revision in found["revisions"]] == ["1", "2", "2", "2"]
    return found


def save(document: object) -> str:
    Path("reihe.json").write_text(json.dumps(document), encoding="utf-8")
    return "reihe.json"


def known(path: Path) -> dict[str, Revision]:
    database = Database.open(f"sqlite:///{path}")
    with database.reading() as transaction:
        history = transaction.history("reihe")
    database.close()
    return dict(history.revisions)


@pytest.fixture
def _into_a_new_history(published: object, monkeypatch: pytest.MonkeyPatch) -> None:
    del published
    monkeypatch.setenv("IMPULSCAL_DATABASE_URL", f"sqlite:///{NEW}")


@pytest.mark.usefixtures("_into_a_new_history")
def test_nothing_changes_for_subscribers_after_a_history_was_restored(
    published: dict[str, Any],
) -> None:
    source = save(published)

    result = run("restore", source)

    assert result.exit_code == 0
    assert result.stdout == "reihe: restored. Sessions: 2, revisions written: 4.\n"
    assert run("changes").stdout == "Nothing would change for subscribers.\n"
    before, after = known(DATABASE), known(NEW)
    assert {name: revision.revised_at for name, revision in after.items()} == {
        name: before[name].revised_at for name in ("1", "2")
    }
    assert [(r.sequence, r.schedule_sequence) for r in after.values()] == [(0, 0), (2, 2)]
    assert (before["2"].sequence, before["2"].schedule_sequence) == (2, 1)


@pytest.mark.usefixtures("_into_a_new_history")
def test_restoring_twice_changes_nothing(published: dict[str, Any]) -> None:
    source = save(published)
    run("restore", source)
    before = known(NEW)

    result = run("restore", source)

    assert result.stdout == "reihe: the history knows all of it; nothing changed.\n"
    assert known(NEW) == before


def test_whatever_a_file_may_say_can_be_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    series = (REPOSITORY / "sessions.yaml").read_text(encoding="utf-8")
    series = series.replace(
        "topic: Grüne Stadt", "topic: ネズミ、「東京」 … 🎉\n    registration: none"
    )
    series = series.replace("topic: Produktive Stadt", f"topic: '?!'\n    title: {'Ä' * 300}", 1)
    write("", series=series.replace("title: Produktive Stadt\n    ", "", 1))
    publish_file("2021-05-20T09:00")
    database_url = f"sqlite:///{DATABASE}"
    settings = Settings(schedules=(Path("sessions.yaml"),), database_url=database_url)
    source = save(json.loads(create_app(settings).test_client().get("/stadtimpuls.json").data))
    monkeypatch.setenv("IMPULSCAL_DATABASE_URL", f"sqlite:///{NEW}")

    result = run("restore", source)

    assert result.stdout == "stadtimpuls: restored. Sessions: 5, revisions written: 8.\n"
    assert run("changes").stdout == "Nothing would change for subscribers.\n"


def test_an_older_copy_lowers_nothing(published: dict[str, Any]) -> None:
    before = known(DATABASE)
    published["revisions"] = [
        revision for revision in published["revisions"] if revision["sequence"] == 0
    ]

    result = run("restore", save(published))

    assert result.exit_code == 0
    assert known(DATABASE) == before


@pytest.mark.usefixtures("_into_a_new_history")
def test_a_history_that_began_anew_is_raised_to_what_was_published(
    published: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IMPULSCAL_DATABASE_URL")
    DATABASE.unlink()
    publish_file("2021-05-04T09:00")

    run("restore", save(published))

    assert [revision.sequence for revision in known(DATABASE).values()] == [0, 2]
    assert run("changes", "--at", "2021-05-05T09:00").stdout == (
        "Nothing would change for subscribers.\n"
    )


def test_a_withdrawn_session_is_not_in_the_document(document: dict[str, Any]) -> None:
    assert {revision["session"] for revision in document["revisions"]} == {"1", "2"}


NOT_OURS = (
    "This is not a schedule that impulscal published, or it was changed since; nothing was "
    "written. Give the address or a saved copy of a /{series}.json.\n"
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        b"\xff\xfe\x00",
        b"<!doctype html><title>404</title>",
        b"[]",
        b"{}",
        b"null",
        b'{"format": 2}',
        b'{"format": true}',
        b'{"format": 1, "series": []}',
        b"[" * 100_000,
        b'{"format": ' + b"1" * 10_000 + b"}",
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    Path("other.json").write_bytes(content)

    result = run("restore", "other.json")

    assert result.exit_code == 2
    assert result.stderr == NOT_OURS
    assert not DATABASE.exists()


def edited(**facts: object) -> Callable[[dict[str, Any]], None]:
    def edit(document: dict[str, Any]) -> None:
        document["revisions"][-1].update(facts)

    return edit


def told(**facts: object) -> Callable[[dict[str, Any]], None]:
    def edit(document: dict[str, Any]) -> None:
        document["revisions"][-1]["facts"].update(facts)

    return edit


def of_series(**facts: object) -> Callable[[dict[str, Any]], None]:
    def edit(document: dict[str, Any]) -> None:
        document["series"].update(facts)

    return edit


def moment(**facts: str) -> dict[str, str]:
    plain = {
        "wall": "2021-06-15T12:00:00",
        "zone": "Europe/Berlin",
        "utc": "2021-06-15T10:00:00Z",
    }
    return {**plain, **facts}


def without_facts(document: dict[str, Any]) -> None:
    del document["revisions"][-1]["facts"]["status"]


def with_topics(document: dict[str, Any]) -> None:
    document["topics"] = {"Grüne Stadt": "Grüne Stadt"}


def falling(document: dict[str, Any]) -> None:
    document["revisions"][0]["session"] = "2"
    document["revisions"][0]["sequence"] = 9


@pytest.mark.parametrize(
    "edit",
    [
        edited(sequence=2**31),
        edited(sequence=-1),
        edited(sequence=1e9),
        edited(sequence="2"),
        edited(sequence=True),
        edited(schedule_sequence=3),
        edited(ordinal=10**30),
        edited(session="2\n"),
        edited(session="A.b"),
        edited(session="a" * 41),
        edited(session="feeds"),
        edited(session=2),
        edited(present="yes"),
        edited(announced=1),
        edited(revised_at="2021-05-03"),
        edited(revised_at="0001-01-01T00:00:00Z"),
        edited(revised_at="2021-05-03T09:00:00"),
        edited(created_at="2021-05-04T09:00:00Z"),
        edited(kinds=[]),
        edited(kinds=["exploded"]),
        edited(kinds="moved"),
        edited(changed=["title\n"]),
        edited(announce="x" * 300),
        edited(facts=[]),
        edited(first_start=None),
        edited(first_start=moment(wall="2021-06-15")),
        edited(first_start=moment(zone="Europe/Atlantis")),
        edited(first_start=moment(zone="../../etc/passwd")),
        edited(previous_start=moment(utc="2021-07-15T10:00:00Z")),
        edited(previous_start=moment(extra="x")),
        told(status="exploded"),
        told(title="Mitte"),
        told(title={"de": "a\x1b[31m"}),
        told(teaser={"de": "\ud800"}),
        told(end=moment()),
        told(start=moment(wall="9999-06-15T12:00:00", utc="9999-06-15T10:00:00Z")),
        told(note=1.5),
        told(**{"Not a name": "x"}),
        of_series(id="../reihe"),
        of_series(domain="not a domain"),
        of_series(domain=None),
        without_facts,
        with_topics,
        falling,
    ],
)
def test_a_document_that_was_tampered_with_is_refused_whole(
    edit: Callable[[dict[str, Any]], None], document: dict[str, Any]
) -> None:
    edit(document)

    result = run("restore", save(document))

    assert (result.exit_code, result.stderr) == (2, NOT_OURS)
    assert not DATABASE.exists()


def test_a_stamp_from_the_future_is_refused(document: dict[str, Any]) -> None:
    document["revisions"][-1]["revised_at"] = "2199-01-01T00:00:00Z"

    result = run("restore", save(document))

    assert result.exit_code == 1
    assert result.stderr == (
        "This was published at 2199-01-01 00:00 UTC, which is still to come. "
        "Set the clock of this machine right and try again.\n"
    )


def test_another_series_of_the_same_name_is_refused(published: dict[str, Any]) -> None:
    before = known(DATABASE)
    published["series"]["domain"] = "example.net"

    result = run("restore", save(published))

    assert result.exit_code == 1
    assert result.stderr == (
        "The history knows reihe with the domain example.org, this comes from example.net: "
        "it is another series. Nothing was written.\n"
    )
    assert known(DATABASE) == before


@pytest.mark.parametrize(
    ("source", "code", "told"),
    [
        ("missing.json", 2, "missing.json cannot be read (there is no such file).\n"),
        (".", 2, ". cannot be read (it is a folder).\n"),
        (
            "http://127.0.0.1:9/reihe.json",
            1,
            (
                "http://127.0.0.1:9/reihe.json does not answer with a schedule: "
                "Connection refused. Open it in a browser to see whether the server is there.\n"
            ),
        ),
        (
            "http://",
            1,
            (
                "http:// does not answer with a schedule: no host given. "
                "Open it in a browser to see whether the server is there.\n"
            ),
        ),
    ],
)
def test_a_source_that_cannot_be_read_is_told(source: str, code: int, told: str) -> None:
    result = run("restore", source)

    assert (result.exit_code, result.stderr) == (code, told)
    assert not DATABASE.exists()


def test_a_source_is_needed() -> None:
    assert run("restore").exit_code == 2
