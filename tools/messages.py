"""Bring the German wordings into line with the code: ``make messages``.

Wordings of messages that are gone go; a new message gets an empty wording in the file
that holds most of its module's messages, for somebody to translate. All else in the
files, their comments and their order, stays as people wrote it.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parent.parent / "src" / "impulscal"
GERMAN = SOURCE / "translations" / "de"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]

HEADER = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: de\\n"
"""


def extracted() -> dict[str, set[str]]:
    """Return every message of the code with the modules that say it (paths below SOURCE)."""
    found: dict[str, set[str]] = {}
    messages = extract_from_dir(SOURCE, method_map=METHODS, keywords={"_": None})
    for module, _line, message, _comments, _context in messages:
        found.setdefault(str(message), set()).add(module)
    return found


def worded(text: str) -> dict[str, str]:
    """Return the messages in the text of a .po file with their wordings."""
    catalogue = read_po(BytesIO(text.encode()), locale="de")
    return {str(entry.id): str(entry.string) for entry in catalogue if entry.id}


def without_obsolete(text: str, said: Mapping[str, set[str]]) -> str:
    """Return the text of a .po file without the entries that the code no longer says."""
    header, *entries = text.rstrip("\n").split("\n\n")
    kept = [entry for entry in entries if worded(f"{HEADER}\n{entry}\n").keys() <= said.keys()]
    return "\n\n".join([header, *kept]) + "\n"


def entry(message: str) -> str:
    """Return ``message`` as an entry of a .po file, without a wording."""
    catalogue, stream = Catalog(locale="de"), BytesIO()
    catalogue.add(message)
    write_po(stream, catalogue, width=100, omit_header=True)
    lines = stream.getvalue().decode().strip("\n").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#,")) + "\n"


def home(modules: set[str], texts: Mapping[Path, str], said: Mapping[str, set[str]]) -> Path:
    """Return the file that holds most messages of ``modules``; a new one where none does."""
    shared = Counter(
        {
            path: sum(bool(modules & said.get(message, set())) for message in worded(text))
            for path, text in texts.items()
        }
    )
    best = [path for path, count in shared.most_common(1) if count]
    room = min(modules).split("/")[0].removesuffix(".py")
    return best[0] if best else GERMAN / f"{room}.po"


def main() -> int:
    """Mend the files; return 1 while a wording is missing."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    said = extracted()
    before = {path: path.read_text(encoding="utf-8") for path in sorted(GERMAN.glob("*.po"))}
    texts = {path: without_obsolete(text, said) for path, text in before.items()}
    known = {message for text in texts.values() for message in worded(text)}
    for message in sorted(said.keys() - known):
        path = home(said[message], texts, said)
        texts[path] = f"{texts.get(path, HEADER)}\n{entry(message)}"
    for path, text in texts.items():
        if text != before.get(path):
            path.write_text(text, encoding="utf-8")
            print(f"rewritten: {path.name}")
    empty = [
        (path.name, message)
        for path, text in texts.items()
        for message, wording in worded(text).items()
        if not wording
    ]
    for name, message in empty:
        print(f"{name}: needs a German wording: {message!r}")
    return 1 if empty else 0


if __name__ == "__main__":
    sys.exit(main())
