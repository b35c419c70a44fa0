"""The first sentence of an answer: to what was asked, and never firmer than the clauses.

It names the clauses' headings. Before them stands a yes, a no or an "only if" where the question
plainly asks whether and the bank agrees on the clause's verdict; else what was asked after (who,
when, why …), or nothing.
"""

import re
from collections.abc import Iterable, Sequence

from bot.form import Form, form_of
from bot.types import Citation, Language, Policy, Question, Verdict
from bot.wording import say

_HEADINGS = 3
# Words of a clause that only allow ("may"), and words that take something out ("except").
_ONLY_ALLOWS = re.compile(r"可能|可以|有时|\b(?:may|might|can)\b", re.IGNORECASE)
_EXCEPTS = re.compile(r"除外|除非|除了|除本|\b(?:except|unless|other than)\b", re.IGNORECASE)
# "Will you sell my passport number" is not answered by what is collected.
_SELLS = re.compile(r"卖|出售|售给|\b(?:sell|sells|selling|sold|sale)\b", re.IGNORECASE | re.ASCII)
# What a Chinese no repeats: the verb that the question asked with.
_ASKED_WITH = (
    ("no_can", re.compile(r"(?<![可功智性])能|可以")),
    ("no_be", re.compile(r"是不是")),
)


def lead(
    citations: Sequence[Citation], asked: Question, policy: Policy, verdict: Verdict | None = None
) -> str:
    """Return the lead over ``citations`` (at least one, most important first).

    ``verdict`` is what the first cited clause says, if the question wants a yes or a no; it is
    said of that clause alone.
    """
    language = asked.language
    ids = [one.clause for one in citations]
    group = group_heading(ids, policy, language)
    if group is not None:
        return say("lead.group", language, heading=group, count=len(ids))
    form = form_of(asked.text)
    if form is Form.OTHER and form_of(asked.whole) is Form.WHETHER:
        form = Form.WHETHER  # a fragment, after a question that asked whether
    if form is Form.WHETHER and verdict and not _asks_of_a_sale_elsewhere(asked, ids[0], policy):
        opening = _opening(verdict, ids[0], asked, policy)
        said = say(f"lead.{opening}", language, headings=headings(ids[:1], policy, language))
        if len(ids) == 1:
            return said
        others = headings(ids[1:_HEADINGS], policy, language)
        besides = say("lead.besides", language, headings=others)
        return say("lead.both", language, first=said, second=besides)
    neutral = (Form.WHETHER, Form.TURNED, Form.OTHER)
    opening = "plain" if form in neutral else form.value
    named = headings(ids[:_HEADINGS], policy, language)
    return say(f"lead.{opening}", language, headings=named)


def _asks_of_a_sale_elsewhere(asked: Question, clause_id: str, policy: Policy) -> bool:
    """Return whether a sale is asked about that the clause does not speak of."""
    clause = policy.clause(clause_id)
    texts = clause.text.values() if clause else ()
    return bool(_SELLS.search(asked.whole)) and not any(_SELLS.search(text) for text in texts)


def headings(clause_ids: Iterable[str], policy: Policy, language: Language) -> str:
    """Return the headings of clauses, each with its number, as one text."""
    clauses = [policy.clause(clause_id) for clause_id in clause_ids]
    named = [
        say("lead.heading", language, heading=clause.heading(language), clause=clause.id)
        for clause in clauses
        if clause is not None
    ]
    return say("lead.and", language).join(named)


def group_heading(ids: Sequence[str], policy: Policy, language: Language) -> str | None:
    """Return the heading above ``ids`` where they are many, and all that stands under it."""
    first = policy.clause(ids[0])
    parent = ids[0].rpartition(".")[0]
    if len(ids) <= _HEADINGS or first is None or not parent:
        return None
    if {*ids} != {one.id for one in policy.clauses if one.id.startswith(f"{parent}.")}:
        return None
    path = first.path.get(language) or next(iter(first.path.values()))
    return path[-2]


def _opening(verdict: Verdict, clause_id: str, asked: Question, policy: Policy) -> str:
    clause = policy.clause(clause_id)
    text = clause.text[clause.language_of_text(asked.language)] if clause else ""
    if verdict is Verdict.YES and _ONLY_ALLOWS.search(text):
        return "possibly"
    if verdict is Verdict.NO:
        if _EXCEPTS.search(text):
            return "no_except"
        kinds = (kind for kind, words in _ASKED_WITH if words.search(asked.text))
        kind = next(kinds, None)
        return kind or "no"
    return verdict.value
