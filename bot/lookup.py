"""Staff look-up: clause numbers in the ways people write them, else words in either language."""

import re
from collections.abc import Callable

from bot.retrieve import Kind
from bot.text import normalise
from bot.types import Hit, Policy, Retrieval

# Every repetition is possessive: what a part has taken it never gives back, so that the time
# grows with the length of the text and no faster.
_NUMBER = r"[0-9]++(?:\s*+[.．。·]\s*+[0-9]++)*+"
# In running text a full stop and a space end the sentence, not the number's part.
_TIGHT_NUMBER = r"[0-9]++(?:[.．。·][0-9]++)*+"
# A look-up is a clause number when nothing else stands beside it but the words around a number.
_ONLY_NUMBER = re.compile(
    r"\s*+(?:(?:clause|section|article|paragraph|sec|art|para|no|§)\s*+\.?+\s*+"
    r"|(?:第|条款|章节|#)\s*+)*+"
    rf"(?P<id>{_NUMBER})\s*+[.。]?+\s*+(?:条款|条|款|章|节|项|点)?+\s*+",
    re.IGNORECASE,
)
# A question names a clause where a word says that the number is one.
_NAMED = re.compile(
    rf"(?:(?:clause|section|article|§)\s*+\.?+\s*+(?P<en>{_TIGHT_NUMBER}))"
    rf"|(?:第\s*+(?P<zh>{_TIGHT_NUMBER})\s*+(?:条|款|章|节))|(?:条款\s*+(?P<zh2>{_TIGHT_NUMBER}))",
    re.IGNORECASE,
)
# What is left of a question that asks for nothing but a clause, when its number is taken out.
_ASKS_FOR_IT = re.compile(
    r"(?:(?:what|does|do|is|s|the|of|in|says|say|about|means|mean|states|state|text|content|please"
    r"|pls|tell|me|show|read|quote|explain|cite|can|you|could|open|to|policy|wording)(?![a-z])"
    r"|隐私政策|请|一下|给我|看看|看下|讲|说|写|了|的|是|什么|啥|意思|内容|解释|念|引用|原文|规定|里|指"
    r"|[\W_])*+",
)
# Clauses under a number are listed in their order, each a little below the one before.
_STEP = 0.001


def clause_number(query: str) -> str | None:
    """Return the clause number that ``query`` consists of (``3.5.2``), or None."""
    match = _ONLY_NUMBER.fullmatch(normalise(query))
    return _dotted(match["id"]) if match else None


def named_clauses(question: str) -> tuple[str, ...]:
    """Return the clause numbers that a question names in words ("clause 3.3", "第3.3条")."""
    found = _NAMED.finditer(normalise(question))
    numbers = (_dotted(match["en"] or match["zh"] or match["zh2"]) for match in found)
    return tuple(dict.fromkeys(numbers))


def clauses_asked_for(question: str, policy: Policy) -> tuple[str, ...]:
    """Return the clauses that a question asks for and nothing else ("what does 3.5.2 say?").

    Empty for any question that says more: naming a clause does not make the policy answer it.
    """
    number = clause_number(question)
    numbers = (number,) if number else named_clauses(question)
    rest = "" if number else _NAMED.sub(" ", normalise(question))
    if not _ASKS_FOR_IT.fullmatch(rest):
        return ()
    hits = (hit.clause for one in numbers for hit in clauses_under(one, policy))
    return tuple(dict.fromkeys(hits))


def unknown_clause(question: str, policy: Policy) -> str | None:
    """Return the first number that a question names as a clause of ours and that is none.

    Numbers of other texts do not count: "GDPR article 17", "第17条" of some law, "第3条评论". A
    number with a dot, or behind the word "clause", can only mean ours.
    """
    alone = clause_number(question)
    numbers = [alone] if alone and "." in alone else []
    for match in _NAMED.finditer(normalise(question)):
        number = _dotted(match["en"] or match["zh"] or match["zh2"])
        ours = "." in number or match["zh2"] or match[0].startswith("clause")
        if ours and not match[0].startswith("article"):
            numbers.append(number)
    return next((one for one in numbers if not clauses_under(one, policy)), None)


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
    # not int(): it refuses more than 4,300 digits
    parts = re.findall(r"[0-9]+", number)
    return ".".join(part.lstrip("0") or "0" for part in parts)
