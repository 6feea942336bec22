"""Invitations to many guests of one session: ``SCHEDULE HISTORY SAMPLE COUNT``.

The message to the first guest goes to SAMPLE, for the peer to do the same.
"""

import json
import sys
import time
from pathlib import Path

from benchmarks.work.common import publish_file
from benchmarks.work.publishing import NOW
from impulscal.history.database import Database
from impulscal.invitations import outbox
from impulscal.invitations.inviting import add_guests
from impulscal.invitations.mailing import Mailing
from impulscal.invitations.model import Listed
from impulscal.invitations.post import Post
from impulscal.invitations.private import private_session

_POST = Post(base_url="https://kalender.example", secret_key="only for benchmarks")  # noqa: S106


def main(schedule: Path, history: Path, sample: Path, count: int) -> None:
    """Add ``count`` guests, write to each and queue it; tell what it took."""
    database = Database.open(f"sqlite:///{history}")
    edition = publish_file(database, schedule, now=NOW)
    people = [
        Listed(address=f"gast-{number}@stadt.example", name=f"Jürgen Müller {number}")
        for number in range(count)
    ]
    begin = time.process_time()
    with database.writing() as transaction:
        private = private_session(transaction, edition, "1")
        guests = add_guests(transaction, private, people, now=NOW).new
    mailing = Mailing(private=private, post=_POST, now=NOW)
    mailing.queue(database, [guest.id for guest in guests])
    seconds = time.process_time() - begin
    with database.reading() as transaction:
        found = outbox.messages(transaction, texts=True)
    messages = [message.data for message in found if message.data is not None]
    if len(messages) != count:
        raise RuntimeError(f"{len(messages)} messages are queued")
    sample.write_bytes(messages[0])
    sys.stdout.write(json.dumps({"seconds": seconds, "bytes": sum(map(len, messages))}))


if __name__ == "__main__":
    file, database, mail, number_of_guests = sys.argv[1:]
    main(Path(file), Path(database), Path(mail), int(number_of_guests))
