"""Find the clauses for a question: several kinds of evidence, one list of hits.

Evidence is gathered per clause (``evidence``), brought to one scale and added up (``fuse``).
Kinds that a policy cannot offer, for want of a bank or a trained head, are left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

import numpy as np

from bot.encoders.encoder import Encoder
from bot.head import Head
from bot.index import Index
from bot.lexical import LexicalIndex
from bot.stores import Neighbour, Vector
from bot.text import normalise
from bot.types import Hit, Passage, PassageKind, Policy, Retrieval, Status, Verdict
from bot.verdict import conditional_clauses, verdicts

# Nearest passages asked of a store. The bank's neighbours are averaged three a clause: with 35
# clauses, 150 reach past every clause that has a chance.
# Characters that are embedded of a long question.
_BEGINNING, _ENDING = 150, 350
_CLAUSE_NEIGHBOURS = 60
_QUESTION_NEIGHBOURS = 150
_NEIGHBOURS_AVERAGED = 3
# How sharply added-up evidence is turned into shares of belief.
_SHARPNESS = 1.5
# Evidence this many standard deviations above a clause's rivals is named as a reason.
_REASON_AT = 1.0
# From evidence for statuses to beliefs; both scales from the dev half.
_HEAD_SCALE = 1 / 3
_QUESTION_SCALE = 10.0


_Key = TypeVar("_Key")


class Kind(StrEnum):
    """The kinds of evidence, which are also the reasons that a hit gives."""

    HEAD = "head"
    QUESTIONS = "questions"
    MEANING = "meaning"
    SECOND_MEANING = "second_meaning"
    WORDS = "words"
    NUMBER = "number"


class Search(Protocol):
    """Any way of finding clauses."""

    def __call__(self, question: str) -> Retrieval:
        """Return what was found for a cleaned, non-empty question."""


# Per kind, how much it counts when everything is at hand; weights from the dev half, where an
# ablation is given in docs/evaluation.md. ``LOOKUP`` is for the few keywords of staff.
QUESTION_WEIGHTS: Mapping[Kind, float] = {
    Kind.HEAD: 1.0,
    Kind.QUESTIONS: 0.4,
    Kind.MEANING: 0.05,
    Kind.SECOND_MEANING: 0.05,
    Kind.WORDS: 0.1,
}
# For a policy without a bank (eval/policyqa.py tells what they do on other policies).
CLAUSE_WEIGHTS: Mapping[Kind, float] = {
    Kind.MEANING: 0.8,
    Kind.SECOND_MEANING: 0.4,
    Kind.WORDS: 0.4,
}
LOOKUP_WEIGHTS: Mapping[Kind, float] = {
    Kind.HEAD: 1.0,
    Kind.QUESTIONS: 0.3,
    Kind.MEANING: 0.4,
    Kind.SECOND_MEANING: 0.4,
    Kind.WORDS: 0.3,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """For one question: every clause's raw score per kind, scores for the statuses, verdicts."""

    clauses: Mapping[Kind, Mapping[str, float]]
    statuses: Mapping[Status, float]
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)


class HybridSearch:
    """Dense search with every encoder, the bank, the head and BM25, over both languages."""

    def __init__(
        self,
        index: Index,
        encoders: Sequence[Encoder],
        head: Head | None,
        weights: Mapping[Kind, float] = QUESTION_WEIGHTS,
        lexical: LexicalIndex | None = None,
    ) -> None:
        self._index = index
        self._encoders = encoders
        self._head = head
        self._weights = weights
        source = index.source
        self._passages = {one.id: one for one in (*source.clauses, *source.questions)}
        self._conditional = conditional_clauses(source.questions)
        whole = [one for one in source.clauses if one.kind is PassageKind.CLAUSE]
        self._lexical = lexical or LexicalIndex(
            [one.id for one in whole], [one.text for one in whole]
        )

    def __call__(self, question: str) -> Retrieval:
        """Return the hits for ``question`` (every clause, best first) and the beliefs."""
        return self.found(question, self.vectors(question))

    def found(self, question: str, vectors: Sequence[Vector]) -> Retrieval:
        """Return what ``question`` finds, its ``vectors`` being known."""
        return fuse(self.evidence(question, vectors), self.policy, self._weights)

    def vectors(self, question: str) -> list[Vector]:
        """Return the vectors of ``question``, one an encoder.

        Of a long question its beginning and its end are read: a story ends in what it asks, and
        an encoder's time grows with the length.
        """
        text = normalise(question)
        if len(text) > _BEGINNING + _ENDING:
            text = f"{text[:_BEGINNING]} {text[-_ENDING:]}"
        return [np.asarray(encoder.embed_query(text), np.float32) for encoder in self._encoders]

    def weighed(self, weights: Mapping[Kind, float]) -> "HybridSearch":
        """Return the same search with other weights; indexes and models are shared."""
        return HybridSearch(self._index, self._encoders, self._head, weights, self._lexical)

    @property
    def policy(self) -> Policy:
        """Return the policy that is searched."""
        return self._index.source.policy

    def evidence(self, question: str, vectors: Sequence[Vector]) -> Evidence:
        """Gather the evidence for ``question``; see ``Evidence``."""
        clauses: dict[Kind, Mapping[str, float]] = {
            Kind.WORDS: self._best(self._lexical.scores(question).items())
        }
        kinds = (Kind.MEANING, Kind.SECOND_MEANING)
        for kind, vector, store in zip(kinds, vectors, self._index.clause_stores, strict=False):
            found = store.nearest(vector, _CLAUSE_NEIGHBOURS)
            clauses[kind] = self._best((one.id, one.similarity) for one in found)
        statuses: dict[Status, float] = {}
        said: dict[str, Verdict] = {}
        for vector, questions in zip(vectors, self._index.question_stores, strict=True):
            if questions is not None and questions.count():
                found = questions.nearest(vector, _QUESTION_NEIGHBOURS)
                clauses[Kind.QUESTIONS], statuses = self._of_bank(found)
                said = verdicts(
                    ((self._passages[one.id], one.similarity) for one in found), self._conditional
                )
        if self._head is not None:
            logs = self._head.log_probabilities(vectors)
            clauses[Kind.HEAD] = {one.id: logs[one.id] for one in self.policy.clauses}
            statuses = _with_head(statuses, logs, clauses[Kind.HEAD].values(), _HEAD_SCALE)
        return Evidence(clauses, statuses, said)

    def _best(self, scores: Iterable[tuple[str, float]]) -> dict[str, float]:
        """Return the best score per clause; a clause not reached gets the lowest one seen."""
        best: dict[str, float] = {}
        for passage_id, score in scores:
            for clause_id in self._passages[passage_id].clauses:
                best[clause_id] = max(score, best.get(clause_id, score))
        return self._all(best)

    def _of_bank(self, found: Sequence[Neighbour]) -> tuple[dict[str, float], dict[Status, float]]:
        """Return the mean of the nearest few per clause and status; misses count as farthest."""
        floor = found[-1].similarity
        near: dict[str, list[float]] = defaultdict(list)
        for one in found:
            passage: Passage = self._passages[one.id]
            for label in passage.clauses or (passage.status.value,):
                near[label].append(one.similarity)

        def mean(label: str) -> float:
            nearest = [*near[label][:_NEIGHBOURS_AVERAGED], *[floor] * _NEIGHBOURS_AVERAGED]
            return float(np.mean(nearest[:_NEIGHBOURS_AVERAGED]))

        clauses = {clause.id: mean(clause.id) for clause in self.policy.clauses}
        statuses: dict[Status, float] = {
            status: _QUESTION_SCALE * mean(status.value)
            for status in Status
            if status not in (Status.ANSWERED, Status.FAILED)
        }
        statuses[Status.ANSWERED] = _QUESTION_SCALE * max(clauses.values())
        return clauses, statuses

    def _all(self, scores: Mapping[str, float]) -> dict[str, float]:
        floor = min(scores.values(), default=0.0)
        return {clause.id: scores.get(clause.id, floor) for clause in self.policy.clauses}


def fuse(evidence: Evidence, policy: Policy, weights: Mapping[Kind, float]) -> Retrieval:
    """Add up standardised evidence into a retrieval.

    Scores are the shares of belief of all clauses: in [0, 1], summing to 1, best first.
    """
    ids = [clause.id for clause in policy.clauses]
    total = np.zeros(len(ids))
    reasons: dict[str, list[str]] = defaultdict(list)
    for kind, scores in evidence.clauses.items():
        standard = _standardised(np.array([scores[clause_id] for clause_id in ids]))
        total += weights.get(kind, 0.0) * standard
        for place in np.flatnonzero(standard >= _REASON_AT):
            reasons[ids[place]].append(kind.value)
    shares = _softmax(dict(zip(ids, _SHARPNESS * total, strict=True)))
    hits = (Hit(one, share, tuple(reasons[one])) for one, share in shares.items())
    beliefs = _softmax(evidence.statuses)
    return Retrieval(_best_first(hits, policy), beliefs, dict(evidence.verdicts))


def blend(parts: Sequence[tuple[Retrieval, float]], policy: Policy) -> Retrieval:
    """Return the weighted geometric mean of retrievals, scores and beliefs brought to the sum 1.

    A clause or status that one of them does not know is left out; verdicts are the last one's.
    """
    shared = set.intersection(*({hit.clause for hit in one.hits} for one, _ in parts))
    scores: dict[str, float] = dict.fromkeys(shared, 0.0)
    reasons: dict[str, list[str]] = defaultdict(list)
    statuses = set.intersection(*(set(one.beliefs) for one, _ in parts))
    beliefs: dict[Status, float] = dict.fromkeys(statuses, 0.0)
    for one, weight in parts:
        for hit in one.hits:
            if hit.clause in shared:
                scores[hit.clause] += weight * _log(hit.score)
                reasons[hit.clause].extend(hit.reasons)
        for status in statuses:
            beliefs[status] += weight * _log(one.beliefs[status])
    shares = _softmax(scores)
    hits = (Hit(one, shares[one], tuple(dict.fromkeys(reasons[one]))) for one in shared)
    return Retrieval(_best_first(hits, policy), _softmax(beliefs), parts[-1][0].verdicts)


def of_head(logs: Mapping[str, float], policy: Policy) -> Retrieval:
    """Return what a head alone finds, from its log probabilities: clauses' shares and beliefs."""
    of_clauses = {clause.id: logs[clause.id] for clause in policy.clauses}
    shares = _softmax(of_clauses)
    hits = (Hit(one, share, (Kind.HEAD.value,)) for one, share in shares.items())
    statuses = _with_head({}, logs, of_clauses.values(), 1.0)
    return Retrieval(_best_first(hits, policy), _softmax(statuses))


def _best_first(hits: Iterable[Hit], policy: Policy) -> tuple[Hit, ...]:
    places = {clause.id: place for place, clause in enumerate(policy.clauses)}
    return tuple(sorted(hits, key=lambda hit: (-hit.score, places[hit.clause])))


def _softmax(values: Mapping[_Key, float]) -> dict[_Key, float]:
    highest = max(values.values(), default=0.0)
    powers = {key: float(np.exp(value - highest)) for key, value in values.items()}
    whole = sum(powers.values())
    return {key: power / whole for key, power in powers.items()}


def _log(share: float) -> float:
    return float(np.log(max(share, 1e-12)))


def _standardised(values: Vector) -> Vector:
    deviation = values.std()
    return (values - values.mean()) / deviation if deviation > 0 else np.zeros_like(values)


def _with_head(
    statuses: Mapping[Status, float],
    logs: Mapping[str, float],
    of_clauses: Iterable[float],
    scale: float,
) -> dict[Status, float]:
    answered = float(np.logaddexp.reduce(list(of_clauses)))
    return {
        status: statuses.get(status, 0.0)
        + scale * (answered if status is Status.ANSWERED else logs[status.value])
        for status in Status
        if status is not Status.FAILED
    }
