"""Check a question bank: repeated and nearly repeated questions, coverage, balance.

What makes a line unreadable, and clause ids that the policy lacks, ``read_bank`` refuses before.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.corpus.bank import Bank, BankQuestion
from bot.text import letters
from bot.types import LANGUAGES, Policy, Status

# Per language: questions a clause, and of each refused kind.
LEAST_A_CLAUSE = 40
LEAST_SILENT = 120
LEAST_OTHERS = 200
_OTHERS = (Status.OFF_TOPIC, Status.SMALL_TALK, Status.REFUSED)
# Questions whose runs of one to three characters are as like as this (cosine of their TF-IDF)
# differ in a letter or two.
_NEARLY_THE_SAME = 0.93
_BLOCK = 1000
# A clause may have at most this many times the questions of another, and a language of another.
_MOST_UNEVEN = 4.0
_MOST_UNEVEN_LANGUAGES = 1.25


class Problem(StrEnum):
    """What can be wrong with a bank; a near repetition that agrees is only told."""

    REPEATED = "repeated"
    CONTRADICTED = "contradicted"
    NEARLY_REPEATED = "nearly_repeated"
    TOO_FEW = "too_few"
    UNEVEN = "uneven"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem and what it is about: two questions, or a label and its count."""

    problem: Problem
    about: tuple[str, ...]

    @property
    def is_fault(self) -> bool:
        """Return whether the bank should not be used like this."""
        return self.problem is not Problem.NEARLY_REPEATED


def coverage(bank: Bank) -> dict[str, Counter[str]]:
    """Return per language how many questions that stand alone lead to each clause or status."""
    counts: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    for one in bank.questions:
        if one.before:
            continue
        counts[one.language][one.clauses[0] if one.clauses else one.status.value] += 1
    return counts


def check_bank(bank: Bank, policy: Policy) -> tuple[Finding, ...]:
    """Return everything that is wrong with ``bank``, faults and what is only told."""
    return (*_repetitions(bank.questions), *_gaps(bank, policy), *_imbalance(bank, policy))


def _repetitions(questions: Sequence[BankQuestion]) -> Iterable[Finding]:
    same: dict[tuple[str, str], list[BankQuestion]] = defaultdict(list)
    for one in questions:
        same[letters(one.before), letters(one.question)].append(one)
    for group in same.values():
        for first, second in pairwise(group):
            agree = _label(first) == _label(second)
            problem = Problem.REPEATED if agree else Problem.CONTRADICTED
            yield Finding(problem, (first.question, second.question))
    firsts = [group[0] for group in same.values()]
    for language in LANGUAGES:
        spoken = [each for each in firsts if each.language == language and not each.before]
        for place, other in _near_pairs([letters(question.question) for question in spoken]):
            agree = _label(spoken[place]) == _label(spoken[other])
            problem = Problem.NEARLY_REPEATED if agree else Problem.CONTRADICTED
            yield Finding(problem, (spoken[place].question, spoken[other].question))


def _near_pairs(texts: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Yield pairs of places whose texts share nearly all their runs of characters."""
    if not any(texts):
        return
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), dtype=np.float32)
    rows = vectors.fit_transform(texts)
    for start in range(0, len(texts), _BLOCK):
        likeness = (rows[start : start + _BLOCK] @ rows.T).tocoo()
        close = (likeness.data >= _NEARLY_THE_SAME) & (likeness.row + start < likeness.col)
        yield from zip(
            (likeness.row[close] + start).tolist(), likeness.col[close].tolist(), strict=True
        )


def _gaps(bank: Bank, policy: Policy) -> Iterable[Finding]:
    for language, counts in coverage(bank).items():
        if language not in policy.languages:
            continue
        wanted = {clause.id: LEAST_A_CLAUSE for clause in policy.clauses}
        wanted[Status.SILENT.value] = LEAST_SILENT
        for label, least in wanted.items():
            if counts[label] < least:
                yield Finding(Problem.TOO_FEW, (language, label, str(counts[label]), str(least)))
        others = sum(counts[status.value] for status in _OTHERS)
        if others < LEAST_OTHERS:
            labels = " + ".join(status.value for status in _OTHERS)
            yield Finding(Problem.TOO_FEW, (language, labels, str(others), str(LEAST_OTHERS)))


def _imbalance(bank: Bank, policy: Policy) -> Iterable[Finding]:
    counts = coverage(bank)
    for language in policy.languages:
        of_clauses = {clause.id: counts[language][clause.id] for clause in policy.clauses}
        least, most = (pick(of_clauses, key=of_clauses.__getitem__) for pick in (min, max))
        if of_clauses[most] > _MOST_UNEVEN * max(1, of_clauses[least]):
            about = (language, most, str(of_clauses[most]), least, str(of_clauses[least]))
            yield Finding(Problem.UNEVEN, about)
    totals = {language: counts[language].total() for language in policy.languages}
    if totals and max(totals.values()) > _MOST_UNEVEN_LANGUAGES * max(1, min(totals.values())):
        yield Finding(Problem.UNEVEN, tuple(f"{one} {count}" for one, count in totals.items()))


def _label(one: BankQuestion) -> str:
    return one.clauses[0] if one.clauses else one.status.value
