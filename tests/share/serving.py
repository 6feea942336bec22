"""A small series on a server of its own."""

from collections.abc import Callable

from flask import Flask

__all__ = ["BASE_URL", "SCHEDULE", "Serve"]

BASE_URL = "https://termine.example/kalender"

SCHEDULE = """
series:
  id: reihe
  domain: example.org
  title: {de: 'Reihe "A" & B', en: 'Series "A" & B'}
  start: 12:00
  duration: 30 min
  registration: {email: a@example.org, closes: 4 days before}
sessions:
  - {id: 1, date: 2021-05-11, title: Vorbei}
  - {id: 2, date: 2021-06-08, title: {de: Gerechte Stadt, en: Just city}, join_url: https://geheim.example/x}
  - {id: 3, date: 2021-07-13, title: '<b>Fett</b>'}
  - {id: 4, date: 2021-08-10, title: Fällt aus, status: cancelled, note: Erkrankt.}
  - id: 5
    date: 2021-09-14
    title: Geheimes Thema
    working_title: Spater
    announce: 4 weeks before
"""

Serve = Callable[..., Flask]
"""Makes the application for a schedule and a base URL."""
