"""What ``impulscal changes`` says of invitations."""

import pytest

from cli.commands import publish_file, run, write
from cli.guests import ANNA, INVITING_SERIES, JUERGEN, invite_people

AT = ("--at", "2021-05-20T09:00")
INVITED = """\
sessions:
  - {id: 1, date: 2021-05-11, title: Anfang}
  - {id: 2, date: 2021-06-08, title: Mitte, join_url: "https://treffen.example/2"}
"""


@pytest.fixture
def _invited() -> None:
    write(INVITED, series=INVITING_SERIES)
    publish_file("2021-05-01T09:00")
    invite_people("2021-05-02T09:00", JUERGEN, ANNA)


def told(sessions: str, *arguments: str) -> list[str]:
    write(sessions, series=INVITING_SERIES)
    return run("changes", *AT, *arguments).stdout.splitlines()


@pytest.mark.usefixtures("_invited")
def test_a_move_tells_how_many_invitations_it_would_make_out_of_date() -> None:
    moved = INVITED.replace("2021-06-08", "2021-06-15")

    assert told(moved)[1:] == [
        "2 invitations would be out of date: #2. `impulscal invite 2 --update` sends updates."
    ]
    assert told(moved, "--lang", "de")[1:] == [
        "2 Einladungen wären veraltet: #2. `impulscal invite 2 --update` sendet Aktualisierungen."
    ]


@pytest.mark.usefixtures("_invited")
def test_another_link_is_no_news_for_subscribers_but_for_guests() -> None:
    assert told(INVITED.replace("example/2", "example/neu")) == [
        (
            "2 invitations would be out of date: #2. `impulscal invite 2 --update` sends updates. "
            "Nothing would change for subscribers."
        )
    ]


@pytest.mark.usefixtures("_invited")
def test_a_withdrawal_leaves_guests_out_of_date() -> None:
    assert told(f"{INVITED}withdrawn: [2]\n")[1:] == [
        "2 invitations would be out of date: #2. `impulscal invite 2 --update` sends updates."
    ]


@pytest.mark.usefixtures("_invited")
def test_where_guests_know_all_nothing_is_said_of_them() -> None:
    assert told(f"# a remark\n{INVITED}") == ["Nothing would change for subscribers."]


def test_one_invitation_is_told_as_one() -> None:
    write(INVITED, series=INVITING_SERIES)
    publish_file("2021-05-01T09:00")
    invite_people("2021-05-02T09:00", JUERGEN)

    assert told(INVITED.replace("2021-06-08", "2021-06-15"))[1:] == [
        "1 invitation would be out of date: #2. `impulscal invite 2 --update` sends the update."
    ]


@pytest.mark.usefixtures("_invited")
def test_of_several_files_the_series_is_named() -> None:
    other = INVITING_SERIES.replace("id: reihe", "id: andere")
    write(INVITED, "andere.yaml", series=other)
    write(INVITED.replace("Mitte", "Neu"), series=INVITING_SERIES)

    lines = run("changes", *AT, "sessions.yaml", "andere.yaml").stdout.splitlines()

    assert lines[1] == (
        "sessions.yaml: 2 invitations would be out of date: #2. "
        "`impulscal invite reihe/2 --update` sends updates."
    )
