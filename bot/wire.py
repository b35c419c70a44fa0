"""The JSON objects that programs read: one shape for the command line, evaluation and the web."""

from collections.abc import Sequence
from typing import TypedDict

from bot.types import Answer, Clause, Hit, Policy


class CitationObject(TypedDict):
    """A citation."""

    clause: str
    quote: str


class HitObject(TypedDict):
    """A hit; the score is in [0, 1]."""

    clause: str
    score: float


class AnswerObject(TypedDict):
    """An answer; ``ms`` is the wall time of this one question in milliseconds."""

    status: str
    language: str
    text: str
    citations: list[CitationObject]
    hits: list[HitObject]
    ms: float


class FoundObject(HitObject):
    """A hit with the clause's text per language."""

    text: dict[str, str]


class ClauseObject(TypedDict):
    """A clause; section and heading name both languages, ``text`` is per language."""

    id: str
    section: str
    heading: str
    text: dict[str, str]


_SCORE_DIGITS = 6


def answer_object(answer: Answer, seconds: float) -> AnswerObject:
    """Return ``answer`` as programs read it."""
    return {
        "status": answer.status.value,
        "language": answer.language,
        "text": answer.text,
        "citations": [{"clause": one.clause, "quote": one.quote} for one in answer.citations],
        "hits": hit_objects(answer.hits),
        "ms": milliseconds(seconds),
    }


def hit_objects(hits: Sequence[Hit]) -> list[HitObject]:
    """Return ``hits`` as programs read them."""
    return [{"clause": hit.clause, "score": round(hit.score, _SCORE_DIGITS)} for hit in hits]


def found_objects(hits: Sequence[Hit], policy: Policy) -> list[FoundObject]:
    """Return ``hits`` with the text of each clause."""
    clauses = {clause.id: clause for clause in policy.clauses}
    return [{**one, "text": dict(clauses[one["clause"]].text.items())} for one in hit_objects(hits)]


def clause_object(clause: Clause) -> ClauseObject:
    """Return ``clause`` as programs read it."""
    return {
        "id": clause.id,
        "section": _in_all_languages([path[0] for path in clause.path.values()]),
        "heading": _in_all_languages([path[-1] for path in clause.path.values()]),
        "text": dict(clause.text.items()),
    }


def milliseconds(seconds: float) -> float:
    """Return ``seconds`` in milliseconds, to a hundredth."""
    return round(seconds * 1000, 2)


def _in_all_languages(texts: Sequence[str]) -> str:
    return " / ".join(dict.fromkeys(texts))
