"""Feedback kept in memory: exact and simple, for tests and as the measure of the other store."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Lock

from bot.feedback.prepare import prepared
from bot.feedback.types import Feedback, KeptFeedback, is_unanswered


class MemoryFeedback:
    """A ``FeedbackStore`` that ends with the process; ``days`` is the retention limit."""

    def __init__(self, days: int, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._limit = timedelta(days=days)
        self._now = now
        self._numbers = count(1)
        self._kept: list[KeptFeedback] = []
        self._lock = Lock()

    def keep(self, feedback: Feedback) -> KeptFeedback:
        """Mask ``feedback``, keep it with the time, and delete what is past the limit."""
        ready = prepared(feedback)
        self.purge()
        with self._lock:
            kept = KeptFeedback(next(self._numbers), self._now().astimezone(UTC), ready)
            self._kept.append(kept)
        return kept

    def unanswered(self, policy: str, limit: int) -> tuple[KeptFeedback, ...]:
        """Return the latest feedback on answers that were none, newest first."""
        of_policy = (
            one
            for one in reversed(tuple(self.every()))
            if one.feedback.policy == policy and is_unanswered(one.feedback)
        )
        return tuple(one for one, _ in zip(of_policy, range(limit), strict=False))

    def every(self) -> Iterator[KeptFeedback]:
        """Yield all feedback within the limit, oldest first."""
        earliest = self._now() - self._limit
        yield from [one for one in self._kept if one.at >= earliest]

    def purge(self) -> int:
        """Delete what is past the limit; return how many."""
        earliest = self._now() - self._limit
        with self._lock:
            left = [one for one in self._kept if one.at >= earliest]
            gone = len(self._kept) - len(left)
            self._kept = left
        return gone
