"""Staff look-up: clause numbers in the ways people write them, else words in either language."""

import re
import unicodedata
from collections.abc import Callable

from bot.retrieve import Kind
from bot.types import Hit, Policy, Retrieval

_NUMBER = r"\d{1,4}(?:\s*[.．。·]\s*\d{1,4})*"
# A look-up is a clause number when nothing else stands beside it but the words around a number.
_ONLY_NUMBER = re.compile(
    rf"\s*(?:(?:clause|section|article|sec|art|para|paragraph|no|§)\s*\.?\s*|第\s*|条款\s*|章节\s*|#\s*)*"
    rf"(?P<id>{_NUMBER})\s*[.。]?\s*(?:条款|条|款|章|节|项|点)?\s*",
    re.IGNORECASE,
)
# A question names a clause where a word says that the number is one.
_NAMED = re.compile(
    rf"(?:(?:clause|section|article|§)\s*\.?\s*(?P<en>{_NUMBER}))"
    rf"|(?:第\s*(?P<zh>{_NUMBER})\s*(?:条|款|章|节))|(?:条款\s*(?P<zh2>{_NUMBER}))",
    re.IGNORECASE,
)
# Clauses under a number are listed in their order, each a little below the one before.
_STEP = 0.001


def clause_number(query: str) -> str | None:
    """Return the clause number that ``query`` consists of (``3.5.2``), or None."""
    match = _ONLY_NUMBER.fullmatch(unicodedata.normalize("NFKC", query))
    return _dotted(match["id"]) if match else None


def named_clauses(question: str) -> tuple[str, ...]:
    """Return the clause numbers that a question names in words ("clause 3.3", "第3.3条")."""
    found = _NAMED.finditer(unicodedata.normalize("NFKC", question))
    numbers = (_dotted(match["en"] or match["zh"] or match["zh2"]) for match in found)
    return tuple(dict.fromkeys(numbers))


def clauses_under(number: str, policy: Policy) -> tuple[Hit, ...]:
    """Return the clause ``number`` and every one below it, in the policy's order."""
    found = [
        clause.id
        for clause in policy.clauses
        if clause.id == number or clause.id.startswith(number + ".")
    ]
    return tuple(
        Hit(clause_id, 1.0 - _STEP * place, (Kind.NUMBER.value,))
        for place, clause_id in enumerate(found)
    )


def look_up(
    query: str, policy: Policy, search: Callable[[str], Retrieval], limit: int
) -> tuple[Hit, ...]:
    """Return up to ``limit`` hits for what staff typed; none for a number the policy lacks."""
    number = clause_number(query)
    if number is not None:
        return clauses_under(number, policy)[:limit]
    return search(query).hits[:limit]


def _dotted(number: str) -> str:
    # int() drops leading zeros; at most four digits a part reach it
    return ".".join(str(int(part)) for part in re.findall(r"\d{1,4}", number))
