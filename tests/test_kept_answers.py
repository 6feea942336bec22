"""Answers for the next start: given as long as nothing has changed, and no longer."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from impulscal import kept_answers
from impulscal.front import Opening
from impulscal.kept_answers import Recalled, recall
from impulscal.settings import Clock
from impulscal.web import create_app
from impulscal.web.looking import take_over
from web.serving import Serving, schedule, session

FEED = "/stadtimpuls.ics"
KEY = (FEED, "")


def keep(serving: Serving, **changed: Any) -> tuple[list[tuple[str, str]], bytes]:
    """Serve the feed, write down what was answered, and return that."""
    app = create_app(serving.settings(**changed))
    answer = app.test_client().get(FEED)
    editions = app.extensions["impulscal"].editions
    # What was published shows in the history's token of the next look.
    shelf = editions.current()
    kept_answers.keep(
        editions.settings,
        app.extensions["impulscal.front"].memory.of(shelf.editions),
        files=[report.path for report in shelf.reports],
        state=shelf.state,
        until=editions.next_turn,
    )
    return list(answer.headers), answer.data


def given(serving: Serving, **changed: Any) -> tuple[list[tuple[str, str]], bytes]:
    settings = serving.settings(**changed)
    kept = recall(settings)
    assert KEY in kept.answers
    opening = Opening(kept.answers, settings.base_url, lambda: True)
    body, _status, headers = run_wsgi_app(opening, EnvironBuilder(FEED).get_environ())
    return list(headers), b"".join(body)


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    serving = Serving(tmp_path)
    serving.write(schedule(session(1, "2021-06-08"), announce="1 week before"))
    return serving


def test_the_next_start_answers_with_the_same_bytes_and_headers(serving: Serving) -> None:
    answered = keep(serving)

    assert given(serving) == answered


def test_a_series_that_is_over_is_kept_for_good(serving: Serving) -> None:
    serving.hand.go(days=60)
    answered = keep(serving)
    serving.hand.go(days=4000)

    assert given(serving) == answered


def change_the_file(serving: Serving) -> None:
    serving.write(schedule(session(1, "2021-06-15"), announce="1 week before"))


def touch_the_file(serving: Serving) -> None:
    serving.write(serving.file.read_text(encoding="utf-8"))


def publish_elsewhere(serving: Serving) -> None:
    other = serving.write(schedule(id="andere"), "andere/sessions.yaml")
    create_app(serving.settings(schedules=(other,))).test_client().get("/andere.ics")


def cut_what_was_kept(serving: Serving, length: int = 200) -> None:
    path = serving.history.with_suffix(".answers")
    path.write_bytes(path.read_bytes()[:length])


def blank_what_was_kept(serving: Serving) -> None:
    path = serving.history.with_suffix(".answers")
    head, _, bodies = path.read_bytes().partition(b"\n")
    path.write_bytes(head + b"\n" + bytes(len(bodies)))


@pytest.mark.parametrize(
    "change",
    [
        change_the_file,
        touch_the_file,
        lambda serving: serving.file.unlink(),
        lambda serving: serving.history.write_bytes(b""),
        publish_elsewhere,
        lambda serving: serving.history.unlink(),
        # A week before the session, and before the answer was given.
        lambda serving: serving.hand.go(days=12),
        lambda serving: serving.hand.go(seconds=-1),
        cut_what_was_kept,
        lambda serving: cut_what_was_kept(serving, -1),
        blank_what_was_kept,
        lambda serving: serving.history.with_suffix(".answers").write_bytes(b"\xff\n"),
        lambda serving: serving.history.with_suffix(".answers").write_bytes(b"[]\n"),
        lambda serving: serving.history.with_suffix(".answers").unlink(),
    ],
)
def test_after_a_change_nothing_is_given(
    serving: Serving, change: Callable[[Serving], object]
) -> None:
    keep(serving)

    change(serving)

    assert recall(serving.settings()) == Recalled()


def test_what_is_given_is_what_would_be_answered_now(serving: Serving) -> None:
    keep(serving)

    kept = recall(serving.settings())

    announced = datetime.fromisoformat("2021-06-01T00:00+02:00")
    assert (kept.current, kept.until) == (True, announced.timestamp())


def test_the_next_process_goes_on_with_them(serving: Serving) -> None:
    keep(serving)
    app = create_app(serving.settings(reload_seconds=3600))
    version = app.extensions["impulscal"].editions.version()

    take_over(app, Recalled())

    of_now = app.extensions["impulscal.front"].memory.of(version)
    assert [key for key, _answer in of_now] == [KEY]


def test_the_next_process_does_not_go_on_with_what_may_be_outdated(serving: Serving) -> None:
    keep(serving)
    change_the_file(serving)
    app = create_app(serving.settings(reload_seconds=3600))
    version = app.extensions["impulscal"].editions.version()

    take_over(app, Recalled())

    assert app.extensions["impulscal.front"].memory.of(version) == []


@contextmanager
def locked(serving: Serving) -> Iterator[None]:
    with closing(sqlite3.connect(serving.history)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def damaged(serving: Serving) -> Iterator[None]:
    serving.history.write_bytes(b"no database" * 100)
    yield


@pytest.mark.parametrize("trouble", [locked, damaged])
def test_where_the_history_cannot_be_asked_the_last_answers_are_given_for_want_of_others(
    serving: Serving, trouble: Callable[[Serving], AbstractContextManager[None]]
) -> None:
    answered = keep(serving)
    serving.hand.go(days=12)

    with trouble(serving):
        kept = recall(serving.settings())
        answers = given(serving)

    assert (kept.current, answers) == (False, answered)


def test_another_release_gives_nothing(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(serving)
    monkeypatch.setattr(kept_answers, "__version__", "99")

    assert recall(serving.settings()) == Recalled()


def test_another_public_address_gives_nothing(serving: Serving) -> None:
    keep(serving)

    assert recall(serving.settings(base_url="https://anders.example")) == Recalled()


def test_a_new_file_in_a_folder_gives_nothing(serving: Serving) -> None:
    keep(serving, schedules=(serving.folder,))
    serving.write(schedule(id="andere"), "andere.yaml")

    assert recall(serving.settings(schedules=(serving.folder,))) == Recalled()


@pytest.mark.parametrize(
    "changed",
    [
        {"preview": True},
        {"clock": Clock(datetime.fromisoformat("2021-05-20T09:00+02:00"))},
        {"database_url": "postgresql+psycopg://localhost/impulscal"},
        {"database_url": "sqlite://"},
    ],
    ids=str,
)
def test_where_nothing_can_tell_whether_it_still_holds_nothing_is_kept(
    serving: Serving, changed: dict[str, Any]
) -> None:
    settings = serving.settings(**changed)

    kept_answers.keep(settings, [], files=[serving.file], state=(0, 0), until=0.0)

    assert list(serving.folder.glob("*.answers*")) == []
    assert recall(settings) == Recalled()


def test_what_is_kept_is_for_its_owner_alone(serving: Serving) -> None:
    keep(serving)

    path = serving.history.with_suffix(".answers")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_takes_nothing_disturbs_nobody(serving: Serving) -> None:
    keep(serving)
    path = serving.history.with_suffix(".answers")
    path.unlink()
    path.mkdir()

    keep(serving)

    assert sorted(entry.name for entry in serving.folder.glob("*.answers*")) == [path.name]
