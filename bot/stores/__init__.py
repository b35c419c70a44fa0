"""Keep vectors and find the nearest: one interface, Chroma and an exact one in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
Vector = np.ndarray[tuple[int], np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A stored vector's id and its cosine similarity to the query, in [-1, 1]."""

    id: str
    similarity: float


class VectorStore(Protocol):
    """A named set of unit vectors."""

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Store ``vectors`` (shape (ids, dimension), unit length) under ``ids``, each used once.

        Raises:
            ValueError: an id is used twice, or there are more ids than vectors or fewer.
        """

    def nearest(self, vector: Vector, limit: int) -> list[Neighbour]:
        """Return up to ``limit`` nearest vectors, nearest first, equal ones by id.

        None where ``limit`` is not positive.
        """

    def count(self) -> int:
        """Return how many vectors there are."""
