"""Feedback kept in SQL: a SQLite file below the home, or the database that the settings name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock

import sqlalchemy as sa

from bot.errors import FeedbackError
from bot.feedback.connect import (
    POSTGRESQL,
    alone,
    database_url,
    explained,
    make_engine,
    shown,
)
from bot.feedback.migrate import migrate
from bot.feedback.prepare import prepared
from bot.feedback.schema import feedback as table
from bot.feedback.types import Feedback, KeptFeedback, Reason, Thumb
from bot.settings import Settings
from bot.types import LANGUAGES, Status

_PURGE_EVERY = timedelta(hours=1)
_AT_A_TIME = 500  # rows read by one statement: none stays open while they are worked with


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_feedback(
    settings: Settings, now: Callable[[], datetime] = _utc_now, *, purging: bool = True
) -> "SqlFeedback":
    """Open the database of ``settings``, make or update its table, delete what is past the limit.

    ``now`` returns a time with its zone; without ``purging`` deletion is left to the caller.

    Raises:
        FeedbackError: the setting is no URL, the database cannot be reached or written, or it
            was made by a newer version of this program.
    """
    url = database_url(settings)
    engine = make_engine(url)
    store = SqlFeedback(engine, timedelta(days=settings.feedback_days), now)
    try:
        with explained(url), alone(url), engine.begin() as connection:
            migrate(connection, shown(url))
        if purging:
            store.purge()
    except FeedbackError:
        store.close()
        raise
    return store


class SqlFeedback:
    """A ``FeedbackStore`` over one table; made by ``open_feedback``, safe to use from threads."""

    def __init__(self, engine: sa.Engine, limit: timedelta, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._limit = limit
        self._now = now
        self._purged = now()
        self._lock = Lock()

    def keep(self, feedback: Feedback) -> KeptFeedback:
        """Mask ``feedback`` and keep it; once an hour, delete what is past the limit."""
        ready = prepared(feedback)
        if self._is_time_to_purge():
            self.purge()
        at = self._now().astimezone(UTC)
        row = {
            "at": at,
            "question": ready.question,
            "language": ready.language,
            "status": ready.status.value,
            "clauses": list(ready.clauses),
            "policy": ready.policy,
            "version": ready.version,
            "thumb": ready.thumb.value,
            "reason": ready.reason.value if ready.reason else None,
            "comment": ready.comment,
        }
        with self._transaction() as connection:
            number: int = connection.execute(table.insert().returning(table.c.id), row).scalar_one()
        return KeptFeedback(number, at, ready)

    def unanswered(self, policy: str, limit: int) -> tuple[KeptFeedback, ...]:
        """Return the latest feedback on answers that were none, newest first."""
        not_taken = sa.and_(
            table.c.thumb == Thumb.DOWN.value, table.c.reason == Reason.NOT_ANSWERED.value
        )
        return self._read(
            self._within_limit()
            .where(table.c.policy == policy)
            .where(sa.or_(table.c.status == Status.SILENT.value, not_taken))
            .order_by(table.c.id.desc())
            .limit(max(limit, 0))
        )

    def every(self) -> Iterator[KeptFeedback]:
        """Yield all feedback within the limit, oldest first."""
        last = 0
        query = self._within_limit().order_by(table.c.id).limit(_AT_A_TIME)
        while some := self._read(query.where(table.c.id > last)):
            yield from some
            last = some[-1].id

    def purge(self) -> int:
        """Delete what is past the limit, for good; return how many.

        SQLite overwrites what it deletes. PostgreSQL gives the room of it free at once; its
        write-ahead log and its backups are the server's own.
        """
        with self._lock:
            self._purged = self._now()
        with self._transaction() as connection:
            gone = connection.execute(table.delete().where(table.c.at < self._earliest())).rowcount
        if gone and self._engine.dialect.name == POSTGRESQL:
            engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
            with explained(self._engine.url), engine.connect() as connection:
                connection.execute(sa.text("VACUUM feedback"))
        return gone

    def close(self) -> None:
        """Close the connections; the store may not be used after."""
        self._engine.dispose()

    def _is_time_to_purge(self) -> bool:
        with self._lock:
            return self._now() - self._purged >= _PURGE_EVERY

    def _earliest(self) -> datetime:
        return self._now() - self._limit

    def _within_limit(self) -> sa.Select[tuple[object, ...]]:
        """Select what is within the limit: between two purges nothing else is shown."""
        return sa.select(*table.c).where(table.c.at >= self._earliest())

    def _read(self, query: sa.Select[tuple[object, ...]]) -> tuple[KeptFeedback, ...]:
        try:
            with self._transaction() as connection:
                rows = connection.execute(query).mappings().all()
            return tuple(map(_kept, rows))
        except (ValueError, TypeError) as error:  # written by other hands
            where = shown(self._engine.url)
            raise FeedbackError("feedback_broken", where=where, reason=error) from error

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        with explained(self._engine.url), self._engine.begin() as connection:
            yield connection


def _kept(row: sa.RowMapping) -> KeptFeedback:
    language = row["language"]
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is no language")
    feedback = Feedback(
        question=row["question"],
        language=language,
        status=Status(row["status"]),
        clauses=tuple(map(str, row["clauses"])),
        policy=row["policy"],
        version=row["version"],
        thumb=Thumb(row["thumb"]),
        reason=Reason(row["reason"]) if row["reason"] else None,
        comment=row["comment"],
    )
    return KeptFeedback(row["id"], row["at"], feedback)
