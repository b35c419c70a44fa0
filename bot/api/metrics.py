"""What is counted, for Prometheus: never what was asked."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.feedback.types import Feedback
from bot.types import Answer

MEDIA_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "policybot_answers",
            "Answers, by status and language.",
            ["status", "language"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "policybot_answer_seconds",
            "Time from a question's turn to its answer, waiting left out.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._feedback = Counter(
            "policybot_feedback",
            "Feedback, by thumb and the status of the answer.",
            ["thumb", "status"],
            registry=self._registry,
        )

    def answered(self, answer: Answer, seconds: float) -> None:
        """Count an answer."""
        self._answers.labels(answer.status.value, answer.language).inc()
        self._seconds.observe(seconds)

    def heard(self, feedback: Feedback) -> None:
        """Count feedback."""
        self._feedback.labels(feedback.thumb.value, feedback.status.value).inc()

    def text(self) -> bytes:
        """Return all counters in Prometheus's text format."""
        return generate_latest(self._registry)
