"""A ``sessions.yaml`` of any number of sessions, each with what a real one has."""

from datetime import date, timedelta
from pathlib import Path

__all__ = ["SERIES", "write_schedule"]

SERIES = "messreihe"

# Long after any day on which this is run: no turning point passes while it is measured.
_FIRST = date(2031, 1, 6)

_HEAD = f"""\
series:
  id: {SERIES}
  domain: impulscal.example
  title: Messreihe
  subtitle: Praxis-Wissen zu integrierter Stadtentwicklung
  language: de
  timezone: Europe/Berlin
  start: 12:00
  duration: 30 min
  location: Online
  color: turquoise
  organizer: {{name: EINSATEAM, email: reihe@impulscal.example}}
  registration: {{email: reihe@impulscal.example, closes: 4 days before, free: true}}
  imprint: https://impulscal.example/impressum
sessions:
"""

_SESSION = """\
  - id: {number}
    date: {day}
    title: Gerechte Stadt – Beispiel {number}
    topic: {topic}
    teaser: Wie kann der Zusammenhalt in Quartier {number} gelingen?
    description: |
      {changed}Die Ausgabe {number} der Reihe rückt das Leitbild der **Gerechten Stadt** mit einem Praxis-Impuls in den Fokus: Welche Maßnahmen helfen, und was lässt sich übertragen?
    speakers: [{{name: Frank Schmitz, organisation: Stadt Saarbrücken}}]
    links: [{{title: Leitfaden, url: "https://impulscal.example/{number}"}}]
    join_url: https://treffen.example/geheim-{number}
"""  # noqa: E501 -- texts that people write into such files

_TOPICS = ("Gerechte Stadt", "Grüne Stadt", "Produktive Stadt", "Digitale Stadt")


def write_schedule(file: Path, sessions: int, *, changed: str = "") -> Path:
    """Write ``file`` as an editor does, whole and at once, and return it.

    Args:
        file: Where to.
        sessions: How many, one a day.
        changed: A word that the first session says and did not say before.
    """
    told = (
        _SESSION.format(
            number=number,
            day=_FIRST + timedelta(days=number),
            topic=_TOPICS[number % len(_TOPICS)],
            changed=f"{changed} " if changed and number == 1 else "",
        )
        for number in range(1, sessions + 1)
    )
    new = file.with_suffix(".new")
    new.write_text(_HEAD + "".join(told), encoding="utf-8")
    return new.replace(file)
