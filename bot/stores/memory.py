"""An exact store in memory: the oracle that others are tested against, and a test double."""

from collections.abc import Sequence

import numpy as np

from bot.stores import Neighbour, Vector, Vectors


class MemoryStore:
    """Compare the query with every vector."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._vectors: Vectors | None = None

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """See ``VectorStore``."""
        if len(ids) != len(vectors):
            raise ValueError("as many ids as vectors are needed")
        if len(set(ids) | set(self._ids)) != len(ids) + len(self._ids):
            raise ValueError("an id is used twice")
        self._ids.extend(ids)
        known = [] if self._vectors is None else [self._vectors]
        self._vectors = np.concatenate([*known, vectors])

    def nearest(self, vector: Vector, limit: int) -> list[Neighbour]:
        """See ``VectorStore``."""
        if self._vectors is None or limit <= 0:
            return []
        similarities = self._vectors @ vector
        places = list(range(len(self._ids)))
        if limit < len(self._ids):
            least = np.partition(similarities, -limit)[-limit]
            # every one that ties with the last: the order of ids decides, not the partition
            places = np.flatnonzero(similarities >= least).tolist()
        ranked = sorted((-float(similarities[place]), self._ids[place]) for place in places)
        return [Neighbour(one, -distance) for distance, one in ranked[:limit]]

    def count(self) -> int:
        """See ``VectorStore``."""
        return len(self._ids)
