"""Files that change, break, vanish and heal while they are served."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from web.serving import Serving, health, schedule, session

FEED = "/stadtimpuls.ics"

SECRET = "https://treffen.example/geheim"


def empty(file: Path) -> None:
    file.write_bytes(b"")


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-40])


def cut_to_whole_sessions(file: Path) -> None:
    file.write_bytes(file.read_bytes().partition(b"- id: 2")[0])


def no_yaml(file: Path) -> None:
    file.write_text("series: [\n", encoding="utf-8")


def binary(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 8)


def deleted(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def unreadable(file: Path) -> None:
    # A link to itself; permissions do not keep root out.
    file.unlink()
    file.symlink_to(file)


def another_series(file: Path) -> None:
    file.write_text(schedule(id="andere"), encoding="utf-8")


def bad_value(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("2021-07-13", SECRET)
    file.write_text(text, encoding="utf-8")


FAULTS = {
    empty: "missing-key",
    truncated: None,
    cut_to_whole_sessions: "removed-id",
    no_yaml: "bad-yaml",
    binary: "bad-yaml",
    deleted: "no-file",
    a_folder: "no-file",
    unreadable: "no-file",
    another_series: "removed-series",
    bad_value: "bad-date",
}

every_fault = pytest.mark.parametrize(
    ("fault", "code"), FAULTS.items(), ids=[fault.__name__ for fault in FAULTS]
)


def codes(client: FlaskClient) -> list[str]:
    [file] = health(client)["files"]
    return [problem["code"] for problem in file["problems"] if problem["severity"] == "error"]


def test_a_changed_file_is_picked_up(serving: Serving) -> None:
    client = serving.start()
    before = client.get(FEED)
    serving.hand.go(hours=1)
    serving.write(serving.file.read_text().replace("Termin 2", "Anderes"))

    after = client.get(FEED)

    assert "Anderes" in after.text
    assert "SEQUENCE:1" in after.text
    assert after.headers["ETag"] != before.headers["ETag"]


@every_fault
def test_a_broken_file_never_disturbs_what_is_served(
    serving: Serving, fault: Callable[[Path], None], code: str | None
) -> None:
    client = serving.start()
    before = client.get(FEED)
    serving.hand.go(hours=1)
    fault(serving.file)

    after = client.get(FEED)

    assert (after.status_code, list(after.headers), after.data) == (
        200,
        list(before.headers),
        before.data,
    )
    assert code is None or code in codes(client)
    assert health(client)["status"] == "degraded"


@every_fault
def test_a_worker_that_starts_on_a_broken_file_serves_the_last_good_edition(
    serving: Serving, fault: Callable[[Path], None], code: str | None
) -> None:
    before = serving.start().get(FEED)
    serving.hand.go(hours=1)
    fault(serving.file)

    client = serving.start()
    after = client.get(FEED)

    assert (after.status_code, list(after.headers), after.data) == (
        200,
        list(before.headers),
        before.data,
    )
    assert code is None or code in codes(client)


@pytest.mark.parametrize("path", [FEED, "/", "/stadtimpuls/2.ics", "/en/stadtimpuls/"])
@pytest.mark.parametrize("fault", [empty, truncated, binary, deleted, a_folder, unreadable])
def test_without_any_edition_the_answer_is_503_and_try_again(
    serving: Serving, fault: Callable[[Path], None], path: str
) -> None:
    fault(serving.file)
    client = serving.start()

    answer = client.get(path)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/healthz").status_code == 503
    assert health(client)["status"] == "unavailable"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_mended_file_heals(serving: Serving, fault: Callable[[Path], None]) -> None:
    whole = serving.file.read_text()
    client = serving.start()
    client.get(FEED)
    fault(serving.file)
    client.get(FEED)
    if serving.file.is_dir():
        serving.file.rmdir()
    serving.hand.go(hours=1)
    serving.write(whole.replace("Termin 2", "Geheilt"))

    assert "Geheilt" in client.get(FEED).text
    assert (health(client)["status"], codes(client)) == ("ok", [])


def test_what_was_never_published_heals_too(serving: Serving) -> None:
    whole = serving.file.read_text()
    empty(serving.file)
    client = serving.start()
    assert client.get(FEED).status_code == 503
    serving.write(whole)

    assert client.get(FEED).status_code == 200


def test_health_and_log_tell_code_and_line_and_nothing_of_the_file(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    client = serving.start()
    client.get(FEED)
    line = serving.file.read_text().partition("2021-07-13")[0].count("\n") + 1
    bad_value(serving.file)

    with caplog.at_level(logging.INFO, "impulscal"):
        answer = client.get("/healthz")

    [file] = answer.get_json()["files"]
    told = [problem for problem in file["problems"] if problem["severity"] == "error"]
    assert [(problem["code"], problem["line"]) for problem in told] == [("bad-date", line)]
    assert f"sessions.yaml:{line}:9: error[bad-date]" in caplog.text
    assert "geheim" not in answer.text + caplog.text
    assert "Termin" not in answer.text + caplog.text


def test_a_problem_is_told_once(serving: Serving, caplog: pytest.LogCaptureFixture) -> None:
    client = serving.start()
    bad_value(serving.file)

    with caplog.at_level(logging.INFO, "impulscal"):
        for _time in range(5):
            client.get(FEED)

    assert caplog.text.count("error[bad-date]") == 1


def several(serving: Serving) -> FlaskClient:
    serving.write(schedule(id="gut"), "a/gut.yaml")
    serving.write(schedule(id="boese"), "a/boese.yml")
    serving.write("nichts für uns", "a/readme.txt")
    serving.schedules = (serving.folder / "a", serving.file)
    return serving.start()


def test_files_and_folders_make_several_series(serving: Serving) -> None:
    client = several(serving)

    assert [client.get(f"/{name}.ics").status_code for name in ("gut", "boese", "stadtimpuls")] == [
        200
    ] * 3


def test_a_broken_file_does_not_stop_the_others(serving: Serving) -> None:
    client = several(serving)
    before = client.get("/boese.ics").data
    serving.hand.go(hours=1)
    (serving.folder / "a" / "boese.yml").write_text("kaputt")
    serving.write(schedule(id="gut", title="Besser"), "a/gut.yaml")

    assert "Besser" in client.get("/gut.ics").text
    assert client.get("/boese.ics").data == before
    assert serving.start().get("/boese.ics").data == before


def test_a_new_broken_file_leaves_the_others_their_pages_and_their_health(
    serving: Serving,
) -> None:
    client = several(serving)
    (serving.folder / "a" / "neu.yaml").write_text("kaputt")

    assert [client.get(path).status_code for path in ("/", "/healthz", "/gut/", "/neu.ics")] == [
        200,
        200,
        200,
        503,
    ]
    assert health(client)["status"] == "degraded"


def test_a_file_that_is_put_into_the_folder_is_published(serving: Serving) -> None:
    client = several(serving)
    assert client.get("/neu.ics").status_code == 404
    serving.write(schedule(id="neu"), "a/neu.yaml")

    assert client.get("/neu.ics").status_code == 200


def test_a_file_that_is_taken_out_of_the_folder_goes_on_being_served(serving: Serving) -> None:
    client = several(serving)
    before = client.get("/gut.ics").data
    (serving.folder / "a" / "gut.yaml").unlink()

    assert client.get("/gut.ics").data == before
    assert serving.start().get("/gut.ics").data == before
    assert {name: told["file"] for name, told in health(client)["series"].items()} == {
        "boese": "boese.yml",
        "gut": None,
        "stadtimpuls": "sessions.yaml",
    }
    missed = {
        told["file"]: [
            problem["code"] for problem in told["problems"] if told["outcome"] == "refused"
        ]
        for told in health(client)["files"]
    }
    assert missed["gut.yaml"] == ["removed-series"]
    assert health(client)["status"] == "degraded"


def test_of_two_files_with_one_series_the_first_holds(serving: Serving) -> None:
    serving.write(schedule(title="Zweite"), "zweite.yaml")
    serving.schedules = (serving.file, serving.folder / "zweite.yaml")
    client = serving.start()

    assert "stadt:impuls" in client.get(FEED).text
    assert [file["outcome"] for file in health(client)["files"]] == ["unchanged", "refused"]
    assert [client.get(path).status_code for path in ("/healthz", "/nichts.ics")] == [200, 404]


def test_a_folder_that_cannot_be_listed_is_a_problem_and_no_fault(serving: Serving) -> None:
    # No file system has so long a name; even to ask whether it is a folder fails.
    serving.schedules = (serving.file, serving.folder / ("x" * 300))
    client = serving.start()

    assert client.get(FEED).status_code == 200
    assert [file["outcome"] for file in health(client)["files"]] == ["unchanged", "refused"]


def test_with_reload_0_a_change_is_not_looked_for(serving: Serving) -> None:
    client = serving.start(reload_seconds=0)
    before = client.get(FEED).data
    serving.hand.go(hours=1)
    serving.write(serving.file.read_text().replace("Termin 2", "Anderes"))

    assert client.get(FEED).data == before


def test_an_unchanged_file_is_not_read_again(serving: Serving) -> None:
    client = serving.start()
    client.get(FEED)
    files = client.application.extensions["impulscal"].editions._files
    [before] = files.found()

    client.get(FEED)

    assert [found is before for found in files.found()] == [True]


def test_a_file_that_changed_under_its_old_date_and_size_is_read(serving: Serving) -> None:
    client = serving.start()
    client.get(FEED)
    status = serving.file.stat()
    content = serving.file.read_bytes().replace(b"Termin 2", b"TERMIN 2")
    with serving.file.open("r+b") as stream:
        stream.write(content)
    os.utime(serving.file, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert "TERMIN 2" in client.get(FEED).text


def test_a_withdrawn_session_and_one_cancelled_are_told(serving: Serving) -> None:
    client = serving.start()
    serving.write(
        schedule(session(1, "2021-06-08", status="cancelled", note="Krank"), withdrawn=(2,))
    )
    serving.hand.go(hours=1)
    text = client.get(FEED).text

    assert "STATUS:CANCELLED" in text
    assert "UID:2.stadtimpuls" not in text
    assert client.get("/stadtimpuls/2/").status_code == 404
    assert client.get("/stadtimpuls/2.ics").status_code == 404
