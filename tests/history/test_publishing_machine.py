"""Any edits of the file and the clock, in any order: what subscribers see stays lawful.

The oracle is what subscribers get: the events as bytes, in both languages, without
their stamps. Where those differ SEQUENCE must rise by one and LAST-MODIFIED must
grow; where they do not, not a byte may change.
"""

import json
import re
import tempfile
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from impulscal.edition import Edition
from impulscal.history.database import Database
from impulscal.publication import Outcome, Published, publish
from impulscal.saved_file import SavedFile
from impulscal.schedule.clock import zone
from impulscal.schedule.reader import read
from impulscal.vcalendar.feed import Options, feed, single_file

BERLIN = zone("Europe/Berlin")
START = datetime(2021, 3, 1, 9, 0, tzinfo=BERLIN)

_STAMPS = re.compile(r"^(DTSTAMP|LAST-MODIFIED|CREATED|SEQUENCE)[:;].*\r\n", re.MULTILINE)
_AS_OF = re.compile(r"\\n(Stand: |As of )[^\r]*")

Blocks = dict[str, tuple[str, ...]]


def blocks_of(edition: Edition, base_url: str) -> Blocks:
    """Return the events of each session as every public file shows them."""
    found: dict[str, list[str]] = {session.id: [] for session in edition.sessions}
    for language in ("de", "en"):
        options = Options(deadlines=True, alarm=30)
        files = [feed(edition, language=language, options=options, base_url=base_url, source="x:y")]
        files += [
            single_file(edition, session.id, language=language, base_url=base_url)
            for session in edition.sessions
        ]
        for data in files:
            for event in re.findall(r"BEGIN:VEVENT.*?END:VEVENT", data.decode(), re.DOTALL):
                unfolded = event.replace("\r\n ", "")
                uid = re.search(r"^UID:(\w+)\.", unfolded, re.MULTILINE)
                assert uid is not None
                found[uid[1]].append(unfolded)
    return {session: tuple(events) for session, events in found.items()}


def visible(blocks: Blocks, session: str) -> tuple[str, ...] | None:
    events = blocks.get(session)
    if events is None:
        return None
    return tuple(_AS_OF.sub("", _STAMPS.sub("", event)) for event in events)


class PublishingMachine(RuleBasedStateMachine):
    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{self.folder.name}/history.sqlite3"
        self.database = Database.open(self.url)
        self.now = START
        self.saved_ns = 1_000
        self.base_url = "https://example.org"
        self.sessions: dict[str, dict[str, Any]] = {}
        self.withdrawn: set[str] = set()
        self.edition: Edition | None = None
        self.blocks: Blocks = {}
        self.sequences: dict[str, int] = {}
        self.revised_at: dict[str, datetime] = {}
        self.files: list[SavedFile] = []
        self.last_modified: datetime | None = None

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    # What people do.

    @initialize()
    def begin(self) -> None:
        self.save()

    @rule(target=ids, days=st.integers(2, 60), announce=st.sampled_from(["now", "3 days before"]))
    def add(self, days: int, announce: str) -> str:
        name = str(len(self.sessions) + len(self.withdrawn) + 1)
        while name in self.sessions:
            name = f"{name}a"
        date = self.now.date() + timedelta(days=days)
        self.sessions[name] = {
            "id": name,
            "date": date.isoformat(),
            "title": f"Titel {name}",
            "working_title": f"Arbeitstitel {name}",
            "topic": "Grüne Stadt",
            "announce": announce,
            "registration": {"email": "a@example.org", "closes": "1 day before"},
        }
        self.save()
        return name

    @rule(name=ids, days=st.integers(-20, 40))
    def move(self, name: str, days: int) -> None:
        self.edit(name, date=(self.now.date() + timedelta(days=days)).isoformat())

    @rule(name=ids)
    def move_back(self, name: str) -> None:
        with self.database.reading() as transaction:
            known = transaction.history("reihe").revisions.get(name)
        if known is not None:
            self.edit(name, date=known.first_start.wall[:10])

    @rule(name=ids, title=st.sampled_from(["Neu", "Ganz neu", "Titel 1"]))
    def retitle(self, name: str, title: str) -> None:
        self.edit(name, title=title)

    @rule(name=ids, status=st.sampled_from(["cancelled", "confirmed", "tentative"]))
    def change_status(self, name: str, status: str) -> None:
        self.edit(name, status=status)

    @rule(name=ids, announce=st.sampled_from(["now", "3 days before", "2 days before"]))
    def change_announcement(self, name: str, announce: str) -> None:
        self.edit(name, announce=announce)

    @rule(name=ids, note=st.sampled_from(["", "Krankheit"]), full=st.booleans())
    def change_more(self, name: str, note: str, *, full: bool) -> None:
        registration = {"email": "a@example.org", "closes": "1 day before", "full": full}
        self.edit(name, note=note, registration=registration)

    @rule(name=ids, secret=st.integers(1, 9))
    def change_what_nobody_sees(self, name: str, secret: int) -> None:
        before = self.blocks
        if self.edit(name, join_url=f"https://example.org/join/{secret}"):
            assert self.blocks == before

    @rule(name=ids)
    def withdraw(self, name: str) -> None:
        self.withdrawn.add(name)
        self.save()

    @rule(name=ids)
    def return_(self, name: str) -> None:
        if name in self.withdrawn:
            self.withdrawn.discard(name)
            if self.save().outcome is Outcome.REFUSED:
                self.withdrawn.add(name)

    @rule(name=consumes(ids))
    def delete(self, name: str) -> None:
        session = self.sessions.pop(name, None)
        if session is not None and self.save().outcome is Outcome.REFUSED:
            self.sessions[name] = session
            self.withdrawn.add(name)
            self.save()

    # What time and machines do.

    @rule(hours=st.sampled_from([0, 1, 13, 48, 500]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.publish(self.files[-1])

    @rule(hours=st.sampled_from([1, 30]))
    def set_clock_back(self, hours: int) -> None:
        self.now -= timedelta(hours=hours)
        self.publish(self.files[-1])

    @rule()
    def restart(self) -> None:
        self.database.close()
        self.database = Database.open(self.url)
        before = self.blocks
        assert self.publish(self.files[-1]).changes == () or before != self.blocks

    @precondition(lambda self: len(self.files) > 1)
    @rule(data=st.data())
    def meet_an_older_replica(self, data: st.DataObject) -> None:
        old = data.draw(st.sampled_from(self.files[:-1]))
        if old.digest != self.files[-1].digest:
            assert self.publish(old).outcome in (Outcome.SUPERSEDED, Outcome.REFUSED)

    @rule()
    def release_with_other_words(self) -> None:
        assert self.edition is not None
        sequences = dict(self.sequences)
        before = self.served()
        self.base_url += "/x"
        after = self.served()
        assert after > before
        assert self.sequences == sequences
        self.blocks = blocks_of(self.edition, self.base_url)

    @invariant()
    def publishing_again_changes_nothing(self) -> None:
        if self.files:
            with self.database.reading() as transaction:
                state = transaction.state()
            assert self.publish(self.files[-1]).changes == ()
            with self.database.reading() as transaction:
                assert transaction.state() == state

    # How it is judged.

    def edit(self, name: str, **facts: Any) -> bool:
        if name not in self.sessions:
            return False
        before = self.sessions[name]
        self.sessions[name] = {**before, **facts}
        if self.save().outcome is Outcome.REFUSED:
            self.sessions[name] = before
            return False
        return True

    def save(self) -> Published:
        document = {
            "series": {
                "id": "reihe",
                "domain": "example.org",
                "title": "Reihe",
                "start": "12:00",
                "duration": "30 min",
            },
            "sessions": list(self.sessions.values()),
            "withdrawn": sorted(self.withdrawn),
        }
        data = json.dumps(document, ensure_ascii=False).encode()
        self.saved_ns += 10
        file = SavedFile(
            path=Path("/schedules/sessions.yaml"),
            data=data,
            digest=sha256(data).hexdigest(),
            saved_ns=self.saved_ns,
            read_ns=self.saved_ns + 1,
        )
        published = self.publish(file)
        if published.outcome is not Outcome.REFUSED:
            self.files.append(file)
        return published

    def publish(self, file: SavedFile) -> Published:
        reading = read(file.data, folder=None, now=self.now)
        published = publish(self.database, file, reading, now=self.now)
        if published.edition is not None:
            self.judge(published.edition)
        return published

    def judge(self, edition: Edition) -> None:
        before, after = self.blocks, blocks_of(edition, self.base_url)
        changed = False
        for session in edition.sessions:
            name, revision = session.id, session.revision
            old, new = visible(before, name), visible(after, name)
            if name not in self.sequences:
                assert revision.sequence == 0
                changed = True
            elif old == new:
                assert before[name] == after[name]
            else:
                assert revision.sequence == self.sequences[name] + 1
                assert revision.revised_at > self.revised_at[name]
                changed = True
            assert revision.schedule_sequence <= revision.sequence
            self.sequences[name] = revision.sequence
            self.revised_at[name] = revision.revised_at
        changed = changed or not set(before) <= set(after)
        if self.edition is not None and changed:
            assert edition.modified_at > self.edition.modified_at
        elif self.edition is not None:
            assert edition.modified_at == self.edition.modified_at
        self.edition, self.blocks = edition, after
        self.served()

    def served(self) -> datetime:
        """Return Last-Modified of the feed; it never goes back."""
        assert self.edition is not None
        data = feed(
            self.edition, language="de", options=Options(), base_url=self.base_url, source="x:y"
        )
        with self.database.writing() as transaction:
            stamp = transaction.renew_last_modified(
                "reihe",
                "/reihe.ics",
                sha256(data).hexdigest(),
                modified_at=self.edition.modified_at,
                now=self.now,
            )
        assert stamp is not None
        assert self.last_modified is None or stamp >= self.last_modified
        self.last_modified = stamp
        return stamp


PublishingMachine.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
TestPublishing = PublishingMachine.TestCase
