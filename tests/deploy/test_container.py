"""deploy/Containerfile: what it copies is there, and what it installs is what we install.

No engine that builds containers runs in the tests; its steps are read, not taken on trust.
"""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.house import DEPLOY, ROOT


def instructions() -> list[tuple[str, str]]:
    """Return the instructions, each with what follows it on one line."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(name, rest) for name, rest in lines]


def told(name: str) -> list[str]:
    return [rest for given, rest in instructions() if given == name]


def test_everything_that_is_copied_is_in_the_repository() -> None:
    copies = [shlex.split(rest)[:-1] for rest in told("COPY") if not rest.startswith("--from")]

    sources = [source for copy in copies for source in copy]

    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_build_has_all_files_that_the_project_names() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    named = re.findall(r'^(?:readme|license-files?) = "([^"]+)"', project, re.MULTILINE)
    copied = " ".join(told("COPY"))

    assert named
    assert [name for name in named if name not in copied] == []


def test_it_installs_by_the_lines_of_tools_install() -> None:
    script = (ROOT / "tools" / "install").read_text(encoding="utf-8")
    ours = [line.split("pip ", 1)[1] for line in script.splitlines() if line.startswith("pip ins")]
    runs = [rest.split("pip ", 1)[1] for rest in told("RUN") if " pip install" in rest]

    requirements = "-r requirements/build.txt -r requirements/runtime.txt"
    expected = [line.replace("$requirements", requirements) for line in ours]
    # What is copied from one stage to the next cannot be bound to the folder of the first.
    assert runs == [line.replace(" --editable", "") for line in expected]


def test_what_is_installed_from_what_is_copied_is_whole(tmp_path: Path) -> None:
    for rest in told("COPY"):
        *sources, target = shlex.split(rest)
        for source in sources if not rest.startswith("--from") else ():
            place = tmp_path / "source" / target
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("*.pyc"))
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, place)

    # As its last step, and into a folder.
    order = told("RUN")[-2].split("-m ", 1)[1]
    subprocess.run(
        [sys.executable, "-m", *shlex.split(order), "--target", tmp_path / "site"],
        cwd=tmp_path / "source",
        check=True,
        capture_output=True,
    )

    assert files(tmp_path / "site" / "impulscal") == files(tmp_path / "source/src/impulscal")


def files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)) for path in found if path.suffix != ".pyc"}


def test_nothing_runs_as_root_and_only_the_state_is_written() -> None:
    names = [name for name, _rest in instructions()]

    assert told("USER") == ["10001"]
    assert names.index("USER") > len(names) - names[::-1].index("RUN") - 1
    assert told("VOLUME") == ["/var/lib/impulscal"]
    assert told("ENTRYPOINT") == ['["impulscal"]']
    assert told("CMD") == ['["serve", "--host", "0.0.0.0"]']


@pytest.mark.parametrize("image", told("FROM"))
def test_images_are_named_whole(image: str) -> None:
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+-slim( AS built)?", image)
