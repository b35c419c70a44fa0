"""Turn each part of the assistant off in turn, and see what it is worth.

The encoders' vectors are remembered between the variants, so that every question is embedded once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.assembly import Parts, assemble
from bot.assistant import Assistant
from bot.conversation import ByHead, ByRule, Conversation, Understood
from bot.encoders.encoder import Encoder
from bot.gate import Gate
from bot.retrieve import (
    CLAUSE_WEIGHTS,
    LOOKUP_WEIGHTS,
    QUESTION_WEIGHTS,
    HybridSearch,
    Kind,
    Search,
)
from bot.settings import Settings
from bot.stores import Vectors
from bot.types import LANGUAGES, Turn

_LETS_ALL_THROUGH = float("-inf")


class _Remembering(Encoder):
    """An encoder that embeds every question once."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self.reads_bank = encoder.reads_bank
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}

    @property
    def dimension(self) -> int:
        """Return the length of its vectors."""
        return self._encoder.dimension

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        if prompt != "query":
            return self._encoder.documents(texts)
        for text in texts:
            if text not in self._known:
                self._known[text] = self._encoder.queries([text])
        return np.concatenate([self._known[text] for text in texts])


@dataclass(frozen=True, slots=True)
class _Alone:
    """Reads every message without the conversation."""

    search: Search

    def __call__(self, question: str, history: Sequence[Turn]) -> Understood:
        del history
        return Understood(self.search(question))


def variants(parts: Parts, settings: Settings) -> dict[str, Assistant]:
    """Return the whole assistant and one without each part, by what is missing."""
    parts = replace(parts, encoders=tuple(_Remembering(one) for one in parts.encoders))
    whole = assemble(parts, settings)
    policy = whole.policy
    index = parts.index
    no_questions = replace(index, question_stores=tuple(None for _ in parts.encoders))
    first_only = replace(
        index,
        clause_stores=index.clause_stores[:1],
        question_stores=no_questions.question_stores[:1],
    )

    def over(search: HybridSearch, *off: Kind) -> Assistant:
        """Return the assistant over ``search``, without the kinds of evidence in ``off``."""
        asked = search.weighed(_without(QUESTION_WEIGHTS, off))
        head = parts.follow_up_head
        follows: Conversation = ByHead(asked, head) if head else ByRule(asked, policy)
        staff = search.weighed(_without(LOOKUP_WEIGHTS, off))
        return replace(whole, conversation=follows, staff_search=staff)

    def by_rule(search: HybridSearch) -> Assistant:
        staff = search.weighed(LOOKUP_WEIGHTS)
        return replace(whole, conversation=ByRule(search, policy), staff_search=staff)

    plain = HybridSearch(index, parts.encoders, parts.head)
    everything_passes = Gate(dict.fromkeys(LANGUAGES, _LETS_ALL_THROUGH), 0.0)
    return {
        "nothing": whole,
        "the head": over(HybridSearch(index, parts.encoders, None)),
        "the bank's nearest questions": over(
            HybridSearch(no_questions, parts.encoders, parts.head)
        ),
        "head and bank": by_rule(HybridSearch(no_questions, parts.encoders, None, CLAUSE_WEIGHTS)),
        "head, bank and second encoder": by_rule(
            HybridSearch(first_only, parts.encoders[:1], None, CLAUSE_WEIGHTS)
        ),
        "words (BM25)": over(plain, Kind.WORDS),
        "the clauses' own meaning": over(plain, Kind.MEANING, Kind.SECOND_MEANING),
        "the gate": replace(whole, gate=everything_passes),
        "the head for conversations": by_rule(plain),
        "the conversation": replace(whole, conversation=_Alone(plain)),
        "further citations": replace(whole, citation_limit=1),
    }


def _without(weights: Mapping[Kind, float], off: Sequence[Kind]) -> dict[Kind, float]:
    return {kind: weight for kind, weight in weights.items() if kind not in off}
