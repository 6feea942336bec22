"""Markdown in a plain pane, and as HTML that can do no harm."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from impulscal.wording.lines import one_line
from impulscal.wording.markdown import html, line_as_html, plain
from impulscal.wording.markdown_tree import MARKDOWN, Node, paragraphs, parse

PLAIN = {
    # What nobody meant as Markdown stays as it is.
    "5 x 30 Minuten": "5 x 30 Minuten",
    "stadt:impuls #2, a_b_c, 5 * 3 * 2": "stadt:impuls #2, a_b_c, 5 * 3 * 2",
    "2. Juni": "2. Juni",
    "x < y > z & \"w\" – 'v' …": "x < y > z & \"w\" – 'v' …",
    "C:\\Pfad\\neu": "C:\\Pfad\\neu",
    "https://a.de/x. und a.b@c.de!": "https://a.de/x. und a.b@c.de!",
    # Marks go, what they marked stays.
    "*a* **b** `c` &amp; \\*": "a b c & *",
    "# Titel\nText": "Titel\n\nText",
    "Zeile\nnoch dieselbe  \nneue": "Zeile noch dieselbe\nneue",
    "a<br>b <b>c</b>": "a\nb c",
    "<div>Text &amp; <b>mehr</b></div>\n\nb": "Text & mehr\n\nb",
    "<script>alert(1)</script>\n\nb": "b",
    "a\n\n***\n\nb": "a\n\nb",
    "> Zitat\n\nvon": "> Zitat\n\nvon",
    "    a\n      b": "a\n  b",
    "```py\na  b\n```": "a  b",
    "![Foto](b.png) dazu": "Foto dazu",
    # Lists keep their marks, numbers and depth.
    "* a\n* b": "- a\n- b",
    "3. a\n4. b": "3. a\n4. b",
    "- a\n  - b\n    zwei\n- c": "- a\n  - b zwei\n- c",
    "- a\n\n  b\n\n- c": "- a\n\n  b\n- c",
    # Links are written out: after a colon at the end, else in brackets.
    "Siehe [hier](https://a.de)": "Siehe hier: https://a.de",
    "Siehe [hier](https://a.de).": "Siehe hier (https://a.de).",
    "**[hier](https://a.de)**": "hier: https://a.de",
    "[b_(c)](https://a.de/b_(c)) ist": "b_(c) (https://a.de/b_(c)) ist",
    "<https://a.de> und <a@b.de>": "https://a.de und a@b.de",
    "[Post](mailto:a@b.de)": "Post: a@b.de",
    "[dort](/rel) und [](https://a.de)": "dort und https://a.de",
    "[![Foto](b.png)](https://a.de)": "Foto: https://a.de",
    "| A | B |\n|---|---|\n| 1 | [c](https://a.de) |": "A | B\n1 | c (https://a.de)",
}


@pytest.mark.parametrize("markdown", PLAIN)
def test_markdown_as_plain_text(markdown: str) -> None:
    assert plain(markdown) == PLAIN[markdown]


# What a mark could be made of; markdown-it and the one look have to agree on all of it.
_PIECES = st.sampled_from(
    [
        *(
            "Wort",
            "ü",
            "„",
            "(",
            "…",
            "1",
            "12",
            "1.",
            "12)",
            "²",
            "٣",
            " ",
            "  ",
            "\n",
            "\n\n",
            "\t",
        ),
        *(
            "*",
            "**",
            "*Wort*",
            "**ein Wort**",
            "_",
            "`",
            "#",
            "- ",
            "+ ",
            "> ",
            "=",
            "---",
            "!",
            "[",
            "]",
            "<b>",
            "&amp;",
            "\\",
        ),
        *(
            "|",
            "~",
            "[a](https://b.de)",
            "http://a.de",
            "\u2028",
            "\u00a0",
            "e\u0301",
            ":",
            ".",
            ",",
        ),
    ]
)


def said(spans: list[Node]) -> str:
    return "".join(
        " " if span.type == "softbreak" else span.content + said(span.children) for span in spans
    )


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_a_text_without_marks_is_told_by_one_look_and_reads_the_same(markdown: str) -> None:
    at_once = paragraphs(markdown)

    blocks = parse(markdown)

    if at_once is not None:
        assert [block.type for block in blocks] == ["paragraph"] * len(at_once)
        assert at_once == [said(block.children[0].children).strip() for block in blocks]


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_spans_without_marks_are_those_of_markdown_it(markdown: str) -> None:
    ours = MARKDOWN.render(markdown)

    theirs = MarkdownIt("commonmark").enable("table").render(markdown)

    assert ours == theirs


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("Ein Absatz\nin zwei Zeilen.\n\n\n„Noch einer“: 2019 bis 2021\n", 2),
        ("2021 geht es weiter", 1),
        ("2. Juni", None),
        ("Text mit *einer* und „**noch einer**“", 1),
        ("**1.** Punkt", None),
        ("a*b*c", None),
        ("***beides***", None),
        ("*a **b** c*", None),
        ("Text mit `Marke`", None),
        ("Zeile  \nUmbruch", None),
        ("- Punkt", None),
        ("    Quelltext", None),
        ("", None),
    ],
)
def test_what_one_look_takes_for_a_text_without_marks(markdown: str, expected: int | None) -> None:
    found = paragraphs(markdown)

    assert (None if found is None else len(found)) == expected


HTML = {
    "*a* <b>b</b>": "<p><em>a</em> <b>b</b></p>",
    "[c](https://a.de?x=1&y=2)": '<p><a href="https://a.de?x=1&amp;y=2">c</a></p>',
    "https://a.de. a@b.de": (
        '<p><a href="https://a.de">https://a.de</a>. <a href="mailto:a@b.de">a@b.de</a></p>'
    ),
    "<script>alert(1)</script>": "",
    "<img src=x onerror=alert(1)>a": "<p>a</p>",
    "![Foto](b.png)": "<p>Foto</p>",
    "[a](javascript:alert(1))": "<p>[a](javascript:alert(1))</p>",
    '<a href="javascript:alert(1)" onclick="x">a</a>': "<p><a>a</a></p>",
    "[a](/rel)": "<p><a>a</a></p>",
    '<p style="x" class="y">a</p>': "<p>a</p>",
}


@pytest.mark.parametrize("markdown", HTML)
def test_markdown_as_safe_html(markdown: str) -> None:
    assert html(markdown) == HTML[markdown]


def test_line_of_plain_text_as_html() -> None:
    told = line_as_html('<b> & "x": https://a.de/?b=1&c=2, a.b+c@d-e.de.')

    assert told == (
        "&lt;b&gt; &amp; &quot;x&quot;: "
        '<a href="https://a.de/?b=1&amp;c=2">https://a.de/?b=1&amp;c=2</a>, '
        '<a href="mailto:a.b+c@d-e.de">a.b+c@d-e.de</a>.'
    )


@pytest.mark.parametrize("letters", ["a", " ", "*", "[", "a@", "a.", "http://", "<", "`", "> "])
def test_monstrous_text_takes_no_monstrous_time(letters: str) -> None:
    text = f"a{letters * 20_000}a"
    started = time.process_time()

    html(text)
    plain(text)
    line_as_html(text)
    one_line(text)

    assert time.process_time() - started < 5
