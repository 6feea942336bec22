"""A program that is not there: a skip on somebody's machine, a failure where all is proven."""

from collections.abc import Callable

import pytest

Require = Callable[[str], None]


def test_missing_program_is_named_and_skipped(
    require_program: Require, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="no-such-program is not installed"):
        require_program("no-such-program")


def test_missing_program_is_a_failure_in_continuous_integration(
    require_program: Require, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="no-such-program is not installed"):
        require_program("no-such-program")
