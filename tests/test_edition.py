"""What one edition takes over from the one before."""

from dataclasses import replace
from datetime import timedelta

from impulscal.edition import sharing
from schedules import make_session, publish, text, wall


def test_sessions_that_stay_as_they_are_are_the_same_objects() -> None:
    stays, changes = make_session(id="1"), make_session(id="2")
    before = publish([stays, changes])
    after = publish([stays, changes], [stays, replace(changes, title=text("Neu"))])

    shared = sharing(before, after)

    assert [
        session is earlier
        for session, earlier in zip(shared.sessions, before.sessions, strict=True)
    ] == [True, False]
    assert shared == after


def test_sessions_that_came_and_went_are_those_of_the_new_edition() -> None:
    before = publish([make_session(id="1"), make_session(id="2")])
    after = publish([make_session(id="2"), make_session(id="3")])

    assert sharing(before, after) == after


def test_an_hour_that_a_night_shows_twice_is_another_one() -> None:
    first = wall("2021-10-31 01:30") + timedelta(hours=1)
    before = publish([make_session(wall("2021-10-31 01:30"), end=first)])
    (session,) = before.sessions
    an_hour_later = replace(session.public, end=first.replace(fold=1))
    after = replace(before, sessions=(replace(session, public=an_hour_later),))

    shared = sharing(before, after)

    assert shared.sessions[0].public.end.fold == 1
