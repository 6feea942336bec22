"""Bring the German wordings into line with the code: ``make messages``.

Wordings of messages that are gone go; a new message gets an empty wording in the file
that holds most of its module's messages, for somebody to translate. Files in which
nothing changes are not touched.
"""

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "impulscal"
GERMAN = SOURCE / "translations" / "de"


def messages() -> dict[str, set[str]]:
    """Return every message of the code with the modules that say it (paths below src)."""
    found: dict[str, set[str]] = {}
    extracted = extract_from_dir(SOURCE, method_map=[("**.py", "python")], keywords={"_": None})
    for module, _line, message, _comments, _context in extracted:
        found.setdefault(str(message), set()).add(module)
    return found


def catalogues() -> dict[Path, Catalog]:
    """Return the German wordings by file."""
    return {path: _read(path) for path in sorted(GERMAN.glob("*.po"))}


def home(modules: set[str], known: Mapping[Path, Catalog], said: Mapping[str, set[str]]) -> Path:
    """Return the file that a new message of ``modules`` belongs to."""
    shared = Counter(
        {
            path: sum(bool(modules & said.get(str(entry.id), set())) for entry in catalogue)
            for path, catalogue in known.items()
        }
    )
    (path, count), *_rest = shared.most_common(1) or [(GERMAN / "messages.po", 0)]
    return path if count else GERMAN / f"{min(modules).split('/')[0].removesuffix('.py')}.po"


def main() -> int:
    """Rewrite what is out of line; return 1 while a wording is missing."""
    said, known = messages(), catalogues()
    touched = set()
    for path, catalogue in known.items():
        for entry in [entry for entry in catalogue if entry.id and entry.id not in said]:
            catalogue.delete(entry.id)
            touched.add(path)
    worded = {entry.id for catalogue in known.values() for entry in catalogue}
    for message in sorted(said.keys() - worded):
        path = home(said[message], known, said)
        known.setdefault(path, Catalog(locale="de", fuzzy=False)).add(message)
        touched.add(path)
    for path in sorted(touched):
        with path.open("wb") as stream:
            write_po(stream, known[path], width=100, ignore_obsolete=True)
        print(f"rewritten: {path.relative_to(ROOT)}")
    empty = [entry for c in known.values() for entry in c if entry.id and not entry.string]
    for entry in empty:
        print(f"needs a German wording: {entry.id!r}")
    return 1 if empty else 0


def _read(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale="de")


if __name__ == "__main__":
    sys.exit(main())
