"""Build, swap in and open the index of a source; ``index_folder`` says how it lies on disk."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import filelock
import numpy as np

from bot.encoders.encoder import Encoder
from bot.errors import IndexingError
from bot.index_folder import (
    LOCK,
    check_files,
    clear_unfinished,
    current_folder,
    new_folder,
    read_copy,
    swap,
    write_copy,
    write_manifest,
)
from bot.progress import Progress, no_progress
from bot.settings import Settings
from bot.source import Source
from bot.stores import Vectors, VectorStore
from bot.stores.chroma import ChromaFolder
from bot.stores.memory import MemoryStore
from bot.text import normalise
from bot.types import Passage

# Up to this many vectors a collection is searched in memory (50,000 × 512 floats: 100 MB).
_MOST_IN_MEMORY = 50_000


@dataclass(frozen=True, slots=True)
class Index:
    """An open index.

    ``clause_stores`` hold the clause and sentence passages, one store an encoder;
    ``question_stores`` the bank, None for encoders that do not read it.
    """

    source: Source
    clause_stores: tuple[VectorStore, ...]
    question_stores: tuple[VectorStore | None, ...]
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Job:
    """Passages to embed with one encoder, as questions or as documents, and where they go."""

    encoder: Encoder
    store: VectorStore
    passages: tuple[Passage, ...]
    as_queries: bool

    def vectors(self, batch: Sequence[Passage]) -> Vectors:
        texts = [normalise(passage.text) for passage in batch]
        return self.encoder.queries(texts) if self.as_queries else self.encoder.documents(texts)


def opens(settings: Settings, source: Source, encoders: Sequence[Encoder]) -> bool:
    """Return whether an index of exactly this source stands ready and is whole."""
    try:
        open_index(settings, source, encoders).close()
    except IndexingError:
        return False
    return True


def open_index(settings: Settings, source: Source, encoders: Sequence[Encoder]) -> Index:
    """Open the index of ``source``.

    Raises:
        IndexingError: there is none, it is of another source or version, or it is damaged.
    """
    root = _root(settings, source)
    folder = current_folder(root, source.fingerprint)
    if folder is None:
        raise IndexingError("index_missing", path=root)
    check_files(folder)
    chroma = ChromaFolder(folder / "chroma")
    try:
        index = _stores(chroma, source, encoders, create=False)
        return _checked(index, encoders, folder)
    except IndexingError:
        chroma.close()
        raise


def build_index(
    settings: Settings,
    source: Source,
    encoders: Sequence[Encoder],
    progress: Progress = no_progress,
) -> None:
    """Build the index of ``source`` beside the one that serves, and swap it in.

    Raises:
        IndexingError: another process builds for longer than ``index_wait_s``, or the folder
            cannot be written (read-only, full).
    """
    _build(settings, source, encoders, progress, lambda: True)


def _build(
    settings: Settings,
    source: Source,
    encoders: Sequence[Encoder],
    progress: Progress,
    still_wanted: Callable[[], bool],
) -> None:
    root = _root(settings, source)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(root / LOCK, timeout=settings.index_wait_s):
            if not still_wanted():
                return
            clear_unfinished(root)
            folder = new_folder(root, source.fingerprint)
            _fill(folder, settings, source, encoders, progress)
            swap(root, folder)
    except filelock.Timeout as error:
        raise IndexingError("index_busy", path=root, seconds=settings.index_wait_s) from error
    except OSError as error:
        raise IndexingError(
            "index_unwritable", path=root, reason=error.strerror or error
        ) from error


def ensure_index(
    settings: Settings,
    source: Source,
    encoders: Sequence[Encoder],
    progress: Progress = no_progress,
) -> Index:
    """Open the index of ``source``; where it is missing, stale or damaged, build it first.

    A damaged index holds nothing that the corpus does not: building it again loses nothing.

    Raises:
        IndexingError: it can neither be opened nor built.
    """
    root = _root(settings, source)
    unusable = current_folder(root, source.fingerprint)
    try:
        return open_index(settings, source, encoders)
    except IndexingError:
        # two processes may find it missing at once: the second one opens what the first built
        _build(
            settings,
            source,
            encoders,
            progress,
            lambda: current_folder(root, source.fingerprint) == unusable,
        )
        return open_index(settings, source, encoders)


def _root(settings: Settings, source: Source) -> Path:
    return settings.home / "index" / source.policy.id


def _fill(
    folder: Path,
    settings: Settings,
    source: Source,
    encoders: Sequence[Encoder],
    progress: Progress,
) -> None:
    chroma = ChromaFolder(folder / "chroma")
    try:
        index = _stores(chroma, source, encoders, create=True)
        jobs = _jobs(index, encoders)
        copies = _embed(jobs, settings.batch_size, progress)
    finally:
        chroma.close()
    for place, vectors in copies.items():
        write_copy(folder, place, vectors)
    write_manifest(
        folder,
        {
            "fingerprint": source.fingerprint,
            "policy": source.policy.id,
            "policy_version": source.policy.version,
            "encoders": [encoder.name for encoder in encoders],
            "passages": sum(len(job.passages) for job in jobs),
        },
    )


def _embed(jobs: Sequence[_Job], batch_size: int, progress: Progress) -> dict[int, Vectors]:
    """Embed and store every job's passages; return the vectors of the small jobs by place.

    One thread embeds, one writes. Two engines at once would wait for each other's cores.
    """
    total = sum(len(job.passages) for job in jobs)
    done = 0
    copies: dict[int, Vectors] = {}
    with ThreadPoolExecutor(max_workers=1) as writer:
        written: Future[None] | None = None
        for place, job in enumerate(jobs):
            batches: list[Vectors] = []
            for start in range(0, len(job.passages), batch_size):
                batch = job.passages[start : start + batch_size]
                vectors = job.vectors(batch)
                if written is not None:
                    written.result()  # one batch waits at most, and a failure shows here
                written = writer.submit(job.store.add, [one.id for one in batch], vectors)
                if len(job.passages) <= _MOST_IN_MEMORY:
                    batches.append(vectors)
                done += len(batch)
                progress(done, total)
            if batches:
                copies[place] = np.concatenate(batches)
        if written is not None:
            written.result()
    return copies


def _jobs(index: Index, encoders: Sequence[Encoder]) -> list[_Job]:
    source = index.source
    clauses = zip(encoders, index.clause_stores, strict=True)
    questions = zip(encoders, index.question_stores, strict=True)
    return [
        *(_Job(encoder, store, source.clauses, False) for encoder, store in clauses),
        *(
            _Job(encoder, store, source.questions, True)
            for encoder, store in questions
            if store is not None
        ),
    ]


def _stores(
    chroma: ChromaFolder, source: Source, encoders: Sequence[Encoder], *, create: bool
) -> Index:
    get = chroma.create if create else chroma.open
    name = f"{source.policy.id}-{source.fingerprint}"
    return Index(
        source=source,
        clause_stores=tuple(get(f"{name}-clauses-{number}") for number in range(len(encoders))),
        question_stores=tuple(
            get(f"{name}-questions-{number}") if encoder.reads_bank else None
            for number, encoder in enumerate(encoders)
        ),
        close=chroma.close,
    )


def _checked(index: Index, encoders: Sequence[Encoder], folder: Path) -> Index:
    """Return ``index`` with small collections searched in memory; make sure that all is there.

    Raises:
        IndexingError: a collection lacks passages, or cannot be searched.
    """
    jobs = _jobs(index, encoders)
    searched = iter([_searched(job, place, folder) for place, job in enumerate(jobs)])
    return replace(
        index,
        clause_stores=tuple(next(searched) for _ in index.clause_stores),
        question_stores=tuple(
            None if store is None else next(searched) for store in index.question_stores
        ),
    )


def _searched(job: _Job, place: int, folder: Path) -> VectorStore:
    """Return the store to search for ``job``: an exact copy in memory of a small collection.

    The copy is quicker than the graph, the same every time, and loads at once.
    """
    store: VectorStore = job.store
    complete = store.count() == len(job.passages)
    if complete and job.passages and len(job.passages) <= _MOST_IN_MEMORY:
        store = MemoryStore()
        store.add([one.id for one in job.passages], read_copy(folder, place))
    probe = np.zeros(job.encoder.dimension, dtype=np.float32)
    probe[0] = 1.0
    if not complete or (job.passages and not store.nearest(probe, 1)):
        raise IndexingError("index_broken", what=folder, reason="count")
    return store
