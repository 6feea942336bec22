"""Benchmarks as `make bench` runs them: the cheapest one, shortly."""

import json
from pathlib import Path

from benchmarks.__main__ import KINDS, main

DOCS = Path(__file__).parents[2] / "docs"


def test_a_quick_run_writes_its_table_and_leaves_the_rest_of_the_paper(tmp_path: Path) -> None:
    paper = tmp_path / "performance.md"
    written_by_hand = "The words around it stay.\n<!-- {} -->\nold\n<!-- /{} -->\n"
    paper.write_text(
        "".join(written_by_hand.format(name, name) for name in ("aims", "machines", "inside"))
    )

    failed = main(["inside", "--quick", "--into", str(tmp_path)])

    figures = json.loads((tmp_path / "performance" / "figures.json").read_text())["inside"]
    text = paper.read_text()
    assert failed == 0
    assert [len(figure["values"]) for figure in figures["figures"]] == [2] * 6
    assert text.count("The words around it stay.") == 3
    assert "old" not in text
    assert "| 200 in the process | Flask : impulscal |" in text
    assert "- **Quick runs,** good for a look only: inside." in text


def test_the_paper_has_a_place_for_every_benchmark() -> None:
    text = (DOCS / "performance.md").read_text(encoding="utf-8")

    places = {name: text.count(f"<!-- {name} -->") for name in (*KINDS, "aims", "machines")}

    assert set(places.values()) == {1}, places
