"""Retrieval on other policies, without any bank: does what serves our policy harm others?

Reads PolicyQA (Ahmad et al., Findings of EMNLP 2020): website policies as paragraphs, and
questions with the paragraphs that answer them. Every paragraph counts as a clause.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from bot.corpus.bank import Bank
from bot.encoders.encoder import Encoder
from bot.errors import UsageError
from bot.index import Index
from bot.passages import clause_passages
from bot.progress import Progress, no_progress
from bot.retrieve import CLAUSE_WEIGHTS, HybridSearch, Search
from bot.source import Source
from bot.stores.memory import MemoryStore
from bot.text import normalise
from bot.types import Clause, Policy
from eval.baseline import DenseSearch


class _Question(BaseModel):
    question: str


class _Paragraph(BaseModel):
    context: str
    qas: tuple[_Question, ...]


class _Website(BaseModel):
    title: str
    paragraphs: tuple[_Paragraph, ...]


class _File(BaseModel):
    data: tuple[_Website, ...]


@dataclass(frozen=True, slots=True)
class OtherPolicy:
    """A policy and its questions, each with the clauses that answer it."""

    policy: Policy
    answers: dict[str, frozenset[str]]


def read_policies(path: Path) -> tuple[OtherPolicy, ...]:
    """Read every policy of a PolicyQA file; the same question twice in one policy is one.

    Raises:
        UsageError: the file cannot be read, or is none of PolicyQA.
    """
    try:
        file = _File.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise UsageError("file_unreadable", path=path, reason=error) from error
    return tuple(_other_policy(website) for website in file.data)


def _other_policy(website: _Website) -> OtherPolicy:
    clauses = []
    answers: dict[str, set[str]] = {}
    for number, paragraph in enumerate(website.paragraphs, 1):
        clause = str(number)
        clauses.append(Clause(clause, {"en": (website.title,)}, {"en": paragraph.context}))
        for one in paragraph.qas:
            answers.setdefault(one.question.strip(), set()).add(clause)
    policy = Policy("other", "1", "", {"en": website.title}, tuple(clauses), website.title)
    return OtherPolicy(policy, {asked: frozenset(found) for asked, found in answers.items()})


def rank_figures(
    policies: Sequence[OtherPolicy], encoders: Sequence[Encoder], progress: Progress = no_progress
) -> dict[str, dict[str, float]]:
    """Return first hit, hit in three and MRR of our search and of plain dense search."""
    ranks: dict[str, list[int]] = {"policybot": [], "plain": []}
    total = sum(len(one.answers) for one in policies)
    for other in policies:
        source = Source(other.policy, Path(), Bank((), ""), clause_passages(other.policy), (), "")
        dense = DenseSearch(other.policy, source.clauses, encoders[0])
        searches: dict[str, Search] = {"policybot": _search(source, encoders), "plain": dense}
        for question, right in other.answers.items():
            for name, search in searches.items():
                found = [hit.clause for hit in search(question).hits]
                rank = next((n for n, clause in enumerate(found, 1) if clause in right), 0)
                ranks[name].append(rank)
            progress(len(ranks["plain"]), total)
    return {
        name: {
            "first_hit": sum(rank == 1 for rank in found) / len(found),
            "hit_in_3": sum(1 <= rank <= 3 for rank in found) / len(found),  # noqa: PLR2004
            "mrr": sum(1 / rank for rank in found if rank) / len(found),
        }
        for name, found in ranks.items()
    }


def _search(source: Source, encoders: Sequence[Encoder]) -> HybridSearch:
    stores = []
    for encoder in encoders:
        store = MemoryStore()
        texts = [normalise(passage.text) for passage in source.clauses]
        store.add([passage.id for passage in source.clauses], encoder.documents(texts))
        stores.append(store)
    index = Index(source, tuple(stores), tuple(None for _ in encoders), lambda: None)
    return HybridSearch(index, encoders, None, CLAUSE_WEIGHTS)
