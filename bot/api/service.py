"""What every door of the web application shares: the assistant, the feedback, the counters."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Query

from bot.api.metrics import Metrics
from bot.api.problems import Code, ProblemError
from bot.feedback.types import Feedback, FeedbackStore, KeptFeedback
from bot.suggest import Suggestions
from bot.types import Answer, Hit, Language, Policy, Status, Turn

if TYPE_CHECKING:  # it imports the models' libraries, and the server listens before those
    from bot.assistant import Assistant

# The encoders hold a lock each: more questions at a time would only wait for one another.
_QUESTIONS_AT_A_TIME = 2

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer and the wall time it took, waiting for its turn left out."""

    answer: Answer
    seconds: float


class Service:
    """The assistant behind every door, once it is loaded.

    Work runs in threads, a few at a time; a caller that goes away while it waits for its turn
    leaves no work behind.
    """

    def __init__(self, policy: Policy, feedback: FeedbackStore, suggestions: Suggestions) -> None:
        self.policy = policy
        self.feedback = feedback
        self.suggestions = suggestions
        self.metrics = Metrics()
        self._assistant: Assistant | None = None
        self._turns = CapacityLimiter(_QUESTIONS_AT_A_TIME)
        self._storing = CapacityLimiter(1)

    @property
    def assistant(self) -> "Assistant":
        """Return the assistant.

        Raises:
            ProblemError: it is still being loaded.
        """
        if self._assistant is None:
            raise ProblemError(Code.STARTING)
        return self._assistant

    @property
    def is_ready(self) -> bool:
        """Return whether questions can be answered."""
        return self._assistant is not None

    def start(self, assistant: "Assistant") -> None:
        """Answer with ``assistant`` from now on."""
        self._assistant = assistant

    def check_policy(
        self,
        policy: Annotated[
            str | None, Query(max_length=64, description="The policy's id, if it is named.")
        ] = None,
    ) -> None:
        """Refuse any policy but the one that is served; a FastAPI dependency of what is read.

        Raises:
            ProblemError: another one was named.
        """
        if policy is not None and policy != self.policy.id:
            raise ProblemError(Code.UNKNOWN_POLICY, known=self.policy.id)

    async def ask(
        self, question: str, history: Sequence[Turn] = (), language: Language | None = None
    ) -> Answered:
        """Answer ``question`` in a thread; see ``Assistant.ask``.

        Raises:
            ProblemError: the assistant is still being loaded, or something broke.
        """
        asked = partial(self.assistant.ask, question, history, language)
        answered = await to_thread.run_sync(_timed, asked, limiter=self._turns)
        self.metrics.answered(answered.answer, answered.seconds)
        if answered.answer.status is Status.FAILED:
            raise ProblemError(Code.FAILED)
        return answered

    async def look_up(self, query: str, limit: int) -> tuple[Hit, ...]:
        """Look clauses up in a thread; see ``Assistant.look_up``."""
        return await self._run(partial(self.assistant.look_up, query, limit), self._turns)

    async def keep(self, feedback: Feedback) -> KeptFeedback:
        """Keep ``feedback``; it is masked by the store."""
        kept = await self._run(partial(self.feedback.keep, feedback), self._storing)
        self.metrics.heard(feedback)
        return kept

    async def _run(self, work: Callable[[], _Result], limiter: CapacityLimiter) -> _Result:
        return await to_thread.run_sync(work, limiter=limiter)


def _timed(ask: Callable[[], Answer]) -> Answered:
    start = time.perf_counter()
    answer = ask()
    return Answered(answer, time.perf_counter() - start)
