"""Letters as HTML for mail programs."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from impulscal.language import spoken
from impulscal.wording.letter import Letter
from impulscal.wording.markdown import line_as_html
from impulscal.wording.typography import tied

__all__ = ["html_of"]

_TEMPLATES = Environment(
    loader=PackageLoader("impulscal.invitations.mail"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _linked(line: str) -> Markup:
    """Return ``line`` with its addresses as links."""
    html = line_as_html(tied(line)).replace("<a ", '<a style="color: #00595e;" ')
    return Markup(html)  # noqa: S704 -- line_as_html has escaped it


_TEMPLATES.filters["linked"] = _linked


def html_of(letter: Letter) -> str:
    """Return ``letter`` as a whole HTML document that loads nothing."""
    template = _TEMPLATES.get_template("letter.html")
    return template.render(letter=letter, language=spoken(letter.language))
