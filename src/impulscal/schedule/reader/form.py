"""The form of the file: which keys there are and what each may hold.

Everything is optional here: what must be given is known only after inheritance, and a
bad value is to hide no other problem. Values are not resolved yet: times have no zone,
offsets no date. The JSON Schema for editors is made from this form, with its
descriptions in English and German.
"""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, WrapValidator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from impulscal.schedule.reader import kinds

__all__ = [
    "NO_REGISTRATION",
    "AccessibilityForm",
    "FileForm",
    "Form",
    "ImageForm",
    "LinkForm",
    "OrganizerForm",
    "PersonForm",
    "RegistrationForm",
    "SeriesForm",
    "SessionForm",
]


def _key(english: str, german: str, *examples: Any) -> Any:
    """Return the field of a key that may be left out."""
    return Field(
        default=None,
        description=f"{english} · {german}",
        examples=list(examples) or None,
    )


class Form(BaseModel):
    """A mapping with a fixed set of keys, none of which must be there."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _requires(*keys: str) -> ConfigDict:
    return ConfigDict(json_schema_extra={"required": list(keys)})


class PersonForm(Form):
    """Somebody who speaks or moderates. · Jemand, der vorträgt oder moderiert."""

    model_config = _requires("name")

    name: kinds.Line | None = _key("Name", "Name", "Friederike Vogel")
    role: kinds.Line | None = _key("Role or office", "Aufgabe oder Amt", "Sozialplanung")
    organisation: kinds.Line | None = _key(
        "Where the person works", "Wo die Person arbeitet", "BBSR"
    )
    about: kinds.Prose | None = _key("A few sentences", "Einige Sätze zur Person")


class LinkForm(Form):
    """A reference; without an address it is shown as text. · Ein Verweis."""

    model_config = _requires("title")

    title: kinds.Line | None = _key("What is behind it", "Was dahinter steht", "Leitfaden")
    url: kinds.Url | None = _key("Web address", "Adresse im Netz", "https://example.org/")


class ImageForm(Form):
    """A picture. · Ein Bild."""

    src: kinds.Path | None = _key(
        "File below the folder of this file, with /",
        "Datei unterhalb des Ordners dieser Datei, mit /",
        "bilder/2.png",
    )
    alt: kinds.Prose | None = _key(
        "What it shows, for people who cannot see it",
        "Was es zeigt, für Menschen, die es nicht sehen",
    )
    credit: kinds.Line | None = _key("Who made it", "Quelle", "BBSR/EINSATEAM")


class OrganizerForm(Form):
    """Who is answerable for the series. · Wer die Reihe verantwortet."""

    model_config = _requires("name")

    name: kinds.Line | None = _key("Name", "Name", "EINSATEAM")
    email: kinds.Email | None = _key("E-mail address", "E-Mail-Adresse", "info@example.org")


class AccessibilityForm(Form):
    """What the law asks of public bodies. · Was das Gesetz von öffentlichen Stellen verlangt."""

    statement: kinds.Url | None = _key(
        "Address of the accessibility statement", "Adresse der Erklärung zur Barrierefreiheit"
    )
    feedback: kinds.Contact | None = _key(
        "Where barriers can be reported: e-mail or web address",
        "Wo sich Barrieren melden lassen: E-Mail oder Adresse im Netz",
    )
    label: kinds.Line | None = _key(
        "Words of the link", "Worte des Verweises", "Erklärung zur Barrierefreiheit"
    )


class RegistrationForm(Form):
    """How people register; merged key by key. · Wie man sich anmeldet."""

    email: kinds.Email | None = _key(
        "E-mail address to register at (or url)", "E-Mail-Adresse zum Anmelden (oder url)"
    )
    url: kinds.Url | None = _key(
        "Web address to register at (or email)", "Adresse im Netz zum Anmelden (oder email)"
    )
    closes: kinds.Closes | None = _key(
        "Until when: days or weeks before, a date, or a date and time",
        "Bis wann: Tage oder Wochen vorher, ein Tag, oder Tag und Uhrzeit",
        "4 days before",
        "2021-06-04",
        "2021-06-04 12:00",
    )
    places: kinds.Places | None = _key("Number of places", "Zahl der Plätze", 100)
    free: kinds.Boolean | None = _key("It costs nothing", "Die Teilnahme ist kostenfrei", True)  # noqa: FBT003 -- an example
    full: kinds.Boolean | None = _key("All places are taken", "Alle Plätze sind vergeben", True)  # noqa: FBT003 -- an example
    note: kinds.Prose | None = _key("What else to know", "Was noch zu wissen ist")


NO_REGISTRATION = RegistrationForm()
"""``registration: none``, told apart from all others by identity."""


def _none_or_form(
    value: object, read_form: Callable[[object], RegistrationForm]
) -> RegistrationForm:
    return NO_REGISTRATION if value == "none" else read_form(value)


class _NoneToo:
    """Tells the JSON Schema of ``none`` beside the mapping."""

    @staticmethod
    def __get_pydantic_json_schema__(
        schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), {"const": "none"}]}


_Registration = Annotated[RegistrationForm, WrapValidator(_none_or_form), _NoneToo]


class CommonForm(Form):
    """What the series and each of its sessions may say; a session inherits it."""

    title: kinds.Line | None = _key("Title", "Titel")
    description: kinds.Prose | None = _key("Text in Markdown", "Text in Markdown")
    start: kinds.TimeOfDay | None = _key(
        "Time of day it begins", "Uhrzeit, zu der es beginnt", "12:00"
    )
    duration: kinds.Duration | None = _key(
        "How long it lasts (or end)", "Wie lange es dauert (oder end)", "30 min", "1 h 30 min"
    )
    end: kinds.TimeOfDay | None = _key(
        "Time of day it ends (or duration)", "Uhrzeit, zu der es endet (oder duration)", "12:30"
    )
    location: kinds.Line | None = _key("Where", "Wo", "Online")
    moderators: list[PersonForm | None] | None = _key("Who moderates", "Wer moderiert")
    registration: _Registration | None = _key(
        "How to register; “none” if there is none", "Anmeldung; „none“, wenn es keine gibt"
    )
    announce: kinds.WhenPublic | None = _key(
        "When all becomes public: now, days or weeks before, a date, or a date and time",
        "Wann alles öffentlich wird: now, Tage oder Wochen vorher, ein Tag, oder Tag und Uhrzeit",
        "4 weeks before",
        "now",
    )


class SeriesForm(CommonForm):
    """What holds for the whole series. · Was für die ganze Reihe gilt."""

    model_config = _requires("id", "domain", "title")

    id: kinds.Id | None = _key(
        "In every address: permanent", "Steht in jeder Adresse: für immer", "stadtimpuls"
    )
    domain: kinds.Domain | None = _key(
        "In the identifier of every event: permanent",
        "Steht in der Kennung jedes Termins: für immer",
        "example.org",
    )
    subtitle: kinds.Line | None = _key("Second line of the title", "Untertitel")
    language: kinds.Language | None = _key(
        "Language of the texts (default de)", "Sprache der Texte (sonst de)", "de"
    )
    timezone: kinds.Zone | None = _key(
        "IANA time zone (default Europe/Berlin)", "IANA-Zeitzone (sonst Europe/Berlin)"
    )
    rhythm: kinds.Rhythm | None = _key(
        "RRULE of RFC 5545, to check the dates by",
        "RRULE nach RFC 5545, zum Prüfen der Tage",
        "FREQ=MONTHLY;BYDAY=2TU",
    )
    homepage: kinds.Url | None = _key("Website of the series", "Website der Reihe")
    color: kinds.Color | None = _key("CSS3 colour name", "Name einer Farbe nach CSS3", "turquoise")
    organizer: OrganizerForm | None = _key("Organizer", "Veranstalter")
    coordination: kinds.Line | None = _key("Who coordinates", "Wer koordiniert")
    imprint: kinds.Url | None = _key("Address of the imprint", "Adresse des Impressums")
    privacy: kinds.Url | None = _key(
        "Address of the privacy notice", "Adresse der Datenschutzerklärung"
    )
    accessibility: AccessibilityForm | None = _key("Accessibility", "Barrierefreiheit")
    easy_language: kinds.Url | None = _key(
        "Page in easy-to-read language", "Seite in Leichter Sprache"
    )
    sign_language: kinds.Url | None = _key("Page in sign language", "Seite in Gebärdensprache")
    contact: kinds.Contact | None = _key(
        "For questions: e-mail or web address", "Für Fragen: E-Mail oder Adresse im Netz"
    )


class SessionForm(CommonForm):
    """A session. · Ein Termin."""

    model_config = _requires("id", "date", "title")

    id: kinds.Id | None = _key("Permanent once published", "Nach dem Veröffentlichen für immer", 2)
    date: kinds.Day | None = _key("Day", "Tag", "2021-06-08", "08.06.2021")
    working_title: kinds.Line | None = _key(
        "Title until it is announced", "Titel bis zur Ankündigung"
    )
    topic: kinds.Line | None = _key("Topic, also a filter", "Thema, auch zum Filtern")
    teaser: kinds.Prose | None = _key("One or two sentences", "Ein oder zwei Sätze")
    speakers: list[PersonForm | None] | None = _key("Who speaks", "Wer vorträgt")
    links: list[LinkForm | None] | None = _key("Further reading", "Weiterführendes")
    materials: list[LinkForm | None] | None = _key(
        "Handouts and recording, afterwards", "Unterlagen und Aufzeichnung, danach"
    )
    images: list[ImageForm | None] | None = _key("Pictures", "Bilder")
    status: kinds.StatusWord | None = _key(
        "tentative, confirmed or cancelled",
        "vorläufig (tentative), fest (confirmed) oder abgesagt (cancelled)",
    )
    note: kinds.Prose | None = _key(
        "Why it was cancelled or moved", "Warum er abgesagt oder verlegt ist"
    )
    join_url: kinds.Url | None = _key(
        "Link to take part: never public", "Link zur Teilnahme: nie öffentlich"
    )


class FileForm(Form):
    """Sessions of one series. · Die Termine einer Reihe."""

    model_config = _requires("series")

    series: SeriesForm | None = _key("The series", "Die Reihe")
    sessions: list[SessionForm | None] | None = _key("The sessions", "Die Termine")
    withdrawn: list[kinds.Id | None] | None = _key(
        "Ids published by mistake: they leave everything public",
        "Aus Versehen veröffentlichte ids: Sie verschwinden aus allem Öffentlichen",
    )
