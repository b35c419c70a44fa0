"""What customers say of an answer, and where it is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.types import Language, Status
from bot.wording import say


class Thumb(StrEnum):
    """Whether an answer helped."""

    UP = "up"
    DOWN = "down"

    def words(self, language: Language) -> str:
        """Return what users read for it."""
        return say(f"feedback.{self.value}", language)


class Reason(StrEnum):
    """Why an answer did not help."""

    WRONG_CLAUSE = "wrong_clause"
    NOT_ANSWERED = "not_answered"
    INCOMPLETE = "incomplete"
    UNCLEAR = "unclear"
    OTHER = "other"

    def words(self, language: Language) -> str:
        """Return what users read for it."""
        return say(f"feedback.{self.value}", language)


@dataclass(frozen=True, slots=True)
class Feedback:
    """A customer's word on one answer, as it was given.

    ``question`` and ``comment`` are as typed: whoever keeps them masks personal data first.
    ``policy`` and ``version`` name the policy that the answer, with ``clauses``, rests on.
    """

    question: str
    language: Language
    status: Status
    clauses: tuple[str, ...]
    policy: str
    version: str
    thumb: Thumb
    reason: Reason | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class KeptFeedback:
    """Feedback as it is kept: masked, with its number and the time (UTC, with time zone)."""

    id: int
    at: datetime
    feedback: Feedback


def is_unanswered(feedback: Feedback) -> bool:
    """Tell whether the policy was silent, or the customer took the answer for none."""
    not_taken = feedback.thumb is Thumb.DOWN and feedback.reason is Reason.NOT_ANSWERED
    return feedback.status is Status.SILENT or not_taken


class FeedbackStore(Protocol):
    """Where feedback is kept; every method may raise ``FeedbackError``."""

    def keep(self, feedback: Feedback) -> KeptFeedback:
        """Mask ``feedback``, keep it with the time, and delete what is past the retention limit."""
        ...

    def unanswered(self, policy: str, limit: int) -> tuple[KeptFeedback, ...]:
        """Return the latest feedback on questions that were not answered, newest first.

        The policy is silent on them, or the customer says that they were not answered.
        """
        ...

    def every(self) -> Iterator[KeptFeedback]:
        """Yield all feedback, oldest first."""
        ...

    def purge(self) -> int:
        """Delete what is past the retention limit, for good; return how many."""
        ...
