"""The machine and the peers, by name and version; never the name of a host."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from benchmarks.places import HERE

__all__ = ["describe"]

# How programs say which version they are.
_COMMANDS = {
    "nginx": ("nginx", "-v"),
    "wrk": ("wrk", "-v"),
    "Node": ("node", "--version"),
}


def describe(peers: Iterable[str]) -> dict[str, str]:
    """Return what a figure depends on: processor, kernel, Python, and the versions of ``peers``.

    Args:
        peers: Python packages, ``npm:…`` packages, and the programs nginx, wrk and Node.

    Raises:
        RuntimeError: A program is not installed.
    """
    told = {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "kernel": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
    }
    for name in peers:
        told[name.removeprefix("npm:")] = _version(name)
    return told


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    name = re.search(r"^model name\s*:\s*(.+)$", lines, re.MULTILINE)
    return platform.machine() if name is None else name[1]


def _version(name: str) -> str:
    if name.startswith("npm:"):
        package = HERE / "node_modules" / name.removeprefix("npm:") / "package.json"
        return _number(package.read_text(encoding="utf-8").partition('"version"')[2])
    if name not in _COMMANDS:
        return version(name)
    program, option = _COMMANDS[name]
    found = shutil.which(program, path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if found is None:
        raise RuntimeError(f"{program} is not installed: run tools/install-peers")
    # wrk tells its version with a failure, nginx among the errors.
    told = subprocess.run([found, option], capture_output=True, text=True, check=False)
    return _number(told.stdout + told.stderr)


def _number(text: str) -> str:
    found = re.search(r"\d+(?:\.\d+)+", text)
    return "unknown" if found is None else found[0]
