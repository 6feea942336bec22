"""Every address of the staff area, found by itself, whoever added it."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

__all__ = ["Door", "doors"]

OPEN = {"sign-in", "sign-in/sent", "sign-in/<token>"}
"""Rules for strangers: the way in, and no more."""


@dataclass(frozen=True, slots=True)
class Door:
    """An address of the staff area and a method it answers."""

    rule: str
    path: str
    method: str

    @property
    def open(self) -> bool:
        return self.rule.removeprefix("/staff").removeprefix("/en").strip("/") in OPEN


def doors(app: Flask, guest: int) -> Iterator[Door]:
    """Yield every address that the rules of the application name below ``/staff``."""
    adapter = app.url_map.bind("")
    values = {"series": "stadtimpuls", "session": "2", "guest": guest, "token": "x"}
    for rule in app.url_map.iter_rules():
        if not f"{rule.rule}/".startswith("/staff/"):
            continue
        defaults = rule.defaults or {}
        # An argument that is not known here is tried as a number, which each converter takes.
        filled = {name: values.get(name, 1) for name in rule.arguments - defaults.keys()}
        path = adapter.build(rule.endpoint, {**defaults, **filled})
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield Door(rule.rule, path, method)
