"""The units of deploy/, as systemd itself reads and judges them."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.house import DEPLOY
from impulscal.settings import Settings

# From 0, nothing to be feared, to 10.
MOST_EXPOSED = 2.0

SERVICES = ("impulscal.service", "impulscal-polls.service")
UNITS = (*SERVICES, "impulscal.socket")


@pytest.fixture
def units(tmp_path: Path, require_program: Callable[[str], None]) -> Path:
    """The units, with a program that is there: systemd looks whether it can be run."""
    require_program("systemd-analyze")
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        there = str(Path(sys.executable).parent)
        (tmp_path / name).write_text(text.replace("/opt/impulscal/bin", there), encoding="utf-8")
    return tmp_path


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, check=False, text=True
    )


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_nothing_wrong(units: Path, unit: str) -> None:
    verified = analyze("verify", "--man=no", str(units / unit))

    # Of our units: it also tells what it thinks of others that are installed here.
    ours = [line for line in verified.stderr.splitlines() if "impulscal" in line]
    assert (verified.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_is_hardly_exposed(units: Path, unit: str) -> None:
    judged = analyze("security", "--offline=true", "--no-pager", str(units / unit))

    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", judged.stdout)
    assert level is not None, judged.stderr
    assert float(level[1]) <= MOST_EXPOSED


def test_the_example_of_settings_can_be_used_as_it_stands() -> None:
    text = (DEPLOY / "environment.example").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    all_lines = re.findall(r"^#?(IMPULSCAL_[A-Z_]+=.*)$", text, re.MULTILINE)

    # systemd reads quotes as a shell does (systemd.exec(5)); here are none to be read.
    told = dict(line.split("=", 1) for line in lines)
    settings = Settings.from_environment(told)

    assert [shlex.split(line)[0] for line in lines] == lines
    assert settings.base_url == "https://termine.example.de"
    assert settings.schedules == (Path("/etc/impulscal/schedule"),)
    assert [Settings.from_environment(dict([line.split("=", 1)])) for line in all_lines]
