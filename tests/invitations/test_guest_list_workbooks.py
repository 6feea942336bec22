"""Guest lists that are Excel workbooks, written by openpyxl, and as Excel itself writes them."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from impulscal.invitations.guest_list import GuestList, UnreadableListError, read_guest_list
from impulscal.invitations.model import Listed

ADA = Listed(address="ada@stadt.example", name="Ada Beispiel")

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def saved(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def sheet_of(workbook: Workbook) -> Worksheet:
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    return sheet


def workbook_of(rows: Iterable[Iterable[str | float | date | None]]) -> Workbook:
    workbook = Workbook()
    for row in rows:
        sheet_of(workbook).append(tuple(row))
    return workbook


def packed(parts: Mapping[str, str], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def relations(*targets: tuple[str, str]) -> str:
    """Return a part that names ``targets`` (kind and path) rId1, rId2 …"""
    entries = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{entries}</Relationships>'


def parts_of(sheet: str, strings: str = "", namespace: str = MAIN) -> dict[str, str]:
    """Return the parts of a workbook with shared strings, as Excel writes it."""
    return {
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{namespace}" xmlns:r="{RELATIONS}"><sheets>'
            '<sheet name="Tabelle1" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "/xl/worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{namespace}">{sheet}</worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{namespace}">{strings}</sst>',
    }


def cells(*rows: str) -> str:
    return f"<sheetData>{''.join(f'<row>{row}</row>' for row in rows)}</sheetData>"


def named(found: GuestList) -> list[tuple[str, str]]:
    return [(person.name, person.address) for person in found.listed]


def reason(data: bytes) -> str:
    with pytest.raises(UnreadableListError) as raised:
        read_guest_list(data)
    return str(raised.value)


def test_a_sheet_is_read_with_its_line_numbers() -> None:
    rows = [
        ("Anmeldungen stadt:impuls",),
        (),
        ("Nr.", "Vorname", "Name", "E-Mail-Adresse", "Sprache", "Angemeldet"),
        (1, "Jürgen", "Müller", "j.mueller@stadt.example", "Deutsch", date(2021, 5, 3)),
        (2, 3.5, None, "zahl@stadt.example", True, None),
        (),
        (3, "Bob", "Kaputt", "bob(at)stadt.example", None, None),
    ]

    found = read_guest_list(saved(workbook_of(rows)))

    assert found.listed == (
        Listed(address="j.mueller@stadt.example", name="Jürgen Müller", language="de"),
        Listed(address="zahl@stadt.example", name="3.5"),
    )
    assert [(problem.line, str(problem.message)) for problem in found.problems] == [
        (7, "“bob(at)stadt.example” is no e-mail address: write @ for “(at)”.")
    ]


def test_the_first_visible_sheet_with_addresses_is_read() -> None:
    workbook = workbook_of([("Name", "E-Mail")])
    workbook.create_sheet("Hinweise").append(("Bitte lesen",))
    hidden = workbook.create_sheet("Entwurf")
    hidden.append(("E-Mail",))
    hidden.append(("geheim@stadt.example",))
    hidden.sheet_state = "hidden"
    for title, address in (("Mai", "ada@stadt.example"), ("Juni", "bob@stadt.example")):
        sheet = workbook.create_sheet(title)
        sheet.append(("E-Mail", address))
        sheet.delete_rows(1)
        sheet.append(("Name", "E-Mail"))
        sheet.append(("Ada Beispiel", address))

    found = read_guest_list(saved(workbook))

    assert found.listed == (ADA,)


def test_a_cell_that_is_linked_to_an_address_has_it() -> None:
    workbook = workbook_of(
        [
            ("Wer", "E-Mail"),
            ("", "Ada Beispiel"),
            ("Bob", "hier schreiben"),
            ("Eva", "eva.neu@stadt.example"),
            ("Web", "Seite"),
        ]
    )
    sheet = sheet_of(workbook)
    sheet["B2"].hyperlink = "mailto:ada@stadt.example?subject=Reihe"
    sheet["B3"].hyperlink = "MAILTO:bob@stadt.example"
    sheet["B4"].hyperlink = "mailto:eva.alt@stadt.example"
    sheet["B5"].hyperlink = "https://stadt.example/"

    found = read_guest_list(saved(workbook))

    assert [person.address for person in found.listed] == [
        "ada@stadt.example",
        "bob@stadt.example",
        "eva.neu@stadt.example",
    ]
    assert found.listed[0].name == "Ada Beispiel"
    assert [problem.line for problem in found.problems] == [5]


def test_a_workbook_without_headings_is_read() -> None:
    data = saved(workbook_of([("Ada Beispiel", "ada@stadt.example")]))

    assert read_guest_list(data).listed == (ADA,)


def test_addresses_in_many_columns_lose_nobody() -> None:
    data = saved(workbook_of([[f"gast{number}@stadt.example" for number in range(1000)]]))

    assert len(read_guest_list(data).listed) == 1000


@pytest.mark.parametrize("namespace", [MAIN, STRICT])
def test_shared_strings_formulas_and_formats_show_their_text(namespace: str) -> None:
    strings = (
        "<si><t>E-Mail</t></si><si><t>Name</t></si>"
        "<si><r><t>ada@</t></r><r><t>stadt.example</t></r></si>"
        "<si><t>Ada_x000D_ Bei</t><rPh><t>nicht zu lesen</t></rPh><r><t>spiel</t></r></si>"
    )
    sheet = cells(
        '<c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c>',
        '<c r="A2" t="s"><v>2</v></c><c r="C2" t="s"><v>3</v></c>',
        '<c t="str"><f>A2&amp;"x"</f><v>bob@stadt.example</v></c><c/><c t="e"><v>#N/A</v></c>',
        '<c t="inlineStr"><is><t>eva@stadt.example</t></is><v>0</v></c><c/><c><v>7</v></c>',
    )

    found = read_guest_list(packed(parts_of(sheet, strings, namespace)))

    assert named(found) == [
        ("Ada Beispiel", "ada@stadt.example"),
        ("", "bob@stadt.example"),
        ("7", "eva@stadt.example"),
    ]


def test_styles_that_are_none_stop_nobody() -> None:
    parts = parts_of(cells('<c s="99" t="str"><v>ada@stadt.example</v></c>'))
    parts["xl/styles.xml"] = "<styleSheet><fills><fill/></fills>"

    assert named(read_guest_list(packed(parts))) == [("", "ada@stadt.example")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            bytes.fromhex("D0CF11E0A1B11AE1") + bytes(5000),
            "This is a workbook in the old format .xls. Open it in Excel and save it as .xlsx.",
        ),
        (
            bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"),
            "The workbook is protected by a password. Save it without one.",
        ),
        (
            packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
            "This is no Excel workbook. Save the list as .xlsx or as CSV UTF-8.",
        ),
        (
            packed({"_rels/.rels": relations(("officeDocument", "word/document.xml"))}),
            "This is no Excel workbook. Save the list as .xlsx or as CSV UTF-8.",
        ),
        (
            packed({}),
            "This is no Excel workbook. Save the list as .xlsx or as CSV UTF-8.",
        ),
    ],
    ids=["xls", "encrypted", "ods", "docx", "empty"],
)
def test_what_is_no_xlsx_is_told_what_it_is(data: bytes, expected: str) -> None:
    assert reason(data) == expected


@pytest.mark.parametrize("rows", [[], [("Name", "Ort"), ("Ada", "Köln")]], ids=["empty", "none"])
def test_a_workbook_without_addresses_is_refused(rows: list[tuple[str, ...]]) -> None:
    assert reason(saved(workbook_of(rows))).startswith("There is no e-mail address in the list.")


def test_a_workbook_cut_anywhere_is_refused_or_read_and_never_breaks_the_reader() -> None:
    whole = saved(workbook_of([("Name", "E-Mail"), ("Ada", "ada@stadt.example")]))

    for length in range(4, len(whole) - 22, 97):
        assert reason(whole[:length]).startswith("This begins like an Excel workbook")


def test_a_workbook_with_any_byte_changed_never_breaks_the_reader() -> None:
    whole = saved(workbook_of([("Name", "E-Mail"), ("Ada", "ada@stadt.example")]))
    outcomes: set[tuple[str, str] | str] = set()

    for place in range(0, len(whole), 13):
        changed = bytearray(whole)
        changed[place] ^= 0xFF
        try:
            outcomes.add(named(read_guest_list(bytes(changed)))[0])
        except UnreadableListError as error:
            outcomes.add(str(error)[:30])

    assert ("Ada", "ada@stadt.example") in outcomes
    assert "This begins like an Excel work" in outcomes


@pytest.mark.parametrize(
    "sheet",
    [
        cells('<c r="?" t="str"><v>a@x.de</v></c>'),
        cells('<c t="s"><v>7</v></c>'),
        cells('<c t="s"><v>x</v></c>'),
        "<sheetData><row r='x'/></sheetData>",
        "<hyperlinks><hyperlink/></hyperlinks>",
        "<sheetData>",
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused(sheet: str) -> None:
    assert reason(packed(parts_of(sheet))).startswith("This begins like an Excel workbook")
