"""Decide, before anything is composed, whether the policy answers: the status of a question."""

import math
from dataclasses import dataclass

from bot.types import Language, Retrieval, Status

_REFUSING = (Status.SILENT, Status.OFF_TOPIC, Status.SMALL_TALK, Status.REFUSED)


@dataclass(frozen=True, slots=True)
class Gate:
    """Where the line runs, per language of the question.

    ``margins`` are in log odds of "answered" over the likeliest refusal; from the dev half, at
    the point where about 3 % of answerable questions are lost (docs/evaluation.md).
    ``least_share`` stands in where a retriever has no beliefs: the smallest share of belief
    that the best of all clauses must have (5 % of answerable questions are lost).
    """

    margins: dict[Language, float]
    least_share: float

    def decide(self, retrieval: Retrieval, language: Language) -> Status:
        """Return the status for what was found."""
        if not retrieval.hits:
            return Status.SILENT
        if not retrieval.beliefs:
            enough = retrieval.hits[0].score >= self.least_share
            return Status.ANSWERED if enough else Status.SILENT
        if answerable_margin(retrieval) >= self.margins[language]:
            return Status.ANSWERED
        return max(_REFUSING, key=lambda status: retrieval.beliefs.get(status, 0.0))


def likeliest(retrieval: Retrieval) -> Status | None:
    """Return the status with the highest belief; None where there are no beliefs."""
    beliefs = retrieval.beliefs
    return max(beliefs, key=lambda status: beliefs[status], default=None)


def answerable_margin(retrieval: Retrieval) -> float:
    """Return the log odds of "answered" over the likeliest refusal; 0 without beliefs."""
    if not retrieval.beliefs:
        return 0.0
    tiny = 1e-12
    answered = retrieval.beliefs.get(Status.ANSWERED, 0.0)
    refused = max(retrieval.beliefs.get(status, 0.0) for status in _REFUSING)
    return math.log(answered + tiny) - math.log(refused + tiny)


DEFAULT_GATE = Gate(margins={"zh": 0.4, "en": 0.3}, least_share=0.22)
