"""People written into a list in any form are the people read from it."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from impulscal.invitations.address import key_of
from impulscal.invitations.guest_list import UnreadableListError, read_guest_list
from impulscal.invitations.guest_list.formula import restored
from impulscal.invitations.guest_list.people import plain_name
from impulscal.invitations.guest_list.table import guest_table
from impulscal.invitations.model import Guest, Listed

Write = Callable[[Sequence[Listed]], bytes]

pytestmark = pytest.mark.fuzz

NAMES = st.one_of(
    st.text(max_size=30),
    st.text(st.sampled_from("aÄß ,;<>()'\"=+-@:\\.\t|?_x0"), max_size=12),
    st.sampled_from(["Müller, Jürgen", "O'Neill", "Ada (Stadt)", "=1+1", "'=1", "Dr. Ä. ß"]),
).map(plain_name)

LOCALS = st.from_regex(r"('?[a-z0-9]|[+_=-])[a-z0-9+_'=-]{0,11}(\.[a-z0-9]{1,5})?", fullmatch=True)
ADDRESSES = st.builds(
    "{}@{}".format, LOCALS, st.sampled_from(["stadt.example", "Köln.example", "a-b.example"])
)


def people(names: st.SearchStrategy[str]) -> st.SearchStrategy[list[Listed]]:
    languages = st.sampled_from([None, "de", "en"])
    person = st.builds(Listed, address=ADDRESSES, name=names, language=languages)
    return st.lists(person, min_size=1, max_size=8, unique_by=lambda person: key_of(person.address))


def as_csv(encoding: str, delimiter: str, line_end: str) -> Write:
    def write(people: Sequence[Listed]) -> bytes:
        table = io.StringIO(newline="")
        writer = csv.writer(table, delimiter=delimiter, lineterminator=line_end)
        writer.writerow(("E-Mail", "Name", "Language"))
        writer.writerows((one.address, one.name, one.language) for one in people)
        return table.getvalue().encode(encoding)

    return write


def as_workbook(people: Sequence[Listed]) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.append(("Sprache", "Name", "E-Mail"))
    for row, person in enumerate(people, 2):
        values = (person.language, person.name, person.address)
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column, value)
            cell.data_type = "s"  # openpyxl takes =… for a formula
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def as_our_table(people: Sequence[Listed], language: str) -> bytes:
    guests = (
        Guest(
            id=number,
            handle="",
            series="s",
            session="1",
            address=person.address,
            name=person.name,
            language=person.language,
            added_at=datetime(2021, 5, 20, tzinfo=UTC),
        )
        for number, person in enumerate(people)
    )
    return guest_table(guests, {}, language)


FORMS = {
    "Excel, German": as_csv("utf-8-sig", ";", "\r\n"),
    "Excel, English": as_csv("utf-8-sig", ",", "\r\n"),
    "Excel, Unicode text": as_csv("utf-16", "\t", "\r\n"),
    "a mail program": as_csv("utf-8", ",", "\n"),
    "an old Macintosh": as_csv("utf-8", ";", "\r"),
    "a workbook": as_workbook,
}


@pytest.mark.parametrize("write", FORMS.values(), ids=FORMS)
# An apostrophe before a formula is no part of a name: others write tables as we do.
@given(listed=people(NAMES.filter(lambda name: restored(name) == name)))
def test_the_people_of_a_list_come_back(write: Write, listed: list[Listed]) -> None:
    found = read_guest_list(write(listed))

    assert found.listed == tuple(listed)
    assert found.problems == ()


@pytest.mark.parametrize("language", ["de", "en"])
@given(listed=people(NAMES))
def test_the_people_of_our_table_come_back(language: str, listed: list[Listed]) -> None:
    found = read_guest_list(as_our_table(listed, language))

    assert found.listed == tuple(listed)
    assert found.problems == ()


@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_whatever_is_read_ends_in_people_or_a_reason(data: bytes) -> None:
    try:
        found = read_guest_list(data)
    except UnreadableListError:
        return
    assert len(found.listed) + len(found.problems) > 0
