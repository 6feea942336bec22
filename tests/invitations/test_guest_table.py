import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from impulscal.invitations.guest_list import read_guest_list
from impulscal.invitations.guest_list.table import guest_table
from impulscal.invitations.model import Guest, Listed, Partstat, State
from impulscal.schedule.clock import zone
from invitations.house import House

ADA = Listed(address="ada@stadt.example", name="Ada Beispiel", language="en")


def guest(name: str = "", address: str = "ada@stadt.example") -> Guest:
    return Guest(
        id=7,
        handle="h",
        series="stadtimpuls",
        session="2",
        address=address,
        name=name,
        added_at=datetime(2021, 5, 20, 7, 5, tzinfo=UTC),
    )


def rows(table: bytes, delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig")), delimiter=delimiter))


def test_a_german_excel_opens_the_table(house: House) -> None:
    house.add()
    house.add(ADA)
    house.invite()
    first, second = house.guests()
    second = replace(
        second,
        partstat=Partstat.ACCEPTED,
        signed_off_at=datetime(2021, 5, 21, 8, tzinfo=UTC),
    )

    table = guest_table(
        (first, second), {first.id: State.GIVEN_UP}, "de", zone=zone("Europe/Berlin")
    )

    assert table == (
        b"\xef\xbb\xbfName;E-Mail;Sprache;Hinzugef\xc3\xbcgt;Nachricht;Antwort;Abgemeldet\r\n"
        b"M\xc3\xbcller, J\xc3\xbcrgen;j.mueller@stadt.example;;2021-05-20 09:00;aufgegeben;"
        b"ohne Antwort;\r\n"
        b"Ada Beispiel;ada@stadt.example;en;2021-05-20 09:00;;zugesagt;2021-05-21 10:00\r\n"
    )


def test_a_british_excel_opens_the_table() -> None:
    table = guest_table((guest("Müller, Jürgen"),), {7: State.SENT}, "en")

    assert table == (
        b"\xef\xbb\xbfName,E-mail,Language,Added,Message,Reply,Signed off\r\n"
        b'"M\xc3\xbcller, J\xc3\xbcrgen",ada@stadt.example,,2021-05-20 07:05,sent,,\r\n'
    )


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_state_has_a_word(state: State, language: str) -> None:
    table = guest_table((guest(),), {7: state}, language)

    assert rows(table, ";" if language == "de" else ",")[1][4] != ""


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("https://evil.example";"klick")',
        "=cmd|' /C calc'!A0",
        "+49 30 1",
        "-2+3",
        "@SUM(1;1)",
        "＝1＋1",
        "'=1+1",
        "''+1",
    ],
)
@pytest.mark.parametrize("language", ["de", "en"])
def test_no_cell_is_a_formula_and_the_name_comes_back(name: str, language: str) -> None:
    table = guest_table((guest(name, address="=1+1@stadt.example"),), {}, language)

    cells = rows(table, ";" if language == "de" else ",")[1]
    assert cells[:2] == [f"'{name}", "'=1+1@stadt.example"]
    assert read_guest_list(table).listed == (Listed(address="=1+1@stadt.example", name=name),)


@pytest.mark.parametrize("name", ["\t=1", "\r=1", "\n=1", "\0=1"])
def test_a_sign_that_a_spreadsheet_skips_hides_no_formula(name: str) -> None:
    table = guest_table((guest(name),), {}, "de")

    assert rows(table)[1][0] == f"'{name}"


@pytest.mark.parametrize("name", ["Ada Beispiel", "O'Neill", "'t Hooft", "Müller-Lüdenscheidt"])
def test_an_ordinary_name_stands_as_it_is(name: str) -> None:
    assert rows(guest_table((guest(name),), {}, "de"))[1][0] == name
