"""Vectors in Chroma: a collection in a folder of this machine. The one place that imports it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import chromadb
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError

from bot.errors import IndexingError
from bot.stores import Neighbour, Vector, Vectors

# With this search width the graph returns what an exact scan returns for collections of this
# size (tests/test_stores.py compares them).
_SEARCH_WIDTH = 256
# Chroma counts a process's clients of a folder without a lock of its own.
_COUNTING = Lock()


class ChromaStore:
    """One collection; see ``VectorStore``."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        with _mapped(collection.name):
            self._count = collection.count()

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """See ``VectorStore``.

        Raises:
            IndexingError: Chroma could not write (a full disk, a folder that went away).
        """
        if len(ids) != len(vectors):
            raise ValueError("as many ids as vectors are needed")
        if not ids:
            return
        expected = self._count + len(ids)
        with _mapped(self._collection.name):
            self._collection.add(ids=list(ids), embeddings=vectors)
            self._count = self._collection.count()
        if self._count != expected:  # Chroma leaves out an id that it has, and says nothing
            raise ValueError("an id is used twice")

    def nearest(self, vector: Vector, limit: int) -> list[Neighbour]:
        """See ``VectorStore``.

        Raises:
            IndexingError: the collection cannot be read any more.
        """
        wanted = min(limit, self._count)
        if wanted <= 0:
            return []
        with _mapped(self._collection.name):
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=wanted, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        ranked = sorted(zip(distances, found["ids"][0], strict=True))
        return [Neighbour(one, 1.0 - distance) for distance, one in ranked]

    def count(self) -> int:
        """See ``VectorStore``."""
        return self._count


class ChromaFolder:
    """A folder with collections; close it before the folder is removed."""

    def __init__(self, path: Path) -> None:
        with _mapped(str(path)), _COUNTING:
            try:
                self._client = chromadb.PersistentClient(
                    path, settings=ChromaSettings(anonymized_telemetry=False)
                )
            except AttributeError as error:
                # within a process Chroma keeps a start that failed, and trips over it later
                raise ValueError("it could not be opened before") from error

    def create(self, name: str) -> ChromaStore:
        """Create the collection ``name``, which must not exist."""
        graph: CreateHNSWConfiguration = {
            "space": "cosine",
            "ef_search": _SEARCH_WIDTH,
        }
        with _mapped(name):
            return ChromaStore(
                self._client.create_collection(
                    name, embedding_function=None, configuration={"hnsw": graph}
                )
            )

    def open(self, name: str) -> ChromaStore:
        """Open the collection ``name``, which must exist."""
        with _mapped(name):
            return ChromaStore(self._client.get_collection(name, embedding_function=None))

    def close(self) -> None:
        """Let go of the folder's files."""
        with _COUNTING:
            self._client.close()  # type: ignore[attr-defined]  # its interface forgets this one


@contextmanager
def _mapped(what: str) -> Iterator[None]:
    """Turn Chroma's exceptions, and the system's, into ours."""
    try:
        yield
    except (ChromaError, OSError, ValueError) as error:
        raise IndexingError("index_broken", what=what, reason=str(error)) from error
