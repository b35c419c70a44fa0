"""Put the answer together from the clauses, in the asker's language, without a language model."""

from collections.abc import Iterable, Sequence

from bot.lead import headings
from bot.quote import choose_quote
from bot.types import Citation, Hit, Policy, Question, Status
from bot.wording import say

_ECHO_LIMIT = 60
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
    parent = parents.pop()
    if parents or not parent:  # a clause that stands under nothing is part of no list
        return ()
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
        quote = choose_quote(clause.text[spoken], (asked.text, asked.whole), spoken)
        citations.append(Citation(clause_id, quote))
    return tuple(citations)


def answer_text(lead: str, citations: Sequence[Citation], asked: Question) -> str:
    """Return the whole answer as plain text: its lead, then each quote with its clause."""
    language = asked.language
    parts = [say("answer.foreign", language)] if asked.foreign else []
    parts.append(lead)
    parts.extend(
        say("answer.quote", language, quote=one.quote, clause=one.clause) for one in citations
    )
    return "\n\n".join(parts)


def refusal_text(status: Status, asked: Question, related: Sequence[str], policy: Policy) -> str:
    """Return the text for a status without citations.

    ``silent`` names what was asked and offers ``related`` clauses as what they are: near, but
    no answer.
    """
    language = asked.language
    parts = [say("answer.foreign", language)] if asked.foreign else []
    parts.append(say(f"status.{status.value}", language, question=shorten(asked.whole)))
    if status is Status.SILENT and related:
        named = headings(related, policy, language)
        parts.append(say("answer.related", language, headings=named))
    return "\n\n".join(parts)


def shorten(text: str) -> str:
    """Return ``text`` as it is named in an answer: cut where it is long, its end kept."""
    return text if len(text) <= _ECHO_LIMIT else "…" + text[1 - _ECHO_LIMIT :].lstrip()
