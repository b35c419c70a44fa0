"""Bring a feedback database to the shape this program works with: Alembic, by one process."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from bot.errors import FeedbackError

# Any number that no other program on the server takes for its own lock.
LOCK = 0x706F6C696379  # "policy"


def migrate(connection: Connection, where: str) -> None:
    """Run the steps that are missing, within the connection's transaction.

    On PostgreSQL other processes wait here meanwhile; a SQLite file's caller sees to that.

    Raises:
        FeedbackError: the database (``where``) was made by a newer version of this program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    config = Config()
    config.set_main_option("script_location", "bot.feedback:migrations")
    scripts = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_heads()
    try:
        scripts.get_revisions(current)
    except CommandError as error:
        revision = ", ".join(current)
        raise FeedbackError("feedback_newer", where=where, revision=revision) from error
    if current != tuple(scripts.get_heads()):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
