"""The folder an index lives in: what its files are called, and which of them serve.

Layout below ``<home>/index/<policy>/``::

    current             one line: the name of the folder that serves
    <fingerprint>-<n>/  chroma/, copies/ of its small collections that load at once, and
                        manifest.json with their checksums, written last
    build.lock          held by the one process that builds

A build writes into a folder of its own; only when it is complete does ``current`` name it. A
broken or interrupted build therefore never serves, and the next one clears it away.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bot.errors import IndexingError
from bot.stores import Vectors

LOCK = "build.lock"
_CURRENT = "current"
_MANIFEST = "manifest.json"
_COPIES = "copies"


def current_folder(root: Path, fingerprint: str) -> Path | None:
    """Return the folder that ``current`` names, where it is complete and so fingerprinted."""
    folder = root / _current_name(root)
    return folder if _manifest(folder).get("fingerprint") == fingerprint else None


def _current_name(root: Path) -> str:
    try:
        return (root / _CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):  # missing or unreadable: as good as no index
        return ""


def _manifest(folder: Path) -> dict[str, object]:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def write_copy(folder: Path, place: int, vectors: Vectors) -> None:
    """Keep ``vectors``, those of the collection numbered ``place``, as one array."""
    (folder / _COPIES).mkdir(exist_ok=True)
    np.save(folder / _COPIES / f"{place}.npy", vectors)


def read_copy(folder: Path, place: int) -> Vectors:
    """Return the vectors of the collection numbered ``place``; ``check_files`` vouches for them.

    Raises:
        IndexingError: there is no copy, or it cannot be read.
    """
    try:
        vectors: Vectors = np.load(folder / _COPIES / f"{place}.npy", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise IndexingError("index_broken", what=folder, reason=str(error)) from error
    return vectors


def check_files(folder: Path) -> None:
    """Refuse damaged files: Chroma would end the process over its own, or find nonsense."""
    try:
        intact = _manifest(folder).get("files") == checksums(folder)
    except OSError as error:
        reason = error.strerror or error
        raise IndexingError("index_broken", what=folder, reason=reason) from error
    if not intact:
        raise IndexingError("index_broken", what=folder, reason="checksum")


def checksums(folder: Path) -> dict[str, str]:
    """Return a checksum of every copy, and every file of a graph that Chroma wrote for good.

    Its database changes as it is opened, and so do the files of a small collection, whose
    vectors still stand in the database.
    """
    graphs = [
        path
        for graph in folder.glob("chroma/*/index_metadata.pickle")
        for path in graph.parent.iterdir()
    ]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted([*graphs, *folder.glob(f"{_COPIES}/*")])
    }


def clear_unfinished(root: Path) -> None:
    """Remove what interrupted builds left behind; runs under the lock."""
    for folder in root.iterdir():
        if folder.is_dir() and not (folder / _MANIFEST).exists():
            shutil.rmtree(folder, ignore_errors=True)


def new_folder(root: Path, fingerprint: str) -> Path:
    """Make the next unused folder for an index of this fingerprint."""
    number = 1
    while (folder := root / f"{fingerprint}-{number}").exists():
        number += 1
    folder.mkdir()
    return folder


def write_manifest(folder: Path, facts: Mapping[str, object]) -> None:
    """Write the manifest, which makes ``folder`` complete: ``facts`` and the files' checksums."""
    text = json.dumps({**facts, "files": checksums(folder)}, ensure_ascii=False, indent=2)
    (folder / _MANIFEST).write_text(text + "\n", encoding="utf-8")


def swap(root: Path, folder: Path) -> None:
    """Make ``folder`` the one that serves; keep the one before it for processes that read it."""
    pointer = root / _CURRENT
    before = _current_name(root)
    fresh = root / f"{_CURRENT}.new"
    fresh.write_text(folder.name + "\n", encoding="utf-8")
    fresh.replace(pointer)
    for other in root.iterdir():
        if other.is_dir() and other.name not in (folder.name, before):
            shutil.rmtree(other, ignore_errors=True)
