"""Put a policy's editions together: the clauses, in order, with their text per language."""

import hashlib
from pathlib import Path

from bot.corpus.edition import Edition, Section, read_edition
from bot.errors import CorpusError, UsageError
from bot.types import LANGUAGES, Clause, Language, Policy

_PATTERN = "policy.{language}.md"


def policy_folders(corpus: Path) -> dict[str, Path]:
    """Return the folder of every policy in ``corpus`` by id: the folder itself and those below.

    Raises:
        CorpusError: no edition stands in the folder, or one of them is malformed.
    """
    folders: dict[str, Path] = {}
    below = sorted(path for path in corpus.iterdir() if path.is_dir()) if corpus.is_dir() else []
    for folder in [corpus, *below]:
        editions = _read_editions(folder)
        if editions:
            folders[editions[0].front.id] = folder
    if not folders:
        raise CorpusError("corpus_missing", path=corpus / _PATTERN.format(language="zh"))
    return folders


def read_policy(corpus: Path, policy_id: str) -> Policy:
    """Read the policy ``policy_id`` with all its editions from ``corpus``.

    Raises:
        CorpusError: a file is missing or malformed, or the editions do not match.
        UsageError: there is no such policy; names those there are.
    """
    folders = policy_folders(corpus)
    if policy_id not in folders:
        raise UsageError("unknown_policy", id=policy_id, known=", ".join(sorted(folders)))
    return combine(_read_editions(folders[policy_id]), folders[policy_id])


def combine(editions: list[Edition], folder: Path) -> Policy:
    """Return the policy of these editions (one per language, of the same policy and version).

    Raises:
        CorpusError: the editions' ids or versions differ, or a clause stands in one of them only.
    """
    first = editions[0]
    for other in editions[1:]:
        for key in ("id", "version", "effective"):
            if getattr(other.front, key) != getattr(first.front, key):
                raise CorpusError("editions_differ", folder=folder, key=key)
        _check_same_clauses(first, other, folder)
    by_language: dict[Language, dict[str, Section]] = {
        edition.front.language: {section.id: section for section in edition.sections}
        for edition in editions
    }
    clauses = tuple(
        Clause(
            id=section.id,
            path={language: _path(found, section.id) for language, found in by_language.items()},
            text={language: found[section.id].text for language, found in by_language.items()},
        )
        for section in first.sections
        if section.text
    )
    digest = hashlib.sha256("\0".join(edition.body for edition in editions).encode())
    return Policy(
        id=first.front.id,
        version=first.front.version,
        effective=first.front.effective.isoformat(),
        title={edition.front.language: edition.front.title for edition in editions},
        clauses=clauses,
        fingerprint=digest.hexdigest()[:16],
    )


def _read_editions(folder: Path) -> list[Edition]:
    paths = [(language, folder / _PATTERN.format(language=language)) for language in LANGUAGES]
    editions = []
    for language, path in paths:
        if not path.exists():
            continue
        edition = read_edition(path)
        if edition.front.language != language:
            raise CorpusError("edition_language", path=path, language=edition.front.language)
        editions.append(edition)
    return editions


def _check_same_clauses(first: Edition, other: Edition, folder: Path) -> None:
    for here, there in ((first, other), (other, first)):
        known = {section.id: bool(section.text) for section in there.sections}
        for section in here.sections:
            if known.get(section.id) is not bool(section.text):
                raise CorpusError(
                    "clause_in_one_language",
                    path=folder / _PATTERN.format(language=here.front.language),
                    line=section.line,
                    id=section.id,
                    language=there.front.language,
                )


def _path(sections: dict[str, Section], clause_id: str) -> tuple[str, ...]:
    parts = clause_id.split(".")
    ids = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
    return tuple(sections[one].heading for one in ids if one in sections)
