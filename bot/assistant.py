"""The assistant: one question's way from what was typed to a proven answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.compose import answer_text, choose_clauses, cite, refusal_text, shorten
from bot.conversation import Conversation
from bot.errors import UsageError
from bot.gate import Gate
from bot.lead import lead
from bot.lookup import (
    clauses_asked_for,
    clauses_under,
    look_up,
    named_clauses,
    unknown_clause,
)
from bot.retrieve import Kind, Search
from bot.text import clean, detect_language, has_words
from bot.types import Answer, Hit, Language, Policy, Question, Status, Turn, Verdict
from bot.verify import proven
from bot.wording import say

HITS_SHOWN = 10
_RELATED = 2


@dataclass(frozen=True, slots=True)
class Assistant:
    """A policy, the ways to search it, and the gate: all that answering needs."""

    policy: Policy
    conversation: Conversation
    staff_search: Search
    gate: Gate
    question_limit: int
    citation_limit: int

    def ask(
        self, question: str, history: Sequence[Turn] = (), language: Language | None = None
    ) -> Answer:
        """Answer ``question``.

        ``history`` holds the earlier turns, oldest first. ``language`` is used where the
        question's own words do not tell (a number, an emoji).

        Raises:
            UsageError: the question is empty or only white space.
            IndexingError: the index cannot be searched any more.
        """
        cleaned = clean(question)
        if not cleaned:
            raise UsageError("empty_question")
        asked = self._asked(cleaned, history, language)
        at_once = self._answer_at_once(asked, len(question))
        if at_once is not None:
            return at_once
        understood = self.conversation(asked.text, history)
        retrieval, asked = understood.retrieval, replace(asked, understood=understood.whole)
        status = self.gate.decide(retrieval, asked.language)
        if status is Status.ANSWERED:
            chosen = choose_clauses(retrieval.hits, self.policy, self.citation_limit)
            named = (
                hit.clause
                for number in named_clauses(asked.text)
                for hit in clauses_under(number, self.policy)
            )
            cited = tuple(dict.fromkeys([*named, *chosen]))
            # a clause named in the question may be misquoted there: nothing is confirmed of it
            verdict = None if named_clauses(asked.text) else retrieval.verdicts.get(cited[0])
            return self._answered(asked, cited, retrieval.hits[:HITS_SHOWN], verdict)
        hits = retrieval.hits[:HITS_SHOWN]
        related = tuple(hit.clause for hit in hits[:_RELATED]) if status is Status.SILENT else ()
        text = refusal_text(status, asked, related, self.policy)
        plain = self._without_citations(status, asked, text)
        return replace(plain, hits=hits, related=related)

    def look_up(self, query: str, limit: int = HITS_SHOWN) -> tuple[Hit, ...]:
        """Return the clauses that staff look for with ``query``: a number or words.

        Raises:
            UsageError: the query is empty, only white space, or too long.
        """
        cleaned = clean(query)
        if not cleaned:
            raise UsageError("empty_question")
        if len(query) > self.question_limit:
            raise UsageError("query_long", length=len(query), limit=self.question_limit)
        return look_up(cleaned, self.policy, self.staff_search, limit)

    def _asked(self, cleaned: str, history: Sequence[Turn], wanted: Language | None) -> Question:
        """Settle the language: of the question's words, else wanted, else of the conversation."""
        detected = detect_language(cleaned)
        earlier = (detect_language(clean(turn.question)).answer for turn in reversed(history))
        spoken = detected.answer or wanted or next((one for one in earlier if one), None)
        return Question(cleaned, spoken or self.policy.languages[0], detected.foreign)

    def _answer_at_once(self, asked: Question, length: int) -> Answer | None:
        """Return the answer to what needs no search: too long, no words, a clause by its number."""
        spoken = asked.language
        if length > self.question_limit:
            text = say("status.too_long", spoken, length=length, limit=self.question_limit)
            return self._without_citations(Status.REFUSED, asked, text)
        if not has_words(asked.text):
            text = say("status.small_talk", spoken)
            return self._without_citations(Status.SMALL_TALK, asked, text)
        number = unknown_clause(asked.text, self.policy)
        if number is not None:
            text = say("status.unknown_clause", spoken, clause=shorten(number))
            return self._without_citations(Status.REFUSED, asked, text)
        asked_for = clauses_asked_for(asked.text, self.policy)
        if asked_for:
            hits = tuple(Hit(clause, 1.0, (Kind.NUMBER.value,)) for clause in asked_for)
            return self._answered(asked, asked_for, hits[:HITS_SHOWN])
        return None

    def _answered(
        self,
        asked: Question,
        chosen: Sequence[str],
        hits: tuple[Hit, ...],
        verdict: Verdict | None = None,
    ) -> Answer:
        citations = proven(cite(chosen, asked, self.policy), self.policy, asked.language)
        if not citations:
            text = say("status.failed", asked.language)
            return self._without_citations(Status.FAILED, asked, text)
        opening = lead(citations, asked, self.policy, verdict)
        return Answer(
            status=Status.ANSWERED,
            language=asked.language,
            text=answer_text(opening, citations, asked),
            lead=opening,
            citations=citations,
            hits=hits,
            policy_version=self.policy.version,
            understood=asked.understood,
        )

    def _without_citations(self, status: Status, asked: Question, text: str) -> Answer:
        return Answer(
            status=status,
            language=asked.language,
            text=text,
            policy_version=self.policy.version,
            understood=asked.understood,
        )


def as_turn(question: str, answer: Answer) -> Turn:
    """Return what a later question needs to know of this exchange."""
    clauses = tuple(citation.clause for citation in answer.citations)
    return Turn(question, clauses, answer.status)
