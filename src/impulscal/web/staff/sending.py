"""Sending from the browser: what is due, one whole message to look at, and the button.

Nothing is sent that was not shown: the form carries a seal of what was seen, and if
anything has changed since, it is shown again.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from flask import Blueprint, Response, request

from impulscal.errors import ImpulscalError, Message, _
from impulscal.history.facts import Moment
from impulscal.history.transaction import Transaction
from impulscal.invitations.inviting import UPDATES, no_join_link, outstanding
from impulscal.invitations.mailing import Mailing
from impulscal.invitations.model import Guest, Kind, Letter, Method, PrivateSession, Step
from impulscal.invitations.post import Post
from impulscal.invitations.words import fact_words
from impulscal.web.addresses import site
from impulscal.web.staff.guard import route, say, see_other, show_staff, staff, staff_path
from impulscal.web.staff.session import heading, opened
from impulscal.wording import dates

__all__ = ["blueprint"]

blueprint = Blueprint("staff_sending", __name__)

_FIRST = frozenset({Kind.INVITATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One of the messages, as its reader will see it.

    Attributes:
        calendar: The iCalendar part.
    """

    to: str
    sender: str
    subject: str
    text: str
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What some of the guests are told.

    Attributes:
        sentence: What changed; empty for a first invitation.
    """

    kind: Kind
    count: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a click on the button will do.

    Attributes:
        steps: Who is told what.
        obstacle: Why nothing can be sent, if so.
        seal: Changes with everything that is shown.
    """

    private: PrivateSession
    steps: tuple[tuple[Guest, Step], ...]
    news: tuple[News, ...]
    sample: Sample | None
    obstacle: str | None
    seal: str

    @property
    def ready(self) -> bool:
        """Whether the button may be there."""
        return bool(self.steps) and self.obstacle is None

    @property
    def cancels(self) -> bool:
        """Whether all that is told is that the session does not take place."""
        return all(one.kind is Kind.CANCELLED for one in self.news)


@route(blueprint, "<series>/<session>/send", methods=("GET", "POST"))
def invite(series: str, session: str) -> Response:
    """Show first invitations, and send them."""
    return _send(series, session, _FIRST, "send.html")


@route(blueprint, "<series>/<session>/update", methods=("GET", "POST"))
def update(series: str, session: str) -> Response:
    """Show what is told to those whose copy is out of date, and tell them."""
    return _send(series, session, UPDATES, "update.html")


def _send(series: str, session: str, kinds: Collection[Kind], template: str) -> Response:
    with opened(series, session) as (transaction, private):
        plan = _plan(transaction, private, kinds)
    if request.method == "GET":
        return _show(template, plan)
    if not plan.ready or plan.seal != request.form.get("seal"):
        return _show(template, plan, changed=True)
    mailing = Mailing(private=plan.private, post=Post.of(site().settings), now=staff().now)
    guests = [guest.id for guest, _step in plan.steps]
    count = mailing.queue(site().editions.database(), guests)
    return see_other(staff_path(f"{series}/{session}"), _queued(count))


def _queued(count: int) -> Message:
    if count == 1:
        return _("1 message is in the outbox. It is being sent now.")
    return _("{count} messages are in the outbox. They are being sent now.", count=count)


def _show(template: str, plan: Plan, *, changed: bool = False) -> Response:
    status = 409 if changed else 200
    return show_staff(template, status, **heading(plan.private), plan=plan, changed=changed)


def _plan(transaction: Transaction, private: PrivateSession, kinds: Collection[Kind]) -> Plan:
    now = staff().now
    steps = tuple(
        (guest, step)
        for guest, step in outstanding(transaction, private, now=now)
        if step.kind in kinds
    )
    sample, obstacle = _sample(private, steps)
    return Plan(
        private=private,
        steps=steps,
        news=_news(private, steps),
        sample=sample,
        obstacle=None if obstacle is None else say(obstacle),
        seal=_seal(private, steps),
    )


def _seal(private: PrivateSession, steps: tuple[tuple[Guest, Step], ...]) -> str:
    """Return a digest of who is told what."""
    told = [
        private.series.id,
        private.session.id,
        [[guest.id, guest.address, step.kind, step.sequence, step.facts] for guest, step in steps],
    ]
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _sample(
    private: PrivateSession, steps: tuple[tuple[Guest, Step], ...]
) -> tuple[Sample | None, Message | None]:
    """Return the first of the messages, or why none can be sent."""
    if not steps:
        return None, None
    if site().settings.mail_server is None:
        return None, _(
            "No mail server is set up (IMPULSCAL_SMTP_URL). Download the drafts and send them "
            "from your own mail program."
        )
    if private.join_url is None and any(step.method is Method.REQUEST for _g, step in steps):
        return None, no_join_link(private).message
    try:
        letter = Post.of(site().settings).letter(private, *steps[0])
    except ImpulscalError as error:
        return None, error.message
    return _read(letter), None


def _read(letter: Letter) -> Sample:
    mail = message_from_bytes(letter.data, _class=EmailMessage, policy=policy.default)
    text = mail.get_body(("plain",))
    calendars = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return Sample(
        to=str(mail["To"]),
        sender=str(mail["From"]),
        subject=str(mail["Subject"]),
        text="" if text is None else text.get_content(),
        calendar="".join(part.get_content() for part in calendars),
    )


def _news(private: PrivateSession, steps: tuple[tuple[Guest, Step], ...]) -> tuple[News, ...]:
    """Return what is told to how many, the weightiest first."""
    sentences = Counter((step.kind, _sentence(private, step)) for _guest, step in steps)
    return tuple(
        News(kind=kind, count=count, sentence=sentence)
        for (kind, sentence), count in sorted(
            sentences.items(), key=lambda item: (_WEIGHT.index(item[0][0]), -item[1])
        )
    )


_WEIGHT = (Kind.CANCELLED, Kind.MOVED, Kind.REINSTATED, Kind.CHANGED, Kind.INVITATION)


def _sentence(private: PrivateSession, step: Step) -> str:
    language, zone = staff().language, private.series.timezone
    if step.kind is Kind.MOVED and step.before is not None:
        after, before = (Moment(**facts["start"]) for facts in (step.facts, step.before))
        if after.same_date(before):
            return say(_("Another end."))
        return say(
            _(
                "New date: {after} (before: {before}).",
                after=dates.moment(after, zone, language),
                before=dates.moment(before, zone, language),
            )
        )
    if step.kind is Kind.CHANGED:
        names = ", ".join(say(name) for name in fact_words(step.changed))
        return say(_("What changed: {facts}.", facts=names or say(_("time zone"))))
    return ""
