from collections import Counter
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

SOURCE = Path(__file__).parent.parent / "src" / "impulscal"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]


def extracted() -> set[str]:
    found = extract_from_dir(SOURCE, method_map=METHODS, keywords={"_": None})
    return {str(message) for _module, _line, message, _comments, _context in found}


def wordings() -> list[tuple[str, Message]]:
    entries = []
    for path in sorted((SOURCE / "translations" / "de").glob("*.po")):
        with path.open("rb") as stream:
            catalogue = read_po(stream, locale="de", abort_invalid=True)
        entries += [(path.name, entry) for entry in catalogue if entry.id]
        entries += [(path.name, entry) for entry in catalogue.obsolete.values()]
    return entries


def places(text: str) -> Counter[str]:
    return Counter(name for _text, name, _spec, _conversion in Formatter().parse(text) if name)


def test_every_message_of_the_code_has_a_german_wording() -> None:
    german = {str(entry.id) for _file, entry in wordings() if entry.string and not entry.fuzzy}

    missing = sorted(extracted() - german)

    assert missing == []


def test_every_german_wording_belongs_to_a_message_of_the_code() -> None:
    said = extracted()

    obsolete = [(file, entry.id) for file, entry in wordings() if entry.id not in said]

    assert obsolete == []


def test_a_german_wording_has_the_places_of_its_message() -> None:
    different = [
        (file, entry.id, entry.string)
        for file, entry in wordings()
        if set(places(str(entry.id))) != set(places(str(entry.string)))
    ]

    assert different == []


def test_a_message_that_stands_in_two_files_has_one_wording() -> None:
    by_message: dict[str, set[str]] = {}
    for _file, entry in wordings():
        by_message.setdefault(str(entry.id), set()).add(str(entry.string))

    disputed = {message: found for message, found in by_message.items() if len(found) > 1}

    assert disputed == {}
