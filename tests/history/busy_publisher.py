"""A process that publishes one edit after the other until it is told to stop, or killed.

python busy_publisher.py DATABASE_URL NAME EDITS
"""

import sys

from history.files import publish_file, saved, sessions
from impulscal.history.database import Database


def main(url: str, name: str, edits: int) -> None:
    database = Database.open(url)
    for edit in range(edits):
        titles = [f"{number} 2021-06-{number:02} {name}-{edit}" for number in range(1, 6)]
        publish_file(database, saved(sessions(*titles), 1000 + edit))
        print(edit, flush=True)
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
