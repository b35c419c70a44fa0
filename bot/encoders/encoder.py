"""What an encoder is: LangChain embeddings with a name. It imports no model's library."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import cast

import numpy as np
from langchain_core.embeddings import Embeddings


class Encoder(Embeddings):
    """LangChain embeddings that are named in the index.

    Vectors have unit length, so that their inner product is the cosine. ``reads_bank`` says
    whether the question bank is embedded with it too: only quick encoders can afford that.
    """

    name: str
    reads_bank: bool

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Return the length of its vectors."""

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return cast("list[float]", self.queries([text])[0].tolist())

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a passage."""
        return self._encode(texts, "document").tolist()

    def documents(
        self, texts: Sequence[str]
    ) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        """Return the vectors of several passages, shape (texts, dimension)."""
        return self._encode(texts, "document")

    def queries(self, texts: Sequence[str]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        """Return the vectors of several questions, shape (texts, dimension)."""
        return self._encode(texts, "query")

    @abstractmethod
    def _encode(
        self, texts: Sequence[str], prompt: str
    ) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        """Return the vectors of ``texts``, read as what ``prompt`` says: query or document."""
