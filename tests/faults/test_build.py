"""``impulscal build`` on a disk without room: the old site stays as it is."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from web.serving import schedule


def build(
    folder: Path, *, largest: int = resource.RLIM_INFINITY
) -> subprocess.CompletedProcess[str]:
    """Build the site of ``folder``; no file may grow beyond ``largest`` bytes."""
    return subprocess.run(
        [
            *("prlimit", f"--fsize={largest if largest >= 0 else 'unlimited'}"),
            *(str(Path(sys.executable).with_name("impulscal")), "build", "site", "--first"),
        ],
        cwd=folder,
        env={
            **os.environ,
            "IMPULSCAL_SCHEDULE": str(folder / "sessions.yaml"),
            "IMPULSCAL_DATABASE_URL": f"sqlite:///{folder}/impulscal.sqlite3",
            "IMPULSCAL_BASE_URL": "https://kalender.example",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def content(site: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("largest", [0, 16_384])
def test_a_site_that_finds_no_room_takes_no_old_ones_place(tmp_path: Path, largest: int) -> None:
    file = tmp_path / "sessions.yaml"
    file.write_text(schedule(), encoding="utf-8")
    assert build(tmp_path).returncode == 0
    before = content(tmp_path / "site")
    file.write_text(schedule(title="Anders"), encoding="utf-8")

    run = build(tmp_path, largest=largest)

    assert (run.returncode, "Traceback" in run.stderr) == (1, False), run.stderr
    assert content(tmp_path / "site") == before
    assert build(tmp_path).returncode == 0
    assert b"Anders" in content(tmp_path / "site")["stadtimpuls.ics"]
    names = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    assert names == {"site"}
