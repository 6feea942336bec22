import json
from pathlib import Path

from cli.commands import run

COMMITTED = Path(__file__).parents[2] / "schema" / "sessions.schema.json"


def test_the_schema_is_the_committed_one() -> None:
    result = run("schema")

    assert result.exit_code == 0
    assert result.stdout == COMMITTED.read_text(encoding="utf-8")
    assert json.loads(result.stdout)["$schema"] == "http://json-schema.org/draft-07/schema#"
