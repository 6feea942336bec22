"""Guest lists that are texts."""

import pytest

from impulscal.errors import Message
from impulscal.invitations.guest_list import UnreadableListError, read_guest_list
from impulscal.invitations.model import Listed
from impulscal.language import translate

JUERGEN = Listed(address="j.mueller@stadt.example", name="Müller, Jürgen")
ADA = Listed(address="ada@stadt.example", name="Ada Beispiel", language="en")


def people(text: str) -> list[tuple[str, str]]:
    """Return name and address of everybody in a list without problems."""
    found = read_guest_list(text.encode())
    assert found.problems == ()
    return [(person.name, person.address) for person in found.listed]


def problems(text: str) -> list[tuple[int, str]]:
    return [
        (problem.line, str(problem.message)) for problem in read_guest_list(text.encode()).problems
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_list_is_read_however_it_was_saved(encoding: str, line_end: str, delimiter: str) -> None:
    rows = [
        ("Name", "E-Mail", "Sprache", "Ort"),
        ('"Müller, Jürgen"', "j.mueller@stadt.example", "", "Köln"),
        ("", "", "", ""),
        ("Ada Beispiel", "ada@stadt.example", "Englisch", ""),
    ]
    text = line_end.join(delimiter.join(row) for row in rows)

    found = read_guest_list(text.encode(encoding))

    assert found.listed == (JUERGEN, ADA)
    assert found.problems == ()


def test_an_old_macintosh_wrote_its_own_umlauts() -> None:
    text = "Name;E-Mail\rMüller, Jürgen;j.mueller@stadt.example\r"

    found = read_guest_list(text.encode("mac_roman"))

    assert found.listed == (JUERGEN,)


@pytest.mark.parametrize("first", ["sep=,", '"sep=,"', "SEP=,"])
def test_the_line_that_tells_excel_the_delimiter_is_obeyed(first: str) -> None:
    text = f'{first}\nE-Mail,Name\nada@stadt.example,"Beispiel; Ada"\nkaputt,x\n'

    found = read_guest_list(text.encode())

    assert found.listed == (Listed(address="ada@stadt.example", name="Beispiel; Ada"),)
    assert [problem.line for problem in found.problems] == [4]


@pytest.mark.parametrize(
    "heading",
    [
        "E-Mail",
        "e-mail",
        "EMAIL",
        "Mail",
        "E-Mail-Adresse",
        "Mailadresse",
        "Email address",
        "Ihre E-Mail-Adresse:",
        "E-Mail (dienstlich) *",
        "Primäre E-Mail-Adresse",
        "E-mail 1 - Value",
    ],
)
@pytest.mark.parametrize("name", ["Name", "NAME", "Full name", "Ihr Name", "Anzeigename"])
def test_headings_are_known_in_many_spellings(heading: str, name: str) -> None:
    text = f"Nr.;{heading};Telefon;{name}\n1;ada@stadt.example;0221 1;Ada Beispiel\n"

    assert people(text) == [("Ada Beispiel", "ada@stadt.example")]


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("Vorname", "Nachname"),
        ("Vorname", "Familienname"),
        ("First name", "Last name"),
        ("Given Name", "Surname"),
        ("VORNAME", "Name"),
    ],
)
def test_given_and_family_name_make_a_name(given: str, family: str) -> None:
    text = f"{family};{given};E-Mail\nBeispiel;Ada;ada@stadt.example\nMüller;;m@stadt.example\n"

    assert people(text) == [("Ada Beispiel", "ada@stadt.example"), ("Müller", "m@stadt.example")]


def test_a_whole_name_beside_the_given_name_is_not_doubled() -> None:
    text = "Vorname;Name;E-Mail\nAda;Ada Beispiel;ada@stadt.example\nJan;Janssen;j@stadt.example\n"

    assert people(text) == [
        ("Ada Beispiel", "ada@stadt.example"),
        ("Jan Janssen", "j@stadt.example"),
    ]


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("de", "de"),
        ("Deutsch", "de"),
        ("GERMAN", "de"),
        ("de-AT", "de"),
        ("en", "en"),
        ("englisch", "en"),
        ("English", "en"),
        ("", None),
        ("Französisch", None),
    ],
)
def test_a_language_that_we_speak_is_read(written: str, language: str | None) -> None:
    found = read_guest_list(f"E-Mail;Sprache\nada@stadt.example;{written}\n".encode())

    assert [person.language for person in found.listed] == [language]


def test_a_title_and_remarks_may_stand_above_the_heading() -> None:
    text = (
        "Teilnehmende (mit E-Mail-Adressen)\nStand: 20. Mai;;\n\n"
        "Name;Amt;E-Mail\nAda;61;ada@stadt.example\n"
    )

    assert people(text) == [("Ada", "ada@stadt.example")]


def test_of_two_columns_with_mail_in_their_heading_the_filled_one_counts() -> None:
    text = (
        "E-Mail;Name;Ihre E-Mail-Adresse;E-Mail erwünscht\n"
        "anonymous;Ada;ada@stadt.example;ja\nanonymous;Bob;bob@stadt.example;ja\n"
    )

    assert people(text) == [("Ada", "ada@stadt.example"), ("Bob", "bob@stadt.example")]


def test_of_two_columns_with_addresses_the_one_with_the_usual_heading_counts() -> None:
    text = "E-Mail Vertretung;E-Mail\nv@stadt.example;ada@stadt.example\nw@stadt.example;\n"

    found = read_guest_list(text.encode())

    assert [person.address for person in found.listed] == ["ada@stadt.example"]
    assert [problem.line for problem in found.problems] == [3]


def test_addresses_are_found_without_their_heading() -> None:
    text = "Name;Kontaktdaten\nAda Beispiel;ada@stadt.example\n"

    assert people(text) == [("Ada Beispiel", "ada@stadt.example")]


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_a_list_without_headings_is_read(delimiter: str) -> None:
    text = (
        f"Ada Beispiel{delimiter}ada@stadt.example\n"
        f'"Müller, Jürgen"{delimiter}j.mueller@stadt.example\n'
    )

    assert people(text) == [
        ("Ada Beispiel", "ada@stadt.example"),
        ("Müller, Jürgen", "j.mueller@stadt.example"),
    ]


def test_without_headings_a_name_is_not_guessed_from_several_columns() -> None:
    assert people("Ada;Köln;ada@stadt.example\n") == [("", "ada@stadt.example")]


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        (
            '"Müller, Jürgen" <j@stadt.example>; Ada Beispiel <ada@stadt.example>, x@y.example',
            [
                ("Müller, Jürgen", "j@stadt.example"),
                ("Ada Beispiel", "ada@stadt.example"),
                ("", "x@y.example"),
            ],
        ),
        (
            "Müller, Jürgen (Stadt) <j@stadt.example>; Beispiel, Ada <ada@stadt.example>",
            [
                ("Müller, Jürgen (Stadt)", "j@stadt.example"),
                ("Beispiel, Ada", "ada@stadt.example"),
            ],
        ),
        (
            "An: Müller, Jürgen [mailto:j@stadt.example]",
            [("Müller, Jürgen", "j@stadt.example")],
        ),
        (
            (
                "=?utf-8?q?M=C3=BCller=2C_J=C3=BCrgen?= <j@stadt.example>, "
                "=?iso-8859-1?B?SvxyZ2Vu?= <k@stadt.example>"
            ),
            [("Müller, Jürgen", "j@stadt.example"), ("Jürgen", "k@stadt.example")],
        ),
        ("=?klingonisch?q?Worf?= <w@x.example>", [("=?klingonisch?q?Worf?=", "w@x.example")]),
        (r'"Jürgen \"Jo\" Müller" <j@x.example>', [('Jürgen "Jo" Müller', "j@x.example")]),
        ("'Ada Beispiel' <ada@x.example>", [("Ada Beispiel", "ada@x.example")]),
        ("'ada@x.example' <ada@x.example>", [("", "ada@x.example")]),
        ("ada@x.example<mailto:ada@x.example>", [("", "ada@x.example")]),
        ("mailto:ada%2Breihe@x.example?subject=Hallo", [("", "ada+reihe@x.example")]),
        ("ada@x.example (Ada Beispiel)", [("Ada Beispiel", "ada@x.example")]),
        ("Ada Beispiel ada@x.example", [("Ada Beispiel", "ada@x.example")]),
        ('"Beispiel, Ada <ada@x.example>"', [("Beispiel, Ada", "ada@x.example")]),
        ("ada@x.example bob@x.example", [("", "ada@x.example"), ("", "bob@x.example")]),
        ("<ada@x.example>,\n <bob@x.example>.\n", [("", "ada@x.example"), ("", "bob@x.example")]),
        ("E-Mail\nMüller, Jo <j@x.example>\n", [("Müller, Jo", "j@x.example")]),
        ("o'neill@x.example", [("", "o'neill@x.example")]),
        (
            "'t.hooft@x.example, Ada <ada@x.example>",
            [("", "'t.hooft@x.example"), ("Ada", "ada@x.example")],
        ),
    ],
)
def test_lines_pasted_from_a_mail_are_read(pasted: str, expected: list[tuple[str, str]]) -> None:
    assert people(pasted) == expected


def test_several_people_in_one_cell_are_several_guests_without_the_name_of_the_row() -> None:
    text = 'Name;E-Mail\nAmt 61;"Ada <ada@x.example>\nbob@x.example"\n'

    assert people(text) == [("Ada", "ada@x.example"), ("", "bob@x.example")]


def test_a_long_line_of_addresses_loses_nobody() -> None:
    text = "; ".join(f"gast{number}@stadt.example" for number in range(1000))

    assert len(people(text)) == 1000


def test_every_bad_row_is_told_by_its_line_and_the_others_are_kept() -> None:
    text = (
        "Name;E-Mail;Bemerkung\n"
        "Ada;ada@stadt.example;\n"
        "Jürgen;mueller(at)stadt.de;\n"
        "\n"
        "Bob;;kommt später\n"
        'Eva;eva@stadt.example;"mehrere\nZeilen"\n'
        ";jürgen@stadt.example;\n"
        f";{'a' * 300}@stadt.example;\n"
        ";;\n"
        "----;;\n"
        "Summe: 6;;\n"
    )

    found = read_guest_list(text.encode())

    assert [person.name for person in found.listed] == ["Ada", "Eva"]
    assert problems(text) == [
        (3, "“mueller(at)stadt.de” is no e-mail address: write @ for “(at)”."),
        (5, "There is no e-mail address in this row: “Bob; kommt später”."),
        (
            8,
            (
                "“jürgen@stadt.example” has letters before the @ that mail servers do not take "
                "(ä, ö, ü, ß)."
            ),
        ),
        (9, f"“{'a' * 79}…” is too long for an e-mail address."),
        (12, "There is no e-mail address in this row: “Summe: 6”."),
    ]


def test_somebody_without_an_address_in_a_pasted_line_is_told() -> None:
    pasted = "Ada Beispiel; Bob <bob@x.example>, mueller(at)x.example\nEva"

    assert problems(pasted) == [
        (1, "“Ada Beispiel” is no e-mail address: the @ is missing."),
        (1, "“mueller(at)x.example” is no e-mail address: write @ for “(at)”."),
        (2, "“Eva” is no e-mail address: the @ is missing."),
    ]


def test_a_bad_first_row_is_no_heading() -> None:
    text = "Mailänder, Eva;eva(at)x.example\nMailänder;kaputt\nAda;ada@x.example\n"

    assert [line for line, _reason in problems(text)] == [1, 2]
    assert [line for line, _reason in problems(text.partition("\n")[2])] == [1]


def test_a_quotation_mark_that_nobody_closed_costs_one_row() -> None:
    text = 'Name;E-Mail\n"Ada;ada@x.example\n"Müller, Jo";j@x.example\n"Eva" M.;eva@x.example\n'

    found = read_guest_list(text.encode())

    assert [person.name for person in found.listed] == ["Müller, Jo", "Eva M."]
    assert problems(text) == [
        (2, 'A quotation mark is opened here and not closed: “"Ada;ada@x.example”.')
    ]


def test_somebody_listed_twice_is_one_guest_spelled_as_first() -> None:
    text = (
        "E-Mail;Name;Sprache\n"
        "Ada@Stadt.example;;\n"
        "bob@stadt.example;Bob;\n"
        "ada@stadt.EXAMPLE;Ada Beispiel;en\n"
        "ada@stadt.example;Eine andere;de\n"
    )

    found = read_guest_list(text.encode())

    assert found.listed == (
        Listed(address="Ada@Stadt.example", name="Ada Beispiel", language="en"),
        Listed(address="bob@stadt.example", name="Bob"),
    )
    assert found.merged == 2


def test_an_internationalised_domain_is_kept_as_it_was_written() -> None:
    assert people("E-Mail\npost@münchen.example\n") == [("", "post@münchen.example")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada\tBeispiel", "Ada Beispiel"),
        ("Ada\r\nBcc: x@y.example", "Ada Bcc: x@y.example"),
        ("Ada\x00\x1b[31m\x7f Beispiel", "Ada[31m Beispiel"),
        ("\u202eada\u2066 Bei\u200bspi\u00adel\ufeff", "ada Beispiel"),
        ("Ada\u00a0\u2009\u2028Beispiel ", "Ada Beispiel"),
        ("Ju\u0308rgen\ufe0f\u3164", "Jürgen"),
        ("a" * 300, "a" * 200),
        ("=1+1", "=1+1"),
        ("@SUM(A1)", "@SUM(A1)"),
        ("<b>Ada</b>", "<b>Ada</b>"),
        ("\u200b", ""),
    ],
)
def test_a_name_is_one_visible_line(name: str, expected: str) -> None:
    assert people(f'Name;E-Mail\n"{name}";ada@x.example\n') == [(expected, "ada@x.example")]


@pytest.mark.parametrize(
    "address", ["\u200bada@x.example\u00a0", " ada@x.example.", "ada\u00ad@x.example"]
)
def test_what_nobody_sees_in_an_address_is_dropped(address: str) -> None:
    assert people(f"E-Mail;Name\n{address};Ada\n") == [("Ada", "ada@x.example")]


NO_TEXT = "This is neither an Excel workbook nor a text. Save the list as .xlsx or as CSV UTF-8."

NO_TEXTS = (
    b"%PDF-1.4\n1 0 obj\n/Author (ada@x.example)\n",
    b"\x89PNG\r\n\x1a\nada@x.example",
    b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    b"GIF89a@",
    b"RIFF\n\r\0\0WEBPVP8 ",
    b"II*\0\x08\0",
    b"{\\rtf1\\ansi ada@x.example}",
)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty."),
        (b"\r\n \r\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"E-Mail;Name\r\n", "Below its heading the list is empty."),
        (
            b"Hallo,\nbis morgen\n",
            (
                "There is no e-mail address in the list. It needs a column with the heading "
                "“E-mail”, or lines such as “Ada Beispiel <ada@example.org>”."
            ),
        ),
        (
            bytes(range(256)) * 40,
            NO_TEXT,
        ),
        *((data, NO_TEXT) for data in NO_TEXTS),
        (
            bytes(5 * 1024 * 1024 + 1),
            "The file is larger than 5 MB. Keep only the columns with names and addresses.",
        ),
    ],
    ids=[
        "nothing",
        "blanks",
        "a BOM",
        "a heading",
        "a letter",
        "a binary",
        *map(repr, NO_TEXTS),
        "too much",
    ],
)
def test_what_is_no_list_is_refused_with_advice(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableListError) as raised:
        read_guest_list(data)

    assert str(raised.value) == reason


THERE = "steht schon in Zeile 3, dort als Erika Muster."


def test_whoever_shares_an_address_with_another_is_told_by_line() -> None:
    rows = (
        ";poststelle@x.de",
        "Erika Muster;poststelle@x.de",
        "Muster, Erika;poststelle@x.de",
        ";Poststelle@X.de",
        "Max Muster;Poststelle@x.de",
    )

    found = read_guest_list("\n".join(("Name;E-Mail", *rows)).encode())

    assert [person.name for person in found.listed] == ["Erika Muster"]
    assert (found.merged, found.problems) == (4, ())
    assert [(one.line, translate(one.message, "de")) for one in found.doubled] == [
        (6, f"Poststelle@x.de {THERE} Max Muster erhält keine eigene Nachricht.")
    ]


def test_the_error_names_the_file_and_speaks_german() -> None:
    with pytest.raises(UnreadableListError) as raised:
        read_guest_list(b"", "Liste\x1b 2.csv")

    assert translate(raised.value.message, "de") == "Liste 2.csv: Die Datei ist leer."


def test_a_list_with_bad_rows_alone_is_told_row_by_row() -> None:
    found = read_guest_list(b"E-Mail\nmueller(at)stadt.de\n")

    assert found.listed == ()
    assert [problem.message for problem in found.problems] == [
        Message(
            "“{text}” is no e-mail address: write @ for “{word}”.",
            {"text": "mueller(at)stadt.de", "word": "(at)"},
        )
    ]
