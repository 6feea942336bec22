"""The settings of the environment (INTERFACE.md section 5)."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from impulscal.errors import UsageError
from impulscal.settings import Clock, Settings


def test_without_any_variable_the_defaults_hold() -> None:
    told = Settings.from_environment({"PATH": "/bin", "IMPULSCAL_SCHEDULE": " "})

    assert told == Settings(
        schedules=(Path("sessions.yaml"),),
        base_url="http://127.0.0.1:8000",
        database_url="sqlite:///instance/impulscal.sqlite3",
        reload_seconds=2.0,
        clock=Clock(),
        preview=False,
    )


def test_every_variable_is_read() -> None:
    told = Settings.from_environment(
        {
            "IMPULSCAL_SCHEDULE": os.pathsep.join(["a.yaml", "folder", ""]),
            "IMPULSCAL_BASE_URL": "https://kalender.example/termine/",
            "IMPULSCAL_DATABASE_URL": "postgresql+psycopg://db/impulscal",
            "IMPULSCAL_RELOAD_SECONDS": "0.5",
            "IMPULSCAL_NOW": "2021-05-20T09:00",
        }
    )

    assert told == Settings(
        schedules=(Path("a.yaml"), Path("folder")),
        base_url="https://kalender.example/termine",
        database_url="postgresql+psycopg://db/impulscal",
        reload_seconds=0.5,
        clock=Clock(datetime.fromisoformat("2021-05-20T09:00")),
    )
    assert told.base_path == "/termine"


@pytest.mark.parametrize(
    "address",
    [
        "https://kalender.example",
        "http://127.0.0.1:8000/",
        "http://[::1]:8000",
        "https://kalender.example/gr%C3%B6%C3%9Fe",
        "https://kalender.example/größe",
        "HTTPS://kalender.example",
    ],
)
def test_a_web_address_is_a_base_url(address: str) -> None:
    told = Settings.from_environment({"IMPULSCAL_BASE_URL": address})

    assert told.base_url == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    [
        "kalender.example",
        "ftp://kalender.example",
        "https://",
        "https:///termine",
        "https://kalender.example?x=1",
        "https://kalender.example/#x",
        "https://kalender.example:99999",
        "https://kalender.example:port",
        "https://[::1",
        "https://me:secret@kalender.example",
        "https://kalender example",
        "https://kalender.example/\r\nX: y",
        'https://kalender.example/"><script>',
        "https://kalender.example/{{x}}",
    ],
)
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="IMPULSCAL_BASE_URL"):
        Settings.from_environment({"IMPULSCAL_BASE_URL": address})


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "soon", "1e999"])
def test_what_is_no_number_of_seconds_is_refused(seconds: str) -> None:
    with pytest.raises(UsageError, match="IMPULSCAL_RELOAD_SECONDS"):
        Settings.from_environment({"IMPULSCAL_RELOAD_SECONDS": seconds})


@pytest.mark.parametrize("moment", ["soon", "2021-13-01T09:00", "09:00"])
def test_what_is_no_moment_is_refused(moment: str) -> None:
    with pytest.raises(UsageError, match="IMPULSCAL_NOW"):
        Settings.from_environment({"IMPULSCAL_NOW": moment})


def test_a_moment_without_an_offset_is_in_the_zone_that_is_asked_for() -> None:
    clock = Clock(datetime.fromisoformat("2021-05-20T09:00"))

    assert [clock.now(name).isoformat() for name in ("Europe/Berlin", "America/New_York")] == [
        "2021-05-20T09:00:00+02:00",
        "2021-05-20T09:00:00-04:00",
    ]


@pytest.mark.parametrize("between", [",", ";", " ", ", ", "\n", " ; "])
def test_addresses_of_staff_are_written_as_people_write_lists(between: str) -> None:
    written = f"Petra@Stadt.example{between}paul@stadt.example{between}"

    told = Settings.from_environment({"IMPULSCAL_STAFF": written})

    assert told.staff == ("petra@stadt.example", "paul@stadt.example")


def test_a_key_that_can_be_guessed_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError) as refused:
        Settings.from_environment({"IMPULSCAL_SECRET_KEY": "geheim-geheim-x"})
    taken = Settings.from_environment({"IMPULSCAL_SECRET_KEY": "geheim-geheim-xy"})

    assert str(refused.value).startswith("IMPULSCAL_SECRET_KEY has fewer than 16 characters")
    assert "geheim" not in str(refused.value)
    assert taken.secret_key == "geheim-geheim-xy"
