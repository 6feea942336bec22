"""The JSON Schema of ``sessions.yaml`` for editors, made from ``form``.

It accepts what the reader accepts in spelling; what needs the whole file or the zone
data only ``check`` finds. ``schema/sessions.schema.json`` is this text; a test keeps
it so.
"""

import json
from typing import Any

from impulscal.schedule.reader.form import FileForm

__all__ = ["schema_text"]


def schema_text() -> str:
    """Return the schema as JSON, ending with a line feed."""
    schema = _without_defaults(FileForm.model_json_schema())
    # Editors know draft 07 best; $defs is an ordinary address in it.
    whole = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **schema,
        "title": "sessions.yaml",
        # Keys that begin with x- are free.
        "patternProperties": {"^x-": True},
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _without_defaults(value: Any) -> Any:
    """Drop ``"default": null``, which an editor would offer as a value."""
    if isinstance(value, list):
        return [_without_defaults(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _without_defaults(item)
        for key, item in value.items()
        if not (key == "default" and item is None)
    }
