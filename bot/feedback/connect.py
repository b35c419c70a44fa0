"""Reach a feedback database: its URL, its engine, its lock, and errors that tell no password."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from bot.errors import FeedbackError
from bot.settings import Settings

FILE = "feedback.sqlite3"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
_LOCK_WAIT_S = 60.0  # another process may take so long to bring the file up to date
_BUSY_WAIT_S = 10.0  # a statement waits so long for another process's transaction
_CONNECT_WAIT_S = 10
_OWN_FILE = 0o600
# Each connection: deleted text is overwritten, and stands in no side file once a transaction ends.
_PRAGMAS = ("secure_delete=ON", "journal_mode=DELETE", "temp_store=MEMORY")


def database_url(settings: Settings) -> sa.URL:
    """Return where feedback is kept: the settings' database, else a SQLite file below the home.

    Raises:
        FeedbackError: the setting is no URL of a SQLite file or a PostgreSQL database.
    """
    given = settings.database_url.get_secret_value()
    if not given:
        return sa.URL.create(SQLITE, database=str(settings.home / FILE))
    try:
        url = sa.make_url(given)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        raise FeedbackError("feedback_url") from None  # its text may hold the password
    is_file = url.database not in (None, "", ":memory:") and "mode" not in url.query
    if url.get_backend_name() != POSTGRESQL and not (url.get_backend_name() == SQLITE and is_file):
        raise FeedbackError("feedback_url")
    return url


def shown(url: sa.URL) -> str:
    """Return the database as a message may name it: no user, no password, no options."""
    if url.get_backend_name() == SQLITE:
        return str(url.database)
    host = url.host or url.query.get("host") or "localhost"
    return f"{POSTGRESQL}://{host if isinstance(host, str) else host[0]}/{url.database or ''}"


def make_engine(url: sa.URL) -> sa.Engine:
    """Return the engine for ``url``; nothing is opened yet, but a SQLite file and folder made.

    Raises:
        FeedbackError: the file cannot be made, or the database's driver is missing.
    """
    if url.get_backend_name() == POSTGRESQL:
        options = {"connect_timeout": _CONNECT_WAIT_S}
        with explained(url):
            return sa.create_engine(
                url, connect_args=options, pool_pre_ping=True, hide_parameters=True
            )
    with explained(url):
        path = Path(str(url.database))
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _OWN_FILE))
        engine = sa.create_engine(url, connect_args={"timeout": _BUSY_WAIT_S}, hide_parameters=True)
    sa.event.listen(engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def alone(url: sa.URL) -> AbstractContextManager[object]:
    """Keep other processes from a SQLite file; on PostgreSQL ``migrate`` takes a lock itself."""
    return _file_alone(url) if url.get_backend_name() == SQLITE else nullcontext()


@contextmanager
def _file_alone(url: sa.URL) -> Iterator[None]:
    try:
        with FileLock(f"{url.database}.lock", timeout=_LOCK_WAIT_S):
            yield
    except Timeout as error:
        seconds = round(_LOCK_WAIT_S)
        raise FeedbackError("feedback_busy", where=shown(url), seconds=seconds) from error


@contextmanager
def explained(url: sa.URL) -> Iterator[None]:
    """Turn what the database or the disk raises into an error that says cause and remedy."""
    try:
        yield
    except DBAPIError as error:
        raise _broken(url, str(error.orig)) from error
    except (SQLAlchemyError, ImportError) as error:
        raise _broken(url, str(error)) from error
    except OSError as error:
        raise _broken(url, error.strerror or str(error)) from error


def _broken(url: sa.URL, reason: str) -> FeedbackError:
    line = " ".join(reason.split())
    secrets = (url.password, *(url.query.get(name) for name in ("password", "passfile")))
    for secret in secrets:
        if isinstance(secret, str) and secret:
            line = line.replace(secret, "***")
    return FeedbackError("feedback_broken", where=shown(url), reason=line)
