import os
from datetime import datetime
from pathlib import Path

import pytest

from cli.commands import SERIES, run, write
from impulscal.errors import UsageError
from impulscal.schedule.clock import zone
from impulscal.settings import Clock, Settings


def test_without_settings_all_has_a_default() -> None:
    assert Settings.from_environment({}) == Settings(
        schedules=(Path("sessions.yaml"),),
        base_url="http://127.0.0.1:8000",
        database_url="sqlite:///instance/impulscal.sqlite3",
        reload_seconds=2.0,
        clock=Clock(),
        preview=False,
    )


def test_an_empty_value_counts_as_not_given() -> None:
    names = ("SCHEDULE", "BASE_URL", "DATABASE_URL", "RELOAD_SECONDS", "NOW")

    settings = Settings.from_environment({f"IMPULSCAL_{name}": " " for name in names})

    assert settings == Settings()


def test_every_value_is_taken() -> None:
    settings = Settings.from_environment(
        {
            "IMPULSCAL_SCHEDULE": os.pathsep.join(["a.yaml", "", "reihen"]),
            "IMPULSCAL_BASE_URL": "https://example.de/termine/",
            "IMPULSCAL_DATABASE_URL": "postgresql+psycopg://user:secret@host/name",
            "IMPULSCAL_RELOAD_SECONDS": "0",
            "IMPULSCAL_NOW": "2021-05-20T09:00",
        }
    )

    assert settings == Settings(
        schedules=(Path("a.yaml"), Path("reihen")),
        base_url="https://example.de/termine",
        database_url="postgresql+psycopg://user:secret@host/name",
        reload_seconds=0.0,
        clock=Clock(datetime(2021, 5, 20, 9)),  # noqa: DTZ001 -- in the zone of the series
    )
    assert settings.base_path == "/termine"


def test_a_moment_without_offset_is_in_the_zone_of_the_series() -> None:
    floating = Settings.from_environment({"IMPULSCAL_NOW": "2021-05-20T09:00"}).clock
    fixed = Settings.from_environment({"IMPULSCAL_NOW": "2021-05-20T09:00+02:00"}).clock

    assert floating.now("Asia/Tokyo") == datetime(2021, 5, 20, 9, tzinfo=zone("Asia/Tokyo"))
    assert fixed.now("Asia/Tokyo") == datetime(2021, 5, 20, 16, tzinfo=zone("Asia/Tokyo"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "example.de"),
        ("BASE_URL", "ftp://example.de"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://example.de:port"),
        ("BASE_URL", "https://[::1"),
        ("BASE_URL", "https://exa mple.de"),
        ("BASE_URL", "https://example.de/?a=1"),
        ("DATABASE_URL", "instance/impulscal.sqlite3"),
        ("DATABASE_URL", "mysql://user:secret@host/name"),
        ("RELOAD_SECONDS", "two"),
        ("RELOAD_SECONDS", "-1"),
        ("RELOAD_SECONDS", "nan"),
        ("RELOAD_SECONDS", "inf"),
        ("NOW", "yesterday"),
        ("NOW", "2021-05-32T09:00"),
    ],
)
def test_a_bad_value_is_wrong_use_and_names_its_setting(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"IMPULSCAL_{name}", value)
    write("")

    result = run("check")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"IMPULSCAL_{name}")
    assert "secret" not in result.stderr
    with pytest.raises(UsageError):
        Settings.from_environment(os.environ)


def test_several_files_and_folders_are_taken_together(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("reihen").mkdir()
    for number, path in enumerate(("a.yaml", "reihen/b.yaml", "reihen/c.yml")):
        write("", path, SERIES.replace("id: reihe", f"id: reihe{number}"))
    monkeypatch.setenv("IMPULSCAL_SCHEDULE", os.pathsep.join(["a.yaml", "reihen"]))

    result = run("check")

    assert result.stdout == (
        "a.yaml: no problems.\nreihen/b.yaml: no problems.\nreihen/c.yml: no problems.\n"
    )


def test_a_folder_of_the_history_that_cannot_be_made_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("file").write_text("", encoding="utf-8")
    Path("x.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("IMPULSCAL_DATABASE_URL", "sqlite:///file/history.sqlite3")

    assert run("restore", "x.json").exit_code == 2
    assert run("check").exit_code == 1


def test_a_history_that_is_no_database_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("history.sqlite3").write_text("This is no database. " * 100, encoding="utf-8")
    monkeypatch.setenv("IMPULSCAL_DATABASE_URL", "sqlite:///history.sqlite3")
    write("")

    result = run("check")

    assert result.exit_code == 1
    assert result.stderr.startswith("The history (sqlite:")
    assert "file is not a database" in result.stderr
