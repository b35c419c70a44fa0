"""Where LangChain components plug in: any ``Embeddings`` as encoder, any retriever as search.

Our own search is offered as a ``BaseRetriever`` too, for chains built elsewhere.
"""

from collections.abc import Callable, Sequence

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from bot.encoders.encoder import Encoder
from bot.retrieve import Search
from bot.stores import Vectors
from bot.types import Hit, Language, Policy, Retrieval

CLAUSE_KEY = "clause"
SCORE_KEY = "score"


class EmbeddingsEncoder(Encoder):
    """Any LangChain embeddings as an encoder of the index and the search."""

    def __init__(self, name: str, embeddings: Embeddings, *, reads_bank: bool) -> None:
        self.name = name
        self.reads_bank = reads_bank
        self._embeddings = embeddings
        self._dimension = len(embeddings.embed_query(name))

    @property
    def dimension(self) -> int:
        """Return the length of its vectors."""
        return self._dimension

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        if prompt == "query":
            rows = [self._embeddings.embed_query(text) for text in texts]
        else:
            rows = self._embeddings.embed_documents(list(texts))
        vectors: Vectors = np.asarray(rows, dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(lengths > 0, lengths, np.float32(1))
        return vectors


class ClauseRetriever(BaseRetriever):
    """Our search as a LangChain retriever: a document a clause, best first."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    search: Callable[[str], Retrieval]  # a Search; pydantic cannot check a protocol
    policy: Policy
    language: Language
    limit: int = 4

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        del run_manager  # a search has no steps to report
        documents = []
        for hit in self.search(query).hits[: self.limit]:
            clause = self.policy.clause(hit.clause)
            if clause is not None:
                text = clause.text[clause.language_of_text(self.language)]
                metadata = {CLAUSE_KEY: hit.clause, SCORE_KEY: hit.score}
                documents.append(Document(page_content=text, metadata=metadata))
        return documents


def search_of(retriever: BaseRetriever, policy: Policy) -> Search:
    """Return a search over any LangChain retriever whose documents name their ``clause``.

    Each clause counts once, with its best score, and the best come first. Scores come
    from ``score`` in the metadata where it is there, else they fall with the rank (1, 1/2 …).
    """

    def search(question: str) -> Retrieval:
        hits: dict[str, Hit] = {}
        for rank, document in enumerate(retriever.invoke(question), 1):
            clause = str(document.metadata.get(CLAUSE_KEY, ""))
            score = float(document.metadata.get(SCORE_KEY, 1 / rank))
            if policy.clause(clause) is not None and (
                clause not in hits or score > hits[clause].score
            ):
                hits[clause] = Hit(clause, score)
        return Retrieval(tuple(sorted(hits.values(), key=lambda hit: -hit.score)))

    return search
