"""Turn answers, hits and clauses into the objects that the API and the MCP tools give."""

from collections.abc import Sequence

from bot import wire
from bot.api.models import (
    BareAnswerOut,
    CitationOut,
    ClauseOut,
    FoundOut,
    HitOut,
    PolicyOut,
    RelatedOut,
    SearchOut,
    WholeClauseOut,
)
from bot.types import Answer, Clause, Hit, Policy


def answer_out(answer: Answer, policy: Policy, seconds: float) -> BareAnswerOut:
    """Return ``answer`` with what a reader needs beside it; ``seconds`` is what it took."""
    return BareAnswerOut(
        status=answer.status,
        language=answer.language,
        text=answer.text,
        lead=answer.lead,
        citations=citations_out(answer, policy),
        hits=[HitOut.model_validate(one) for one in wire.hit_objects(answer.hits)],
        understood=answer.understood,
        related=[
            RelatedOut(clause=one, heading=_heading(one, answer, policy)) for one in answer.related
        ],
        policy=policy_out(policy),
        ms=wire.milliseconds(seconds),
    )


def citations_out(answer: Answer, policy: Policy) -> list[CitationOut]:
    """Return the citations of ``answer``, each with its clause's heading."""
    found = []
    for one in answer.citations:
        clause = policy.clause(one.clause)
        language = clause.language_of_text(answer.language) if clause else answer.language
        heading = _heading(one.clause, answer, policy)
        found.append(
            CitationOut(clause=one.clause, quote=one.quote, heading=heading, language=language)
        )
    return found


def policy_out(policy: Policy) -> PolicyOut:
    """Return what an answer says of its policy."""
    return PolicyOut(id=policy.id, version=policy.version, effective=policy.effective)


def search_out(hits: Sequence[Hit], policy: Policy, limit: int, section: str = "") -> SearchOut:
    """Return the best ``limit`` of ``hits`` at or below ``section``, else of all."""
    within = [hit for hit in hits if _is_in(hit.clause, section.strip().rstrip("."))][:limit]
    found = [
        FoundOut.model_validate({**one, "reasons": list(hit.reasons)})
        for hit, one in zip(within, wire.found_objects(within, policy), strict=True)
    ]
    return SearchOut(hits=found)


def clause_out(clause: Clause) -> ClauseOut:
    """Return ``clause``."""
    return ClauseOut.model_validate(wire.clause_object(clause))


def whole_clause_out(clause: Clause, policy: Policy) -> WholeClauseOut:
    """Return ``clause`` with its place in ``policy``."""
    headings = {language: list(path) for language, path in clause.path.items()}
    return WholeClauseOut.model_validate(
        {**wire.clause_object(clause), "headings": headings, "policy": policy_out(policy)}
    )


def _is_in(clause_id: str, section: str) -> bool:
    return not section or f"{clause_id}.".startswith(f"{section}.")


def _heading(clause_id: str, answer: Answer, policy: Policy) -> str:
    clause = policy.clause(clause_id)
    return clause.heading(answer.language) if clause else clause_id
