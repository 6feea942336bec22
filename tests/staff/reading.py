"""Pages of the staff area, as somebody reads them."""

from lxml import html
from werkzeug.test import TestResponse

__all__ = ["Reading"]


class Reading:
    """An answer that is a page."""

    def __init__(self, answer: TestResponse) -> None:
        self.status = answer.status_code
        self._page = html.fromstring(answer.text)

    def all(self, path: str) -> list[str]:
        """Return the words of the elements that an XPath finds."""
        return [_words(found) for found in self._found(path)]

    def one(self, path: str) -> str:
        (words,) = self.all(path)
        return words

    def items(self, name: str) -> list[str]:
        """Return the words of the items of the list with a class."""
        return self.all(f"//ul[@class='{name}']/li")

    def rows(self, table: str) -> list[list[str]]:
        """Return the cells of the table whose caption has an id."""
        path = f"//table[caption/@id='{table}']/tbody/tr"
        return [[_words(cell) for cell in row] for row in self._found(path)]

    def links(self, path: str = "//main//a") -> dict[str, str]:
        """Return where links lead, by their words."""
        return {_words(found): found.get("href") or "" for found in self._found(path)}

    @property
    def notice(self) -> str:
        """What is told after a redirect."""
        return self.one("//p[@class='told']")

    @property
    def mistakes(self) -> dict[str, str]:
        """What is wrong with a form: sentences, and the fields they lead to."""
        return self.links("//section[@role='alert']//li/a")

    def field(self, name: str, form: str = "") -> str:
        """Return what stands in a field."""
        path = f"//form[contains(@action, '{form}')]//*[@name='{name}']"
        (found,) = self._found(path)
        if found.tag == "textarea":
            # A browser drops the line break right after the tag.
            return (found.text or "").removeprefix("\n")
        return found.get("value") or ""

    def _found(self, path: str) -> list[html.HtmlElement]:
        found = self._page.xpath(path)
        assert isinstance(found, list)
        return [one for one in found if isinstance(one, html.HtmlElement)]


def _words(found: html.HtmlElement) -> str:
    return " ".join(found.text_content().split()).replace("\N{NO-BREAK SPACE}", " ")
