"""Suggest what to ask next: one question a clause, chosen by what was found and where it stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bot.text import letters
from bot.types import Answer, Language, Policy, Status, Turn

LIMIT = 3


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What customers can be offered to ask; empty where a policy comes without suggestions.

    ``order`` holds the ids of the policy's clauses in order, ``opening`` those whose questions
    open a conversation, and ``questions`` a question per clause and language.
    """

    order: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    questions: Mapping[str, Mapping[Language, str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        policy: Policy,
        opening: Sequence[str],
        questions: Mapping[str, Mapping[Language, str]],
    ) -> "Suggestions":
        """Return suggestions for ``policy``."""
        return cls(tuple(clause.id for clause in policy.clauses), tuple(opening), questions)

    def openers(self, language: Language) -> tuple[str, ...]:
        """Return the questions to open a conversation with, in ``language`` where they have it."""
        return tuple(self._worded(self.opening, language, ()))

    def after(
        self, question: str, answer: Answer, history: Sequence[Turn], limit: int = LIMIT
    ) -> tuple[str, ...]:
        """Return up to ``limit`` questions to go on with after ``answer`` to ``question``.

        ``history`` holds the turns before this one, oldest first. Nothing comes that was asked
        already, and no clause that was cited already: first what was found next best, then what
        stands near it in the policy. Where nothing was looked up the openers are offered again.
        """
        asked = (question, answer.understood or "", *(turn.question for turn in history))
        ids = self._near(answer, history) if _rests_on_clauses(answer) else self.opening
        return tuple(islice(self._worded(ids, answer.language, asked), limit))

    def _near(self, answer: Answer, history: Sequence[Turn]) -> Iterator[str]:
        cited = [citation.clause for citation in answer.citations]
        known = {*cited, *(clause for turn in history for clause in turn.clauses)}
        found = [*answer.related, *(hit.clause for hit in answer.hits)]
        near = self._neighbours(cited)
        yield from (one for one in [*found, *near] if one not in known)

    def _neighbours(self, clause_ids: Sequence[str]) -> list[str]:
        """Return all clauses by their distance from these, the later before the earlier."""
        here = [place for place, one in enumerate(self.order) if one in clause_ids]
        if not here:
            return []

        def distance(place: int) -> tuple[int, int]:
            return min(abs(place - one) for one in here), -place

        return [self.order[place] for place in sorted(range(len(self.order)), key=distance)]

    def _worded(
        self, clause_ids: Iterable[str], language: Language, asked: Iterable[str]
    ) -> Iterator[str]:
        """Yield the clauses' questions, each once, without those that were asked."""
        seen = {letters(one) for one in asked}
        for clause_id in clause_ids:
            worded = self.questions.get(clause_id)
            if not worded:
                continue
            question = worded.get(language) or next(iter(worded.values()))
            if letters(question) not in seen:
                seen.add(letters(question))
                yield question


def _rests_on_clauses(answer: Answer) -> bool:
    return answer.status in (Status.ANSWERED, Status.SILENT)
