"""What Prometheus reads: only with the token, well formed, and true."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from impulscal.subscribers.clients import Family
from impulscal.web.metrics import watch
from web.serving import Serving, schedule, session

ROOT = Path(__file__).parent.parent.parent
TOKEN = "a token for the tests"
GRANTED = {"Authorization": f"Bearer {TOKEN}"}
APPLE = {"User-Agent": "iOS/26.5 (23F77) dataaccessd/1.0"}

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((f"impulscal_{name}", tuple(sorted(labels.items()))))


@pytest.fixture
def client(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    return serving.start(metrics_token=TOKEN)


def read(client: FlaskClient) -> Samples:
    answer = client.get("/metrics", headers=GRANTED)
    assert answer.status_code == 200
    return samples(answer.text)


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    serving = Serving(tmp_path)
    serving.write(schedule(session(1, "2021-06-08", topic="Grün"), session(2, "2021-07-13")))
    return serving


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer \xff"},
    ],
)
def test_without_the_token_there_is_nothing(client: FlaskClient, headers: dict[str, str]) -> None:
    refused = client.get("/metrics", headers=headers)
    unknown = client.get("/metricsx", headers=headers)

    assert refused.status_code == 404
    assert refused.text == unknown.text


def test_where_no_token_is_set_none_is_taken(serving: Serving) -> None:
    client = serving.start()

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_requests_are_told_by_client_address_status_and_answer(client: FlaskClient) -> None:
    first = client.get("/stadtimpuls.ics", headers=APPLE)
    for _time in range(2):
        client.get("/stadtimpuls.ics", headers=APPLE)
    client.get("/stadtimpuls.ics", headers={**APPLE, "If-None-Match": first.headers["ETag"]})
    client.get("/keine.ics", headers={"User-Agent": "Google-Calendar-Importer"})

    found = read(client)

    feed = {"client": "apple", "address": "feed"}
    size = len(first.data)
    told = [
        value(found, "requests_total", **feed, status="200", answered="app"),
        value(found, "requests_total", **feed, status="200", answered="memory"),
        value(found, "requests_total", **feed, status="304", answered="memory"),
        value(found, "response_body_bytes_total", **feed, status="200", answered="memory"),
        value(found, "response_body_bytes_total", **feed, status="304", answered="memory"),
    ]
    assert told == [1, 2, 1, 2 * size, 0]
    unknown = {"client": "google", "address": "feed", "status": "404", "answered": "app"}
    assert value(found, "requests_total", **unknown) == 1


def test_counters_go_on_where_they_were(client: FlaskClient) -> None:
    told = []
    for _time in range(3):
        client.get("/robots.txt", headers=APPLE)
        found = read(client)
        told += [count for (name, labels), count in found.items() if _is_robots(name, labels)]

    assert sum(told) == 1 + 2 + 3


def _is_robots(name: str, labels: tuple[tuple[str, str], ...]) -> bool:
    return name == "impulscal_requests_total" and ("address", "other") in labels


def test_renderings_are_timed(client: FlaskClient) -> None:
    for _time in range(2):
        client.get("/stadtimpuls.ics")
    client.get("/en/stadtimpuls.ics")

    found = read(client)

    assert value(found, "render_seconds_count") == 2
    assert value(found, "render_seconds_bucket", le="+Inf") == 2
    assert (value(found, "render_seconds_sum") or 0) > 0


def test_the_state_is_told(client: FlaskClient, serving: Serving) -> None:
    client.get("/stadtimpuls.ics")
    serving.hand.go(hours=1)

    found = read(client)

    told: dict[str, Any] = {
        name: value(found, name, series="stadtimpuls")
        for name in ("edition_age_seconds", "sessions")
    }
    assert told == {"edition_age_seconds": 3600, "sessions": 2}
    assert value(found, "ready") == 1
    assert value(found, "history_failed") == 0
    assert value(found, "last_look_age_seconds") == 0
    assert value(found, "problems", severity="error") == 0
    assert (value(found, "problems", severity="warning") or 0) > 0
    assert value(found, "outbox_messages", state="given up") == 0


def test_the_turning_point_ahead_is_told(tmp_path: Path) -> None:
    serving = Serving(tmp_path)
    serving.write(schedule(session(1, "2021-06-08", announce="2021-06-01")))
    client = serving.start(metrics_token=TOKEN)

    turn = value(read(client), "edition_next_turn_timestamp_seconds", series="stadtimpuls")

    assert turn == 1_622_498_400  # 1 June 2021, 0:00 in Berlin


def test_who_subscribed_yesterday_is_told(client: FlaskClient, serving: Serving) -> None:
    with client.application.app_context():
        polls = watch().polls
    assert polls is not None
    client.get("/stadtimpuls.ics")
    polls.tell()
    for last in range(3):
        client.get(
            "/stadtimpuls.ics", headers=APPLE, environ_base={"REMOTE_ADDR": f"192.0.2.{last}"}
        )
    client.get("/stadtimpuls.ics", headers={"User-Agent": "Google-Calendar-Importer"})
    serving.hand.go(days=1)
    polls.tell()

    found = read(client)

    told = {labels: count for (name, labels), count in found.items() if "subscribers" in name}
    assert told == {(("client", str(Family.APPLE)), ("series", "stadtimpuls")): 3}


def test_nothing_private_and_nothing_unbounded_is_told(client: FlaskClient) -> None:
    secret = "geheim-4711"
    client.get(f"/{secret}.ics?{secret}", headers={"User-Agent": secret, "X-Forwarded-For": secret})

    text = client.get("/metrics", headers=GRANTED).text

    assert secret not in text
    assert {name for name, labels in samples(text) for name, _value in labels} == {
        *("client", "address", "status", "answered", "series", "severity", "state", "le"),
        "version",
    }


def test_every_metric_has_a_help_text_and_a_name_by_the_conventions(client: FlaskClient) -> None:
    text = client.get("/metrics", headers=GRANTED).text

    families = list(text_string_to_metric_families(text))

    assert [family.name for family in families if not family.documentation.strip()] == []
    assert [family.name for family in families if not family.name.startswith("impulscal_")] == []


def test_it_is_never_kept(client: FlaskClient) -> None:
    answer = client.get("/metrics", headers=GRANTED)

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")


def test_the_paper_for_operators_names_every_metric_and_no_other(client: FlaskClient) -> None:
    paper = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    text = client.get("/metrics", headers=GRANTED).text

    told = set(re.findall(r"^# TYPE (impulscal_\w+)", text, re.MULTILINE))

    named = set(re.findall(r"^\| (`impulscal_.*?) \|", paper, re.MULTILINE))
    assert {name for row in named for name in re.findall(r"impulscal_\w+", row)} == told


def test_the_alerts_of_the_paper_name_metrics_that_there_are(client: FlaskClient) -> None:
    paper = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", paper, re.DOTALL)]
    (rules,) = [group["rules"] for block in blocks for group in block.get("groups", ())]

    named = {name for rule in rules for name in re.findall(r"impulscal_\w+", rule["expr"])}

    text = client.get("/metrics", headers=GRANTED).text
    assert named - set(re.findall(r"^# TYPE (impulscal_\w+)", text, re.MULTILINE)) == set()
    assert len(rules) == 5
