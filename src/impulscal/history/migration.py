"""The door to Alembic, which makes the tables and brings those of older releases up to date."""

from collections.abc import Iterator
from importlib import resources

import alembic.command
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

__all__ = ["head", "upgrade", "versions"]


def head() -> str | None:
    """Return the version that the migrations lead to."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def versions() -> Iterator[str]:
    """Return all versions that this release knows."""
    for step in ScriptDirectory.from_config(_config()).walk_revisions():
        yield step.revision


def upgrade(connection: sa.Connection) -> None:
    """Bring the tables to the version of this release, in the transaction of ``connection``."""
    config = _config()
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    folder = resources.files("impulscal.history").joinpath("migrations")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
