"""What ``impulscal invite`` tells: before, in a dry run, and after."""

from collections import Counter
from collections.abc import Iterable, Iterator

import click

from impulscal.cli.columns import cut, printable, table
from impulscal.cli.invite.chosen import Chosen
from impulscal.cli.invite.mail import FIRST, Order, Plan
from impulscal.cli.invite.mail_shown import shown_mail
from impulscal.cli.kinds import counted, fact_words, kind_word
from impulscal.cli.terminal import note, say, screen_columns, terminal_language
from impulscal.errors import Message, _
from impulscal.invitations.guest_list import GuestList
from impulscal.invitations.inviting import UPDATES
from impulscal.invitations.model import Guest, Kind, State, Step
from impulscal.language import translate
from impulscal.wording.dates import period
from impulscal.wording.titles import marked_title

__all__ = [
    "tell_letter",
    "tell_list",
    "tell_people",
    "tell_places",
    "tell_plan",
    "tell_session",
    "tell_table",
]


def tell_session(chosen: Chosen) -> None:
    """Tell which session it is about."""
    language, session = terminal_language(), chosen.private.session
    click.echo(printable(marked_title(chosen.private.series, session, language)))
    click.echo(period(session.public.start, session.public.end, language))


def tell_list(found: GuestList, plan: Plan) -> None:
    """Tell what became of a guest list."""
    if plan.added is not None:
        added = plan.added
        _tell_counts(
            (len(added.new), _("{count} new", count=len(added.new))),
            (len(added.known), _("{count} known already", count=len(added.known))),
            (added.corrected, _corrected(added.corrected)),
            (len(added.signed_off), _("{count} signed off", count=len(added.signed_off))),
            (found.merged, _("{count} duplicate (merged)", count=found.merged)),
        )
        if added.signed_off:
            say(
                _(
                    "Who signed off is not invited again. Say --again ADDRESS if somebody comes "
                    "after all."
                )
            )


def _corrected(count: int) -> Message:
    return _("1 name corrected") if count == 1 else _("{count} names corrected", count=count)


def tell_people(chosen: Chosen, found: GuestList, coming: int) -> None:
    """Tell for how many people of a guest list there will be files."""
    away = len(found.listed) - coming
    cancelled = chosen.private.session.cancelled
    _tell_counts(
        (
            coming,
            _("{count} to be told of the cancellation", count=coming)
            if cancelled
            else _("{count} to invite", count=coming),
        ),
        (away, _("{count} signed off", count=away)),
        (found.merged, _("{count} duplicate (merged)", count=found.merged)),
    )
    if not cancelled:
        tell_places(chosen, coming)


def _tell_counts(*parts: tuple[int, Message]) -> None:
    # What nobody is, is not told; but where nobody is anything, that nobody is new.
    told = ", ".join([_words(words) for count, words in parts if count] or [_words(parts[0][1])])
    say(_("Guest list: {parts}", parts=told))


def tell_places(chosen: Chosen, guests: int) -> None:
    """Warn where there are more guests than places."""
    if chosen.places is not None and guests > chosen.places:
        note(
            _(
                "There are {places} places, but {guests} guests.",
                places=chosen.places,
                guests=guests,
            )
        )


def tell_plan(chosen: Chosen, order: Order, plan: Plan) -> None:
    """Tell what will be sent, or why nothing will."""
    tell_places(chosen, plan.coming)
    if plan.due:
        kinds = [kind_word(step.kind) for _guest, step in plan.due]
        say(_("Messages, one to each person: {counts}", counts=", ".join(counted(kinds))))
    else:
        say(_nothing(chosen, order, plan))
    for message in _left(chosen, plan):
        say(message)


def _left(chosen: Chosen, plan: Plan) -> Iterator[Message]:
    """Yield what there would be to do beside it."""
    counts = Counter(step.kind in UPDATES for _guest, step in plan.left)
    if counts[True]:
        yield _(
            "Out of date: {count}. `impulscal invite {session} --update` sends updates.",
            count=counts[True],
            session=chosen.name,
        )
    if counts[False]:
        yield _(
            "Not invited yet: {count}. `impulscal invite {session} --send` invites them.",
            count=counts[False],
            session=chosen.name,
        )
    waiting = sum(plan.states[state] for state in (State.QUEUED, State.SENDING, State.FAILED))
    if waiting and not plan.due and not chosen.over:
        yield _(
            "Earlier messages still in the outbox: {count}. `impulscal outbox drain` sends them.",
            count=waiting,
        )
    if plan.states[State.GIVEN_UP]:
        yield _(
            "Earlier messages that never arrived: {count}. `impulscal outbox` tells why.",
            count=plan.states[State.GIVEN_UP],
        )


def tell_table(order: Order, plan: Plan) -> None:
    """Tell each guest's name, address and language, what they would get, and why."""
    if not plan.guests:
        return
    columns = screen_columns()
    told, left = dict(_by_guest(plan.due)), dict(_by_guest(plan.left))
    rows = [[_words(word) for word in _HEADER]]
    rows += [
        [
            cut(printable(guest.name) or "–", columns // 5),
            cut(printable(guest.address), columns // 2),
            guest.language or plan.private.series.language,
            _what_and_why(guest, told.get(guest.id), left.get(guest.id), order),
        ]
        for guest in plan.guests
    ]
    click.echo()
    for line in table(rows, columns):
        click.echo(line)
    click.echo()


def tell_letter(data: bytes) -> None:
    """Tell one whole message."""
    say(_("One message as a whole:"))
    click.echo()
    for line in shown_mail(data):
        click.echo(f"  {line}".rstrip())
    click.echo()


_HEADER = (
    _("NAME"),
    _("ADDRESS"),
    _("LANGUAGE"),
    # Translators: Heading over what guests are told, and why.
    _("MESSAGE"),
)


def _by_guest(steps: Iterable[tuple[Guest, Step]]) -> Iterator[tuple[int, Step]]:
    for guest, step in steps:
        yield guest.id, step


def _what_and_why(guest: Guest, step: Step | None, left: Step | None, order: Order) -> str:
    if step is not None:
        facts = fact_words(step.changed) if step.kind is Kind.CHANGED else ""
        return f"{kind_word(step.kind)}: {facts}" if facts else kind_word(step.kind)
    if guest.signed_off_at is not None:
        return _words(_("nothing: signed off"))
    if left is None:
        waits = not guest.reached
        return _words(_("nothing: not invited") if waits else _("nothing: knows all"))
    if order.kinds is FIRST:
        return _words(_("nothing: out of date, see --update"))
    return _words(_("nothing: not invited, see --send"))


def _nothing(chosen: Chosen, order: Order, plan: Plan) -> Message:
    if chosen.over:
        return _("The session is over: nobody is told anything any more.")
    if not plan.guests:
        return _("The session has no guests yet. Say --guests FILE.")
    if order.kinds is FIRST:
        return _("Nothing to send: every guest was invited.")
    return _("Nothing to send: no invitation is out of date.")


def _words(message: Message) -> str:
    return translate(message, terminal_language())
