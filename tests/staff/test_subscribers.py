"""The page that tells about how many subscribe: a drawing, and the same in tables."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from impulscal.subscribers.clients import Family
from impulscal.subscribers.estimate import Course, course_of
from impulscal.subscribers.store import Asked
from impulscal.web.staff.plot import NARROW, WIDE, Frame, drawn, steps
from invitations.house import NOW, House, schedule, session
from staff.desk import Desk
from staff.reading import Reading
from subscribers.realistic import fill, put

TODAY = NOW.date()


def course(*counts: float, family: Family = Family.APPLE) -> Course:
    """Return a course that ends today with ``counts`` of one family."""
    days = [TODAY - timedelta(days=back) for back in range(len(counts))][::-1]
    rows = [
        Asked(day=day, series="a", family=family, requests=1, clients=count)
        for day, count in zip(days, counts, strict=True)
    ]
    return course_of("a", rows, today=TODAY, days=len(counts))


def shapes(plot: str) -> list[tuple[str, str]]:
    """Return the class and the outline of every path."""
    drawing = etree.fromstring(f"<svg>{plot}</svg>")
    return [(path.get("class", ""), path.get("d", "")) for path in drawing.iter("path")]


def columns(plot: str) -> dict[str, int]:
    """Return how many rectangles each kind of program has."""
    found: Counter[str] = Counter()
    for name, shape in shapes(plot):
        if name.startswith("c-"):
            found[name] += shape.count("z")
    return found


def test_the_page_tells_how_many_there_are_and_how_sure_that_is(desk: Desk, house: House) -> None:
    for back in range(10):
        day = TODAY - timedelta(days=back)
        put(house.database, "stadtimpuls", day, Family.APPLE, clients=1_000, requests=500)
        put(house.database, "stadtimpuls", day, Family.NEXTCLOUD, clients=3, requests=30)
        put(house.database, "stadtimpuls", day, Family.GOOGLE, clients=0, requests=5)
    put(house.database, "stadtimpuls", TODAY, Family.SEARCH, clients=0, requests=2)

    page = Reading(desk.get("/staff/subscribers"))

    assert page.one("//p[@class='lead']") == (
        "An einem gewöhnlichen Tag fragen etwa 1.000 Programme (967–1.033). "
        "Dazu kommen Dienste, die für viele Menschen auf einmal fragen."
    )
    assert page.rows("programs-stadtimpuls") == [
        ["Apple Kalender", "1.000", "967–1.033", "3.500"],
        ["Nextcloud", "mindestens 3", "", "210"],
        ["Google Kalender", "mindestens 1", "", "35"],
        ["Suchmaschinen", "–", "", "2"],
    ]


def test_twelve_weeks_are_told_with_the_most_of_each(desk: Desk, house: House) -> None:
    for back, clients in ((0, 5), (6, 9), (7, 4), (83, 2), (84, 99)):
        day = TODAY - timedelta(days=back)
        put(house.database, "stadtimpuls", day, Family.APPLE, clients=clients, requests=1)

    rows = Reading(desk.get("/staff/subscribers")).rows("weeks-stadtimpuls")

    assert len(rows) == 12
    assert (rows[0], rows[1], rows[-1]) == (
        ["14. Mai 2021", "9"],
        ["7. Mai 2021", "4"],
        ["26. Februar 2021", "2"],
    )


def test_each_series_has_a_drawing_with_a_name_and_a_description(house: House) -> None:
    other = schedule(session(7), id="klimaimpuls", domain="klima.example", title="klima:impuls")
    (house.folder / "klima.yaml").write_text(other, encoding="utf-8")
    desk = Desk(house, {"schedules": (house.folder,)}).sign_in()
    fill(house.database, ["stadtimpuls", "klimaimpuls"], TODAY, days=10)

    page = Reading(desk.get("/staff/en/subscribers"))

    assert page.all("//section/h2") == ["klima:impuls", "stadt:impuls", "How this is counted"]
    span = "Programs that asked, day by day, 26 February – 20 May 2021"
    assert page.all("//svg[@role='img']/title") == [span] * 4
    assert [words[:13] for words in page.all("//svg[@role='img']/desc")] == ["Stacked colum"] * 4


def test_before_anybody_asked_that_is_said(desk: Desk) -> None:
    page = Reading(desk.get("/staff/subscribers"))

    assert page.all("//section[@aria-labelledby='h-stadtimpuls']/p") == [
        "Den Kalender hat noch niemand abgerufen."
    ]
    assert page.all("//svg[@role='img']") == []


def test_where_only_services_ask_there_are_numbers_and_no_drawing(desk: Desk, house: House) -> None:
    put(house.database, "stadtimpuls", TODAY, Family.GOOGLE, clients=0, requests=5)

    page = Reading(desk.get("/staff/subscribers"))

    assert page.rows("programs-stadtimpuls") == [["Google Kalender", "mindestens 1", "", "5"]]
    assert page.all("//svg[@role='img']") == []


def test_the_overview_leads_there(desk: Desk) -> None:
    links = Reading(desk.get("/staff")).links()

    assert links["Wie viele abonniert haben – stadt:impuls"] == "/staff/subscribers#h-stadtimpuls"


@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_every_day_has_a_column_with_a_part_for_each_kind(frame: Frame) -> None:
    apple, outlook = course(3, 0, 5), course(2, 2, 2, family=Family.OUTLOOK)
    both = Course(
        series="a",
        days=apple.days,
        clients={**apple.clients, **outlook.clients},
        requests={**apple.requests, **outlook.requests},
    )

    found = columns(drawn(both, frame, "de"))

    # Wide ones have a sign beside each name, too.
    signs = 1 if frame is WIDE else 0
    assert found == {"c-apple": 2 + signs, "c-outlook": 3 + signs}


@given(
    st.lists(st.floats(0, 1e7), min_size=1, max_size=84),
    st.sampled_from([WIDE, NARROW]),
)
def test_nothing_stands_out_of_the_drawing(counts: list[float], frame: Frame) -> None:
    plot = drawn(course(*counts), frame, "en")

    for name, shape in shapes(plot):
        if name == "c-apple":
            for corner in shape.replace("z", "").split("M")[1:]:
                x, rest = corner.split(" ")
                y = float(rest.partition("h")[0])
                assert 0 <= float(x) <= frame.width
                assert 0 <= y <= frame.height


@given(st.floats(0, 1e9))
def test_the_axis_has_a_few_round_numbers_up_to_the_most(most: float) -> None:
    marks = steps(most)

    assert marks[0] == 0
    assert marks[-1] >= most
    assert 2 <= len(marks) <= 5
    assert str(marks[1]).rstrip("0") in ("1", "2", "25", "5")
    assert marks[-2] < max(most, 1)
