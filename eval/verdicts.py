"""How often a yes or a no is a reader's own: rounds of the bank that do not vote are asked."""

from dataclasses import dataclass

import numpy as np

from bot.assembly import Parts
from bot.form import Form, form_of
from bot.text import normalise
from bot.types import Passage, Verdict
from bot.verdict import conditional_clauses, verdicts

# The rules of bot/form.py, and how many must agree, were set before these had verdicts.
_ASKED_ROUNDS = ("zh-5", "en-5")
_FIRM = (Verdict.YES, Verdict.NO)


@dataclass(frozen=True, slots=True)
class VerdictFigures:
    """Questions asked, those a reader answers with yes or no, verdicts given, right, opposite."""

    asked: int
    wants_one: int
    given: int
    right: int
    opposite: int


def verdict_figures(parts: Parts) -> VerdictFigures:
    """Ask the bank's rounds ``zh-5`` and ``en-5`` while only the other rounds vote."""
    source = parts.index.source
    alone = [one for one in source.bank.questions if not one.before]
    rounds = {one.id: line.round for one, line in zip(source.questions, alone, strict=True)}
    voters = {one.id: one for one in source.questions if rounds[one.id] not in _ASKED_ROUNDS}
    asked = [one for one in source.questions if rounds[one.id] in _ASKED_ROUNDS and one.clauses]
    conditional = conditional_clauses(list(voters.values()))
    given = [_given(one, parts, voters, conditional) for one in asked]
    firm = [(said, one.verdict) for said, one in zip(given, asked, strict=True) if said in _FIRM]
    return VerdictFigures(
        asked=len(asked),
        wants_one=sum(one.verdict in _FIRM for one in asked),
        given=len(firm),
        right=sum(said is wanted for said, wanted in firm),
        opposite=sum(wanted in _FIRM and said is not wanted for said, wanted in firm),
    )


def _given(
    asked: Passage, parts: Parts, voters: dict[str, Passage], conditional: frozenset[str]
) -> Verdict | None:
    """Return the verdict that a lead would give, the question's own round not voting."""
    if form_of(asked.text) is not Form.WHETHER:
        return None
    for encoder, store in zip(parts.encoders, parts.index.question_stores, strict=True):
        if store is not None:
            vector = np.asarray(encoder.embed_query(normalise(asked.text)), dtype=np.float32)
            found = store.nearest(vector, store.count())
            nearest = [(voters[one.id], one.similarity) for one in found if one.id in voters]
            return verdicts(nearest, conditional).get(asked.clauses[0])
    return None
