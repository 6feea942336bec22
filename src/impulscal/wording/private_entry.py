"""The private calendar entry of a guest: title, text and place, with the link."""

from collections.abc import Collection, Iterator

from impulscal.errors import _
from impulscal.wording.description import Lines, Prose, details
from impulscal.wording.letter import Block, Facts, Paragraph, Way
from impulscal.wording.occasion import Occasion, call_off, people, place, questions, when
from impulscal.wording.state import state_line
from impulscal.wording.titles import marked_title, title

__all__ = ["private_location", "private_text", "private_title"]


def private_title(to: Occasion) -> str:
    """Return the title, marked where the session is cancelled or not yet fixed.

    Without “new date”: in the calendar of somebody who has just been told, and who keeps
    the entry as it is then, the mark would stay for ever.
    """
    plain = title(to.series, to.session, to.language)
    if to.session.cancelled:
        return marked_title(to.series, to.session, to.language)
    return to.say(_("TENTATIVE: {title}", title=plain)) if to.session.tentative else plain


def private_location(to: Occasion) -> str | None:
    """Return the place and the link: many calendars show nothing else in their notices."""
    told = [value for _label, value in place(to)]
    if to.join_url is not None and to.join_url not in told:
        told.append(to.join_url)
    return ", ".join(told) or None


def private_text(to: Occasion, news: Collection[str] = ()) -> str:
    """Return the text, which reads well alone in a plain pane: the link first.

    Args:
        to: The guest and the session; without a link for who does not come.
        news: What has to be told beside the state of the session.
    """
    texts = (block.plain() for block in _blocks(to, news))
    return "\n\n".join(text for text in texts if text)


def _blocks(to: Occasion, news: Collection[str]) -> Iterator[Block | Lines | Prose]:
    public, comes = to.session.public, to.join_url is not None
    if to.join_url is not None:
        yield Way("", to.say(_("Your participation link")), to.join_url)
        yield to.lines(_("Please do not pass the link on."))
    yield Paragraph(tuple(news))
    if comes or to.session.cancelled:
        yield Paragraph((state_line(to.series, to.session, to.language),))
    yield Facts((when(to), *place(to), *people(to)))
    if comes and public.teaser is not None:
        yield Paragraph((to.read(public.teaser),))
    if comes:
        yield from details(to.session, to.language)
    if comes and (to.sign_off or to.contact):
        yield call_off(to)
    yield questions(to)
