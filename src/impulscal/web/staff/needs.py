"""What somebody has to see to: guests who do not know yet, mail that never arrived, the file.

The gravest comes first. What mends itself is not there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from impulscal.errors import Message, _
from impulscal.invitations.model import State
from impulscal.language import translate
from impulscal.publication import Outcome
from impulscal.web.shelf import Report, Shelf
from impulscal.web.staff.guard import staff_path
from impulscal.web.staff.rows import Row
from impulscal.web.staff.words import counted, outdated_words, uninvited_words

__all__ = ["Need", "Trouble", "Way", "needs_of_files", "needs_of_guests"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One problem of a file, in words.

    Attributes:
        severity: ``error`` or ``warning``.
    """

    line: int
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Way:
    """Where a need is met: a link."""

    words: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that somebody has to see to.

    Attributes:
        kind: What it looks like: ``stop`` or ``last``.
        sentence: What is wrong.
        row: The session it is about, if it is about one.
        troubles: Of the file it is about, if it is about one.
        advice: What to do, where a link does not say all.
    """

    kind: str
    sentence: str
    row: Row | None = None
    way: Way | None = None
    troubles: tuple[Trouble, ...] = ()
    advice: str = ""


def needs_of_files(shelf: Shelf, language: str) -> Iterator[Need]:
    """Yield what is wrong with the history and the files."""
    if shelf.failure is not None:
        yield Need(
            kind="stop",
            sentence=translate(shelf.failure.message, language),
            advice=_meanwhile(served=bool(shelf.editions), language=language),
        )
    for report in sorted(shelf.reports, key=lambda report: report.outcome is not Outcome.REFUSED):
        served = bool(shelf.editions) if report.series is None else report.series in shelf.editions
        yield from _of_file(report, _meanwhile(served=served, language=language), language)


def _meanwhile(*, served: bool, language: str) -> str:
    return translate(_("The last good edition is being served."), language) if served else ""


def _of_file(report: Report, meanwhile: str, language: str) -> Iterator[Need]:
    errors = [problem for problem in report.problems if problem.is_error]
    troubles = tuple(
        Trouble(problem.line, str(problem.severity), translate(problem.message, language))
        for problem in report.problems
    )
    name, way = report.path.name, Way(translate(_("Check the file"), language), staff_path("check"))
    if report.outcome is Outcome.REFUSED:
        yield Need(
            kind="stop",
            sentence=translate(_broken(name, len(errors)), language),
            way=way,
            troubles=troubles,
            advice=meanwhile,
        )
        return
    if report.outcome is Outcome.SUPERSEDED:
        sentence = _("{file} is an earlier version; a newer one is being served.", file=name)
        advice = _(
            "It was published before and then replaced. Save it once more if it is to count. "
            "The check shows what that would change."
        )
        yield Need(
            kind="last",
            sentence=translate(sentence, language),
            way=way,
            advice=translate(advice, language),
        )
    if troubles:
        sentence = counted(
            len(troubles),
            _("1 warning in {file}", file=name),
            _("{count} warnings in {file}", count=len(troubles), file=name),
        )
        yield Need(kind="last", sentence=translate(sentence, language), way=way, troubles=troubles)


def _broken(name: str, errors: int) -> Message:
    return counted(
        errors,
        _("{file} is not published: 1 error", file=name),
        _("{file} is not published: {count} errors", file=name, count=errors),
    )


def needs_of_guests(
    rows: Iterable[Row], language: str, *, now: datetime, sends: bool
) -> Iterator[Need]:
    """Yield what guests of sessions ahead should be told, and what never reached them.

    Args:
        rows: Sessions.
        language: Of the words.
        now: The moment.
        sends: Whether invitations are sent from here. Where staff send them with their own
            mail program, nobody here knows who has one.
    """
    for row in rows:
        if row.session.revision.over(now):
            continue
        found = row.numbers
        if found.outdated:
            words = outdated_words(found.outdated, cancelled=row.session.cancelled)
            yield _need(row, words, _update(row), language)
        if found.undelivered:
            sentence = counted(
                found.undelivered,
                _("1 e-mail could not be delivered."),
                _("{count} e-mails could not be delivered.", count=found.undelivered),
            )
            words = _("Look into the outbox")
            query = urlencode({"state": State.GIVEN_UP})
            yield _need(row, sentence, (words, f"{staff_path('outbox')}?{query}"), language)
        if found.waiting and sends:
            yield _need(row, uninvited_words(found.waiting), _invite(row), language)


def _need(row: Row, sentence: Message, way: tuple[Message, str], language: str) -> Need:
    words, path = way
    return Need(
        kind="last",
        sentence=translate(sentence, language),
        row=row,
        way=Way(translate(words, language), path),
    )


def _update(row: Row) -> tuple[Message, str]:
    words = _("Send cancellation …") if row.session.cancelled else _("Send update …")
    return words, f"{row.path}/update"


def _invite(row: Row) -> tuple[Message, str]:
    if row.private.join_url is None:
        return _("The participation link is missing"), row.path
    return _("Send invitations …"), f"{row.path}/send"
