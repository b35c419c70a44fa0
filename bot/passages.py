"""Make what is searched: a passage a clause and language, one a sentence, one a bank question."""

from collections.abc import Iterable

from bot.corpus.bank import Bank
from bot.corpus.blocks import spans
from bot.types import Clause, Language, Passage, PassageKind, Policy

# Part of the index's fingerprint: raise it when this module cuts or words passages differently.
SPLITTER_VERSION = "1"


def clause_passages(policy: Policy) -> tuple[Passage, ...]:
    """Return the clause and sentence passages of every clause in every language of ``policy``.

    A clause of a single sentence has no sentence passages: they would repeat it. Heading path
    and lead-in are part of what is embedded, since a clause is often unclear without them.
    """
    return tuple(
        passage
        for clause in policy.clauses
        for language in clause.text
        for passage in _of_clause(clause, language)
    )


def question_passages(bank: Bank) -> tuple[Passage, ...]:
    """Return one passage a question of ``bank`` that stands alone, in order."""
    return tuple(
        Passage(
            id=f"q{number}",
            kind=PassageKind.QUESTION,
            language=question.language,
            text=question.question,
            clauses=question.clauses,
            status=question.status,
            verdict=question.verdict,
        )
        for number, question in enumerate(bank.questions)
        if not question.before
    )


def _of_clause(clause: Clause, language: Language) -> Iterable[Passage]:
    text = clause.text[language]
    headings = " · ".join(clause.path[language])
    ids = (clause.id,)
    yield Passage(
        f"{clause.id}:{language}", PassageKind.CLAUSE, language, f"{headings}\n{text}", ids
    )
    cut = spans(text)
    if len(cut) <= 1:
        return
    for number, span in enumerate(cut):
        lead = span.lead or clause.heading(language)
        yield Passage(
            f"{clause.id}:{language}:{number}",
            PassageKind.SENTENCE,
            language,
            f"{lead} {text[span.start : span.end]}",
            ids,
        )
