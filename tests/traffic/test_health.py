"""``/healthz`` tells whoever watches whether to restart, to wait, or to call somebody."""

from pathlib import Path

from impulscal.invitations.model import State
from web.serving import NOW, Serving, health, schedule, session


def test_a_process_that_serves_is_live_and_ready(serving: Serving) -> None:
    client = serving.start()

    told = health(client)

    assert (told["live"], told["ready"], told["status"]) == (True, True, "ok")
    assert told["failures"] == []


def test_where_nothing_can_be_served_it_is_live_and_not_ready(tmp_path: Path) -> None:
    serving = Serving(tmp_path)
    serving.write("series: 7")
    client = serving.start()

    answer = client.get("/healthz")

    assert answer.status_code == 503
    told = answer.get_json()
    assert (told["live"], told["ready"], told["status"]) == (True, False, "unavailable")
    assert told["failures"] == ["file"]
    assert told["problems"]["error"] > 0


def test_ages_are_told_in_seconds(serving: Serving) -> None:
    client = serving.start(reload_seconds=0)
    health(client)
    serving.hand.go(minutes=90)

    told = health(client)

    assert told["series"]["stadtimpuls"]["age"] == 5400
    assert told["look"] == {"at": NOW.isoformat(timespec="seconds"), "age": 5400.0}


def test_problems_are_counted_by_severity(serving: Serving) -> None:
    serving.write(schedule(session(1, "2021-06-08"), session(2, "2021-06-08")))
    client = serving.start()

    told = health(client)

    warnings = [one for file in told["files"] for one in file["problems"]]
    assert told["problems"] == {"error": 0, "warning": len(warnings)}
    assert warnings != []


def test_a_broken_file_is_told_and_the_process_stays_ready(serving: Serving) -> None:
    client = serving.start()
    health(client)
    serving.write("series: 7")

    told = health(client)

    assert (told["status"], told["ready"], told["failures"]) == ("degraded", True, ["file"])


def test_the_outbox_is_told_in_numbers(serving: Serving) -> None:
    client = serving.start()

    assert health(client)["outbox"] == {str(state): 0 for state in State}


def test_a_history_that_fails_is_told_and_the_process_stays_ready(serving: Serving) -> None:
    client = serving.start()
    client.get("/stadtimpuls.ics")
    serving.history.write_bytes(b"This is no database." * 100)

    told = health(client)

    assert (told["status"], told["ready"], told["failures"]) == ("degraded", True, ["history"])
    assert (told["history"], told["outbox"]) == ("failed", None)
