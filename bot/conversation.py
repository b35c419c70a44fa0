"""Answer within a conversation: find what a message means after the questions before it.

A trained head reads the message beside the questions before it; its word is weighed with what
the message finds alone, and what it finds with the last two questions put before it. Where
there is no such head (another policy, another encoder), rules tell which messages lean on the
conversation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.followup import leans_on, points_back, read_before
from bot.gate import likeliest
from bot.head import Head
from bot.retrieve import HybridSearch, Search, blend, of_head
from bot.types import Policy, Retrieval, Status, Turn

FILE = "followup.npz"
# How much the three readings count; from the dev half of the cases (docs/evaluation.md).
_HEAD_WEIGHT = 0.6
_ALONE_WEIGHT = 0.2
_WHOLE_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Understood:
    """What a message finds in its conversation; ``whole`` is None where it stands alone."""

    retrieval: Retrieval
    whole: str | None = None


class Conversation(Protocol):
    """Any way of finding what a message means in its conversation."""

    def __call__(self, question: str, history: Sequence[Turn]) -> Understood:
        """Return what was found for a cleaned, non-empty ``question`` after ``history``."""


class ByRule:
    """Rules tell which message leans on what was asked; it is then read with that and without."""

    def __init__(self, search: Search, policy: Policy) -> None:
        self._search = search
        self._policy = policy

    def __call__(self, question: str, history: Sequence[Turn]) -> Understood:
        """See ``Conversation``."""
        alone = self._search(question)
        talks = likeliest(alone) in (Status.SMALL_TALK, Status.REFUSED)
        if talks or not leans_on(question, history):
            return Understood(alone)
        whole = f"{read_before(history)} {question}"
        return Understood(blend([(alone, 0.5), (self._search(whole), 0.5)], self._policy), whole)


class ByHead:
    """A head trained on conversations reads every message that has questions before it."""

    def __init__(self, search: HybridSearch, head: Head) -> None:
        self._search = search
        self._head = head

    def __call__(self, question: str, history: Sequence[Turn]) -> Understood:
        """See ``Conversation``."""
        vectors = self._search.vectors(question)
        alone = self._search.found(question, vectors)
        before = read_before(history)
        if not before:
            return Understood(alone)
        both = [*vectors, *self._search.vectors(before)]
        read = of_head(self._head.log_probabilities(both), self._search.policy)
        whole = f"{before} {question}"
        parts = [
            (read, _HEAD_WEIGHT),
            (alone, _ALONE_WEIGHT),
            (self._search(whole), _WHOLE_WEIGHT),
        ]
        together = blend(parts, self._search.policy)
        if points_back(question) or _top(together) != _top(alone):
            return Understood(together, whole)
        return Understood(replace(together, verdicts=alone.verdicts))


def _top(retrieval: Retrieval) -> tuple[Status | None, str | None]:
    return likeliest(retrieval), next((hit.clause for hit in retrieval.hits), None)
