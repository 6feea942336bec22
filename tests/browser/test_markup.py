"""HTML, style sheets and drawings, judged by the Nu HTML checker (vnu)."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from browser.server import pages

pytestmark = pytest.mark.xdist_group("browser")

VNU = Path(__file__).parent / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def body(address: str) -> bytes:
    """Return what the address answers, a refusal too."""
    try:
        with urlopen(address) as answer:
            read: bytes = answer.read()
    except HTTPError as refusal:
        read = refusal.read()
    return read


def files_of_the_look(page: bytes) -> set[str]:
    return set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|svg))"', page.decode()))


def test_no_page_style_sheet_or_drawing_has_a_fault(
    address: str, tmp_path: Path, require_program: Callable[[str], None]
) -> None:
    require_program("vnu")
    names = {}
    look: set[str] = set()
    for number, path in enumerate(pages(address)):
        page = body(address + path)
        look |= files_of_the_look(page)
        file = tmp_path / f"{number}.html"
        file.write_bytes(page)
        names[file.name] = path
    for path in look:
        file = tmp_path / path.rpartition("/")[2]
        file.write_bytes(body(address + path))
        names[file.name] = path

    command = ["java", "-Xss4m", "-jar", str(VNU), "--format", "json", "--stdout"]
    told = subprocess.run(
        [*command, "--also-check-css", "--also-check-svg", str(tmp_path)],
        capture_output=True,
        check=False,
    )

    assert {path.rpartition(".")[2] for path in look} == {"css", "svg"}
    faults = [
        f"{names[Path(said['url']).name]}: {said['message']}: {said.get('extract', '')}"
        for said in json.loads(told.stdout)["messages"]
    ]
    assert sorted(faults) == []
