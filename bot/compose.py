"""Put the answer together from the clauses, in the asker's language, without a language model."""

from collections.abc import Iterable, Sequence

from bot.quote import choose_quote
from bot.types import Citation, Hit, Language, Policy, Question, Status
from bot.wording import say

_ECHO_LIMIT = 60
_LEAD_HEADINGS = 3
# A clause is cited beside the best one when its share of belief is at least this part of the
# best one's; and a group is cited whole when this many of its clauses lead the hits.
# Both from the dev half (docs/evaluation.md).
_CLOSE_SHARE = 0.4
_GROUP_LEAD = 4
_GROUP_SHARE = 0.3


def choose_clauses(hits: Sequence[Hit], policy: Policy, limit: int) -> tuple[str, ...]:
    """Return the clauses to cite, best first: the best hit and those close behind it.

    A question that asks for a whole list ("what do you collect?") finds many clauses of one
    group near each other; then the group is cited whole, in the policy's order.
    """
    if not hits:
        return ()
    best = hits[0]
    group = _whole_group(hits, policy)
    if group:
        return group
    close = [hit.clause for hit in hits if hit.score >= best.score * _CLOSE_SHARE]
    return tuple(close[:limit])


def _whole_group(hits: Sequence[Hit], policy: Policy) -> tuple[str, ...]:
    leading = hits[:_GROUP_LEAD]
    if len(leading) < _GROUP_LEAD or leading[-1].score < leading[0].score * _GROUP_SHARE:
        return ()
    parents = {_parent(hit.clause) for hit in leading}
    if len(parents) != 1:
        return ()
    parent = parents.pop()
    return tuple(clause.id for clause in policy.clauses if _parent(clause.id) == parent)


def _parent(clause_id: str) -> str:
    return clause_id.rpartition(".")[0]


def cite(clause_ids: Iterable[str], asked: Question, policy: Policy) -> tuple[Citation, ...]:
    """Return one citation a clause, quoted in the asker's language or one the policy has."""
    citations = []
    for clause_id in clause_ids:
        clause = policy.clause(clause_id)
        if clause is None:
            continue
        spoken = clause.language_of_text(asked.language)
        quote = choose_quote(clause.text[spoken], asked.whole, spoken)
        citations.append(Citation(clause_id, quote))
    return tuple(citations)


def answer_text(citations: Sequence[Citation], asked: Question, policy: Policy) -> str:
    """Return the whole answer as plain text: a lead sentence, then each quote with its clause."""
    language = asked.language
    parts = [say("answer.foreign", language)] if asked.foreign else []
    parts.append(lead(citations, policy, language))
    parts.extend(
        say("answer.quote", language, quote=one.quote, clause=one.clause) for one in citations
    )
    return "\n\n".join(parts)


def lead(citations: Sequence[Citation], policy: Policy, language: Language) -> str:
    """Return one sentence that says what the policy holds on the matter: the clauses' headings."""
    named = _headings([one.clause for one in citations], policy, language)
    if len(named) > _LEAD_HEADINGS:
        first = policy.clause(citations[0].clause)
        groups = {_parent(one.clause) for one in citations}
        if first is not None and len(groups) == 1:
            path = first.path.get(language) or next(iter(first.path.values()))
            return say("answer.lead_group", language, heading=path[-2], count=len(named))
        named = named[:_LEAD_HEADINGS]
    return say("answer.lead", language, headings=say("answer.and", language).join(named))


def refusal_text(status: Status, asked: Question, related: Sequence[str], policy: Policy) -> str:
    """Return the text for a status without citations.

    ``silent`` names what was asked and offers ``related`` clauses as what they are: near, but
    no answer.
    """
    language = asked.language
    parts = [say("answer.foreign", language)] if asked.foreign else []
    parts.append(say(f"status.{status.value}", language, question=shorten(asked.text)))
    if status is Status.SILENT and related:
        headings = _headings(related, policy, language)
        parts.append(
            say("answer.related", language, headings=say("answer.and", language).join(headings))
        )
    return "\n\n".join(parts)


def _headings(clause_ids: Iterable[str], policy: Policy, language: Language) -> list[str]:
    clauses = [policy.clause(clause_id) for clause_id in clause_ids]
    return [
        say("answer.heading", language, heading=clause.heading(language), clause=clause.id)
        for clause in clauses
        if clause is not None
    ]


def shorten(text: str) -> str:
    """Return ``text`` as it is named in an answer: cut where it is long."""
    return text if len(text) <= _ECHO_LIMIT else text[: _ECHO_LIMIT - 1] + "…"
