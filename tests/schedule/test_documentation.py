import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from impulscal.schedule.reader import Code, Severity
from impulscal.schedule.reader.schema import schema_text
from schedule.files import SERIES, reading

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "sessions-yaml.md").read_text(encoding="utf-8")
SCHEMA = json.loads(schema_text())
EXAMPLES = re.findall(
    r"^```yaml (file|sessions|session)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
)

SESSION = "sessions:\n  - id: 2\n    date: 2021-06-08\n"


def whole(kind: str, example: str) -> str:
    """Return ``example`` as a file of its own."""
    if kind == "file":
        return example
    if kind == "sessions":
        return SERIES + example
    title = "" if "title:" in example else "    title: T\n"
    return SERIES + SESSION + title + "".join(f"    {line}\n" for line in example.splitlines())


class TextLoader(yaml.SafeLoader):
    """Leaves every value a text, as editors do with a date; merge keys work."""

    yaml_implicit_resolvers = {"<": yaml.SafeLoader.yaml_implicit_resolvers["<"]}  # noqa: RUF012 -- as in PyYAML


def errors_of_schema(text: str) -> list[str]:
    loaded = yaml.load(text, Loader=TextLoader)
    return [error.message for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(loaded)]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_an_example_of_the_page_can_be_published(kind: str, example: str) -> None:
    found = reading(whole(kind, example)).problems

    assert [problem for problem in found if problem.severity is Severity.ERROR] == []


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_the_schema_accepts_an_example_of_the_page(kind: str, example: str) -> None:
    assert errors_of_schema(whole(kind, example)) == []


def test_the_schema_accepts_the_real_series() -> None:
    assert errors_of_schema((ROOT / "sessions.yaml").read_text(encoding="utf-8")) == []


def test_the_page_holds_every_example_of_its_kinds() -> None:
    assert {kind for kind, _example in EXAMPLES} == {"file", "sessions", "session"}
    assert len(EXAMPLES) == PAGE.count("```yaml ")


def keys_of_the_schema() -> set[str]:
    forms = [SCHEMA, *SCHEMA["$defs"].values()]
    return {key for form in forms for key in form["properties"]}


def test_the_page_names_every_key() -> None:
    named = set(re.findall(r"`([a-z_]+)`", PAGE))

    assert keys_of_the_schema() - named == set()


def test_the_page_names_every_code() -> None:
    assert [code for code in Code if f"`{code}`" not in PAGE] == []


def test_the_schema_in_the_repository_is_the_generated_one() -> None:
    stored = (ROOT / "schema" / "sessions.schema.json").read_text(encoding="utf-8")

    assert stored == schema_text()


def test_every_key_is_described_in_english_and_german() -> None:
    forms = [SCHEMA, *SCHEMA["$defs"].values()]
    keys = [key for form in forms for key in form["properties"].values()]

    assert [key for key in keys if " · " not in key["description"]] == []


@pytest.mark.parametrize(
    "series",
    [
        {"start": 720, "end": 12.3},
        {"start": "12.30", "color": "Turquoise"},
        {"registration": {"free": "ja", "places": "12", "closes": "4 Tage vorher"}},
        {"registration": {"free": True, "places": 12, "closes": "2021-06-04T12:00"}},
        {"title": 2021, "subtitle": {"de": "x", "zh-Hant": "y"}},
        {"registration": "none", "location": None, "announce": "now"},
        {"duration": "1 Std. 30 Minuten", "homepage": "HTTPS://a.de"},
    ],
)
def test_the_schema_accepts_what_editors_make_of_good_values(series: dict[str, object]) -> None:
    required = {"id": 1, "domain": "a.de", "title": "T"}

    found = jsonschema.Draft7Validator(SCHEMA).iter_errors({"series": {**required, **series}})

    assert [error.message for error in found] == []


@pytest.mark.parametrize(
    "series",
    [
        {"titel": "T"},
        {"color": "turkoise"},
        {"start": "25"},
        {"duration": "long"},
        {"registration": {"closes": "soon"}},
        {"registration": "no"},
        {"subtitle": {"Deutsch": "x"}},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(series: dict[str, object]) -> None:
    required = {"id": 1, "domain": "a.de", "title": "T"}

    found = jsonschema.Draft7Validator(SCHEMA).iter_errors({"series": {**required, **series}})

    assert len(list(found)) == 1
