"""Where a session stands, as pages say it: two words and a sentence with a date.

No relative words (“today”, “in three days”): a page that was kept would lie.
"""

from impulscal.edition import PublishedSession
from impulscal.errors import Message, _
from impulscal.language import translate
from impulscal.schedule.lifecycle import State
from impulscal.wording.dates import day

__all__ = ["status_words"]

_BADGES = {
    State.CANCELLED: _("Cancelled"),
    State.OVER: _("Took place"),
    State.RUNNING: _("Live now"),
    State.UNANNOUNCED: _("Date fixed"),
    State.ANNOUNCED: _("Date fixed"),
    State.NO_REGISTRATION: _("No registration"),
    State.FULL: _("Fully booked"),
    State.CLOSED: _("Registration closed"),
    State.LAST_DAY: _("Last day"),
    # Translators: Registration is open.
    State.OPEN: _("Open"),
}


def status_words(session: PublishedSession, stage: State, language: str) -> tuple[str, str]:
    """Return badge and sentence for ``session`` at the stage ``stage``.

    The sentence is empty where the badge says all. What is not yet fixed says so until
    it begins.
    """
    badge, sentences = _BADGES[stage], [_sentence(session, stage, language)]
    if session.tentative and stage not in (State.OVER, State.RUNNING):
        badge, sentences = _("Not yet fixed"), [_("This date may still change."), *sentences]
    told = [translate(sentence, language) for sentence in sentences if sentence is not None]
    return translate(badge, language), " ".join(told)


def _sentence(session: PublishedSession, stage: State, language: str) -> Message | None:
    public = session.public
    closes = None if public.registration is None else public.registration.closes
    if stage is State.UNANNOUNCED and public.details_on is not None:
        return _("Details follow on {day}.", day=day(public.details_on, language))
    if stage is State.RUNNING:
        return _("Until {time}.", time=f"{public.end:%H:%M}")
    if closes is None or stage in (State.CANCELLED, State.FULL):
        return _WITHOUT_DEADLINE.get(stage)
    last_day = day(closes.day, language)
    if stage is State.CLOSED:
        return _("Registration closed on {day}.", day=last_day)
    if stage is State.LAST_DAY:
        time = "23:59" if closes.time_of_day is None else f"{closes.time_of_day:%H:%M}"
        return _("Register by {day}, {time}", day=last_day, time=time)
    return _("Register by {deadline}", deadline=last_day) if stage is State.OPEN else None


_WITHOUT_DEADLINE = {
    State.CANCELLED: _("This session will not take place."),
    State.NO_REGISTRATION: _("You do not need to register."),
    State.FULL: _("All places are taken."),
    State.OPEN: _("Registration is open until the start."),
}
