"""What the benchmarks make of values: medians, ratios, tables; no test looks at a time."""

from itertools import count
from pathlib import Path

import pytest

from benchmarks.figures import Contender, Figure, Measured, at_least, at_most, interleave, ratio
from benchmarks.kinds.growing import exponent
from benchmarks.kinds.looking import calls_between
from benchmarks.paper import number, write_paper

MACHINE = {"processor": "Example, 2 cores", "kernel": "Linux 6", "Python": "3.11.7"}

PAPER = """\
# Speed

By hand.

<!-- aims --><!-- /aims -->
<!-- machines --><!-- /machines -->
<!-- serving -->
An old table.
<!-- /serving -->
<!-- memory -->
Not measured this time.
<!-- /memory -->
"""


def figure(*values: float, **facts: object) -> Figure:
    told = {"what": "200", "who": "us : nginx", "unit": "×", **facts}
    return Figure(values=values, **told)  # type: ignore[arg-type]


def measured(*figures: Figure, quick: bool = False) -> Measured:
    return Measured(machine=MACHINE, quick=quick, figures=figures)


def test_every_round_begins_with_another_contender() -> None:
    turns: list[str] = []

    def contender(name: str) -> Contender:
        def measure() -> float:
            turns.append(name)
            return 1.0

        return measure

    interleave({name: contender(name) for name in "abc"}, 3)

    assert "".join(turns) == "abcbcacab"


def test_values_stay_in_the_order_of_the_rounds() -> None:
    first, second = count(1), count(10, 10)

    values = interleave({"a": lambda: next(first), "b": lambda: next(second)}, 3)

    assert values == {"a": (1, 2, 3), "b": (10, 20, 30)}


def test_a_ratio_compares_what_was_measured_in_the_same_round() -> None:
    assert ratio((1.0, 20.0, 3.0), (1.0, 10.0, 2.0)) == (1.0, 2.0, 1.5)


def test_one_bad_round_does_not_move_the_median() -> None:
    assert figure(2.5, 99.0, 2.4).median == 2.5


@pytest.mark.parametrize(
    ("aim", "met"),
    [(at_most(2.5), True), (at_most(2.4), False), (at_least(2.5), True), (at_least(2.6), False)],
)
def test_an_aim_is_held_against_the_median(aim: object, *, met: bool) -> None:
    assert figure(2.5, 9.0, 1.0, aim=aim).met is met


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.914, "0.91"), (2.5, "2.50"), (31.46, "31.5"), (282.4, "282"), (1388.2, "1,388")],
)
def test_a_number_has_as_many_digits_as_a_reader_needs(value: float, told: str) -> None:
    assert number(value) == told


def test_what_grows_like_a_straight_line_has_the_exponent_1() -> None:
    costs = [70.0 + 3 * (size - 5) for size in (5, 100, 1000, 10_000)]

    assert round(exponent((5, 100, 1000, 10_000), costs), 2) == 1.0


def test_what_grows_like_a_square_has_the_exponent_2() -> None:
    costs = [70.0 + size**2 for size in (5, 100, 1000, 10_000)]

    assert round(exponent((5, 100, 1000, 10_000), costs), 2) == 2.0


def test_calls_are_counted_between_the_two_marks_only(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    trace.write_text(
        '7 newfstatat(AT_FDCWD, "/before", …) = 0\n'
        '7 access("/begin", F_OK) = -1 ENOENT\n'
        '7 newfstatat(AT_FDCWD, "/a file", …) = 0\n'
        "8 futex(0x7f, FUTEX_WAIT …) = 0\n"
        '7 newfstatat(AT_FDCWD, "/a file", …) = 0\n'
        '7 access("/end", F_OK) = -1 ENOENT\n'
        '7 newfstatat(AT_FDCWD, "/after", …) = 0\n'
    )

    assert calls_between(trace, "/begin", "/end") == {"newfstatat": 2, "futex": 1}


def test_the_paper_says_which_aims_are_met_and_which_are_missed(tmp_path: Path) -> None:
    paper = tmp_path / "performance.md"
    paper.write_text(PAPER)
    figures = [
        figure(2.5, 2.4, 2.6, aim=at_most(2.6)),
        figure(3.1, what="304", aim=at_most(3)),
        figure(40.0, what="304", who="nginx", unit="µs"),
    ]

    write_paper(paper, {"serving": measured(*figures)})

    assert paper.read_text() == (
        "# Speed\n\nBy hand.\n\n"
        "<!-- aims -->\n\n"
        "1 of 2 aims are met.\n\n"
        "| what | who | aim | measured | range |  |\n"
        "| --- | --- | ---: | ---: | ---: | --- |\n"
        "| 200 | us : nginx | at most 2.6 × | 2.50 × | 2.40 to 2.60 | met |\n"
        "| 304 | us : nginx | at most 3 × | 3.10 × |  | **missed** |\n\n"
        "<!-- /aims -->\n"
        "<!-- machines -->\n\n"
        "- Example, 2 cores, Linux 6: all of it. With Python 3.11.7.\n\n"
        "<!-- /machines -->\n"
        "<!-- serving -->\n\n"
        "| what | who | median | range |\n"
        "| --- | --- | ---: | ---: |\n"
        "| 200 | us : nginx | 2.50 × | 2.40 to 2.60 |\n"
        "| 304 | us : nginx | 3.10 × |  |\n"
        "| 304 | nginx | 40.0 µs |  |\n\n"
        "<!-- /serving -->\n"
        "<!-- memory -->\nNot measured this time.\n<!-- /memory -->\n"
    )


def test_a_paper_without_the_marks_is_refused_and_stays(tmp_path: Path) -> None:
    paper = tmp_path / "performance.md"
    paper.write_text("# Speed\n")

    with pytest.raises(ValueError, match="has to stand once in the paper, not 0 times"):
        write_paper(paper, {"serving": measured(figure(1.0))})

    assert paper.read_text() == "# Speed\n"


def test_figures_survive_being_saved(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    found = {"serving": measured(figure(2.5, 2.4, aim=at_most(2.6)), figure(1.0), quick=True)}

    Measured.save(file, found)

    assert Measured.load(file) == found
