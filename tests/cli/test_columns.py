import pytest

from impulscal.cli.columns import cut, printable, table, width


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("Größe", 5), ("Gro\u0308ße", 5), ("東京", 4), ("🎉", 2), ("a\u200bb", 2)],
)
def test_a_text_takes_the_columns_of_a_terminal(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("Gerechte Stadt", 14, "Gerechte Stadt"),
        ("Gerechte Stadt", 13, "Gerechte Sta…"),
        ("Gerechte Stadt", 10, "Gerechte…"),
        ("東京から", 6, "東京…"),
    ],
)
def test_a_text_that_is_too_long_ends_in_an_ellipsis(text: str, columns: int, shown: str) -> None:
    assert cut(text, columns) == shown


def test_what_a_terminal_would_obey_becomes_a_blank() -> None:
    assert printable("rot: \x1b[31m\tweiß\u202e") == "rot:  [31m weiß "


def test_the_last_column_of_a_table_gives_way() -> None:
    rows = [["ID", "TITLE"], ["1", "x" * 50], ["abend", "東京"]]

    lines = list(table(rows, 40))

    assert lines == ["  ID     TITLE", f"  1      {'x' * 30}…", "  abend  東京"]
