"""Prove citations: nothing is shown as a quote that does not stand in the clause."""

from collections.abc import Iterable

from bot.types import Citation, Language, Policy


def is_proven(citation: Citation, policy: Policy, language: Language) -> bool:
    """Return whether the quote stands, character for character, in the clause it names.

    The clause's text in ``language`` counts; where the policy lacks that language, the text in
    the language it has. An empty quote proves nothing.
    """
    clause = policy.clause(citation.clause)
    if clause is None or not citation.quote.strip():
        return False
    return citation.quote in clause.text[clause.language_of_text(language)]


def proven(
    citations: Iterable[Citation], policy: Policy, language: Language
) -> tuple[Citation, ...]:
    """Return the citations that are proven, in their order."""
    return tuple(one for one in citations if is_proven(one, policy, language))
