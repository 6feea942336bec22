"""What tests of several rooms share: golden files and programs from elsewhere."""

import importlib.util
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine, event

import postgresql as servers
from chromium import launch

GOLDEN = Path(__file__).parent / "golden"
READ_BACK = Path(__file__).parent / "read_back"
CHECKERS = Path(__file__).parent / "browser" / "node_modules"

# Debian's Python sees Debian's libical; a virtual environment does not.
SYSTEM_PYTHON = "/usr/bin/python3"

LIBICAL = "import gi; gi.require_version('ICalGLib', '3.0'); from gi.repository import ICalGLib"


# The same examples each time, so that a failure is everybody's; `make fuzz` looks for new ones.
settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.register_profile("fuzz", max_examples=2000, deadline=None, print_blob=True)


@event.listens_for(Engine, "connect")
def _wait_for_no_disk(connection: Any, _record: object) -> None:
    """Let SQLite not wait until the disk has every commit: half the time of all tests.

    A process that is killed loses nothing by it, only a machine that fails.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """Take back what a command has told its workers through the environment."""
    before = dict(os.environ)
    yield
    if os.environ != before:
        os.environ.clear()
        os.environ.update(before)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fuzz: property tests that `make fuzz` runs for long")
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the golden files anew instead of comparing with them",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], bytes]:
    """Give the bytes that the golden file of a name holds; written first where asked for."""

    def expected(name: str, rendered: bytes) -> bytes:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.write_bytes(rendered)
        return path.read_bytes()

    return expected


def _is_there(name: str) -> bool:  # noqa: PLR0911 -- one for each program
    match name:
        case "libical":
            found = shutil.which(SYSTEM_PYTHON) is not None
            return found and _runs([SYSTEM_PYTHON, "-c", LIBICAL])
        case "ical.js":
            found = shutil.which("node") is not None
            return found and (READ_BACK / "node_modules" / "ical.js").is_dir()
        case "axe-core":
            return (CHECKERS / "axe-core" / "axe.min.js").is_file()
        case "vnu":
            found = shutil.which("java") is not None
            return found and (CHECKERS / "vnu-jar" / "build" / "dist" / "vnu.jar").is_file()
        case "postfix":
            found = shutil.which("postfix") is not None and shutil.which("saslpasswd2") is not None
            # It gives up root's rights by itself, so it needs them.
            return found and os.geteuid() == 0
        case "postgresql":
            return servers.installed()
        case _:
            return shutil.which(name) is not None or importlib.util.find_spec(name) is not None


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def require_program() -> Callable[[str], None]:
    """Skip a test that needs a program which is not there; with CI=true, fail it.

    Names: ``libical`` (Debian: gir1.2-ical-3.0 and python3-gi), ``ical.js`` (node, and
    ``npm ci`` in tests/read_back), ``axe-core`` and ``vnu`` (``npm ci`` in tests/browser;
    vnu also Java), ``postfix`` (Debian: postfix, sasl2-bin and libsasl2-modules; as
    root), ``postgresql`` (Debian: postgresql), else a command such as ``chromium``, ``nginx``,
    ``caddy`` or ``systemd-analyze``, or a Python package.
    """
    known: dict[str, bool] = {}

    def require(name: str) -> None:
        if name not in known:
            known[name] = _is_there(name)
        if known[name]:
            return
        reason = f"{name} is not installed: nothing was checked with it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)

    return require


@pytest.fixture(scope="session")
def chromium(require_program: Callable[[str], None]) -> Iterator[Browser]:
    """Give Debian's Chromium; one for all, since its driver runs once in a process."""
    require_program("chromium")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgresql(require_program: Callable[[str], None]) -> Iterator[servers.Server]:
    """Give a PostgreSQL server that runs; a test that stops it starts it again."""
    require_program("postgresql")
    with servers.serve() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database in which there is nothing yet: once of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/impulscal.sqlite3"
    else:
        server: servers.Server = request.getfixturevalue("postgresql")
        with server.database() as url:
            yield url
