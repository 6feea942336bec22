"""A publisher killed at any point leaves a lawful history, and the next one publishes on it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PROGRAM = Path(__file__).parent / "killed_publisher.py"

# By way: stride and most of the ordinary run, and of `make fuzz`.
STRIDES = {
    "statement": ((4, 1000), (1, 1000)),
    "step": ((60, 30), (7, 600)),
    "growth": ((6144, 20), (512, 400)),
    "first": ((16, 1000), (1, 1000)),
}


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    """Tell whether this is `make fuzz`."""
    return bool(request.config.getoption("--hypothesis-profile") == "fuzz")


def killed(url: str, way: str, *, is_long: bool) -> int:
    """Kill publishers in ``way`` until one lives to the end; return how many did not."""
    stride, most = STRIDES[way][is_long]
    run = subprocess.run(
        [sys.executable, str(PROGRAM), url, way, str(stride), str(most)],
        env={**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=1800 if is_long else 120,
    )
    assert run.returncode == 0, run.stderr
    return int(run.stdout)


@pytest.mark.fuzz
def test_a_kill_at_any_statement_loses_nothing(database_url: str, *, is_long: bool) -> None:
    assert killed(database_url, "statement", is_long=is_long) >= 10


@pytest.mark.fuzz
@pytest.mark.parametrize(("way", "least"), [("step", 30), ("growth", 20), ("first", 6)])
def test_a_kill_at_any_point_of_the_writing_loses_nothing(
    tmp_path: Path, way: str, least: int, *, is_long: bool
) -> None:
    assert killed(f"sqlite:///{tmp_path}/impulscal.sqlite3", way, is_long=is_long) >= least
