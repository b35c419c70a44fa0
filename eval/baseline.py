"""The plain baseline: dense search alone, and a threshold for refusing.

One passage a clause and language, one encoder, the best similarity decides: what a pipeline
without a bank, words, head or gate does. It cites the first clause.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bot.assembly import Parts
from bot.assistant import Assistant
from bot.conversation import ByRule
from bot.encoders.encoder import Encoder
from bot.gate import Gate
from bot.retrieve import Search
from bot.stores.memory import MemoryStore
from bot.text import normalise
from bot.types import Hit, Passage, PassageKind, Policy, Retrieval

# Refuses below the similarity that 95 % of the answerable dev questions reach (e5's
# similarities lie close together).
_LEAST_SIMILARITY = 0.824


class DenseSearch:
    """Rank clauses by the cosine of their nearest passage."""

    def __init__(self, policy: Policy, passages: Sequence[Passage], encoder: Encoder) -> None:
        self._policy = policy
        self._encoder = encoder
        self._store = MemoryStore()
        whole = [passage for passage in passages if passage.kind is PassageKind.CLAUSE]
        self._clauses = {passage.id: passage.clauses[0] for passage in whole}
        vectors = encoder.documents([normalise(passage.text) for passage in whole])
        self._store.add([passage.id for passage in whole], vectors)

    def __call__(self, question: str) -> Retrieval:
        """Return every clause, nearest first, scored by similarity."""
        vector = np.asarray(self._encoder.embed_query(normalise(question)), dtype=np.float32)
        hits: dict[str, Hit] = {}
        for found in self._store.nearest(vector, self._store.count()):
            clause = self._clauses[found.id]
            hits.setdefault(clause, Hit(clause, max(0.0, found.similarity)))
        return Retrieval(tuple(hits.values()))


def dense_search(parts: Parts) -> DenseSearch:
    """Return the search by the first encoder alone over the clauses of ``parts``."""
    source = parts.index.source
    return DenseSearch(source.policy, source.clauses, parts.encoders[0])


def plain_baseline(assistant: Assistant, search: Search) -> Assistant:
    """Return ``assistant`` with nothing but dense search and a threshold."""
    return replace(
        assistant,
        conversation=ByRule(search, assistant.policy),
        staff_search=search,
        gate=Gate(margins={"zh": 0.0, "en": 0.0}, least_share=_LEAST_SIMILARITY),
        citation_limit=1,
    )
